"""The columns of the three tables, and how the text of a cell becomes the value of a field.

What cannot be converted is passed on as it stands: the domain refuses it with its own words, beside
whatever else is wrong with the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from recommender.domain import Kind, PairStatus, Roles, Status
from recommender.errors import quoted

MAX_CELL = 20_000
_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_BETWEEN_CODES = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, slots=True, eq=False)
class Unusable:
    """A cell that holds no text or number. The domain refuses it in every field.

    No two are equal, so that two of them are not taken for the same id.

    Args:
        shown: How to name it in a message.
        remedy: What to do about it, instead of the remedy for a wrong value.
    """

    shown: str
    remedy: str

    def __str__(self) -> str:
        return self.shown


Cell = str | Unusable


class Table(StrEnum):
    """The tables of a people file, in the order in which they are read."""

    PEOPLE = "people"
    STATEMENTS = "statements"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read.

    Args:
        convert: Makes a value of the cell's text.
        absent: The value where the column is missing.
        optional: Whether the column may be missing.
    """

    convert: Callable[[str], object]
    absent: object = None
    optional: bool = False


def usable(cell: Cell) -> Cell:
    """Return the cell, unless it is longer than any field may be."""
    if isinstance(cell, str) and len(cell) > MAX_CELL:
        return Unusable(
            quoted(cell), f"Shorten the cell; at most {MAX_CELL} characters are read from one."
        )
    return cell


def codes(text: str) -> tuple[str, ...]:
    """Split a cell of language codes, such as ``de en`` or ``de, en``."""
    return tuple(code for code in _BETWEEN_CODES.split(text) if code)


def _as_it_is(text: str) -> str:
    return text


def _optional_text(text: str) -> str | None:
    return text.strip() or None


def whole(text: str) -> int | str:
    """Read a whole number, also as Excel writes it (``3.0``)."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1]) if found else text


def number(text: str) -> float | str:
    """Read a number with a decimal point or comma."""
    plain = text.strip()
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else text


def _optional_whole(text: str) -> int | str | None:
    return whole(text) if text.strip() else None


def choice(options: type[StrEnum], empty: StrEnum | None = None) -> Callable[[str], object]:
    """Return a converter to one of the options, and of the empty text to ``empty``."""
    known: dict[str, StrEnum] = {option.value: option for option in options}
    if empty is not None:
        known[""] = empty

    def convert(text: str) -> object:
        return known.get(text.strip(), text)

    return convert


_CODE = Column(str.strip)
_TEXT = Column(_as_it_is)
_COUNT = Column(whole)

COLUMNS: Mapping[Table, Mapping[str, Column]] = {
    Table.PEOPLE: {
        "id": _CODE,
        "name": _TEXT,
        "department": _TEXT,
        "site": _TEXT,
        "career_level": _COUNT,
        "reports_to": Column(_optional_text, None, optional=True),
        "languages": Column(codes, ()),
        "time_zone": _CODE,
        "roles": Column(choice(Roles)),
        "capacity": _COUNT,
        "hours_per_month": Column(number),
        "status": Column(choice(Status, Status.ACTIVE), Status.ACTIVE, optional=True),
    },
    Table.STATEMENTS: {
        "person_id": _CODE,
        "kind": Column(choice(Kind)),
        "language": _CODE,
        "text": _TEXT,
        "level": Column(_optional_whole),
        "priority": Column(_optional_whole),
    },
    Table.PAIRS: {
        "mentor_id": _CODE,
        "mentee_id": _CODE,
        "status": Column(choice(PairStatus, PairStatus.ACTIVE), PairStatus.ACTIVE, optional=True),
    },
}

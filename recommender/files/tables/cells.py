"""What a cell may hold, how its text becomes the value of a field, and how a value is written.

What cannot be converted is passed on as it stands: the domain refuses it with its own words, beside
whatever else is wrong with the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_MOMENT = re.compile(rf"{_DAY.pattern}[T ]{_CLOCK}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_MIDNIGHT = time()


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


@dataclass(frozen=True, slots=True, eq=False)
class DateCell(Unusable):
    """A cell that Excel holds as a date. Of use only to columns that ask for one."""

    moment: datetime


Cell = str | Unusable
"""A cell as it is read."""

Value = str | int | float
"""A cell as it is written."""


def optional_text(text: str) -> str | None:
    """Trim a text; an empty one is none."""
    return text.strip() or None


def whole(text: str) -> int | str:
    """Read a whole number, also as Excel writes it (``3.0``)."""
    match = _WHOLE.fullmatch(text.strip())
    return int(match[1]) if match else text


def optional_whole(text: str) -> int | str | None:
    """Read a whole number; an empty text is none."""
    return whole(text) if text.strip() else None


def number(text: str) -> float | str:
    """Read a number with a decimal point or comma."""
    plain = text.strip()
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else text


def choice(options: type[StrEnum], empty: StrEnum | None = None) -> Callable[[str], object]:
    """Return a converter to one of the options, and of the empty text to ``empty``."""
    known: dict[str, StrEnum] = {option.value: option for option in options}
    if empty is not None:
        known[""] = empty

    def convert(text: str) -> object:
        return known.get(text.strip(), text)

    return convert


def yes_or_no(text: str) -> bool | str:
    """Read ``yes``, or ``no``, which may be left out."""
    return {"yes": True, "no": False, "": False}.get(text.strip(), text)


def day(text: str) -> date | str:
    """Read a day such as ``2026-11-25``."""
    plain = text.strip()
    try:
        return date.fromisoformat(plain) if _DAY.fullmatch(plain) else text
    except ValueError:
        return text


def moment(text: str) -> datetime | str:
    """Read a day, which means its midnight in UTC, or a date and time with its zone, as UTC."""
    plain = text.strip()
    try:
        if _DAY.fullmatch(plain):
            return datetime.fromisoformat(plain).replace(tzinfo=UTC)
        # Near the years 1 and 9999 there may be no such moment in UTC.
        return datetime.fromisoformat(plain).astimezone(UTC) if _MOMENT.fullmatch(plain) else text
    except (ValueError, OverflowError):
        return text


def day_of_date(value: datetime) -> date | datetime:
    """Read what Excel holds as a date; the domain refuses one with a time of day."""
    return value.date() if value.time() == _MIDNIGHT else value


def moment_of_date(value: datetime) -> datetime:
    """Read what Excel holds as a date, which knows no zone, as a moment in UTC."""
    return value.replace(tzinfo=UTC)


def as_cell(value: object) -> Value:
    """Return the value of a field as a cell that every column reads as this value."""
    match value:
        case str():
            return str(value)  # Of a choice its value.
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return value
        case tuple():
            return " ".join(value)
        case date():
            return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"No column holds a {type(value).__name__}")

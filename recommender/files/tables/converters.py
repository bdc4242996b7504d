"""How the text of a cell becomes the value of a field.

What cannot be converted is passed on as it stands: the domain refuses it with its own words, beside
whatever else is wrong with the same row.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from enum import StrEnum

from recommender.files.tables.cells import Column

_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:[.,]0+)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
_MOMENT = re.compile(rf"{_DAY.pattern}[T ]{_CLOCK}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})")
_MIDNIGHT = time()


def as_it_is(text: str) -> str:
    """Leave a text to the domain."""
    return text


def optional_text(text: str) -> str | None:
    """Trim a text; an empty one is none."""
    return text.strip() or None


def whole(text: str) -> int | str:
    """Read a whole number, also as Excel writes it (``3.0``)."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1]) if found else text


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


def day_of_date(given: datetime) -> date | datetime:
    """Read what Excel holds as a date; the domain refuses one with a time of day."""
    return given.date() if given.time() == _MIDNIGHT else given


def moment_of_date(given: datetime) -> datetime:
    """Read what Excel holds as a date, which knows no zone, as a moment in UTC."""
    return given.replace(tzinfo=UTC)


CODE = Column(str.strip)
TEXT = Column(as_it_is)
COUNT = Column(whole)
DAY = Column(day, of_date=day_of_date)
MOMENT = Column(moment, of_date=moment_of_date)

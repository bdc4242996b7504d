"""What every constructor of the domain checks, and how text becomes canonical."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from enum import StrEnum
from types import UnionType

from recommender.domain.errors import InvalidInput, Problem, quoted

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}"
LANGUAGE_PATTERN = r"[a-z]{2}"
MAX_NAME = 200
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2101, 1, 1, tzinfo=UTC)
"""Moments lie between these; near the years 1 and 9999 some have no UTC."""


def canonical_text(text: str) -> str:
    """Return ``text`` in Unicode NFC with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_plain(text: str) -> bool:
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


class Check:
    """Collects the problems of one object, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def that(self, ok: bool, name: str, value: object, expected: str, remedy: str) -> None:
        if not ok:
            self.problems.append(Problem(name, quoted(value), expected, remedy))

    def text(self, name: str, value: str, longest: int) -> bool:
        ok = isinstance(value, str) and 1 <= len(value) <= longest and _is_plain(value)
        self.that(
            ok,
            name,
            value,
            f"text of 1 to {longest} characters without control characters",
            "Fill it in, or shorten it.",
        )
        return ok

    def words(self, name: str, value: str, longest: int) -> None:
        if self.text(name, value, longest):
            self.that(
                any(char.isalnum() for char in value),
                name,
                value,
                "a text with a letter or a digit",
                "Say it in words; signs alone cannot be matched.",
            )

    def identifier(self, name: str, value: str) -> None:
        self.that(
            isinstance(value, str) and re.fullmatch(ID_PATTERN, value) is not None,
            name,
            value,
            "an id of 1 to 64 letters, digits and . _ : @ - that starts with a letter or digit",
            "Use the person's staff number or account name.",
        )

    def whole(self, name: str, value: int, low: int, high: int, remedy: str) -> None:
        ok = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        self.that(ok, name, value, f"a whole number from {low} to {high}", remedy)

    def number(self, name: str, value: object, low: float, high: float, remedy: str) -> None:
        ok = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        self.that(ok, name, value, f"a number from {low:g} to {high:g}", remedy)

    def of_type(
        self, name: str, value: object, types: type | UnionType, expected: str, remedy: str
    ) -> bool:
        ok = isinstance(value, types)
        self.that(ok, name, value, expected, remedy)
        return ok

    def items(self, name: str, value: object, types: type | UnionType, what: str) -> bool:
        """Check that a value is a tuple of these, as :func:`set_tuple` leaves it."""
        ok = isinstance(value, tuple) and all(isinstance(item, types) for item in value)
        self.that(ok, name, value, f"a list of {what}", "Give a list, if need be of one.")
        return ok

    def language(self, name: str, value: str) -> None:
        self.that(
            isinstance(value, str) and re.fullmatch(LANGUAGE_PATTERN, value) is not None,
            name,
            value,
            "a two-letter ISO 639-1 language code such as de or en",
            "Write the code in lower case.",
        )

    def one_of(self, name: str, value: object, allowed: type[StrEnum]) -> None:
        options = ", ".join(allowed)
        self.that(isinstance(value, allowed), name, value, f"one of {options}", "Choose one.")

    def day(self, name: str, value: date) -> None:
        self.that(
            isinstance(value, date) and not isinstance(value, datetime),
            name,
            value,
            "a day",
            "Write it as 2026-11-25.",
        )

    def moment(self, name: str, value: datetime) -> None:
        ok = isinstance(value, datetime) and value.utcoffset() is not None
        self.that(
            ok and EARLIEST <= value < LATEST,
            name,
            value,
            f"a date and time with its time zone, from {EARLIEST.year} to {LATEST.year - 1}",
            "Write it as 2026-11-25T14:30:00+01:00.",
        )

    def done(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)


def set_tuple(target: object, *names: str) -> None:
    """Make the named list fields of a frozen dataclass tuples."""
    for name in names:
        value = getattr(target, name)
        if isinstance(value, list):
            object.__setattr__(target, name, tuple(value))


def set_canonical(target: object, *names: str) -> None:
    """Make the named string fields of a frozen dataclass canonical."""
    for name in names:
        value = getattr(target, name)
        if isinstance(value, str):
            object.__setattr__(target, name, canonical_text(value))

"""How values of the domain are stored: each kind of value is written and read in one way.

A column of these types takes and gives what a dataclass holds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, String, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; it comes back with its time zone, which SQLite forgets."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Word(TypeDecorator[StrEnum]):
    """A member of an enumeration, stored as its word.

    Args:
        words: The enumeration.
        length: Characters that a word may have.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str], StrEnum]:
        # Hundreds of thousands are read at once, and a dictionary is faster than an enumeration.
        return {str(member): member for member in self.words}.__getitem__


class Languages(TypeDecorator[tuple[str, ...]]):
    """Language codes in their order, stored with spaces between them."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(value.split())

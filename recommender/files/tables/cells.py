"""What a cell may hold, how a column is read, and which columns a file has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from recommender.domain.errors import quoted

MAX_CELL = 20_000


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


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read.

    Args:
        convert: Makes a value of the cell's text.
        absent: The value where the column is missing.
        optional: Whether the column may be missing.
        many: Whether the value is a tuple.
        of_date: Makes a value of what Excel holds as a date, where the column is for dates.
    """

    convert: Callable[[str], object]
    absent: object = None
    optional: bool = False
    many: bool = False
    of_date: Callable[[datetime], object] | None = None

    def value(self, cell: Cell) -> object:
        """Return the value of a cell; one that cannot be used is a value that is refused."""
        if isinstance(cell, DateCell) and self.of_date is not None:
            return self.of_date(cell.moment)
        cell = usable(cell)
        if isinstance(cell, str):
            return self.convert(cell)
        return (cell,) if self.many else cell


Columns = Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Layout:
    """What one kind of file holds.

    Args:
        tables: The columns of each table, in the order in which the tables are read.
        main: The table to name as an example.
        needed: The tables of which a workbook has at least one.
    """

    tables: Mapping[str, Columns]
    main: str
    needed: tuple[str, ...]


def usable(cell: Cell) -> Cell:
    """Return the cell, unless it is longer than any field may be."""
    if isinstance(cell, str) and len(cell) > MAX_CELL:
        return Unusable(
            quoted(cell), f"Shorten the cell; at most {MAX_CELL} characters are read from one."
        )
    return cell

"""What one kind of file holds: its tables, their columns, and what becomes of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recommender.domain.errors import quoted
from recommender.files.tables.cells import (
    Cell,
    DateCell,
    Unusable,
    Value,
    as_cell,
    day,
    day_of_date,
    moment,
    moment_of_date,
    whole,
)
from recommender.files.tables.problems import Place, Problems

MAX_CELL = 20_000


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
        if isinstance(cell, str):
            if len(cell) <= MAX_CELL:
                return self.convert(cell)
            remedy = f"Shorten the cell; at most {MAX_CELL} characters are read from one."
            cell = Unusable(quoted(cell), remedy)
        return (cell,) if self.many else cell


CODE = Column(str.strip)
TEXT = Column(str)
COUNT = Column(whole)
DAY = Column(day, of_date=day_of_date)
MOMENT = Column(moment, of_date=moment_of_date)

Make = Callable[[Mapping[str, Any], Place, Problems], object]
"""Makes a domain object of a row's values, or tells what is wrong with them and returns None."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Args:
        columns: The columns by the names of their fields, in the order in which they are written.
        make: Makes something of a row.
    """

    columns: Mapping[str, Column]
    make: Make

    def values(self, cells: Mapping[str, Cell]) -> dict[str, Any]:
        """Return the value of every field; that of one without a cell is its column's absent."""
        return {
            name: column.value(cells[name]) if name in cells else column.absent
            for name, column in self.columns.items()
        }

    def row(self, thing: object, **fields: object) -> list[Value]:
        """Return the cells of a thing; ``fields`` are those that it does not know itself."""
        return [
            as_cell(fields[name] if name in fields else getattr(thing, name))
            for name in self.columns
        ]


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of one kind of file.

    Args:
        tables: The tables by name, in the order in which they are read.
        needed: The tables of which a workbook has at least one; the first serves as an example.
        needs: Per table that means nothing alone the one that has to come with it.
    """

    tables: Mapping[str, Table]
    needed: tuple[str, ...]
    needs: Mapping[str, str] = field(default_factory=dict)

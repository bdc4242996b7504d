"""What is being read: the rows of each table, what was made of them, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.progress import Progress, silent
from recommender.files.tables.cells import Cell, Unusable
from recommender.files.tables.files import file_problem
from recommender.files.tables.layout import Layout
from recommender.files.tables.problems import Firsts, Header, Place, Problems

ROWS_PER_TICK = 1000
Thing = TypeVar("Thing")


def build(
    make: Callable[..., Thing], values: Mapping[str, Any], place: Place, problems: Problems
) -> Thing | None:
    """Make a domain object, or tell each of its problems at the place of its field.

    A field whose column is missing has been told at the header, once for all rows.
    """
    try:
        return make(**values)
    except InvalidInput as refused:
        for problem in refused.problems:
            if not place.lacks(problem.field):
                value = values.get(problem.field)
                problems.add(place.point(_as_in_the_file(problem, value)))
    return None


def _as_in_the_file(problem: Problem, value: object) -> Problem:
    """Return the problem with what the file has, where the domain saw a substitute for it."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if value is None:
        return replace(problem, value="")
    if isinstance(value, Unusable):
        return replace(problem, value=value.shown, remedy=value.remedy)
    return problem


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Args:
        values: The value of each field; of a row that could not be split, the ``id`` alone.
        thing: What the table makes of them, or None if something in them is wrong.
        place: Where the row stands.
    """

    values: Mapping[str, Any]
    thing: Any
    place: Place


class Reading:
    """Everything that was read, good and bad, in the order of the layout and of the files.

    Attributes:
        problems: Everything that is wrong so far.
        tables: The names of the tables that the files have.
        rows: The rows of each table. Where a table has ids, every row has one.
        n_expected: About how many rows there are.
    """

    def __init__(self, layout: Layout, problems: Problems, progress: Progress = silent) -> None:
        self.layout = layout
        self.problems = problems
        self.tables: Collection[str] = ()
        self.rows: dict[str, list[Row]] = {table: [] for table in layout.tables}
        self.n_expected = 0
        self._n_done = 0
        self._progress = progress
        self._incomplete: set[str] = set()

    def begin(self, files: Mapping[str, str]) -> None:
        """Learn which tables there are, and in which files, before the first row is read.

        Where something is wrong already, any other table may be what cannot be read.
        """
        self.tables = files.keys()
        for table, other in self.layout.needs.items():
            if table in files and other not in files and not self.problems:
                value = f"{table} without {other}"
                expected = f"a {other} table in the same import"
                remedy = f"Import the {other} and their {table} together."
                self.problems.add(file_problem(files[table], value, expected, remedy))
        if self.problems:
            self.lose(*(self.layout.tables.keys() - files.keys()))

    def header(
        self, table: str, file: str, sheet: str | None, line: int, cells: Sequence[Cell]
    ) -> Header:
        """Return the header of a table; tell which columns are unknown, twice there, or missing."""
        known = self.layout.tables[table].columns
        columns: dict[str, int] = {}
        others: dict[int, str] = {}
        for column, name in enumerate(header_names(cells), 1):
            if name in known and name not in columns:
                columns[name] = column
            else:
                others[column] = name
        missing = [name for name in known if name not in columns and not known[name].optional]
        nameless = tuple(column for column, name in others.items() if not name)
        header = Header(table, file, sheet, len(cells), columns, nameless, frozenset(missing))
        place = Place(header, line)
        for column, name in others.items():
            expected = "each column once" if name in columns else f"one of {', '.join(known)}"
            remedy = "Remove or rename the column."
            if name:
                self.problems.tell(place, "header", name, expected, remedy, column)
        for name in missing:
            remedy = f"Add {name} to the header."
            self.problems.tell(place, name, "no such column", f"a column {name}", remedy)
        return header

    def add(self, header: Header, line: int, cells: Sequence[Cell] | Problem) -> None:
        """Make something of one row and keep it, unless it is blank, as Excel leaves some behind.

        Nor is a row without an id kept where the table has ids: it may be anybody's.

        Args:
            header: The header of its table.
            line: The 1-based line on which it starts.
            cells: Its cells, or what is wrong with a row that cannot be split into cells.
        """
        self._n_done += 1
        if self._n_done % ROWS_PER_TICK == 0:
            self._progress("reading", self._n_done, max(self._n_done, self.n_expected))
        place = Place(header, line)
        if isinstance(cells, Problem):
            self.problems.add(place.point(cells))
            self.lose(header.table)
        elif is_blank(cells):
            return
        elif len(cells) != header.n_cells:
            self._refuse_width(place, cells)
        else:
            self._add(place, cells)

    def _add(self, place: Place, cells: Sequence[Cell]) -> None:
        header = place.header
        for column in header.nameless:
            if not is_blank([cells[column - 1]]):
                remedy = "Name the column or empty it."
                self.problems.tell(place, "row", cells[column - 1], "an empty cell", remedy, column)
        table = self.layout.tables[header.table]
        values = table.values({name: cells[column - 1] for name, column in header.columns.items()})
        thing = table.make(values, place, self.problems)
        row_id = values.get("id")
        if "id" not in values or (isinstance(row_id, str) and row_id):
            self.rows[header.table].append(Row(values, thing, place))
        else:
            self.lose(header.table)

    def _refuse_width(self, place: Place, cells: Sequence[Cell]) -> None:
        """Tell that a row has too many or too few cells, and keep its id if it can be seen."""
        header = place.header
        expected = f"{header.n_cells} cells as in the header"
        remedy = 'Put cells that hold a separator or a line break between quotes (").'
        column = min(len(cells), header.n_cells) + 1
        self.problems.tell(place, "row", f"{len(cells)} cells", expected, remedy, column)
        at = header.columns.get("id", len(cells) + 1)
        cell = cells[at - 1] if at <= len(cells) else ""
        if isinstance(cell, str) and cell.strip():
            self.rows[header.table].append(Row({"id": cell.strip()}, None, place))
        else:
            self.lose(header.table)

    def lose(self, *tables: str) -> None:
        """Note that rows of these tables cannot be read."""
        self._incomplete.update(tables)

    def is_complete(self, table: str) -> bool:
        """Return whether every id of a table is known; otherwise an unknown one may be its."""
        return table not in self._incomplete

    def by_id(self, table: str) -> dict[str, Row]:
        """Return the first row of each id, and tell the ids that stand there twice."""
        rows: dict[str, Row] = {}
        remedy = "Remove one of the two lines, or correct its id."
        firsts = Firsts(self.problems, "id", remedy)
        for row in self.rows[table]:
            row_id = row.values["id"]
            rows.setdefault(row_id, row)
            firsts.see(row_id, row_id, row.place, "each id")
        return rows

    def finish(self) -> None:
        """Tell that every row is read."""
        self._progress("reading", self._n_done, self._n_done)


def is_blank(cells: Sequence[Cell]) -> bool:
    """Return whether a row holds nothing at all."""
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def header_names(cells: Sequence[Cell]) -> list[str]:
    """Return the names in a header row, trimmed and in lower case."""
    return [str(cell).strip().lower() for cell in cells]

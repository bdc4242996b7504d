"""Rows of cells, as CSV and Excel have them: recognising the header and reading rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from recommender.domain.errors import Problem, quoted
from recommender.files.tables.cells import Cell, Column, Layout
from recommender.files.tables.places import Place, Problems, Source

Value = str | int | float


class Drafts(Protocol):
    """Takes what is read, table by table in the order of the layout, and what cannot be read."""

    problems: Problems

    def begin(self, found: Mapping[str, Path]) -> None:
        """Learn which tables there are, each with its file, before the first row is read."""

    def add(self, table: str, given: dict[str, Any], place: Place) -> None:
        """Check one row, given as the value of each field, and keep it."""

    def lose_row(self, table: str, row_id: str, place: Place) -> None:
        """Note a row of which no more can be read than perhaps its ``id``."""

    def lose(self, table: str | None) -> None:
        """Note that rows of a table, or of any table, cannot be read."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table.

    Args:
        table: Which table it is.
        source: The file and the column of each field.
        n_cells: How many cells the header row has, and so every row.
        plan: Per field of the table its name, its 0-based position (None if missing) and column.
        nameless: 0-based positions without a name, which have to be empty in every row.
    """

    table: str
    source: Source
    n_cells: int
    plan: tuple[tuple[str, int | None, Column], ...]
    nameless: tuple[int, ...]


def is_blank(cells: Sequence[Cell]) -> bool:
    """Return whether a row holds nothing at all."""
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def header_names(cells: Sequence[Cell]) -> list[str]:
    """Return the names in a header row, trimmed and in lower case."""
    return [str(cell).strip().lower() for cell in cells]


def recognised(names: Sequence[str], layout: Layout) -> str | None:
    """Return the table with which a header has most names in common, if any."""

    def n_names(table: str) -> int:
        return len(layout.tables[table].keys() & set(names))

    best = max(layout.tables, key=n_names)
    return best if n_names(best) else None


def read_header(
    table: str,
    source: Source,
    line: int,
    cells: Sequence[Cell],
    layout: Layout,
    problems: Problems,
) -> Header:
    """Find the columns of a table; tell which are unknown, twice there, or missing."""
    wanted = layout.tables[table]
    found: dict[str, int] = {}
    nameless: list[int] = []
    place = Place(source, line)
    for position, name in enumerate(header_names(cells)):
        if not name:
            nameless.append(position)
        elif name in wanted and name not in found:
            found[name] = position
        else:
            expected = "each column once" if name in found else f"one of {', '.join(wanted)}"
            problem = Problem("header", quoted(name), expected, "Remove or rename the column.")
            problems.add(place.point(problem.at(source.file, line, position + 1)))
    missing = [name for name in wanted if name not in found and not wanted[name].optional]
    for name in missing:
        problem = Problem(name, "no such column", f"a column {name}", f"Add {name} to the header.")
        problems.add(place.point(problem))
    columns = {name: position + 1 for name, position in found.items()}
    plan = tuple((name, found.get(name), column) for name, column in wanted.items())
    located = replace(source, columns=columns, missing=frozenset(missing))
    return Header(table, located, len(cells), plan, tuple(nameless))


def read_row(header: Header, line: int, cells: Sequence[Cell], drafts: Drafts) -> None:
    """Read one row into the drafts. Blank rows, which Excel leaves behind, are skipped."""
    if is_blank(cells):
        return
    place = Place(header.source, line)
    if len(cells) != header.n_cells:
        _refuse_width(header, place, cells, drafts)
        return
    for position in header.nameless:
        if not is_blank([cells[position]]):
            problem = Problem(
                "row", quoted(cells[position]), "an empty cell", "Name the column or empty it."
            )
            drafts.problems.add(place.point(problem.at(header.source.file, line, position + 1)))
    given = {
        name: column.absent if position is None else column.value(cells[position])
        for name, position, column in header.plan
    }
    drafts.add(header.table, given, place)


def _refuse_width(header: Header, place: Place, cells: Sequence[Cell], drafts: Drafts) -> None:
    """Tell that a row has too many or too few cells, and keep its id if it can be seen."""
    n_cells = header.n_cells
    problem = Problem(
        "row",
        f"{len(cells)} cells",
        f"{n_cells} cells as in the header",
        'Put cells that hold a separator or a line break between quotes (").',
    )
    column = min(len(cells), n_cells) + 1
    drafts.problems.add(place.point(problem.at(header.source.file, place.line, column)))
    position = next((at for name, at, _ in header.plan if name == "id"), None)
    seen = cells[position] if position is not None and position < len(cells) else ""
    drafts.lose_row(header.table, seen.strip() if isinstance(seen, str) else "", place)

"""Rows of cells, as CSV and Excel have them: recognising the header, reading and writing rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from recommender.domain import Pair, Person
from recommender.errors import Problem, quoted
from recommender.people_file.cells import COLUMNS, Cell, Column, Table, usable
from recommender.people_file.drafts import Drafts
from recommender.people_file.places import Place, Problems, Source

Value = str | int | float


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

    table: Table
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


def recognised(names: Sequence[str]) -> Table | None:
    """Return the table with which a header has most names in common, if any."""
    best = max(Table, key=lambda table: len(COLUMNS[table].keys() & set(names)))
    return best if COLUMNS[best].keys() & set(names) else None


def read_header(
    table: Table, source: Source, line: int, cells: Sequence[Cell], problems: Problems
) -> Header:
    """Find the columns of a table; tell which are unknown, twice there, or missing."""
    wanted = COLUMNS[table]
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
    for name, column in wanted.items():
        if name not in found and not column.optional:
            problem = Problem(
                name, "no such column", f"a column {name}", f"Add {name} to the header."
            )
            problems.add(place.point(problem))
    columns = {name: position + 1 for name, position in found.items()}
    plan = tuple((name, found.get(name), column) for name, column in wanted.items())
    located = Source(source.file, source.sheet, columns)
    return Header(table, located, len(cells), plan, tuple(nameless))


def read_row(
    header: Header, line: int, cells: Sequence[Cell], drafts: Drafts, statements_given: bool
) -> None:
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
        name: column.absent if position is None else _value(name, column, cells[position])
        for name, position, column in header.plan
    }
    _add(header, given, place, drafts, statements_given)


def _value(name: str, column: Column, cell: Cell) -> object:
    cell = usable(cell)
    if isinstance(cell, str):
        return column.convert(cell)
    return (cell,) if name == "languages" else cell


def _add(
    header: Header, given: dict[str, Any], place: Place, drafts: Drafts, statements_given: bool
) -> None:
    if header.table is Table.PEOPLE:
        drafts.add_person(given, place, statements_given)
    elif header.table is Table.STATEMENTS:
        person_id = given.pop("person_id")
        drafts.add_statement(person_id, given, place)
    else:
        drafts.add_pair(given, place)


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
    if header.table is Table.PEOPLE:
        position = next(at for name, at, _ in header.plan if name == "id")
        seen = cells[position] if position is not None and position < len(cells) else ""
        drafts.add_unreadable_person(seen.strip() if isinstance(seen, str) else "", place)


def exported(
    table: Table, people: Sequence[Person], pairs: Sequence[Pair]
) -> Iterator[list[Value]]:
    """Yield the header and the rows of one table."""
    yield list(COLUMNS[table])
    if table is Table.PEOPLE:
        yield from map(_person_row, people)
    elif table is Table.STATEMENTS:
        for person in people:
            yield from _statement_rows(person)
    else:
        for pair in pairs:
            yield [pair.mentor_id, pair.mentee_id, pair.status.value]


def _person_row(person: Person) -> list[Value]:
    return [
        person.id,
        person.name,
        person.department,
        person.site,
        person.career_level,
        person.reports_to or "",
        " ".join(person.languages),
        person.time_zone,
        person.roles.value,
        person.capacity,
        person.hours_per_month,
        person.status.value,
    ]


def _statement_rows(person: Person) -> Iterator[list[Value]]:
    for said in person.statements:
        level = "" if said.level is None else said.level
        priority = "" if said.priority is None else said.priority
        yield [person.id, said.kind.value, said.language, said.text, level, priority]

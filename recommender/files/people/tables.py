"""The columns of the three tables, and the rows of an export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Status
from recommender.files.tables.cells import Column, Columns, Layout
from recommender.files.tables.converters import (
    CODE,
    COUNT,
    TEXT,
    choice,
    number,
    optional_text,
    optional_whole,
)
from recommender.files.tables.rows import Value

_BETWEEN_CODES = re.compile(r"[\s,;|]+")


class Table(StrEnum):
    """The tables of a people file, in the order in which they are read."""

    PEOPLE = "people"
    STATEMENTS = "statements"
    PAIRS = "pairs"


def codes(text: str) -> tuple[str, ...]:
    """Split a cell of language codes, such as ``de en`` or ``de, en``."""
    return tuple(code for code in _BETWEEN_CODES.split(text) if code)


COLUMNS: Mapping[str, Columns] = {
    Table.PEOPLE: {
        "id": CODE,
        "name": TEXT,
        "department": TEXT,
        "site": TEXT,
        "career_level": COUNT,
        "reports_to": Column(optional_text, None, optional=True),
        "languages": Column(codes, (), many=True),
        "time_zone": CODE,
        "roles": Column(choice(Roles)),
        "capacity": COUNT,
        "hours_per_month": Column(number),
        "status": Column(choice(Status, Status.ACTIVE), Status.ACTIVE, optional=True),
    },
    Table.STATEMENTS: {
        "person_id": CODE,
        "kind": Column(choice(Kind)),
        "language": CODE,
        "text": TEXT,
        "level": Column(optional_whole),
        "priority": Column(optional_whole),
    },
    Table.PAIRS: {
        "mentor_id": CODE,
        "mentee_id": CODE,
        "status": Column(choice(PairStatus, PairStatus.ACTIVE), PairStatus.ACTIVE, optional=True),
    },
}
LAYOUT = Layout(COLUMNS, Table.PEOPLE, needed=(Table.PEOPLE,))


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

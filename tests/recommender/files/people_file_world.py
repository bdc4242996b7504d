"""Small people files whose every cell can be changed, for the tests of people_file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Statement, Status
from recommender.files.people import PeopleFile, read_people

PEOPLE = (
    "id",
    "name",
    "department",
    "site",
    "career_level",
    "reports_to",
    "languages",
    "time_zone",
    "roles",
    "capacity",
    "hours_per_month",
    "status",
)
STATEMENTS = ("person_id", "kind", "language", "text", "level", "priority")
PAIRS = ("mentor_id", "mentee_id", "status")
ANNA = {
    "id": "anna",
    "name": "Anna Übel",
    "department": "Einkauf",
    "site": "Köln",
    "career_level": "3",
    "reports_to": "",
    "languages": "de en",
    "time_zone": "Europe/Berlin",
    "roles": "both",
    "capacity": "2",
    "hours_per_month": "2.5",
    "status": "active",
}


def csv_text(
    columns: Sequence[str], rows: Sequence[Mapping[str, str]], separator: str = ","
) -> str:
    """Return a table as CSV without quotes, so without separators in the cells."""
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(separator.join(line) + "\n" for line in lines)


def people_csv(*changes: Mapping[str, str]) -> str:
    """Return a people table with Anna once per change."""
    return csv_text(PEOPLE, [{**ANNA, **change} for change in changes])


def statements_csv(*rows: Mapping[str, str]) -> str:
    """Return a statements table with Anna's skill once per change."""
    usual = {
        "person_id": "anna",
        "kind": "skill",
        "language": "de",
        "text": "Ich kann nähen",
        "level": "3",
    }
    return csv_text(STATEMENTS, [{**usual, **row} for row in rows])


def written(folder: Path, **texts: str | bytes) -> list[Path]:
    """Write texts to files named ``name_ending`` and return their paths."""
    paths = []
    for name, text in texts.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        paths.append(path)
    return paths


def read(folder: Path, **texts: str | bytes) -> PeopleFile:
    """Read texts as files."""
    return read_people(written(folder, **texts))


def refused(call: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the problems with which a call is refused."""
    with pytest.raises(InvalidInput) as caught:
        call()
    return caught.value.problems


def problems(folder: Path, **texts: str | bytes) -> tuple[Problem, ...]:
    """Return the problems of texts as files."""
    return refused(lambda: read(folder, **texts))


def places(found: Sequence[Problem]) -> list[tuple[str, int | None, int | None]]:
    """Return field, line and column of each problem."""
    return [(problem.field, problem.line, problem.column) for problem in found]


def person(person_id: str, *statements: Statement, reports_to: str | None = None) -> Person:
    """Return a person."""
    return Person(
        id=person_id,
        name=f"Name of {person_id}",
        department="Einkauf",
        site="Köln",
        career_level=3,
        reports_to=reports_to,
        languages=("de", "en"),
        time_zone="Europe/Berlin",
        roles=Roles.BOTH,
        capacity=2,
        hours_per_month=2.5,
        status=Status.PAUSED,
        statements=statements,
    )


SKILL = Statement(Kind.SKILL, 'Ich kann "nähen", auch Leder; und 😀', "de", level=4)
GOAL = Statement(Kind.GOAL, "Learn to weld", "en", priority=1)
WORLD = (person("a.1", SKILL, GOAL), person("b", GOAL, SKILL, reports_to="a.1"), person("c"))
COUPLES = (
    Pair("a.1", "b", PairStatus.ACTIVE),
    Pair("c", "a.1", PairStatus.ENDED),
)

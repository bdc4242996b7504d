"""The people file: its three tables, and the way in and out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from recommender.domain.errors import Problem
from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Statement, Status
from recommender.domain.progress import Progress, silent
from recommender.files.people.checks import checked
from recommender.files.people.records import PeopleFile
from recommender.files.tables.cells import (
    Unusable,
    choice,
    number,
    optional_text,
    optional_whole,
)
from recommender.files.tables.forms import Form, Forms
from recommender.files.tables.layout import CODE, COUNT, TEXT, Column, Layout, Table
from recommender.files.tables.problems import Place, Problems
from recommender.files.tables.reading import build

_BETWEEN_CODES = re.compile(r"[\s,;|]+")


def codes(text: str) -> tuple[str, ...]:
    """Split a cell of language codes, such as ``de en`` or ``de, en``."""
    return tuple(code for code in _BETWEEN_CODES.split(text) if code)


def _statement(values: Mapping[str, Any], place: Place, problems: Problems) -> Statement | None:
    """Make the statement of a row, whose ``person_id`` says whose it is."""
    fields = dict(values)
    owner = fields.pop("person_id")
    statement = build(Statement, fields, place, problems)
    if statement is None and not isinstance(fields["kind"], Kind):
        # The kind says which scale a statement has. It is unknown, so each is checked for itself.
        for kind, scale in ((Kind.SKILL, "level"), (Kind.GOAL, "priority")):
            if fields[scale] is not None:
                sound = {"kind": kind, "text": "x", "language": "en"}
                build(Statement, {**sound, scale: fields[scale]}, place, problems)
    if isinstance(owner, Unusable):
        problem = Problem("person_id", owner.shown, "the id of a person", owner.remedy)
        problems.add(place.point(problem))
    return statement


PEOPLE = Table(
    {
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
    partial(build, Person),
)
STATEMENTS = Table(
    {
        "person_id": CODE,
        "kind": Column(choice(Kind)),
        "language": CODE,
        "text": TEXT,
        "level": Column(optional_whole),
        "priority": Column(optional_whole),
    },
    _statement,
)
PAIRS = Table(
    {
        "mentor_id": CODE,
        "mentee_id": CODE,
        "status": Column(choice(PairStatus, PairStatus.ACTIVE), PairStatus.ACTIVE, optional=True),
    },
    partial(build, Pair),
)
LAYOUT = Layout(
    {"people": PEOPLE, "statements": STATEMENTS, "pairs": PAIRS},
    needed=("people",),
    needs={"statements": "people"},
)
FORMS = Forms(
    LAYOUT,
    "Name one to three CSV files (.csv, people and statements and pairs), or one Excel workbook "
    "(.xlsx).",
)


def read_people(
    paths: Sequence[Path],
    known: Mapping[str, str | None] | None = None,
    progress: Progress = silent,
) -> PeopleFile:
    """Read and check people, their statements and their pairs.

    Args:
        paths: One to three CSV files, or one Excel workbook.
        known: The ids stored already, with the id that each reports to. The files are checked as
            if they were laid over these.
        progress: Told now and then how many rows are read.

    Raises:
        InvalidInput: with every problem of all files.
    """
    return checked(FORMS.read(paths, progress), known or {})


def write_people(
    paths: Sequence[Path], people: Iterable[Person], pairs: Iterable[Pair] = ()
) -> None:
    """Write people by id, each with their statements in order, and pairs by ids.

    Reading the files gives the same people and pairs again. Each file is complete or as it was
    before, even if the program is killed, and only its owner may read it.

    Args:
        paths: CSV files for people, statements and (needed if there are any) pairs, in this order;
            or one Excel workbook.
        people: The people, in any order.
        pairs: The pairs, in any order.

    Raises:
        InvalidInput: if the paths do not go together, or a file cannot be written.
    """
    persons = sorted(people, key=lambda person: person.id)
    couples = sorted(pairs, key=lambda pair: (pair.mentor_id, pair.mentee_id))
    n_needed = 3 if couples else 2
    if FORMS.of(paths) is Form.CSV and len(paths) < n_needed:
        raise FORMS.refusal(f"{len(paths)} CSV files", f"{n_needed} CSV files")
    statements = (
        STATEMENTS.row(statement, person_id=person.id)
        for person in persons
        for statement in person.statements
    )
    tables = {
        "people": map(PEOPLE.row, persons),
        "statements": statements,
        "pairs": map(PAIRS.row, couples),
    }
    FORMS.write(paths, tables)

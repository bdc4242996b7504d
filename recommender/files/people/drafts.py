"""What has been read so far, good and bad, before the checks across rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.domain.checks import canonical_text
from recommender.domain.errors import Problem
from recommender.domain.people import Kind, Pair, Person, Statement
from recommender.files.people.tables import Table
from recommender.files.tables.building import build, is_id
from recommender.files.tables.cells import MAX_CELL, Unusable
from recommender.files.tables.files import file_problem
from recommender.files.tables.places import Place, Problems


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person whose row was read; ``person`` is None if something in it is wrong."""

    id: str
    reports_to: str | None
    person: Person | None
    statements_given: bool
    place: Place


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement whose row was read; ``statement`` is None if something in it is wrong."""

    person_id: str
    kind: str
    text: str
    statement: Statement | None
    place: Place


@dataclass(frozen=True, slots=True)
class PairDraft:
    """A pair whose row was read; ``pair`` is None if something in it is wrong, as is a bad id."""

    mentor_id: str | None
    mentee_id: str | None
    pair: Pair | None
    place: Place


class Drafts:
    """Everything that was read, in the order of the files.

    ``people_complete`` turns False when somebody's id could not be read; an id that seems unknown
    may then be theirs. ``statements_given`` says whether the tables have statements.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.people: list[PersonDraft] = []
        self.statements: list[StatementDraft] = []
        self.pairs: list[PairDraft] = []
        self.people_complete = True
        self.statements_given = False

    def begin(self, found: Mapping[str, Path]) -> None:
        """Learn which tables there are: nobody has statements without people.

        Where something is wrong already, the people table may be what cannot be read.
        """
        self.statements_given = Table.STATEMENTS in found
        if Table.PEOPLE in found or not (self.problems or self.statements_given):
            return
        self.people_complete = False
        if not self.problems:
            problem = file_problem(
                found[Table.STATEMENTS],
                "statements without people",
                "a people table in the same import",
                "Import the people and their statements together.",
            )
            self.problems.add(problem)

    def add(self, table: str, given: dict[str, Any], place: Place) -> None:
        """Check one row of a table and keep it."""
        if table == Table.PEOPLE:
            self.add_person(given, place, self.statements_given)
        elif table == Table.STATEMENTS:
            self.add_statement(given.pop("person_id"), given, place)
        else:
            self.add_pair(given, place)

    def lose_row(self, table: str, row_id: str, place: Place) -> None:
        """Note a row of which no more can be read than perhaps the id."""
        if table == Table.PEOPLE and row_id:
            self.people.append(PersonDraft(row_id, None, None, False, place))
        else:
            self.lose(table)

    def lose(self, table: str | None) -> None:
        """Note that rows of a table, or of any table, cannot be read."""
        if table in (None, Table.PEOPLE):
            self.people_complete = False

    def add_person(self, given: Mapping[str, Any], place: Place, statements_given: bool) -> None:
        """Check one person (without their statements) and keep them."""
        person = build(Person, given, place, self.problems)
        person_id, boss = given["id"], given["reports_to"]
        if not isinstance(person_id, str) or not person_id:
            self.people_complete = False
            return
        reports_to = boss if is_id(boss) and boss != person_id else None
        self.people.append(PersonDraft(person_id, reports_to, person, statements_given, place))

    def add_statement(self, person_id: object, given: Mapping[str, Any], place: Place) -> None:
        """Check one statement and keep it."""
        statement = build(Statement, given, place, self.problems)
        if statement is None and not isinstance(given["kind"], Kind):
            self._check_scale(Kind.SKILL, "level", given, place)
            self._check_scale(Kind.GOAL, "priority", given, place)
        if isinstance(person_id, Unusable):
            told = Problem("person_id", person_id.shown, "the id of a person", person_id.remedy)
            self.problems.add(place.point(told))
        if not isinstance(person_id, str):
            return
        if statement is not None:
            text = statement.text
        else:
            raw = given["text"]
            text = canonical_text(raw) if isinstance(raw, str) and len(raw) <= MAX_CELL else ""
        self.statements.append(
            StatementDraft(person_id, str(given["kind"]), text, statement, place)
        )

    def _check_scale(self, kind: Kind, name: str, given: Mapping[str, Any], place: Place) -> None:
        """Check a level or priority for itself, because the statement's kind is unknown."""
        if given[name] is not None:
            probe = {"kind": kind, "text": "x", "language": "en", name: given[name]}
            build(Statement, probe, place, self.problems)

    def add_pair(self, given: Mapping[str, Any], place: Place) -> None:
        """Check one pair and keep it."""
        pair = build(Pair, given, place, self.problems)
        mentor, mentee = (
            given[name] if is_id(given[name]) else None for name in ("mentor_id", "mentee_id")
        )
        self.pairs.append(PairDraft(mentor, mentee, pair, place))

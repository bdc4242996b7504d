"""What has been read so far, good and bad, before the checks across rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from recommender.domain import ID_PATTERN, Kind, Pair, Person, Statement, canonical_text
from recommender.errors import InvalidInput, Problem
from recommender.people_file.cells import MAX_CELL, Unusable
from recommender.people_file.places import Place, Problems

Made = TypeVar("Made")
_ID = re.compile(ID_PATTERN)


def is_id(value: object) -> bool:
    """Return whether the value is a well-formed id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


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


def _build(
    make: Callable[..., Made], given: Mapping[str, Any], place: Place, problems: Problems
) -> Made | None:
    """Make a domain object, or tell each of its problems at the place of its field.

    A field whose column is missing has been told at the header, once for all rows.
    """
    try:
        return make(**given)
    except InvalidInput as refused:
        told = refused.problems
    for problem in told:
        if not place.lacks(problem.field):
            found = _as_in_the_file(problem, given.get(problem.field))
            problems.add(place.point(found))
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


class Drafts:
    """Everything that was read, in the order of the files.

    ``people_complete`` turns False when somebody's id could not be read; an id that seems unknown
    may then be theirs.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.people: list[PersonDraft] = []
        self.statements: list[StatementDraft] = []
        self.pairs: list[PairDraft] = []
        self.people_complete = True

    def add_person(self, given: Mapping[str, Any], place: Place, statements_given: bool) -> None:
        """Check one person (without their statements) and keep them."""
        person = _build(Person, given, place, self.problems)
        person_id, boss = given["id"], given["reports_to"]
        if not isinstance(person_id, str) or not person_id:
            self.people_complete = False
            return
        reports_to = boss if is_id(boss) and boss != person_id else None
        self.people.append(PersonDraft(person_id, reports_to, person, statements_given, place))

    def add_unreadable_person(self, person_id: str, place: Place) -> None:
        """Note that a row holds a person of whom no more than perhaps the id can be read."""
        if person_id:
            self.people.append(PersonDraft(person_id, None, None, False, place))
        else:
            self.people_complete = False

    def add_statement(self, person_id: object, given: Mapping[str, Any], place: Place) -> None:
        """Check one statement and keep it."""
        statement = _build(Statement, given, place, self.problems)
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
            _build(Statement, probe, place, self.problems)

    def add_pair(self, given: Mapping[str, Any], place: Place) -> None:
        """Check one pair and keep it."""
        pair = _build(Pair, given, place, self.problems)
        mentor, mentee = (
            given[name] if is_id(given[name]) else None for name in ("mentor_id", "mentee_id")
        )
        self.pairs.append(PairDraft(mentor, mentee, pair, place))

"""People and their statements."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, select, update

from recommender.domain.errors import UnknownPerson
from recommender.domain.people import TAKES_A_PLACE, Kind, Person, Roles, Statement, Status
from recommender.store.revision import log_changes
from recommender.store.rows import (
    Written,
    change_among,
    columns,
    insert_rows,
    rows_among,
    update_rows,
    values,
)
from recommender.store.tables import pairs, people, statements

# Built once: SQLAlchemy takes longer to build a query than SQLite to run it.
_NUMBERS = select(people.c.id, people.c.number)
_MANAGER = people.alias("manager")
_REPORTS_TO = people.c.manager == _MANAGER.c.number
_PEOPLE = (
    select(
        people.c.number,
        *columns(Person, people, but=["statements"], reports_to=_MANAGER.c.id),
    )
    .outerjoin(_MANAGER, _REPORTS_TO)
    .order_by(people.c.id)
)
_MANAGERS = select(people.c.id, _MANAGER.c.id).outerjoin(_MANAGER, _REPORTS_TO)
_MANAGER_OF = _MANAGERS.where(people.c.id == bindparam("person_id"))
_STATEMENTS = select(statements.c.person, *columns(Statement, statements)).order_by(
    statements.c.person, statements.c.position
)
_TEXTS = select(statements.c.id, statements.c.text)
PLACES_TAKEN = (
    select(pairs.c.mentor, func.count().label("n"))
    .where(pairs.c.status.in_(TAKES_A_PLACE))
    .group_by(pairs.c.mentor)
    .subquery()
)
"""How many mentees each mentor has, of those who have any."""


class RosterRow(NamedTuple):
    """What the rules and the features need to know of one person."""

    number: int
    id: str
    name: str
    department: str
    site: str
    career_level: int
    manager: int
    languages: tuple[str, ...]
    time_zone: str
    roles: Roles
    capacity: int
    hours_per_month: float
    status: Status
    active_mentees: int


_ROSTER = (
    select(
        *columns(
            RosterRow,
            people,
            manager=func.coalesce(people.c.manager, 0),
            active_mentees=func.coalesce(PLACES_TAKEN.c.n, 0),
        )
    )
    .outerjoin(PLACES_TAKEN, people.c.number == PLACES_TAKEN.c.mentor)
    .order_by(people.c.number)
)


def text_digest(text: str) -> bytes:
    """Return the SHA-256 of a statement's text, 32 bytes."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def get(connection: Connection, person_id: str) -> tuple[int, Person]:
    """Return a person with their number.

    Raises:
        UnknownPerson: if there is none with this id.
    """
    stored = get_many(connection, [person_id])
    if person_id not in stored:
        raise UnknownPerson(person_id)
    return stored[person_id]


def get_many(
    connection: Connection, ids: Sequence[str] | None = None
) -> dict[str, tuple[int, Person]]:
    """Return number and person by id, for these ids or for everybody."""
    rows = list(rows_among(connection, _PEOPLE, people.c.id, ids))
    among = None if ids is None else [row.number for row in rows]
    stated: defaultdict[int, list[Statement]] = defaultdict(list)
    for number, *fields in rows_among(connection, _STATEMENTS, statements.c.person, among):
        stated[number].append(Statement(*fields))
    people_of_rows = {}
    for row in rows:
        fields = row._asdict()
        number = fields.pop("number")
        people_of_rows[row.id] = number, Person(**fields, statements=tuple(stated[number]))
    return people_of_rows


def numbers(connection: Connection, ids: Iterable[str] | None = None) -> dict[str, int]:
    """Return the number by id of these people, as far as they are stored, or of everybody."""
    among = None if ids is None else sorted(set(ids))
    return dict(rows_among(connection, _NUMBERS, people.c.id, among))


def counts(connection: Connection) -> tuple[int, int]:
    """Return how many people and how many statements are stored."""
    n_people = connection.execute(select(func.count()).select_from(people)).scalar_one()
    n_statements = connection.execute(select(func.count()).select_from(statements)).scalar_one()
    return n_people, n_statements


def managers(connection: Connection) -> dict[str, str | None]:
    """Return everybody's manager's id, or None, by id."""
    return dict(rows_among(connection, _MANAGERS, people.c.id, None))


def line_up(connection: Connection, person_id: str) -> list[str]:
    """Return the ids from a person up to the top of their reporting line; empty if unknown."""
    line: list[str] = []
    place: str | None = person_id
    while place is not None and place not in line:
        row = connection.execute(_MANAGER_OF, {"person_id": place}).first()
        if row is None:
            break
        place_id, place = row
        line.append(place_id)
    return line


def with_status(connection: Connection, status: Status) -> set[str]:
    """Return the ids of the people who have this participation status."""
    return set(connection.scalars(select(people.c.id).where(people.c.status == status)))


def who_could_be_shown(connection: Connection) -> list[int]:
    """Return the numbers of those who take part as mentors and have described a skill."""
    describes = select(statements.c.person).where(statements.c.kind == Kind.SKILL)
    query = (
        select(people.c.number)
        .where(people.c.status == Status.ACTIVE, people.c.roles != Roles.MENTEE)
        .where(people.c.number.in_(describes))
        .order_by(people.c.number)
    )
    return list(connection.scalars(query))


def sayings(connection: Connection, kind: Kind) -> list[tuple[int, str, int | None]]:
    """Return person, text and priority (of goals) of each statement of a kind, in order."""
    query = (
        select(statements.c.person, statements.c.text, statements.c.priority)
        .where(statements.c.kind == kind)
        .order_by(statements.c.person, statements.c.position)
    )
    return [(row.person, row.text, row.priority) for row in connection.execute(query)]


def put(connection: Connection, everybody: Sequence[Person]) -> Written:
    """Create or change people so that they equal ``everybody``, and log whose data changed.

    A statement whose kind and text stay keeps its id. Managers must be stored or be among them.
    """
    stored = get_many(connection, [person.id for person in everybody])
    created = [person for person in everybody if person.id not in stored]
    updated = [p for p in everybody if p.id in stored and stored[p.id][1] != p]
    unstated: tuple[bytes, ...] = ()
    if created or updated:
        insert_rows(connection, people, [values(person, people) for person in created])
        number_of = numbers(connection)
        _set_managers(connection, created, updated, number_of)
        unstated = _set_statements(connection, created, updated, number_of)
        log_changes(connection, [number_of[person.id] for person in (*created, *updated)])
    n_unchanged = len(everybody) - len(created) - len(updated)
    return Written(len(created), len(updated), n_unchanged, unstated)


def erase(connection: Connection, person_id: str) -> bool:
    """Erase a person, their statements, pairs and impressions; return whether there was one.

    Who reported to them now reports to their manager, so that the reporting chain keeps its links.
    """
    row = connection.execute(
        select(people.c.number, people.c.manager).where(people.c.id == person_id)
    ).first()
    if row is None:
        return False
    reports = connection.scalars(select(people.c.number).where(people.c.manager == row.number))
    partners = connection.scalars(select(pairs.c.mentor).where(pairs.c.mentee == row.number))
    touched = [row.number, *reports, *partners]
    connection.execute(
        update(people).where(people.c.manager == row.number).values(manager=row.manager)
    )
    # Statements, pairs, rankings and impressions go with the person (ON DELETE CASCADE).
    connection.execute(delete(people).where(people.c.number == row.number))
    log_changes(connection, touched)
    return True


def roster_rows(connection: Connection, among: Sequence[int] | None = None) -> list[RosterRow]:
    """Return what rules and features need, for people of these numbers or for everybody."""
    return [RosterRow(*row) for row in rows_among(connection, _ROSTER, people.c.number, among)]


def statement_texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the texts of statements by their ids."""
    return dict(rows_among(connection, _TEXTS, statements.c.id, list(ids)))


def _set_managers(
    connection: Connection,
    created: Sequence[Person],
    updated: Sequence[Person],
    number_of: Mapping[str, int],
) -> None:
    """Write who reports to whom once everybody exists, and what else has changed of the updated."""

    def place(person: Person) -> dict[str, object]:
        manager = None if person.reports_to is None else number_of[person.reports_to]
        return {"number": number_of[person.id], "manager": manager}

    update_rows(connection, people, [values(p, people) | place(p) for p in updated])
    update_rows(connection, people, [place(p) for p in created if p.reports_to is not None])


def _set_statements(
    connection: Connection,
    created: Sequence[Person],
    updated: Sequence[Person],
    number_of: Mapping[str, int],
) -> tuple[bytes, ...]:
    """Make the stored statements equal those of people, keeping the ids of those that stay.

    Returns:
        The digests of the texts of those that go.
    """
    query = select(
        statements.c.id,
        statements.c.text_digest,
        statements.c.person,
        statements.c.position,
        *columns(Statement, statements),
    )
    among = [number_of[person.id] for person in updated]
    stored = {
        (row.person, row.kind, row.text): row
        for row in rows_among(connection, query, statements.c.person, among)
    }
    added, changed = [], []
    for person in (*created, *updated):
        number = number_of[person.id]
        for position, statement in enumerate(person.statements):
            before = stored.pop((number, statement.kind, statement.text), None)
            after = {"person": number, "position": position, **values(statement, statements)}
            if before is None:
                added.append({**after, "text_digest": text_digest(statement.text)})
            elif before[2:] != tuple(after.values()):  # both in the order of the fields
                changed.append({"id": before.id, **after})
    change_among(
        connection, delete(statements), statements.c.id, [row.id for row in stored.values()]
    )
    update_rows(connection, statements, changed)
    insert_rows(connection, statements, added)
    return tuple(row.text_digest for row in stored.values())

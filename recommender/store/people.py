"""People and their statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from recommender.domain.errors import UnknownPerson
from recommender.domain.people import TAKES_A_PLACE, Kind, Person, Roles, Statement, Status
from recommender.store.chunks import in_chunks
from recommender.store.revision import log_changes
from recommender.store.tables import pairs, people, statements

# What every answer asks is built once: SQLAlchemy takes longer to build a query than SQLite to run
# it.
_MANAGER = people.alias("manager")
_WITH_MANAGER = (
    select(people, _MANAGER.c.id.label("reports_to"))
    .outerjoin(_MANAGER, people.c.manager == _MANAGER.c.number)
    .order_by(people.c.id)
)
_PERSON = _WITH_MANAGER.where(people.c.id == bindparam("person_id"))
_STATEMENTS = select(statements).order_by(statements.c.person, statements.c.position)
_STATEMENTS_OF = _STATEMENTS.where(statements.c.person == bindparam("number"))
_TEXTS = select(statements.c.id, statements.c.text).where(
    statements.c.id.in_(bindparam("ids", expanding=True))
)


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


@dataclass(frozen=True, slots=True)
class Written:
    """How many people, or pairs, a write created, changed, and found unchanged.

    ``unstated`` are the digests of the texts that somebody no longer states: their vectors go, too,
    unless somebody else states them.
    """

    created: int
    updated: int
    unchanged: int
    unstated: tuple[bytes, ...] = ()


def text_digest(text: str) -> bytes:
    """Return the SHA-256 of a statement's text, 32 bytes."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def get(connection: Connection, person_id: str) -> tuple[int, Person]:
    """Return a person with their number.

    Raises:
        UnknownPerson: if there is none with this id.
    """
    row = connection.execute(_PERSON, {"person_id": person_id}).first()
    if row is None:
        raise UnknownPerson(person_id)
    spoken = connection.execute(_STATEMENTS_OF, {"number": row.number})
    return row.number, _person(row, map(_statement, spoken))


def get_many(
    connection: Connection, ids: Iterable[str] | None = None
) -> dict[str, tuple[int, Person]]:
    """Return number and person by id, for these ids or for everybody."""
    chosen = None if ids is None else list(ids)
    spoken: dict[int, list[Statement]] = {}
    owner = statements.c.person.in_(select(people.c.number).where(_among(people.c.id)))
    for row in _in_chunks(connection, _STATEMENTS, owner, chosen):
        spoken.setdefault(row.person, []).append(_statement(row))
    rows = _in_chunks(connection, _WITH_MANAGER, _among(people.c.id), chosen)
    return {row.id: (row.number, _person(row, spoken.get(row.number, []))) for row in rows}


def numbers(connection: Connection, ids: Iterable[str] | None = None) -> dict[str, int]:
    """Return the number by id of these people, as far as they are stored, or of everybody."""
    chosen = None if ids is None else sorted(set(ids))
    query = select(people.c.id, people.c.number)
    return {
        row.id: row.number for row in _in_chunks(connection, query, _among(people.c.id), chosen)
    }


def counts(connection: Connection) -> tuple[int, int]:
    """Return how many people and how many statements are stored."""
    n_people = connection.execute(select(func.count()).select_from(people)).scalar_one()
    n_statements = connection.execute(select(func.count()).select_from(statements)).scalar_one()
    return n_people, n_statements


def managers(connection: Connection) -> dict[str, str | None]:
    """Return everybody's manager's id, or None, by id."""
    manager = people.alias("manager")
    query = select(people.c.id, manager.c.id.label("manager_id")).outerjoin(
        manager, people.c.manager == manager.c.number
    )
    return {row.id: row.manager_id for row in connection.execute(query)}


def line_up(connection: Connection, person_id: str) -> list[str]:
    """Return the ids from a person up to the top of their reporting line; empty if unknown."""
    manager = people.alias("manager")
    query = (
        select(people.c.id, manager.c.id.label("manager_id"))
        .outerjoin(manager, people.c.manager == manager.c.number)
        .where(people.c.id == bindparam("person_id"))
    )
    line: list[str] = []
    place: str | None = person_id
    while place is not None and place not in line:
        row = connection.execute(query, {"person_id": place}).first()
        if row is None:
            break
        line.append(row.id)
        place = row.manager_id
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


def put(connection: Connection, given: Sequence[Person]) -> Written:
    """Create or change people so that they equal ``given``, and log whose data changed.

    A statement whose kind and text stay keeps its id. Managers must be stored or be among them.
    """
    stored = get_many(connection, [person.id for person in given])
    created = [person for person in given if person.id not in stored]
    updated = [p for p in given if p.id in stored and stored[p.id][1] != p]
    unstated: tuple[bytes, ...] = ()
    if created:
        connection.execute(insert(people), [_scalars(person) for person in created])
    if created or updated:
        number_of = numbers(connection)
        _set_scalars_and_managers(connection, created, updated, number_of)
        unstated = _set_statements(connection, [*created, *updated], number_of, updated)
        log_changes(connection, [number_of[person.id] for person in (*created, *updated)])
    n_unchanged = len(given) - len(created) - len(updated)
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


def roster_rows(connection: Connection, chosen: Sequence[int] | None = None) -> list[RosterRow]:
    """Return what rules and features need, for these numbers or for everybody."""
    active = (
        select(pairs.c.mentor, func.count().label("n"))
        .where(pairs.c.status.in_(TAKES_A_PLACE))
        .group_by(pairs.c.mentor)
        .subquery()
    )
    query = (
        select(people, func.coalesce(active.c.n, 0).label("active_mentees"))
        .outerjoin(active, people.c.number == active.c.mentor)
        .order_by(people.c.number)
    )
    return [
        RosterRow(
            row.number,
            row.id,
            row.name,
            row.department,
            row.site,
            row.career_level,
            row.manager or 0,
            tuple(row.languages.split()),
            row.time_zone,
            Roles(row.roles),
            row.capacity,
            row.hours_per_month,
            Status(row.status),
            row.active_mentees,
        )
        for row in _in_chunks(connection, query, _among(people.c.number), chosen)
    ]


def statement_texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """Return the texts of statements by their ids."""
    return {row.id: row.text for row in connection.execute(_TEXTS, {"ids": list(ids)})}


def _among(column: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's column types are invariant
    return column.in_(bindparam("chunk", expanding=True))


def _in_chunks(
    connection: Connection,
    query: Select[Any],
    among: Any,  # noqa: ANN401 - as above
    chosen: Sequence[Any] | None,
) -> Iterator[Row[Any]]:
    """Yield the rows of ``query``, whole or restricted chunk by chunk: SQL limits parameters."""
    if chosen is None:
        yield from connection.execute(query)
        return
    for chunk in in_chunks(chosen):
        yield from connection.execute(query.where(among), {"chunk": chunk})


def _statement(row: Row[Any]) -> Statement:
    return Statement(Kind(row.kind), row.text, row.language, row.level, row.priority)


def _person(row: Row[Any], spoken: Iterable[Statement]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        department=row.department,
        site=row.site,
        career_level=row.career_level,
        reports_to=row.reports_to,
        languages=tuple(row.languages.split()),
        time_zone=row.time_zone,
        roles=Roles(row.roles),
        capacity=row.capacity,
        hours_per_month=row.hours_per_month,
        status=Status(row.status),
        statements=tuple(spoken),
    )


def _scalars(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "department": person.department,
        "site": person.site,
        "career_level": person.career_level,
        "languages": " ".join(person.languages),
        "time_zone": person.time_zone,
        "roles": str(person.roles),
        "capacity": person.capacity,
        "hours_per_month": float(person.hours_per_month),
        "status": str(person.status),
    }


def _set_scalars_and_managers(
    connection: Connection,
    created: Sequence[Person],
    updated: Sequence[Person],
    number_of: Mapping[str, int],
) -> None:
    """Write the scalars; managers last, once everybody exists: a file names them in any order."""
    key = people.c.number == bindparam("the_number")

    def manager(person: Person) -> int | None:
        return None if person.reports_to is None else number_of[person.reports_to]

    if updated:
        connection.execute(
            update(people).where(key),
            [
                {**_scalars(p), "manager": manager(p), "the_number": number_of[p.id]}
                for p in updated
            ],
        )
    led = [p for p in created if p.reports_to is not None]
    if led:
        connection.execute(
            update(people).where(key).values(manager=bindparam("boss")),
            [{"boss": manager(p), "the_number": number_of[p.id]} for p in led],
        )


def _set_statements(
    connection: Connection,
    given: Sequence[Person],
    number_of: Mapping[str, int],
    stored_before: Sequence[Person],
) -> tuple[bytes, ...]:
    """Make the stored statements equal the given ones, keeping the ids of those that stay.

    Returns:
        The digests of the texts of those that go.
    """
    old: dict[tuple[int, str, str], int] = {}
    query = select(statements.c.id, statements.c.person, statements.c.kind, statements.c.text)
    among = _among(statements.c.person)
    before = [number_of[person.id] for person in stored_before]
    for row in _in_chunks(connection, query, among, before):
        old[(row.person, row.kind, row.text)] = row.id
    fresh, kept = [], []
    for person in given:
        for position, spoken in enumerate(person.statements):
            number = number_of[person.id]
            known = old.pop((number, str(spoken.kind), spoken.text), None)
            values = {
                "position": position,
                "language": spoken.language,
                "level": spoken.level,
                "priority": spoken.priority,
            }
            if known is not None:
                kept.append({**values, "the_id": known})
            else:
                digest = text_digest(spoken.text)
                named = {"person": number, "kind": str(spoken.kind), "text": spoken.text}
                fresh.append({**values, **named, "text_digest": digest})
    for gone in in_chunks(list(old.values())):
        connection.execute(delete(statements).where(statements.c.id.in_(gone)))
    if kept:
        connection.execute(update(statements).where(statements.c.id == bindparam("the_id")), kept)
    if fresh:
        connection.execute(insert(statements), fresh)
    return tuple(text_digest(text) for _, _, text in old)

"""The organisation's picture of gaps: what it is counted from, and what is kept of it.

What it is counted from comes in pieces, so that hundreds of thousands of vectors are never in
memory at once. What is kept are aggregates alone: the picture as it was last published, so that
every process shows the same, and one snapshot of each cohort, so that a later one can compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, delete, func, select

from recommender.domain.people import Roles, Status
from recommender.store.people import PLACES_TAKEN
from recommender.store.rows import columns, insert_rows, rows_among, values
from recommender.store.tables import gap_snapshots, people, published_gaps, statements
from recommender.store.vectors import VECTORS, joined

PIECE = 20_000
VECTORS_AT_ONCE = 8_192


class ActivePerson(NamedTuple):
    """Somebody who takes part.

    ``mentors`` says whether they offer at least one place; ``free_places`` is at least 0.
    """

    number: int
    department: str
    site: str
    mentors: bool
    free_places: int


@dataclass(frozen=True, slots=True)
class ActiveStatements:
    """The statements of active people as arrays of equal length, in the order of their ids.

    Attributes:
        statement: Statement ids, int64.
        person: Numbers of the people who state them, int64.
        is_goal: Goal or skill, bool.
        level: Of a skill, 1 to 5; 0 for a goal, int8.
        text: Places in ``digests``, int64.
        digests: The digest of every text, each once.
    """

    statement: NDArray[np.int64]
    person: NDArray[np.int64]
    is_goal: NDArray[np.bool_]
    level: NDArray[np.int8]
    text: NDArray[np.int64]
    digests: list[bytes]


@dataclass(frozen=True, slots=True)
class Published:
    """One picture.

    Args:
        revision: Of the store when it was made.
        made_with: The encoder and the catalogue it was made with.
        tables: Its tables by name, as bytes.
    """

    revision: int
    made_with: str
    tables: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The organisation's supply and demand as they were in a cohort; it goes with its cohort.

    Args:
        content: As it was given; JSON.
        made_at: When, in UTC.
    """

    content: Mapping[str, Any]
    made_at: datetime


def active_people(connection: Connection) -> list[ActivePerson]:
    """Return everybody who takes part, in the order of their numbers."""
    mentors = (people.c.roles != Roles.MENTEE) & (people.c.capacity > 0)
    free_places = people.c.capacity - func.coalesce(PLACES_TAKEN.c.n, 0)
    free_places = case((mentors & (free_places > 0), free_places), else_=0)
    query = (
        select(*columns(ActivePerson, people, mentors=mentors, free_places=free_places))
        .outerjoin(PLACES_TAKEN, people.c.number == PLACES_TAKEN.c.mentor)
        .where(people.c.status == Status.ACTIVE)
        .order_by(people.c.number)
    )
    return [ActivePerson(*row) for row in connection.execute(query)]


def names(connection: Connection) -> set[str]:
    """Return the names of everybody, whether they take part now or not."""
    return set(connection.scalars(select(people.c.name)))


def active_statements(connection: Connection) -> ActiveStatements:
    """Return what active people state, without the texts."""
    query = (
        select(
            statements.c.id,
            statements.c.person,
            func.coalesce(statements.c.priority, 0),  # a goal has one, and a skill has a level
            func.coalesce(statements.c.level, 0),
            statements.c.text_digest,
        )
        .join(people, people.c.number == statements.c.person)
        .where(people.c.status == Status.ACTIVE)
        .order_by(statements.c.id)
    )
    place: dict[bytes, int] = {}
    pieces = [np.zeros((0, 5), dtype=np.int64)]
    for piece in connection.execute(query).partitions(PIECE):
        rows = [(*numbers, place.setdefault(digest, len(place))) for *numbers, digest in piece]
        pieces.append(np.array(rows, dtype=np.int64))
    table = np.concatenate(pieces).T
    return ActiveStatements(
        statement=table[0].copy(),
        person=table[1].copy(),
        is_goal=table[2].astype(np.bool_),
        level=table[3].astype(np.int8),
        text=table[4].copy(),
        digests=list(place),
    )


def vectors_in_pieces(
    connection: Connection, encoder: str
) -> Iterator[tuple[list[bytes], NDArray[np.float32]]]:
    """Yield the digests of texts with their unit vectors, (n, dimension) float32, in no order.

    Vectors are read as they lie in the database: looking each one up by its text takes longer.
    """
    result = connection.execution_options(yield_per=VECTORS_AT_ONCE).execute(
        VECTORS, {"encoder_digest": encoder}
    )
    for piece in result.partitions():
        digests, stored = zip(*piece, strict=True)
        yield list(digests), joined(stored)


def texts_of(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, str]:
    """Return the texts of these digests that somebody states, by digest."""
    query = select(statements.c.text_digest, statements.c.text).distinct()
    rows = rows_among(connection, query, statements.c.text_digest, list(digests))
    return dict(rows)


def publish(connection: Connection, picture: Published, now: datetime) -> None:
    """Store a picture in place of the one before."""
    connection.execute(delete(published_gaps))
    row = {**values(picture, published_gaps), "made_at": now}
    rows = [{**row, "name": name, "content": table} for name, table in picture.tables.items()]
    insert_rows(connection, published_gaps, rows)


def last_published(connection: Connection) -> Published | None:
    """Return the picture last published, or None before the first."""
    rows = list(connection.execute(select(published_gaps)))
    if not rows:
        return None
    return Published(rows[0].revision, rows[0].made_with, {row.name: row.content for row in rows})


def keep_snapshot(
    connection: Connection, cohort: str, content: Mapping[str, Any], now: datetime
) -> None:
    """Store a cohort's snapshot in place of an earlier one; the cohort must be stored."""
    connection.execute(delete(gap_snapshots).where(gap_snapshots.c.cohort == cohort))
    row = {"cohort": cohort, "content": dict(content), "made_at": now}
    insert_rows(connection, gap_snapshots, [row])


def snapshot_of(connection: Connection, cohort: str) -> Snapshot | None:
    """Return a cohort's snapshot, or None if there is none."""
    query = select(*columns(Snapshot, gap_snapshots)).where(gap_snapshots.c.cohort == cohort)
    row = connection.execute(query).first()
    return None if row is None else Snapshot(*row)

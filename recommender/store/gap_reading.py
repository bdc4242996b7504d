"""What the organisation's picture of gaps is counted from: active people and their statements.

Everything comes in pieces, so that hundreds of thousands of vectors are never in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, func, select

from recommender.domain.people import TAKES_A_PLACE, Kind, Roles, Status
from recommender.store.chunks import in_chunks
from recommender.store.tables import encoders, pairs, people, statements, vectors

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


_VECTORS = (
    select(vectors.c.text_digest, vectors.c.vector)
    .join(encoders, encoders.c.id == vectors.c.encoder)
    .where(encoders.c.digest == bindparam("encoder_digest"))
)
_TEXTS = (
    select(statements.c.text_digest, statements.c.text)
    .where(statements.c.text_digest.in_(bindparam("chunk", expanding=True)))
    .distinct()
)


def active_people(connection: Connection) -> list[ActivePerson]:
    """Return everybody who takes part, in the order of their numbers."""
    taken = (
        select(pairs.c.mentor, func.count().label("n"))
        .where(pairs.c.status.in_(TAKES_A_PLACE))
        .group_by(pairs.c.mentor)
        .subquery()
    )
    columns = (people.c.number, people.c.department, people.c.site, people.c.roles)
    query = (
        select(*columns, people.c.capacity, func.coalesce(taken.c.n, 0))
        .outerjoin(taken, people.c.number == taken.c.mentor)
        .where(people.c.status == Status.ACTIVE)
        .order_by(people.c.number)
    )
    found = []
    for number, department, site, roles, capacity, n_taken in connection.execute(query):
        mentors = Roles(roles).may_mentor and capacity > 0
        free = max(0, capacity - n_taken) if mentors else 0
        found.append(ActivePerson(number, department, site, mentors, free))
    return found


def names(connection: Connection) -> set[str]:
    """Return the names of everybody, whether they take part now or not."""
    return set(connection.scalars(select(people.c.name)))


def active_statements(connection: Connection) -> ActiveStatements:
    """Return what active people state, without the texts."""
    query = (
        select(
            statements.c.id,
            statements.c.person,
            statements.c.kind,
            statements.c.level,
            statements.c.text_digest,
        )
        .join(people, people.c.number == statements.c.person)
        .where(people.c.status == Status.ACTIVE)
        .order_by(statements.c.id)
    )
    place: dict[bytes, int] = {}
    pieces = [np.zeros((0, 5), dtype=np.int64)]
    for piece in connection.execute(query).partitions(PIECE):
        rows = [
            (number, person, kind == Kind.GOAL, level or 0, place.setdefault(digest, len(place)))
            for number, person, kind, level, digest in piece
        ]
        pieces.append(np.array(rows, dtype=np.int64))
    columns = np.concatenate(pieces)
    return ActiveStatements(
        statement=columns[:, 0].copy(),
        person=columns[:, 1].copy(),
        is_goal=columns[:, 2].astype(np.bool_),
        level=columns[:, 3].astype(np.int8),
        text=columns[:, 4].copy(),
        digests=list(place),
    )


def vectors_in_pieces(
    connection: Connection, encoder: str
) -> Iterator[tuple[list[bytes], NDArray[np.float32]]]:
    """Yield the digests of texts with their unit vectors, (n, dimension) float32, in no order.

    Vectors are read as they lie in the database: looking each one up by its text takes longer.
    """
    result = connection.execution_options(yield_per=VECTORS_AT_ONCE).execute(
        _VECTORS, {"encoder_digest": encoder}
    )
    for piece in result.partitions():
        joined = b"".join(vector for _, vector in piece)
        rows = np.frombuffer(joined, dtype=np.float32).reshape(len(piece), -1)
        yield [digest for digest, _ in piece], rows


def texts_of(connection: Connection, digests: Iterable[bytes]) -> dict[bytes, str]:
    """Return the texts of these digests that somebody states, by digest."""
    found: dict[bytes, str] = {}
    for chunk in in_chunks(list(digests)):
        for digest, text in connection.execute(_TEXTS, {"chunk": chunk}):
            found[digest] = text
    return found

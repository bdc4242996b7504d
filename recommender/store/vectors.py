"""Vectors of texts, keyed by the encoder's digest and the text's, and the rows of the index.

Vectors are a cache: every one can be computed again from a statement. A vector whose text nobody
states any longer is removed, since a text can be guessed from its vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, insert, select

from recommender.domain.people import Kind, Roles
from recommender.store.chunks import in_chunks
from recommender.store.people import text_digest
from recommender.store.tables import encoders, people, statements, vectors


@dataclass(frozen=True, slots=True)
class StatementRows:
    """Statements with their vectors as arrays of equal length, in the order of their ids.

    Attributes:
        statement: Statement ids, int64.
        person: Numbers of the people who state them, int64.
        rating: Level of a skill or priority of a goal, int8.
        vector: Unit rows, (n, dimension) float32.
    """

    statement: NDArray[np.int64]
    person: NDArray[np.int64]
    rating: NDArray[np.int8]
    vector: NDArray[np.float32]


_VECTORS = (
    select(vectors.c.text_digest, vectors.c.vector)
    .join(encoders, encoders.c.id == vectors.c.encoder)
    .where(encoders.c.digest == bindparam("encoder_digest"))
    .where(vectors.c.text_digest.in_(bindparam("chunk", expanding=True)))
)


def dimension(connection: Connection, encoder: str) -> int | None:
    """Return the length of this encoder's vectors, or None if it never encoded anything here."""
    query = select(encoders.c.dimension).where(encoders.c.digest == encoder)
    return connection.execute(query).scalar()


def texts_without_vector(
    connection: Connection, encoder: str, chosen: Sequence[int] | None = None
) -> list[str]:
    """Return the texts, each once, of these people or of all that are yet to be encoded."""
    known = (
        select(vectors.c.text_digest)
        .join(encoders, encoders.c.id == vectors.c.encoder)
        .where(encoders.c.digest == encoder)
    )
    query = select(statements.c.text).where(statements.c.text_digest.not_in(known)).distinct()
    if chosen is None:
        return sorted(connection.scalars(query))
    some = query.where(statements.c.person.in_(bindparam("chunk", expanding=True)))
    return sorted(
        {t for chunk in in_chunks(chosen) for t in connection.scalars(some, {"chunk": chunk})}
    )


def get(
    connection: Connection, encoder: str, texts: Iterable[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors stored for these texts, by text; a text without one is left out."""
    text_of = {text_digest(text): text for text in texts}
    return {
        text_of[row.text_digest]: np.frombuffer(row.vector, dtype=np.float32)
        for chunk in in_chunks(list(text_of))
        for row in connection.execute(_VECTORS, {"encoder_digest": encoder, "chunk": chunk})
    }


def texts_missing(connection: Connection, encoder: str, texts: Iterable[str]) -> list[str]:
    """Return those of ``texts``, each once and sorted, that have no vector yet."""
    text_of = {text_digest(text): text for text in texts}
    query = (
        select(vectors.c.text_digest)
        .join(encoders, encoders.c.id == vectors.c.encoder)
        .where(encoders.c.digest == encoder)
        .where(vectors.c.text_digest.in_(bindparam("chunk", expanding=True)))
    )
    for chunk in in_chunks(list(text_of)):
        for digest in connection.scalars(query, {"chunk": chunk}).all():
            del text_of[digest]
    return sorted(text_of.values())


def put(
    connection: Connection,
    encoder: str,
    name: str,
    texts: Sequence[str],
    encoded: NDArray[np.float32],
) -> None:
    """Store vectors of texts; one that somebody else stored meanwhile stays.

    Args:
        connection: A writing transaction.
        encoder: The encoder's digest.
        name: The encoder's name, for people.
        texts: Different texts.
        encoded: Unit rows, (n_texts, dimension) float32.
    """
    found = connection.execute(select(encoders.c.id).where(encoders.c.digest == encoder)).scalar()
    if found is None:
        values = {"digest": encoder, "name": name, "dimension": encoded.shape[1]}
        found = connection.execute(insert(encoders).returning(encoders.c.id), values).scalar_one()
    wanted = set(texts_missing(connection, encoder, texts))
    rows = [
        {"encoder": found, "text_digest": text_digest(text), "vector": vector.tobytes()}
        for text, vector in zip(texts, encoded, strict=True)
        if text in wanted
    ]
    if rows:
        connection.execute(insert(vectors), rows)


def prune(connection: Connection, unstated: Sequence[bytes] | None = None) -> None:
    """Remove the vectors of texts that nobody states any longer.

    Args:
        connection: A writing transaction.
        unstated: Digests of the texts in question; None for all, which also removes what a killed
            import left behind. (A running one will encode again what is removed under its hands.)
    """
    stated = select(statements.c.text_digest)
    if unstated is None:
        connection.execute(delete(vectors).where(vectors.c.text_digest.not_in(stated)))
        return
    for chunk in in_chunks(unstated):
        still = set(connection.scalars(stated.where(statements.c.text_digest.in_(chunk))))
        gone = [digest for digest in chunk if digest not in still]
        connection.execute(delete(vectors).where(vectors.c.text_digest.in_(gone)))


def statement_rows(
    connection: Connection, encoder: str, kind: Kind, chosen: Sequence[int] | None = None
) -> StatementRows:
    """Return the indexed statements of one kind, of these people's numbers or of everybody.

    Skills are indexed for people who may mentor, goals for everybody; a statement without a vector
    is left out.
    """
    query = (
        select(
            statements.c.id,
            statements.c.person,
            statements.c.level,
            statements.c.priority,
            vectors.c.vector,
        )
        .join(people, people.c.number == statements.c.person)
        .join(vectors, vectors.c.text_digest == statements.c.text_digest)
        .join(encoders, encoders.c.id == vectors.c.encoder)
        .where(encoders.c.digest == encoder, statements.c.kind == kind)
        .order_by(statements.c.id)
    )
    if kind is Kind.SKILL:
        query = query.where(people.c.roles != Roles.MENTEE)
    if chosen is None:
        rows = list(connection.execute(query))
    else:
        some = query.where(statements.c.person.in_(bindparam("chunk", expanding=True)))
        rows = [
            r for chunk in in_chunks(chosen) for r in connection.execute(some, {"chunk": chunk})
        ]
    length = len(rows[0].vector) // 4 if rows else 0
    joined = b"".join(row.vector for row in rows)
    return StatementRows(
        statement=np.array([row.id for row in rows], dtype=np.int64),
        person=np.array([row.person for row in rows], dtype=np.int64),
        rating=np.array([row.level or row.priority for row in rows], dtype=np.int8),
        vector=np.frombuffer(joined, dtype=np.float32).reshape(len(rows), length),
    )

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
from recommender.store.people import text_digest
from recommender.store.rows import change_among, insert_rows, rows_among
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


VECTORS = (
    select(vectors.c.text_digest, vectors.c.vector)
    .join(encoders, encoders.c.id == vectors.c.encoder)
    .where(encoders.c.digest == bindparam("encoder_digest"))
)
"""The vectors of one encoder by the digests of their texts."""
_DIGESTS = VECTORS.with_only_columns(vectors.c.text_digest)
_UNENCODED = select(statements.c.text).where(statements.c.text_digest.not_in(_DIGESTS)).distinct()


def dimension(connection: Connection, encoder: str) -> int | None:
    """Return the length of this encoder's vectors, or None if it never encoded anything here."""
    query = select(encoders.c.dimension).where(encoders.c.digest == encoder)
    return connection.execute(query).scalar()


def texts_without_vector(
    connection: Connection, encoder: str, among: Sequence[int] | None = None
) -> list[str]:
    """Return the texts, each once, of people of these numbers or of all, that have no vector."""
    rows = rows_among(connection, _UNENCODED, statements.c.person, among, encoder_digest=encoder)
    return sorted({text for (text,) in rows})


def get(
    connection: Connection, encoder: str, texts: Iterable[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the vectors stored for these texts, by text; a text without one is left out."""
    text_of = {text_digest(text): text for text in texts}
    rows = rows_among(
        connection, VECTORS, vectors.c.text_digest, list(text_of), encoder_digest=encoder
    )
    return {text_of[digest]: np.frombuffer(vector, dtype=np.float32) for digest, vector in rows}


def texts_missing(connection: Connection, encoder: str, texts: Iterable[str]) -> list[str]:
    """Return those of ``texts``, each once and sorted, that have no vector yet."""
    text_of = {text_digest(text): text for text in texts}
    rows = rows_among(
        connection, _DIGESTS, vectors.c.text_digest, list(text_of), encoder_digest=encoder
    )
    encoded = {digest for (digest,) in rows}
    return sorted(text for digest, text in text_of.items() if digest not in encoded)


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
    query = select(encoders.c.id).where(encoders.c.digest == encoder)
    encoder_id = connection.execute(query).scalar()
    if encoder_id is None:
        row = {"digest": encoder, "name": name, "dimension": encoded.shape[1]}
        encoder_id = connection.execute(insert(encoders).returning(encoders.c.id), row).scalar_one()
    missing = set(texts_missing(connection, encoder, texts))
    rows = [
        {"encoder": encoder_id, "text_digest": text_digest(text), "vector": vector.tobytes()}
        for text, vector in zip(texts, encoded, strict=True)
        if text in missing
    ]
    insert_rows(connection, vectors, rows)


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
    rows = rows_among(connection, stated, statements.c.text_digest, unstated)
    still_stated = {digest for (digest,) in rows}
    gone = [digest for digest in unstated if digest not in still_stated]
    change_among(connection, delete(vectors), vectors.c.text_digest, gone)


def statement_rows(
    connection: Connection, encoder: str, kind: Kind, among: Sequence[int] | None = None
) -> StatementRows:
    """Return the indexed statements of one kind, of people of these numbers or of everybody.

    Skills are indexed for people who may mentor, goals for everybody; a statement without a vector
    is left out.
    """
    rating = statements.c.level if kind is Kind.SKILL else statements.c.priority
    query = (
        select(statements.c.id, statements.c.person, rating, vectors.c.vector)
        .join(people, people.c.number == statements.c.person)
        .join(vectors, vectors.c.text_digest == statements.c.text_digest)
        .join(encoders, encoders.c.id == vectors.c.encoder)
        .where(encoders.c.digest == encoder, statements.c.kind == kind)
        .order_by(statements.c.id)
    )
    if kind is Kind.SKILL:
        query = query.where(people.c.roles != Roles.MENTEE)
    rows = list(rows_among(connection, query, statements.c.person, among))
    ids, numbers, ratings, stored = zip(*rows, strict=True) if rows else ((), (), (), ())
    return StatementRows(
        statement=np.array(ids, dtype=np.int64),
        person=np.array(numbers, dtype=np.int64),
        rating=np.array(ratings, dtype=np.int8),
        vector=joined(stored),
    )


def joined(stored: Sequence[bytes]) -> NDArray[np.float32]:
    """Return vectors as they are stored as rows, (n, dimension) float32."""
    length = len(stored[0]) // 4 if stored else 0
    return np.frombuffer(b"".join(stored), dtype=np.float32).reshape(len(stored), length)

"""What people said about the concepts of their own statements; it wins over the automatic link.

A correction lives as long as its statement, which keeps its id while its kind and text stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select

from recommender.domain.people import Kind
from recommender.store.revision import log_changes
from recommender.store.tables import link_corrections, statements

Key = TypeVar("Key")
NO_CONCEPT = ""
_ALL = select(link_corrections).order_by(link_corrections.c.statement, link_corrections.c.concept)
_OF_PERSON = (
    select(statements.c.kind, statements.c.text, link_corrections.c.concept)
    .join(statements, statements.c.id == link_corrections.c.statement)
    .where(statements.c.person == bindparam("person"))
    .order_by(statements.c.id, link_corrections.c.concept)
)


def put(
    connection: Connection, person: int, kind: Kind, text: str, concepts: Iterable[str]
) -> bool:
    """Let a person's own statement belong to exactly these concepts, or to none.

    Args:
        connection: A writing transaction.
        person: The person's number.
        kind: Kind of the statement.
        text: Its text.
        concepts: Ids of concepts.

    Returns:
        Whether the person states this; nothing is written otherwise.
    """
    statement = _statement(connection, person, kind, text)
    if statement is None:
        return False
    chosen = sorted(set(concepts)) or [NO_CONCEPT]
    rows = [{"statement": statement, "concept": concept} for concept in chosen]
    connection.execute(delete(link_corrections).where(link_corrections.c.statement == statement))
    connection.execute(insert(link_corrections), rows)
    log_changes(connection, [person])
    return True


def forget(connection: Connection, person: int, kind: Kind, text: str) -> bool:
    """Return to the automatic link; return whether the person states this."""
    statement = _statement(connection, person, kind, text)
    if statement is None:
        return False
    connection.execute(delete(link_corrections).where(link_corrections.c.statement == statement))
    log_changes(connection, [person])
    return True


def get_all(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Return the concepts of each corrected statement by its id; an empty tuple means none."""
    return _gathered((row.statement, row.concept) for row in connection.execute(_ALL))


def of_person(connection: Connection, person: int) -> dict[tuple[Kind, str], tuple[str, ...]]:
    """Return the same for one person's number, by kind and text of the statement."""
    rows = connection.execute(_OF_PERSON, {"person": person})
    return _gathered(((Kind(row.kind), row.text), row.concept) for row in rows)


def _gathered(said: Iterable[tuple[Key, str]]) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, tuple[str, ...]] = {}
    for key, concept in said:
        found[key] = () if concept == NO_CONCEPT else (*found.get(key, ()), concept)
    return found


def _statement(connection: Connection, person: int, kind: Kind, text: str) -> int | None:
    query = select(statements.c.id).where(
        statements.c.person == person, statements.c.kind == kind, statements.c.text == text
    )
    return connection.execute(query).scalar()

"""What people say of their own gaps: the concepts of their statements, and their role profile.

A correction wins over the automatic link, and lives as long as its statement, which keeps its id
while its kind and text stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, delete, select

from recommender.domain.people import Kind
from recommender.store.revision import log_changes
from recommender.store.rows import insert_rows
from recommender.store.tables import chosen_profiles, link_corrections, statements

Key = TypeVar("Key")
NO_CONCEPT = ""
_ALL = select(link_corrections).order_by(link_corrections.c.statement, link_corrections.c.concept)
_OF_PERSON = (
    select(statements.c.kind, statements.c.text, link_corrections.c.concept)
    .join(statements, statements.c.id == link_corrections.c.statement)
    .where(statements.c.person == bindparam("person"))
    .order_by(statements.c.id, link_corrections.c.concept)
)


def correct(
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
    return _replace(connection, person, kind, text, sorted(set(concepts)) or [NO_CONCEPT])


def forget_correction(connection: Connection, person: int, kind: Kind, text: str) -> bool:
    """Return to the automatic link; return whether the person states this."""
    return _replace(connection, person, kind, text, [])


def corrections(connection: Connection) -> dict[int, tuple[str, ...]]:
    """Return the concepts of each corrected statement by its id; an empty tuple means none."""
    return _by_statement((row.statement, row.concept) for row in connection.execute(_ALL))


def corrections_of(connection: Connection, person: int) -> dict[tuple[Kind, str], tuple[str, ...]]:
    """Return the same for one person's number, by kind and text of the statement."""
    rows = connection.execute(_OF_PERSON, {"person": person})
    return _by_statement(((row.kind, row.text), row.concept) for row in rows)


def choose_profile(connection: Connection, person: int, profile: str | None) -> None:
    """Store a person's choice in place of their last one; None takes it back."""
    connection.execute(delete(chosen_profiles).where(chosen_profiles.c.person == person))
    if profile is not None:
        insert_rows(connection, chosen_profiles, [{"person": person, "profile": profile}])


def chosen_profile(connection: Connection, person: int) -> str | None:
    """Return the id of the role profile that a person chose for themselves, or None."""
    query = select(chosen_profiles.c.profile).where(chosen_profiles.c.person == person)
    return connection.execute(query).scalar()


def _replace(
    connection: Connection, person: int, kind: Kind, text: str, concepts: Sequence[str]
) -> bool:
    query = select(statements.c.id).where(
        statements.c.person == person, statements.c.kind == kind, statements.c.text == text
    )
    statement = connection.execute(query).scalar()
    if statement is None:
        return False
    connection.execute(delete(link_corrections).where(link_corrections.c.statement == statement))
    rows = [{"statement": statement, "concept": concept} for concept in concepts]
    insert_rows(connection, link_corrections, rows)
    log_changes(connection, [person])
    return True


def _by_statement(rows: Iterable[tuple[Key, str]]) -> dict[Key, tuple[str, ...]]:
    concepts: dict[Key, tuple[str, ...]] = {}
    for key, concept in rows:
        concepts[key] = () if concept == NO_CONCEPT else (*concepts.get(key, ()), concept)
    return concepts

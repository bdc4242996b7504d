"""Which role profile a person chose for themselves; nobody else assigns one."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from recommender.store.tables import chosen_profiles


def choose(connection: Connection, person: int, profile: str | None) -> None:
    """Store a person's choice in place of their last one; None takes it back."""
    connection.execute(delete(chosen_profiles).where(chosen_profiles.c.person == person))
    if profile is not None:
        connection.execute(insert(chosen_profiles), {"person": person, "profile": profile})


def chosen_by(connection: Connection, person: int) -> str | None:
    """Return the id of the profile that a person chose, or None."""
    query = select(chosen_profiles.c.profile).where(chosen_profiles.c.person == person)
    return connection.execute(query).scalar()

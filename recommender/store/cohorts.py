"""Cohorts: when each run of the programme begins and ends."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from recommender.domain.feedback import Cohort
from recommender.store.rows import Written, columns, put_rows, values
from recommender.store.tables import cohorts


def get_all(connection: Connection) -> dict[str, Cohort]:
    """Return every cohort by id, the oldest first."""
    query = select(*columns(Cohort, cohorts)).order_by(cohorts.c.starts_on, cohorts.c.id)
    return {row.id: Cohort(*row) for row in connection.execute(query)}


def put(connection: Connection, changes: Iterable[Cohort]) -> Written:
    """Create or change cohorts so that they equal ``changes``."""
    stored = connection.execute(select(cohorts))
    written, _ = put_rows(connection, cohorts, [values(c, cohorts) for c in changes], stored)
    return written


def remove(connection: Connection, cohort_id: str) -> bool:
    """Remove a cohort without feedback; return whether there was one."""
    return connection.execute(delete(cohorts).where(cohorts.c.id == cohort_id)).rowcount == 1

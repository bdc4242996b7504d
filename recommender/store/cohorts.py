"""Cohorts: when each run of the programme begins and ends."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from recommender.domain.feedback import Cohort
from recommender.store.people import Written
from recommender.store.tables import cohorts


def get_all(connection: Connection) -> dict[str, Cohort]:
    """Return every cohort by id, the oldest first."""
    query = select(cohorts).order_by(cohorts.c.starts_on, cohorts.c.id)
    return {
        row.id: Cohort(row.id, row.name, row.starts_on, row.ends_on, row.simulated)
        for row in connection.execute(query)
    }


def put(connection: Connection, given: Sequence[Cohort]) -> Written:
    """Create or change cohorts so that they equal ``given``."""
    stored = get_all(connection)
    created = [cohort for cohort in given if cohort.id not in stored]
    updated = [c for c in given if c.id in stored and stored[c.id] != c]
    if created:
        connection.execute(insert(cohorts), [_values(cohort) for cohort in created])
    for cohort in updated:
        connection.execute(update(cohorts).where(cohorts.c.id == cohort.id), _values(cohort))
    return Written(len(created), len(updated), len(given) - len(created) - len(updated))


def remove(connection: Connection, cohort_id: str) -> bool:
    """Remove a cohort without feedback; return whether there was one."""
    return connection.execute(delete(cohorts).where(cohorts.c.id == cohort_id)).rowcount == 1


def _values(cohort: Cohort) -> dict[str, object]:
    return {
        "id": cohort.id,
        "name": cohort.name,
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "simulated": cohort.simulated,
    }

"""The organisation's supply and demand as they were in a cohort, so that a later one can compare.

A snapshot holds aggregates alone, and goes with its cohort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from recommender.store.rankings import as_utc
from recommender.store.tables import gap_snapshots


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was stored of one cohort.

    Args:
        content: As it was given; JSON.
        made_at: When, in UTC.
    """

    content: Mapping[str, Any]
    made_at: datetime


def put(connection: Connection, cohort: str, content: Mapping[str, Any], now: datetime) -> None:
    """Store a cohort's snapshot in place of an earlier one; the cohort must be stored."""
    connection.execute(delete(gap_snapshots).where(gap_snapshots.c.cohort == cohort))
    row = {"cohort": cohort, "content": dict(content), "made_at": now}
    connection.execute(insert(gap_snapshots), row)


def get(connection: Connection, cohort: str) -> Snapshot | None:
    """Return a cohort's snapshot, or None if there is none."""
    query = select(gap_snapshots).where(gap_snapshots.c.cohort == cohort)
    row = connection.execute(query).first()
    return None if row is None else Snapshot(row.content, as_utc(row.made_at))

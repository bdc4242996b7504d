"""Which release of the ranker is active, and to which one a rollback returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from recommender.store.rows import columns, insert_rows
from recommender.store.tables import activations

_LATEST = select(activations).order_by(activations.c.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Activation:
    """One change of the active release; ``version`` None stands for affinity order."""

    version: str | None
    activated_at: datetime


def active(connection: Connection) -> str | None:
    """Return the version of the active release, or None while there is none."""
    latest = connection.execute(_LATEST).first()
    return latest.version if latest else None


def history(connection: Connection) -> list[Activation]:
    """Return every activation and rollback, the oldest first."""
    query = select(*columns(Activation, activations)).order_by(activations.c.id)
    return [Activation(*row) for row in connection.execute(query)]


def activate(connection: Connection, version: str | None, now: datetime) -> None:
    """Let a release rank from now on; activating what is active changes nothing."""
    latest = connection.execute(_LATEST).first()
    if version != (latest.version if latest else None):
        _add(connection, version, latest.id if latest else None, now)


def rollback(connection: Connection, now: datetime) -> str | None:
    """Return to what was active before the last activation, and say which version that is.

    Rolling back again goes one step further; at the bottom there is affinity order.
    """
    latest = connection.execute(_LATEST).first()
    if latest is None or (latest.version is None and latest.below is None):
        return None
    query = select(activations).where(activations.c.id == latest.below)
    before = connection.execute(query).first()  # None at the bottom, where below is None
    version = before.version if before else None
    _add(connection, version, before.below if before else None, now)
    return version


def _add(connection: Connection, version: str | None, below: int | None, now: datetime) -> None:
    row = {"version": version, "below": below, "activated_at": now}
    insert_rows(connection, activations, [row])

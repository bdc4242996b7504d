"""Which release of the ranker is active, and to which one a rollback returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from recommender.store.rankings import as_utc
from recommender.store.tables import activations

_LATEST = select(activations).order_by(activations.c.id.desc()).limit(1)
_VERSION = select(activations.c.version).order_by(activations.c.id.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class Activation:
    """One change of the active release; ``version`` None stands for affinity order."""

    version: str | None
    activated_at: datetime


def active(connection: Connection) -> str | None:
    """Return the version of the active release, or None while there is none."""
    return connection.execute(_VERSION).scalar()


def history(connection: Connection) -> list[Activation]:
    """Return every activation and rollback, the oldest first."""
    query = select(activations).order_by(activations.c.id)
    return [Activation(row.version, as_utc(row.activated_at)) for row in connection.execute(query)]


def activate(connection: Connection, version: str | None, now: datetime) -> None:
    """Let a release rank from now on; activating what is active changes nothing."""
    latest = connection.execute(_LATEST).first()
    if (latest.version if latest else None) == version:
        return
    below = latest.id if latest else None
    _insert(connection, version, below, now)


def rollback(connection: Connection, now: datetime) -> str | None:
    """Return to what was active before the last activation, and say which version that is.

    Rolling back again goes one step further; at the bottom there is affinity order.
    """
    latest = connection.execute(_LATEST).first()
    if latest is None or (latest.version is None and latest.below is None):
        return None
    below = None
    if latest.below is not None:
        query = select(activations).where(activations.c.id == latest.below)
        below = connection.execute(query).one()
    version = below.version if below else None
    _insert(connection, version, below.below if below else None, now)
    return version


def _insert(connection: Connection, version: str | None, below: int | None, now: datetime) -> None:
    values = {"version": version, "below": below, "activated_at": now}
    connection.execute(insert(activations), values)

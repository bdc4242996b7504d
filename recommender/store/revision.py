"""The log of whose data changed, by which every process follows every other."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update

from recommender.store.rows import change_among, insert_rows
from recommender.store.tables import changes, revision

_REVISION = select(revision.c.value)


def current(connection: Connection) -> int:
    """Return the number of the last change."""
    return int(connection.execute(_REVISION).scalar_one())


def store_id(connection: Connection) -> str:
    """Return the id that tells this database from every other."""
    return str(connection.execute(select(revision.c.store_id)).scalar_one())


def changed_since(connection: Connection, known: int) -> list[int]:
    """Return the numbers of people changed or erased after the revision ``known``."""
    return list(connection.scalars(select(changes.c.person).where(changes.c.revision > known)))


def log_changes(connection: Connection, numbers_changed: Iterable[int]) -> None:
    """Note under a new revision that these people changed.

    The update of the one row of ``revision`` makes writers wait for each other, so a reader that
    has seen revision n has seen every change up to n.
    """
    changed = list(dict.fromkeys(numbers_changed))
    if not changed:
        return
    connection.execute(update(revision).values(value=revision.c.value + 1))
    now = current(connection)
    change_among(connection, delete(changes), changes.c.person, changed)
    insert_rows(connection, changes, [{"person": n, "revision": now} for n in changed])

"""The organisation's picture as it was last published, so that every process shows the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from recommender.store.tables import published_gaps


@dataclass(frozen=True, slots=True)
class Published:
    """One picture.

    Args:
        revision: Of the store when it was made.
        made_with: The encoder and the catalogue it was made with.
        tables: Its tables by name, as bytes.
    """

    revision: int
    made_with: str
    tables: Mapping[str, bytes]


def put(connection: Connection, published: Published, now: datetime) -> None:
    """Store a picture in place of the one before."""
    connection.execute(delete(published_gaps))
    rows = [
        {
            "name": name,
            "revision": published.revision,
            "made_with": published.made_with,
            "made_at": now,
            "content": content,
        }
        for name, content in published.tables.items()
    ]
    connection.execute(insert(published_gaps), rows)


def get(connection: Connection) -> Published | None:
    """Return the picture last published, or None before the first."""
    rows = list(connection.execute(select(published_gaps)))
    if not rows:
        return None
    tables = {row.name: row.content for row in rows}
    return Published(rows[0].revision, rows[0].made_with, tables)

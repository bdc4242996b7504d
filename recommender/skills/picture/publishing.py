"""When the organisation's picture is made anew: only once enough people have changed.

Two pictures, one made before and one after a single person changed their goals, would tell that
person's goals. So a picture stays as it is, for every process, until the data of five people or
more have changed.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime

import polars as pl

from recommender.domain.disclosure import FEWEST
from recommender.encoding import Encoder
from recommender.skills.knowledge import Knowledge
from recommender.skills.picture.organisation import OrganisationGaps, organisation_gaps, snapshot
from recommender.skills.picture.trends import Snapshot
from recommender.store import Store, Transaction, cohorts, revision
from recommender.store.picture import Published, keep_snapshot, last_published, publish, snapshot_of

PEOPLE = "people"


class PublishedGaps:
    """The organisation's picture as everybody may see it now. Safe to share between threads.

    Args:
        store: The database; it keeps the picture.
        encoder: Whose vectors are linked.
        knowledge: The catalogue and its linker.
        clock: Returns the time now, in UTC.
    """

    def __init__(
        self, store: Store, encoder: Encoder, knowledge: Knowledge, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._knowledge = knowledge
        self._clock = clock
        self._made_with = f"{encoder.digest} {knowledge.digest}"
        self._lock = threading.Lock()
        self._shown: tuple[int, OrganisationGaps] | None = None

    def current(self) -> OrganisationGaps:
        """Return the picture, made anew if it may be; others who ask meanwhile wait."""
        with self._lock:
            with self._store.read() as connection:
                published = self._still_valid(connection)
            if published is None:
                published = self._publish()
            if self._shown is None or self._shown[0] != published.revision:
                self._shown = published.revision, _from_bytes(published)
            return self._shown[1]

    def _still_valid(self, connection: Transaction) -> Published | None:
        published = last_published(connection)
        if published is None or published.made_with != self._made_with:
            return None
        changed = revision.changed_since(connection, published.revision)
        return published if len(changed) < FEWEST else None

    def _publish(self) -> Published:
        now = self._clock()
        with self._store.read() as connection:
            shown = revision.current(connection)
            running, before = _cohorts(connection, now)
            picture = organisation_gaps(connection, self._encoder.digest, self._knowledge, before)
        published = Published(shown, self._made_with, _as_bytes(picture))
        with self._store.write() as connection:
            publish(connection, published, now)
            if running is not None and running in cohorts.get_all(connection):
                keep_snapshot(connection, running, snapshot(picture), now)
        return published


def _cohorts(connection: Transaction, now: datetime) -> tuple[str | None, Snapshot | None]:
    """Return the cohort that runs now, and the snapshot of the one before it."""
    running: str | None = None
    before: Snapshot | None = None
    for cohort in cohorts.get_all(connection).values():
        if cohort.starts_on <= now.date() <= cohort.ends_on:
            running = cohort.id
        elif cohort.ends_on < now.date():
            stored = snapshot_of(connection, cohort.id)
            before = stored.content if stored else before
    return running, before


def _as_bytes(picture: OrganisationGaps) -> dict[str, bytes]:
    tables = {PEOPLE: pl.DataFrame({PEOPLE: [picture.people]}, schema={PEOPLE: pl.Int64})}
    tables |= {
        field.name: getattr(picture, field.name)
        for field in fields(picture)
        if field.name != PEOPLE
    }
    return {name: _ipc(table) for name, table in tables.items()}


def _ipc(table: pl.DataFrame) -> bytes:
    stream = io.BytesIO()
    table.write_ipc(stream)
    return stream.getvalue()


def _from_bytes(published: Published) -> OrganisationGaps:
    tables = {name: pl.read_ipc(io.BytesIO(content)) for name, content in published.tables.items()}
    people = tables.pop(PEOPLE)[PEOPLE].item()
    return OrganisationGaps(people=people, **tables)

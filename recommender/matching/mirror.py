"""The organisation in memory: roster and statement indexes, kept equal to the store.

Every answer first asks the store for its revision and applies what changed since, so what one
process writes, a withdrawal above all, shows in the next answer of every other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from recommender.domain.errors import ArtefactRefused
from recommender.domain.people import Kind
from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder, encode_missing
from recommender.matching.index_faiss import StatementIndex
from recommender.matching.roster import Roster
from recommender.store import Store, Transaction, people, revision, vectors
from recommender.store.artefacts import discard_artefact

log = logging.getLogger(__name__)


class Mirror:
    """Everybody and everything they state, ready to be searched.

    Args:
        store: The truth.
        encoder: Makes the vectors.
        folder: Where the indexes are saved; each is read from there if it fits, else rebuilt.
        progress: Told while texts are encoded.

    Attributes:
        encoder: The same.
        roster: The people.
        skills: Skill statements of people who may mentor.
        goals: Goals of everybody.
        lock: Held while the arrays are read or changed.
    """

    def __init__(
        self, store: Store, encoder: Encoder, folder: Path, progress: Progress = silent
    ) -> None:
        self.lock = threading.Lock()
        self._store = store
        self.encoder = encoder
        self._folder = folder
        self._encode_new(None, progress)
        with store.read() as connection:
            self._revision = revision.current(connection)
            self._store_id = revision.store_id(connection)
            self.roster = Roster()
            self.roster.put(people.roster_rows(connection))
            dimension = vectors.dimension(connection, encoder.digest)
            self._dimension = encoder.dimension if dimension is None else dimension
            self.skills = self._load(connection, Kind.SKILL)
            self.goals = self._load(connection, Kind.GOAL)

    @property
    def revision(self) -> int:
        """The store's revision that the arrays show."""
        return self._revision

    def refresh(self) -> None:
        """Apply what changed in the store since the last time.

        Raises:
            EncoderUnavailable: if a new text must be encoded and the model cannot be loaded.
        """
        with self._store.read() as connection:
            now = revision.current(connection)
            if now == self._revision:
                return
            changed = revision.changed_since(connection, self._revision)
        self._encode_new(changed, silent)
        with self._store.read() as connection:
            # Read anew: what another process wrote while we encoded comes with the next refresh.
            roster_rows = people.roster_rows(connection, changed)
            skills = self._rows(connection, Kind.SKILL, changed)
            goals = self._rows(connection, Kind.GOAL, changed)
        numbers = np.array(changed, dtype=np.int64)
        with self.lock:
            if now <= self._revision:
                return
            self.roster.remove(set(changed) - {row.number for row in roster_rows})
            self.roster.put(roster_rows)
            for index, rows in ((self.skills, skills), (self.goals, goals)):
                index.remove(numbers)
                index.add(rows)
            self._revision = now

    def save(self) -> None:
        """Save both indexes, so that the next start need not read every vector from the store.

        If they cannot be written, that is only logged: the next start builds them anew.
        """
        try:
            with self.lock:
                saved = self._revision
                for kind, index in ((Kind.SKILL, self.skills), (Kind.GOAL, self.goals)):
                    index.save(self._folder / kind, self.encoder.digest, self._store_id, saved)
        except OSError as error:
            log.warning("The index was not saved: %s", error)
        with self._store.read() as connection:
            now = revision.current(connection)
        if now != saved:
            # Perhaps another process erased somebody, and looked for saved indexes too early.
            self.forget_saved()

    def forget_saved(self) -> None:
        """Remove the saved indexes: they hold vectors of somebody who was erased."""
        for kind in Kind:
            discard_artefact(self._folder / kind)

    def rebuild(self) -> None:
        """Build both indexes anew from the store."""
        self.forget_saved()
        with self._store.read() as connection:
            shown = revision.current(connection)
            roster = Roster()
            roster.put(people.roster_rows(connection))
            skills = self._build(connection, Kind.SKILL)
            goals = self._build(connection, Kind.GOAL)
        with self.lock:
            self.roster, self.skills, self.goals = roster, skills, goals
            self._revision = shown

    def _load(self, connection: Transaction, kind: Kind) -> StatementIndex:
        folder = self._folder / kind
        if not folder.exists():
            return self._build(connection, kind)
        try:
            index, shown = StatementIndex.load(folder, self.encoder.digest, self._store_id)
            if shown > self._revision:
                raise ArtefactRefused(
                    f"{folder} shows revision {shown} where at most {self._revision} is expected."
                )
        except ArtefactRefused as refusal:
            log.warning("The saved index was refused and is rebuilt: %s", refusal)
            return self._build(connection, kind)
        changed = revision.changed_since(connection, shown)
        if changed:
            index.remove(np.array(changed, dtype=np.int64))
            index.add(self._rows(connection, kind, changed))
        return index

    def _build(self, connection: Transaction, kind: Kind) -> StatementIndex:
        rows = self._rows(connection, kind, None)
        index = StatementIndex(self._dimension, max(1, len(rows.statement)))
        index.add(rows)
        return index

    def _rows(
        self, connection: Transaction, kind: Kind, numbers: Sequence[int] | None
    ) -> vectors.StatementRows:
        return vectors.statement_rows(connection, self.encoder.digest, kind, numbers)

    def _encode_new(self, numbers: Sequence[int] | None, progress: Progress) -> None:
        with self._store.read() as connection:
            texts = vectors.texts_without_vector(connection, self.encoder.digest, numbers)
        if texts:
            encode_missing(self._store, self.encoder, texts, progress)

"""The facade: one object whose parts do the work, for command line, service and notebooks."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from recommender.domain.checks import Check
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query, Ranking
from recommender.encoding import Encoder, open_encoder
from recommender.matching import Mirror, Question, RecommenderConfig, answer, ask
from recommender.programme import Cohorts, JobLog, People, Reports
from recommender.ranking import Rankers, Releases, utc_now
from recommender.skills import Gaps
from recommender.store import Store, rankings, revision

DEFAULT_WORKSPACE = Path("workspace")
MOST_ATTEMPTS = 5


class Recommender:
    """Recommends mentors, and keeps the people they are recommended from.

    What a part needs is read when it is first asked for: an export needs no encoder. Safe to share
    between threads. Use it as a context manager, or call :meth:`close`.

    Args:
        store: The database.
        open_encoder: Returns what turns text into vectors; called once.
        workspace: Where indexes, releases and linkers are kept.
        config: Rules and thresholds.
        progress: Told while texts are encoded at the start.

    Attributes:
        people: Who takes part: get, put, erase, import, export.
        cohorts: The runs of the programme.
        feedback: What both sides of each pair report.
        rankers: Releases of the ranker: retrain, activate, roll back.
        gaps: What people have yet to learn, and the organisation's picture.
        jobs: How far long work is that some process does in the background.
    """

    def __init__(
        self,
        store: Store,
        open_encoder: Callable[[], Encoder],
        workspace: Path,
        config: RecommenderConfig | None = None,
        progress: Progress = silent,
    ) -> None:
        self.store = store
        self.config = config or RecommenderConfig()
        self.clock: Callable[[], datetime] = utc_now
        self._open_encoder = open_encoder
        self._workspace = workspace
        self._progress = progress
        self._loading = RLock()
        self._encoder: Encoder | None = None
        self._mirror: Mirror | None = None
        self._rankers: Rankers | None = None
        self.people = People(store, lambda: self.mirror)
        self.cohorts = Cohorts(store)
        self.feedback = Reports(store, self._now)
        self.gaps = Gaps(store, lambda: self.mirror, workspace, self.config, self._now)
        self.jobs = JobLog(store)

    @classmethod
    def open(
        cls,
        workspace: str | Path = DEFAULT_WORKSPACE,
        encoder: str | None = None,
        config: RecommenderConfig | None = None,
        threads: int | None = None,
        progress: Progress = silent,
    ) -> Self:
        """Open a workspace, creating it if it does not exist.

        Args:
            workspace: The folder that a running Tandem writes to.
            encoder: A model folder or hub id; None for the bundled model. Whatever needs it first
                raises EncoderUnavailable if there is none.
            config: Rules and thresholds.
            threads: Threads for the encoder; None for its own choice.
            progress: Told while texts are encoded.

        Raises:
            InvalidInput: if an argument is of the wrong type.
            WorkspaceUnusable: if the folder or its database cannot be used.
        """
        check = Check()
        check.of_type("workspace", workspace, str | os.PathLike, "a folder", "Give its path.")
        check.of_type("encoder", encoder, str | None, "a folder or hub id", "Give text, or None.")
        check.of_type(
            "config", config, RecommenderConfig | None, "a RecommenderConfig", "Give one."
        )
        check.done()
        store = Store.in_folder(Path(workspace))
        return cls(
            store, partial(open_encoder, encoder, threads), Path(workspace), config, progress
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def encoder(self) -> Encoder:
        """Turns text into vectors."""
        with self._loading:
            if self._encoder is None:
                self._encoder = self._open_encoder()
            return self._encoder

    @property
    def mirror(self) -> Mirror:
        """Everybody and what they state, in memory."""
        with self._loading:
            if self._mirror is None:
                folder = self._workspace / "index"
                self._mirror = Mirror(self.store, self.encoder, folder, self._progress)
            return self._mirror

    @property
    def rankers(self) -> Rankers:
        """Releases of the ranker: retrain, activate, roll back."""
        with self._loading:
            if self._rankers is None:
                releases = Releases(self._workspace / "rankers", self.encoder.digest)
                self._rankers = Rankers(self.store, releases, self._now)
            return self._rankers

    def load(self) -> None:
        """Open the encoder and read who takes part now, not with the first question.

        Raises:
            EncoderUnavailable: if there is no such model.
        """
        _ = self.mirror, self.rankers

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def recommend(self, query: Query | str) -> Ranking:
        """Return the top-k mentors with reasons, and log what is shown.

        Without an active ranker the order is affinity and the answer says ``degraded``.

        Args:
            query: What is asked; the id of a stored mentee asks for their stored goals.

        Raises:
            UnknownPerson: if the mentee is not stored.
            InvalidInput: if there is no goal to match, the mentee does not take part, or the query
                is neither a query nor an id.
            EncoderUnavailable: if a goal given as text cannot be encoded.
        """
        if not isinstance(query, Query):
            query = Query(mentee_id=query)
        for _ in range(MOST_ATTEMPTS):
            with suppress(rankings.Outdated):
                return self._answer(query)
        # That is no coincidence: somebody has replaced the database, perhaps by an older copy.
        self.mirror.rebuild()
        return self._answer(query)

    def revision(self) -> int:
        """Return how many changes the database has seen: whoever can ask this can be answered."""
        with self.store.read() as connection:
            return revision.current(connection)

    def rebuild_index(self) -> None:
        """Build the indexes anew from the database and save them."""
        self.mirror.rebuild()
        self.mirror.save()

    def _now(self) -> datetime:
        return self.clock()

    def _answer(self, query: Query) -> Ranking:
        """Return and log the answer.

        Raises:
            Outdated: if somebody in it was erased, or took back a statement, meanwhile.
        """
        mirror = self.mirror
        with self.store.read() as connection:
            asked = ask(connection, self.encoder, query, self.config.coverage_of(self.encoder))
            release, note = self.rankers.in_use(connection)
        notes = [note] if note else []
        known = self.encoder.languages
        if known is not None and any(goal.language not in known for goal in asked.goals):
            notes.insert(0, "encoder_language")
        # Only now, so that everybody whom the query concerns is in memory.
        mirror.refresh()
        with mirror.lock, self.store.read() as connection:
            ranking, numbers = answer(
                connection,
                mirror,
                Question(query, asked, self.encoder, self.config),
                release,
                notes,
                self.clock(),
            )
        with self.store.write() as connection:
            rankings.log(connection, ranking, query.k, asked.mentee, numbers)
        return ranking

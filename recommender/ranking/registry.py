"""The rankers of a workspace: which release is active, whether it can be used, and retraining."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from recommender.domain.errors import ArtefactRefused, RankerNotPromoted, UnknownRanker
from recommender.domain.progress import Progress, silent
from recommender.ranking.releases import Release, Releases
from recommender.store import Store, Transaction, activations
from recommender.store.activations import Activation

if TYPE_CHECKING:
    from recommender.ranking.reporting.report import RetrainingReport

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RankerState:
    """One release as it lies in the workspace.

    Attributes:
        version: Its name.
        facts: Of its manifest; empty if that cannot be read.
        refusal: Why it cannot be used, or None.
    """

    version: str
    facts: Mapping[str, Any]
    refusal: str | None


class Rankers:
    """Follows which release is active, and changes it.

    Args:
        store: Remembers which release is active.
        releases: The releases on disk.
        clock: Returns the time now, in UTC.
    """

    def __init__(self, store: Store, releases: Releases, clock: Callable[[], datetime]) -> None:
        self.releases = releases
        self._store = store
        self._clock = clock
        self._told: str | None = None

    def in_use(self, connection: Transaction) -> tuple[Release | None, str | None]:
        """Return the active release, or None and the key of the note that says why."""
        version = activations.active(connection)
        if version is None:
            return None, "no_ranker"
        try:
            release = self.releases.load(version)
        except (ArtefactRefused, UnknownRanker) as refusal:
            if self._told != str(refusal):
                log.error("The active ranker is refused; affinity order is used: %s", refusal)
                self._told = str(refusal)
            return None, "ranker_refused"
        return release, "ranker_simulated" if release.facts.get("simulated") else None

    def active(self) -> str | None:
        """Return the version of the active release, or None for affinity order."""
        with self._store.read() as connection:
            return activations.active(connection)

    def history(self) -> list[Activation]:
        """Return every activation and rollback, the oldest first."""
        with self._store.read() as connection:
            return activations.history(connection)

    def all(self) -> list[RankerState]:
        """Return every release in the order of names, those that cannot be used with why."""
        states = []
        for version in self.releases.versions():
            with suppress(UnknownRanker):  # removed a moment ago
                states.append(self.state(version))
        return states

    def state(self, version: str) -> RankerState:
        """Return one release as it lies in the workspace.

        Raises:
            UnknownRanker: if there is no such release.
        """
        facts: Mapping[str, Any] = {}
        try:
            facts = self.releases.facts(version)
            self.releases.load(version)
        except ArtefactRefused as refusal:
            return RankerState(version, facts, str(refusal))
        return RankerState(version, facts, None)

    def activate(self, version: str, despite_report: bool = False) -> None:
        """Let a release rank from the next answer of every process on.

        Args:
            version: Its name.
            despite_report: Whether one may be activated that is not shown to be better.

        Raises:
            UnknownRanker: if there is no such release.
            ArtefactRefused: if it is damaged, foreign or of another schema.
            RankerNotPromoted: if its report did not promote it.
        """
        release = self.releases.load(version)
        if not (release.facts.get("promoted") or despite_report):
            raise RankerNotPromoted(version)
        with self._store.write() as connection:
            activations.activate(connection, version, self._clock())

    def roll_back(self) -> str | None:
        """Return to what was active before; return its version, None for affinity order."""
        with self._store.write() as connection:
            return activations.rollback(connection, self._clock())

    def retrain(
        self,
        cohort_id: str | None = None,
        groups: Mapping[str, str] | None = None,
        seed: int = 0,
        progress: Progress = silent,
    ) -> RetrainingReport:
        """Train a ranker on the feedback so far; activate it only if it is shown to be better.

        Args:
            cohort_id: The newest cohort to learn from; None for the newest with feedback.
            groups: A label per mentor's id, to look for skew with; used for the report alone.
            seed: Of everything that is drawn. The same data and seed give the same release.
            progress: Told what is being done and how far it is.

        Raises:
            UnknownCohort: if there is no such cohort.
            StoreBusy: if another release was activated meanwhile.
        """
        from recommender.ranking.learning.retraining import Retraining

        retraining = Retraining(self._store, self.releases, self._clock)
        return retraining.run(cohort_id, groups or {}, seed, progress)

"""Retraining: from the store to a release that is active only if it is shown to be better.

Everything is read in one transaction. The release is written whole; then one transaction activates
it. A process that is killed in between leaves the old release active.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version as installed

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused, StoreBusy, UnknownCohort, UnknownRanker
from recommender.domain.feedback import Cohort
from recommender.domain.progress import Progress
from recommender.ranking.learning.acceptance import calibrate
from recommender.ranking.learning.examples import Gathered, gather
from recommender.ranking.learning.exposure import Exposure, GroupExposure, exposure_of, skew
from recommender.ranking.learning.lexical_order import LexicalOrder
from recommender.ranking.learning.trial import Trial, run_trial
from recommender.ranking.releases import REPORT, SCORE, Release, Releases, json_file
from recommender.ranking.reporting.card import card_files
from recommender.ranking.reporting.report import RetrainingReport
from recommender.ranking.reporting.verdict import Verdict, judge
from recommender.ranking.score import AdditiveScore
from recommender.store import Store, Transaction, activations, cohorts, feedback, people, rankings
from recommender.store.artefacts import Write, discard_artefact

MADE_WITH = ("tandem-mentoring", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class _Material:
    """Everything that a retraining reads."""

    newest: Cohort
    pooled: tuple[Cohort, ...]
    gathered: Gathered
    lexical: LexicalOrder
    champion: Release | None
    active: str | None
    exposure: NDArray[np.float64]
    labels: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Retraining:
    """Trains challengers of one workspace.

    Attributes:
        store: Holds what is learned from, and which release is active.
        releases: The releases on disk.
        clock: Returns the time now, in UTC.
    """

    store: Store
    releases: Releases
    clock: Callable[[], datetime]

    def run(
        self, cohort_id: str | None, groups: Mapping[str, str], seed: int, progress: Progress
    ) -> RetrainingReport:
        """Train a challenger and activate it if it is shown to be better.

        See ``Rankers.retrain``.

        Raises:
            UnknownCohort: if there is no such cohort, or none at all.
            StoreBusy: if another release was activated meanwhile.
        """
        progress("reading", 0, 1)
        rng = np.random.default_rng(seed)
        with self.store.read() as connection:
            material = self._read(connection, cohort_id, groups)
        champion = material.champion
        trial = run_trial(
            material.gathered.examples,
            rng,
            champion.score if champion else None,
            material.lexical,
            progress,
        )
        over_real = material.newest.simulated and not self._holds_nothing_real(material.active)
        verdict = judge(trial, champion is not None, over_real)
        report = _report(material, trial, verdict, seed, rng)
        if trial.ranker is None or report.version is None:
            return report
        progress("storing", 0, 1)
        files = _files(report, trial.ranker, report.version)
        self.releases.write(report.version, _facts(report), files)
        if verdict.promoted:
            self._activate(report.version, material.active)
        progress("storing", 1, 1)
        return report

    def _read(
        self, connection: Transaction, cohort_id: str | None, groups: Mapping[str, str]
    ) -> _Material:
        newest, pooled = _cohorts(connection, cohort_id)
        gathered = gather(connection, pooled, self.releases.encoder)
        active = activations.active(connection)
        shown = rankings.exposures_between(connection, newest.starts_on, newest.ends_on)
        mentors = people.who_could_be_shown(connection)
        ids = {number: person_id for person_id, number in people.numbers(connection).items()}
        return _Material(
            newest=newest,
            pooled=pooled,
            gathered=gathered,
            lexical=LexicalOrder.read(connection, gathered.examples.mentor),
            champion=self._usable(active),
            active=active,
            exposure=_exposure(shown, mentors),
            labels=tuple(groups.get(ids[number]) for number in mentors),
        )

    def _usable(self, version: str | None) -> Release | None:
        if version is None:
            return None
        try:
            return self.releases.load(version)
        except (ArtefactRefused, UnknownRanker):
            return None  # answers come in affinity order, too, so that is what is to be beaten

    def _holds_nothing_real(self, version: str | None) -> bool:
        """Return whether replacing this release loses nothing that real feedback taught."""
        if version is None:
            return True
        try:
            return bool(self.releases.facts(version).get("simulated"))
        except (ArtefactRefused, UnknownRanker):
            return False  # nobody knows any more what it learned from

    def _activate(self, version: str, expected: str | None) -> None:
        try:
            with self.store.write() as connection:
                # Who trains at the same time with the same data and seed activates the same
                # release.
                if activations.active(connection) not in (expected, version):
                    raise StoreBusy(
                        "Another release of the ranker was activated while this one was measured "
                        "against the one before; nothing was activated. Retrain again."
                    )
                activations.activate(connection, version, self.clock())
        except StoreBusy:
            self._forget(version)
            raise

    def _forget(self, version: str) -> None:
        """Remove a release that was not activated, unless it once was and may be returned to."""
        with self.store.read() as connection:
            history = activations.history(connection)
        if all(activation.version != version for activation in history):
            discard_artefact(self.releases.path(version))


def _cohorts(connection: Transaction, cohort_id: str | None) -> tuple[Cohort, tuple[Cohort, ...]]:
    """Return the newest cohort to learn from, and all up to it that are as real as it is."""
    by_id = cohorts.get_all(connection)
    if cohort_id is not None and cohort_id not in by_id:
        raise UnknownCohort(cohort_id)
    with_feedback = feedback.cohorts_with_feedback(connection)
    reported = [cohort for cohort in by_id.values() if cohort.id in with_feedback]
    candidates = [by_id[cohort_id]] if cohort_id is not None else reported or [*by_id.values()]
    if not candidates:
        raise UnknownCohort(None)
    newest = candidates[-1]
    pooled = [
        cohort
        for cohort in reported
        if cohort.starts_on < newest.starts_on and cohort.simulated == newest.simulated
    ]
    return newest, (*pooled, newest)


def _exposure(shown: Sequence[tuple[int, int]], mentors: Sequence[int]) -> NDArray[np.float64]:
    """Return the exposure of each mentor who could be shown, (n_mentors,)."""
    place = {number: row for row, number in enumerate(mentors)}
    known = [(position, place[mentor]) for position, mentor in shown if mentor in place]
    columns = np.array(known, dtype=np.int64).reshape(len(known), 2).T
    return exposure_of(columns[0], columns[1], len(mentors))


def _report(
    material: _Material, trial: Trial, verdict: Verdict, seed: int, rng: np.random.Generator
) -> RetrainingReport:
    examples = material.gathered.examples
    groups: tuple[GroupExposure, ...] = ()
    if any(label is not None for label in material.labels):
        groups = skew(material.exposure, material.labels, rng)
    report = RetrainingReport(
        cohort=material.newest.id,
        cohorts=tuple(cohort.id for cohort in material.pooled),
        simulated=material.newest.simulated,
        seed=seed,
        version=None,
        kind=trial.kind,
        champion=material.champion.version if material.champion else None,
        promoted=verdict.promoted,
        verdict=verdict.sentences,
        split=trial.split,
        n_impressions=len(examples),
        n_asked=int(examples.asked.sum()),
        n_accepted=int(examples.accepted.sum()),
        n_mentees=len(np.unique(examples.mentee)),
        n_rated_mentees=trial.n_rated_mentees,
        left_out=material.gathered.left_out,
        position_slope=trial.slope,
        effective_sample_size=trial.effective_sample_size,
        kinds=trial.kinds,
        orders=trial.orders,
        comparisons=trial.comparisons,
        acceptance=calibrate(trial),
        exposure=Exposure.of(material.exposure),
        skew=groups,
    )
    return replace(report, version=_version(report, trial)) if trial.ranker else report


def _version(report: RetrainingReport, trial: Trial) -> str:
    """Return a name that is the same exactly for the same release."""
    content = [report.as_json(), trial.ranker.as_json() if trial.ranker else None]
    written = json.dumps(content, sort_keys=True, allow_nan=False)
    return f"{report.cohort}-{hashlib.sha256(written.encode()).hexdigest()[:8]}"


def _facts(report: RetrainingReport) -> dict[str, object]:
    return {
        "kind": report.kind,
        "cohorts": list(report.cohorts),
        "simulated": report.simulated,
        "promoted": report.promoted,
        "seed": report.seed,
        "made_with": {name: installed(name) for name in MADE_WITH},
    }


def _files(report: RetrainingReport, ranker: AdditiveScore, version: str) -> dict[str, Write]:
    return {
        SCORE: json_file(ranker.as_json()),
        REPORT: json_file(report.as_json()),
        **card_files(report, ranker, version),
    }

"""Small worlds of numbers whose truth is known, to see whether training finds it, and only then.

There is no text, encoder or database in them: mentees have candidates, a formula of the feature
values plus chemistry that nobody can know is how good each pair would be, and people act on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.special import expit

from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.labels import grade, outcomes
from recommender.ranking.metrics import ndcg
from recommender.simulation.behaviour import Behaviour, Shown, act
from recommender.store.feedback import FeedbackRow
from tests.worlds.candidates import Candidates, Mentors

N_MENTORS = 300
GRADE_FROM = (0.3, 0.5, 0.7)
"""Utility from which a pair has the true grade 1, 2 and 3."""
START = datetime(2026, 1, 5, tzinfo=UTC)
LENGTH = timedelta(days=90)
COHORT = "simulated"

Order = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Feature values, (n, n_features), to scores, (n,); the higher the earlier."""


class WorldKind(StrEnum):
    """What is special about a world. All but the first three have the truth of the first."""

    LINEAR = "linear"
    NONLINEAR = "nonlinear"
    NOTHING_TO_LEARN = "nothing_to_learn"
    POPULAR = "popular"
    RATERS = "raters"
    POSITION = "position"
    DECLINES = "declines"


_BEHAVIOUR = {
    WorldKind.POPULAR: Behaviour(popular=0.8),
    WorldKind.RATERS: Behaviour(leniency=0.3),
    WorldKind.POSITION: Behaviour(eta=2.0),
    WorldKind.DECLINES: Behaviour(declines=0.7),
}

_TYPICAL = {
    "affinity": (0.146, 0.072),
    "level_above": (0.1, 0.62),
    "reciprocal_affinity": (0.091, 0.091),
    "organisational_distance": (6.67, 1.54),
    "same_site": (0.2, 0.4),
    "shared_languages": (1.4, 0.5),
    "hours_per_month": (3.4, 1.55),
}
"""Mean and standard deviation of the features that count in the linear truth."""

_WEIGHT = {
    "affinity": 0.8,
    "level_above": 0.25,
    "reciprocal_affinity": 0.45,
    "organisational_distance": 0.3,
    "same_site": 0.3,
    "shared_languages": 0.35,
    "hours_per_month": 0.35,
}
_BASE = -2.4
_CHEMISTRY = 0.75


@dataclass(frozen=True, slots=True)
class Truth:
    """Candidates, and what nobody in their world knows of them.

    Attributes:
        candidates: The n of them.
        utility: How good each pair would be, 0 to 1, (n,) float64.
        grade: The same as a grade, 0 to 3, (n,) int64.
    """

    candidates: Candidates
    utility: NDArray[np.float64]
    grade: NDArray[np.int64]


class World:
    """A world of one kind.

    Args:
        kind: What is special about it.
        seed: Of its mentors, who are the same in every cohort.

    Attributes:
        kind: As given.
        behaviour: How its people act.
        mentors: Its mentors; the number of a mentor is their row.
    """

    def __init__(self, kind: WorldKind, seed: int = 0) -> None:
        self.kind = kind
        self.behaviour = _BEHAVIOUR.get(kind, Behaviour())
        self.mentors = Mentors.drawn(N_MENTORS, default_rng(seed))

    def merit(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what features tell of the truth, (n,): no ranker can order better.

        Linear: a weighted sum. Nonlinear: affinity helps up to a point only; few hours spoil a
        pair; distance helps only where the mentor learns something, too. Nothing to learn:
        affinity.
        """
        merit = np.full(len(features), _BASE)
        fit = _standardised(features, "affinity")
        if self.kind is WorldKind.NOTHING_TO_LEARN:
            merit += 1.2 * fit
        elif self.kind is WorldKind.NONLINEAR:
            too_few_hours = column(features, "hours_per_month") < 2.5
            learns = column(features, "reciprocal_affinity") >= 0.15
            far = column(features, "organisational_distance") >= 7
            merit += 2.8 * np.tanh(fit / 2.0) - 1.4 * too_few_hours + 1.4 * (learns & far)
        else:
            for name, weight in _WEIGHT.items():
                merit += weight * _standardised(features, name)
        return merit

    def truth(self, rng: Generator, n_mentees: int) -> Truth:
        """Draw mentees with their candidates, and say how good each pair would be.

        The utility is the logistic function of merit plus normal chemistry.
        """
        candidates = Candidates.drawn(self.mentors, n_mentees, rng)
        chemistry = _CHEMISTRY * rng.standard_normal(len(candidates.mentor))
        utility = expit(self.merit(candidates.features) + chemistry)
        return Truth(candidates, utility, np.digitize(utility, GRADE_FROM))

    def cohort(
        self, rng: Generator, n_mentees: int, k: int = 10, order: Order | None = None
    ) -> Examples:
        """Show each mentee one list, let people act, and label it with Tandem's own code.

        Args:
            rng: Where all chance comes from.
            n_mentees: How many mentees there are.
            k: How many mentors each of them is shown.
            order: By what; None for affinity.

        Returns:
            What :func:`recommender.ranking.learning.examples.gather` would return, in one cohort.
        """
        truth = self.truth(rng, n_mentees)
        shown = _first(truth.candidates, k, order or affinity)
        return _examples(truth, shown, self._reports(truth, shown, rng))

    def true_ndcg(self, score: Order, rng: Generator, n_mentees: int = 300) -> float:
        """Return the mean true nDCG@5 of an order of all candidates of fresh mentees."""
        truth = self.truth(rng, n_mentees)
        candidates = truth.candidates
        per_list = ndcg(score(candidates.features), truth.grade, candidates.mentee)
        return float(np.nanmean(per_list.value))

    def _reports(self, truth: Truth, shown: NDArray[np.int64], rng: Generator) -> list[FeedbackRow]:
        """Let people act on the lists, whose rows stand one after the other in ``shown``."""
        candidates, spread = truth.candidates, self.behaviour.leniency
        leniency = spread * rng.standard_normal(len(candidates.n_goals))
        reports: list[FeedbackRow] = []
        starts = np.flatnonzero(np.diff(candidates.mentee[shown])) + 1
        for rows in np.split(shown, starts):
            mentee, mentors = int(candidates.mentee[rows[0]]), candidates.mentor[rows]
            of_list = Shown(
                utility=truth.utility[rows],
                popularity=self.mentors.popularity[mentors],
                has_time=np.ones(len(rows), dtype=np.bool_),
                mentee_leniency=float(leniency[mentee]),
                mentor_leniency=spread * self.mentors.leniency[mentors],
                n_goals=int(candidates.n_goals[mentee]),
            )
            reports += [
                FeedbackRow(
                    COHORT,
                    int(mentors[report.row]),
                    mentee,
                    report.side,
                    report.kind,
                    report.value,
                    START + report.when * LENGTH,
                )
                for report in act(self.behaviour, of_list, rng)
            ]
        return reports


def column(features: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return the values of one feature, (n,)."""
    return features[:, FEATURE_NAMES.index(name)]


def affinity(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the order that needs no training, (n,)."""
    return column(features, "affinity")


def one_after_another(cohorts: Sequence[Examples]) -> Examples:
    """Return several cohorts of one world as one, the oldest first, each with new mentees."""
    parts, n_lists, n_mentees = [], 0, 0
    for place, part in enumerate(cohorts):
        parts.append(
            replace(
                part,
                ranking=part.ranking + n_lists,
                mentee=part.mentee + n_mentees,
                cohort=np.full(len(part), place),
            )
        )
        n_lists += int(part.ranking.max(initial=-1)) + 1
        n_mentees += int(part.mentee.max(initial=-1)) + 1
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Examples)
        if field.name != "cohorts"
    }
    return Examples(**columns, cohorts=tuple(f"{COHORT}-{n}" for n in range(1, len(parts) + 1)))


def _standardised(features: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    mean, deviation = _TYPICAL[name]
    return (column(features, name) - mean) / deviation


def _first(candidates: Candidates, k: int, order: Order) -> NDArray[np.int64]:
    """Return the rows of each mentee's first ``k`` candidates, list by list in the order shown."""
    by_score = np.lexsort((-order(candidates.features), candidates.mentee))
    return by_score[_place(candidates.mentee) < k]


def _examples(truth: Truth, shown: NDArray[np.int64], reports: Sequence[FeedbackRow]) -> Examples:
    """Label what was shown, and leave out what says nothing, as ``gather`` does."""
    candidates, by_pair = truth.candidates, outcomes(reports)
    mentee, mentor = candidates.mentee[shown], candidates.mentor[shown]
    pairs = zip(mentor.tolist(), mentee.tolist(), strict=True)
    became = [by_pair.get((COHORT, *pair)) for pair in pairs]
    labels = [grade(outcome) for outcome in became]
    labelled = np.array([label is not None for label in labels], dtype=np.bool_)
    return Examples(
        features=candidates.features[shown][labelled],
        grade=np.array([label for label in labels if label is not None], dtype=np.int64),
        asked=np.array([result is not None for result in became], dtype=np.bool_)[labelled],
        accepted=np.array([result is not None and result.accepted for result in became])[labelled],
        position=_place(mentee)[labelled] + 1,
        ranking=np.unique(mentee[labelled], return_inverse=True)[1],
        mentee=mentee[labelled],
        mentor=mentor[labelled],
        cohort=np.zeros(int(labelled.sum()), dtype=np.int64),
        cohorts=(COHORT,),
    )


def _place(mentee: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return each row's 0-based place among the rows of its mentee, which stand together."""
    sizes = np.bincount(mentee)
    places: NDArray[np.int64] = np.arange(len(mentee)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return places

"""Which kind of ranker, and how strongly held back: chosen on the training part alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from recommender.matching import FEATURE_NAMES, FEATURES
from recommender.ranking.learning.comparison import PerMentee, per_mentee
from recommender.ranking.learning.estimators import MonotoneBoostingRanker, PairwiseLogisticRanker
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.weighting import gain_weight, list_weight, trust
from recommender.ranking.metrics import ndcg
from recommender.ranking.reporting.report import KindMeasure

N_FOLDS = 3
MOST_MENTEES = 600
"""More mentees do not change the choice, only the time it takes."""
PENALTIES = (0.01, 0.05, 0.25)
"""Values of C to choose from, the strongest penalty first."""
Ranker = PairwiseLogisticRanker | MonotoneBoostingRanker
MONOTONE = tuple(feature.direction for feature in FEATURES)


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to train; the simpler ones come first."""

    kind: str
    make: Callable[[], Ranker]


def contenders() -> tuple[Contender, ...]:
    """Return what may be chosen from, in the order of preference."""
    linear = [partial(PairwiseLogisticRanker, FEATURE_NAMES, MONOTONE, C) for C in PENALTIES]
    return (
        *(Contender("linear", make) for make in linear),
        Contender("boosting", partial(MonotoneBoostingRanker, FEATURE_NAMES, MONOTONE)),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """The contender chosen, and how good the best of each kind was."""

    contender: Contender
    kinds: tuple[KindMeasure, ...]


def fitted(contender: Contender, examples: Examples, slope: float) -> Ranker:
    """Return a ranker of this kind trained on examples, given how attention falls."""
    ranker = contender.make()
    ranker.fit(
        examples.features,
        examples.grade,
        groups=examples.ranking,
        sample_weight=trust(examples, slope),
    )
    return ranker


def choose(examples: Examples, slope: float, rng: np.random.Generator) -> Choice:
    """Choose by mean nDCG@5 over folds of mentees; simpler unless clearly worse.

    The simplest contender within one standard error of the best is taken, the error being that of
    their difference. Source: Breiman et al. 1984, "Classification and regression trees", the
    one-standard-error rule.

    Args:
        examples: The training part.
        slope: How steeply attention falls with the position.
        rng: Draws the mentees to look at, if there are many.
    """
    sample = _some_mentees(examples, rng)
    tried = contenders()
    values = [_cross_validated(contender, sample, slope) for contender in tried]
    means = [value.mean for value in values]
    best = int(np.argmax(means))
    simplest = next(
        place
        for place, value in enumerate(values)
        if means[place] >= means[best] - _error_of_difference(values[best], value)
    )
    kinds = dict.fromkeys(contender.kind for contender in tried)
    return Choice(
        tried[simplest],
        tuple(
            KindMeasure(kind, max(m for c, m in zip(tried, means, strict=True) if c.kind == kind))
            for kind in kinds
        ),
    )


Fold = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The rows to train on, and the rows kept apart."""


def folds(examples: Examples, n_folds: int) -> list[Fold]:
    """Split the rows so that no mentee stands on both sides."""
    return list(GroupKFold(n_folds).split(examples.features, groups=examples.mentee))


def rated_mentees(examples: Examples) -> NDArray[np.int64]:
    """Return the mentees with a list that holds different grades: something to learn from."""
    order = np.lexsort((examples.grade, examples.ranking))
    ranking, grade = examples.ranking[order], examples.grade[order]
    differs = (ranking[1:] == ranking[:-1]) & (grade[1:] != grade[:-1])
    return np.unique(examples.mentee[order][1:][differs])


def _cross_validated(contender: Contender, examples: Examples, slope: float) -> PerMentee:
    """Return the nDCG@5 of each mentee by a ranker that has not seen them."""
    score = np.zeros(len(examples))
    for train, test in folds(examples, N_FOLDS):
        part = examples.where(train)
        if len(rated_mentees(part)):
            score[test] = fitted(contender, part, slope).predict(examples.features[test])
    return mentee_ndcg(score, examples, slope)


def _error_of_difference(first: PerMentee, second: PerMentee) -> float:
    """Return the standard error of the difference of two weighted means over the same mentees."""
    gain, share = first.value - second.value, first.weight / first.weight.sum()
    return float(np.sqrt(((share * (gain - share @ gain)) ** 2).sum()))


def mentee_ndcg(score: NDArray[np.float64], examples: Examples, slope: float) -> PerMentee:
    """Return the nDCG@5 of each mentee with something to find, weighted by inverse propensity."""
    weight = gain_weight(examples.position, slope)
    lists = ndcg(score, examples.grade, examples.ranking, weight=weight)
    return per_mentee(
        lists.value,
        mentee_of_lists(examples, lists.ranking),
        list_weight(examples.grade, examples.ranking, weight),
    )


def mentee_of_lists(examples: Examples, lists: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whose list each one is, (n_lists,)."""
    known, first = np.unique(examples.ranking, return_index=True)
    mentee: NDArray[np.int64] = examples.mentee[first][np.searchsorted(known, lists)]
    return mentee


def _some_mentees(examples: Examples, rng: np.random.Generator) -> Examples:
    mentees = np.unique(examples.mentee)
    if len(mentees) <= MOST_MENTEES:
        return examples
    drawn = rng.choice(mentees, MOST_MENTEES, replace=False)
    return examples.where(np.isin(examples.mentee, drawn))

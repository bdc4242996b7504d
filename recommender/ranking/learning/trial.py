"""The trial of a challenger: trained on one part, compared with every other order on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.matching import FEATURE_NAMES
from recommender.ranking.learning.comparison import PerMentee, difference, interval, per_mentee
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.lexical_order import LexicalOrder
from recommender.ranking.learning.selection import (
    Choice,
    Fold,
    choose,
    fitted,
    folds,
    mentee_ndcg,
    mentee_of_lists,
    rated_mentees,
)
from recommender.ranking.learning.weighting import (
    effective_sample_size,
    estimate_slope,
    gain_weight,
    list_weight,
)
from recommender.ranking.metrics import PerList, hit, reciprocal_rank
from recommender.ranking.reporting.report import (
    Comparison,
    KindMeasure,
    Order,
    OrderMeasures,
    Split,
)
from recommender.ranking.score import AdditiveScore

FEWEST_MENTEES = 40
"""Rated mentees needed on each side of a split, so that an interval can mean something."""
N_FOLDS = 5
ENOUGH_MENTEES = 1000
"""From so many rated mentees on one fold of them is measured instead of all in turn."""
AFFINITY = FEATURE_NAMES.index("affinity")

Scores = Mapping[Order, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a challenger did.

    Attributes:
        n_rated_mentees: Mentees whose lists tell good from less good: among those kept apart, or
            among all if there were too few for a trial.
        split: What it was measured on; None if there were too few mentees.
        kept_apart: The rows measured on, in the order of ``score``.
        score: The challenger's scores, by rankers that had not seen these mentees.
        kind: What kind of ranker was chosen.
        kinds: How good each kind was on the training part.
        orders: Each order's measures on the lists kept apart.
        comparisons: The challenger against each other order.
        slope: How steeply attention was found to fall with the position.
        ranker: The challenger trained on everything.
        effective_sample_size: How many equally weighted mentees say as much as those kept apart.
    """

    n_rated_mentees: int
    split: Split | None = None
    kept_apart: Examples | None = None
    score: NDArray[np.float64] | None = None
    kind: str | None = None
    kinds: tuple[KindMeasure, ...] = ()
    orders: tuple[OrderMeasures, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    slope: float | None = None
    ranker: AdditiveScore | None = None
    effective_sample_size: float | None = None

    @property
    def not_beaten(self) -> tuple[Order, ...]:
        """The orders among champion and affinity that the challenger is not shown to beat."""
        must = (Order.CHAMPION, Order.AFFINITY)
        return tuple(
            comparison.order
            for comparison in self.comparisons
            if comparison.order in must and not comparison.ndcg.estimate.low > 0
        )


def run_trial(
    examples: Examples,
    rng: np.random.Generator,
    champion: AdditiveScore | None = None,
    lexical: LexicalOrder | None = None,
    progress: Progress = silent,
) -> Trial:
    """Train a challenger and compare it on mentees whom it has not seen.

    With enough rated mentees in the newest cohort and in those before, the newest one is kept
    apart, and whoever is a mentee in it is not trained on; otherwise each fifth of the mentees is
    kept apart in turn.

    Args:
        examples: Everything labelled.
        rng: Draws mentees and resamples.
        champion: The active ranker, if there is one.
        lexical: The lexical order, if the words are known.
        progress: Told how far it is.
    """
    rated = rated_mentees(examples)
    if len(rated) < FEWEST_MENTEES:
        return Trial(len(rated))
    split, parts = _split(examples, rated, rng)
    slope = estimate_slope(examples)
    choices: list[Choice] = []
    score = np.full(len(examples), np.nan)
    for done, (train, test) in enumerate(parts):
        progress("measuring", done, len(parts))
        part = examples.where(train)
        choices.append(choose(part, slope, rng))
        ranker = fitted(choices[-1].contender, part, slope)
        score[test] = ranker.predict(examples.features[test])
    measured = ~np.isnan(score)
    apart = examples.where(measured)
    scores: dict[Order, NDArray[np.float64]] = {Order.CHALLENGER: score[measured]}
    if champion is not None:
        scores[Order.CHAMPION] = champion.score(apart.features)
    scores[Order.AFFINITY] = apart.features[:, AFFINITY]
    if lexical is not None:
        scores[Order.LEXICAL] = lexical.scores(apart, rng)
    scores[Order.RANDOM] = np.zeros(len(apart))
    orders, comparisons = _compare(apart, scores, slope, rng)
    progress("training", 0, 1)
    final = choices[0] if len(choices) == 1 else choose(examples, slope, rng)
    return Trial(
        n_rated_mentees=len(rated_mentees(apart)),
        split=split,
        kept_apart=apart,
        score=score[measured],
        kind=final.contender.kind,
        kinds=final.kinds,
        orders=orders,
        comparisons=comparisons,
        slope=slope,
        ranker=fitted(final.contender, examples, slope).additive_,
        effective_sample_size=effective_sample_size(
            mentee_ndcg(score[measured], apart, slope).weight
        ),
    )


def _split(
    examples: Examples, rated: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Split, list[Fold]]:
    newest = examples.cohort == len(examples.cohorts) - 1
    older = ~newest & ~np.isin(examples.mentee, examples.mentee[newest])
    sides = (examples.where(older), examples.where(newest))
    if all(len(rated_mentees(side)) >= FEWEST_MENTEES for side in sides):
        return Split.COHORT, [(np.flatnonzero(older), np.flatnonzero(newest))]
    parts = [
        part for part in folds(examples, N_FOLDS) if len(rated_mentees(examples.where(part[0])))
    ]
    if len(rated) >= ENOUGH_MENTEES:
        parts = parts[:1]
    return Split.MENTEES, parts


def _compare(
    apart: Examples, scores: Scores, slope: float, rng: np.random.Generator
) -> tuple[tuple[OrderMeasures, ...], tuple[Comparison, ...]]:
    orders: list[OrderMeasures] = []
    comparisons: list[Comparison] = []
    for order, score in scores.items():
        known = ~np.isnan(score)
        rows, score = apart.where(known), score[known]
        value = mentee_ndcg(score, rows, slope)
        orders.append(
            OrderMeasures(
                order,
                interval(value, rng),
                interval(
                    _weighted(reciprocal_rank(score, rows.grade, rows.ranking), rows, slope), rng
                ),
                interval(_weighted(hit(score, rows.grade, rows.ranking), rows, slope), rng),
            )
        )
        if order is not Order.CHALLENGER:
            own = mentee_ndcg(scores[Order.CHALLENGER][known], rows, slope)
            comparisons.append(Comparison(order, difference(own, value, rng)))
    return tuple(orders), tuple(comparisons)


def _weighted(lists: PerList, rows: Examples, slope: float) -> PerMentee:
    weight = list_weight(rows.grade, rows.ranking, gain_weight(rows.position, slope))
    return per_mentee(lists.value, mentee_of_lists(rows, lists.ranking), weight)

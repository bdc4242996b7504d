"""Rankers that learn from graded lists, as scikit-learn estimators.

``X`` holds one row per mentor shown, (n, p); ``y`` the grades, 0 to 3, (n,); ``groups`` the list
that each row belongs to, any whole numbers, (n,), all one list if left out; ``sample_weight`` how
far each row is to be trusted, 0 or more, (n,). Only rows of one list are compared, and a row of
weight 0 is as good as absent. Neither the order of the rows nor the names of the lists matter.

What is learned is ``additive_``, an ``AdditiveScore`` in which every feature contributes 0 at its
mean over the rows trained on.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from recommender.ranking.learning.pairs import GradedRows, checked, comparable_pairs, concordance
from recommender.ranking.score import AdditiveScore, Steps

TOLERANCE = 1e-8
BELIEF = 0.5
"""Share of the grades' spread within lists that a boosted ranker believes its line explains."""
TREES: Mapping[str, Any] = {
    "max_iter": 60,
    "learning_rate": 0.1,
    "max_leaf_nodes": 3,
    "min_samples_leaf": 40,
    "l2_regularization": 1.0,
    "max_bins": 16,
    "early_stopping": False,
}
"""Small trees of few bins, so that they do not follow single people, and scoring stays fast."""


class _AdditiveRanker(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """What all rankers share: settings, checked input, scores, concordance.

    Args:
        names: The features, in the order of the columns.
        monotone: +1 where more of a feature may only help, −1 where it may only harm, 0 where that
            is open, one per feature; all open if left out.
        prior_feature: The feature believed in.
        prior_strength: How many lists the belief weighs; 0 for no belief.
    """

    additive_: AdditiveScore

    def __init__(
        self,
        names: Sequence[str],
        monotone: Sequence[int] | None = None,
        prior_feature: str = "affinity",
        prior_strength: float = 50.0,
    ) -> None:
        self.names = names
        self.monotone = monotone
        self.prior_feature = prior_feature
        self.prior_strength = prior_strength

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Learn from graded lists.

        Raises:
            ValueError: if no two rows of a list have different grades, or the input does not fit.
        """
        features = validate_data(self, X, dtype=np.float64)
        if features.shape[1] != len(self.names):
            raise ValueError(f"{features.shape[1]} columns where {len(self.names)} are expected")
        rows = GradedRows.of(features, *checked(features, y, groups, sample_weight))
        # Sums over several threads differ in their last bits.
        with threadpool_limits(1):
            self.additive_ = self._learn(rows)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the scores, (n,) float64; only their order within a list has a meaning."""
        check_is_fitted(self)
        return self.additive_.score(validate_data(self, X, dtype=np.float64, reset=False))

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return the concordance within lists, 0 to 1.

        Raises:
            ValueError: if no two rows of a list have different grades.
        """
        scores = self.predict(X)
        return concordance(scores, comparable_pairs(*checked(scores, y, groups, sample_weight)))

    @abstractmethod
    def _learn(self, rows: GradedRows) -> AdditiveScore: ...


class PairwiseLogisticRanker(_AdditiveRanker):
    """Weighs the features so that of two rows of a list the better one scores higher.

    Logistic regression without intercept on the differences of the features, standardised by their
    standard deviation within lists. Source: Herbrich, Graepel and Obermayer 2000, "Large margin
    rank boundaries for ordinal regression", with the logistic loss; a pair of the grades a > b
    weighs (2^a − 2^b) / 3, so that 2 over 0 weighs 1, and more or less of it by row and list as
    in ``comparable_pairs``.

    Before any feedback one feature is believed in: an invented pair says that one standard
    deviation more of it is better. So little feedback leaves the order nearly as that feature
    alone would have it, and the belief fades as feedback grows.

    A feature whose weight would have the wrong sign is left out, and the others are fitted again.

    Args:
        names, monotone, prior_feature, prior_strength: As for all rankers.
        C: How far a list outweighs the penalty on large weights; above 0.
    """

    def __init__(
        self,
        names: Sequence[str],
        monotone: Sequence[int] | None = None,
        C: float = 0.05,
        prior_feature: str = "affinity",
        prior_strength: float = 50.0,
    ) -> None:
        super().__init__(names, monotone, prior_feature, prior_strength)
        self.C = C

    def _learn(self, rows: GradedRows) -> AdditiveScore:
        pairs = comparable_pairs(rows.grade, rows.group, rows.weight)
        spread = np.array([rows.spread(column) for column in rows.features.T])
        unit = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
        differences = (rows.features[pairs.better] - rows.features[pairs.worse]) * unit
        gain = np.exp2(rows.grade)
        weight = pairs.weight * (gain[pairs.better] - gain[pairs.worse]) / 3.0
        believed = _believed(self.prior_feature, self.names)
        # Turned round, the invented pair is the second class that a classifier must see.
        differences = np.vstack([differences, -believed])
        better_first = np.arange(len(differences)) < len(weight)
        weight = np.append(weight, self.prior_strength)
        direction = _directions(self.monotone, self.names)
        may_weigh = spread > 0
        while True:
            model = LogisticRegression(
                C=self.C, fit_intercept=False, solver="newton-cholesky", tol=TOLERANCE
            ).fit(differences * may_weigh, better_first, sample_weight=weight)
            coefficient = model.coef_[0] * may_weigh
            wrong = coefficient * direction < 0
            if not wrong.any():
                break
            may_weigh &= ~wrong
        steps = tuple(Steps.none() for _ in self.names)
        return AdditiveScore(tuple(self.names), rows.center(), coefficient * unit, steps)


class MonotoneBoostingRanker(_AdditiveRanker):
    """A line in one feature and a sum of step functions, one per feature, boosted on top of it.

    Lists show only the mentors closest to the goals; beyond what was shown a step stays level, so
    that steps alone would not care how far away a mentor is. The line does. Its slope is that of
    least squares, with a belief of some lists that it explains half of how grades differ.

    What the steps learn is what the line leaves of each grade's distance from the weighted mean of
    its list, by small trees of which each looks at one feature. Source: Friedman 2001, "Greedy
    function approximation", with squared error and histograms; one feature per tree as in Lou,
    Caruana and Gehrke 2012. Lists without two different grades are left out.
    """

    trees_: HistGradientBoostingRegressor

    def _learn(self, rows: GradedRows) -> AdditiveScore:
        pairs = comparable_pairs(rows.grade, rows.group, rows.weight)
        compared = rows.where(np.isin(rows.group, rows.group[pairs.better]))
        believed = _believed(self.prior_feature, self.names)
        slope = self._slope(compared, compared.features @ believed)
        grade = compared.within(compared.grade.astype(np.float64))
        target = grade - slope * compared.within(compared.features @ believed)
        # Rows of other lists may be equal but for the target.
        order = np.argsort(target, kind="stable")
        self.trees_ = HistGradientBoostingRegressor(
            **TREES,
            monotonic_cst=_directions(self.monotone, self.names),
            interaction_cst="no_interactions",
            random_state=0,
        ).fit(compared.features[order], target[order], sample_weight=compared.weight[order])
        center = rows.center()
        return AdditiveScore(
            tuple(self.names), center, slope * believed, _steps_of(self.trees_, center)
        )

    def _slope(self, rows: GradedRows, line: NDArray[np.float64]) -> float:
        """Return how much grade a unit of the feature believed in, (n,), is worth; 0 or more."""
        spread = rows.spread(line)
        if spread == 0:
            return 0.0
        grade = rows.grade.astype(np.float64)
        total = float(rows.weight.sum())
        n_believed = self.prior_strength * total / rows.n_lists
        learned = float(rows.weight @ (rows.within(line) * rows.within(grade))) / spread
        believed = n_believed * BELIEF * rows.spread(grade)
        return max((learned + believed) / (total + n_believed) / spread, 0.0)


def _directions(monotone: Sequence[int] | None, names: Sequence[str]) -> NDArray[np.int64]:
    directions = np.zeros(len(names), dtype=np.int64) if monotone is None else np.asarray(monotone)
    if directions.shape != (len(names),) or not np.isin(directions, (-1, 0, 1)).all():
        raise ValueError(f"one of +1, −1 and 0 for each of {', '.join(names)} is expected")
    return directions


def _believed(feature: str, names: Sequence[str]) -> NDArray[np.float64]:
    if feature not in names:
        raise ValueError(f"{feature!r} is none of {', '.join(names)}")
    return np.array([name == feature for name in names], dtype=np.float64)


def _steps_of(
    trees: HistGradientBoostingRegressor, center: NDArray[np.float64]
) -> tuple[Steps, ...]:
    """Return the trees as one function per feature that is 0 at ``center`` (p,)."""
    nodes: NDArray[Any] = np.concatenate([tree.nodes for (tree,) in trees._predictors])
    splits = nodes[nodes["is_leaf"] == 0]
    steps = []
    for place in range(len(center)):
        thresholds = np.unique(splits["num_threshold"][splits["feature_idx"] == place])
        # The upper end of each piece belongs to it; the last has none.
        probes = np.tile(center, (len(thresholds) + 2, 1))
        probes[1:, place] = np.append(thresholds, np.inf)
        values = trees.predict(probes)
        changes = np.diff(values[1:]) != 0
        kept = np.append(changes, True)
        steps.append(Steps(thresholds[changes], values[1:][kept] - values[0]))
    return tuple(steps)

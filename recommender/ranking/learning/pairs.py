"""What rankers learn from: graded rows, and pairs of them from one list of which one is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_consistent_length, column_or_1d

from recommender.matching import expand_runs
from recommender.ranking.metrics import MAX_GRADE

CONSTANT = 1e-9
"""A feature that varies less than this within lists, in units of its size, does not vary."""
MOST_PAIRS = 20_000_000
"""More than this would not fit into memory; lists of a company of 100,000 make fewer."""


def checked(
    like: NDArray[np.float64],
    grade: ArrayLike,
    group: ArrayLike | None,
    weight: ArrayLike | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return grades, groups and weights, (n,) each, of the n rows of ``like``.

    Without groups all rows are of one, without weights each weighs 1.

    Raises:
        ValueError: if a grade or a weight is none, or the lengths differ.
    """
    grades = column_or_1d(grade)
    groups = np.zeros(len(like), dtype=np.int64) if group is None else column_or_1d(group)
    weights = np.ones(len(like)) if weight is None else column_or_1d(weight, dtype=np.float64)
    check_consistent_length(like, grades, groups, weights)
    if not np.isin(grades, np.arange(MAX_GRADE + 1)).all():
        raise ValueError(f"grades are whole numbers from 0 to {MAX_GRADE}")
    if not ((weights >= 0) & np.isfinite(weights)).all():
        raise ValueError("weights are finite numbers of 0 or more")
    return grades.astype(np.int64), groups, weights


@dataclass(frozen=True, slots=True, eq=False)
class GradedRows:
    """Rows of graded lists, in an order that depends on their values alone.

    Attributes:
        features: (n, p) float64.
        grade: 0 to 3, (n,) int64.
        group: Number of the list, from 0 in the order of the rows, (n,) int64.
        weight: How far each row is to be trusted, above 0, (n,) float64.
    """

    features: NDArray[np.float64]
    grade: NDArray[np.int64]
    group: NDArray[np.int64]
    weight: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        features: NDArray[np.float64],
        grade: NDArray[np.int64],
        group: NDArray[np.int64],
        weight: NDArray[np.float64],
    ) -> Self:
        """Sort the rows, number the lists anew, and leave out what weighs nothing."""
        order = np.lexsort((weight, grade, *features.T))
        order = order[weight[order] > 0]
        _, first, row = np.unique(group[order], return_index=True, return_inverse=True)
        number = np.empty_like(first)
        number[np.argsort(first)] = np.arange(len(first))
        return cls(features[order], grade[order], number[row], weight[order])

    @property
    def n_lists(self) -> int:
        return len(np.unique(self.group))

    def where(self, rows: NDArray[np.bool_]) -> GradedRows:
        """Return the chosen rows."""
        _, group = np.unique(self.group[rows], return_inverse=True)
        return GradedRows(self.features[rows], self.grade[rows], group, self.weight[rows])

    def center(self) -> NDArray[np.float64]:
        """Return the features' weighted means, (p,) float64."""
        return np.average(self.features, axis=0, weights=self.weight)

    def within(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far values (n,) are from the weighted mean of their list, (n,) float64."""
        total = np.bincount(self.group, self.weight)
        return values - (np.bincount(self.group, self.weight * values) / total)[self.group]

    def spread(self, values: NDArray[np.float64]) -> float:
        """Return the weighted standard deviation of values (n,) within lists, 0 if constant."""
        deviation = float(np.sqrt(np.average(self.within(values) ** 2, weights=self.weight)))
        return deviation if deviation > CONSTANT * np.abs(values).max() else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Rows to compare, m pairs.

    Attributes:
        better: Row with the higher grade, (m,) int64.
        worse: Row with the lower grade, (m,) int64.
        weight: Above 0, (m,) float64.
    """

    better: NDArray[np.int64]
    worse: NDArray[np.int64]
    weight: NDArray[np.float64]


def comparable_pairs(
    grade: NDArray[np.int64], group: NDArray[np.int64], weight: NDArray[np.float64]
) -> Pairs:
    """Return all pairs of rows of one group and different grades, if both weigh anything.

    A pair weighs the product of both rows, divided by the number of pairs of its group. So a group
    weighs the mean product of its pairs: 1 if every row does, however many rows there are.

    Args:
        grade: (n,).
        group: Which list each row belongs to, (n,).
        weight: How far each row is to be trusted, 0 or more, (n,) float64.

    Raises:
        ValueError: if there is no such pair, or more than ``MOST_PAIRS``.
    """
    counted = np.flatnonzero(weight > 0)
    order = counted[np.lexsort((grade[counted], group[counted]))]
    _, group_row, group_sizes = np.unique(group[order], return_inverse=True, return_counts=True)
    group_end = np.cumsum(group_sizes)[group_row]
    is_last = np.ones(len(order), dtype=np.bool_)
    is_last[:-1] = (np.diff(group_row) > 0) | (np.diff(grade[order]) > 0)
    # Rows of a group stand by grade, so all that are better than a row follow on its equals.
    equals_end = np.flatnonzero(is_last)[np.cumsum(is_last) - is_last] + 1
    n_better = group_end - equals_end
    n_pairs = int(n_better.sum())
    if n_pairs == 0:
        raise ValueError("no two rows of a group have different grades; give more feedback")
    if n_pairs > MOST_PAIRS:
        raise ValueError(f"{n_pairs} pairs, at most {MOST_PAIRS} are possible; give smaller groups")
    worse, better = expand_runs(equals_end, n_better)
    pairs_of_group = np.bincount(group_row, n_better)[group_row[worse]]
    return Pairs(
        order[better],
        order[worse],
        weight[order[better]] * weight[order[worse]] / pairs_of_group,
    )


def concordance(score: NDArray[np.float64], pairs: Pairs) -> float:
    """Return the weighted share of pairs whose better row has the higher score, 0 to 1.

    Equal scores count half. Source: Harrell's concordance index, Harrell et al. 1982, within
    groups.
    """
    ahead = np.sign(score[pairs.better] - score[pairs.worse])
    return float(np.average((ahead + 1.0) / 2.0, weights=pairs.weight))

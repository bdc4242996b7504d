"""How good an order is, list by list: nDCG, reciprocal rank and hit.

One row per mentor shown, in parallel arrays: ``score`` (n,), the higher the earlier; ``grade``
(n,), 0 to 3; ``ranking`` (n,), the number of the list that the row belongs to. Rows may stand in
any order.

Scores that tie leave the order to chance, so each metric is its mean over all orders of the tied.
Source: McSherry and Najork 2008, "Computing information retrieval performance measures efficiently
in the presence of tied scores". The same score for everybody gives what a random order achieves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import InvalidInput, Problem
from recommender.matching import expand_runs

MAX_GRADE = 3
GOOD = 2
"""The lowest grade that reciprocal rank and hit count as right."""
CUTOFF = 5


@dataclass(frozen=True, slots=True)
class PerList:
    """One value per list.

    Attributes:
        ranking: The lists' numbers, ascending, (n_lists,) int64.
        value: 0 to 1, or NaN where a list has nothing to find, (n_lists,) float64.
    """

    ranking: NDArray[np.int64]
    value: NDArray[np.float64]


def ndcg(
    score: NDArray[np.float64],
    grade: NDArray[np.int64],
    ranking: NDArray[np.int64],
    k: int = CUTOFF,
    weight: NDArray[np.float64] | None = None,
) -> PerList:
    """Return how much of the gain possible among the first ``k`` an order achieves.

    A mentor's gain is 2^grade − 1, counted 1 / log2(1 + rank) times. Source: Burges et al. 2005,
    "Learning to rank using gradient descent", cut off at ``k``.

    Args:
        score: (n,).
        grade: 0 to 3, (n,).
        ranking: (n,).
        k: How many ranks count, at least 1.
        weight: What each gain is multiplied by, in the best possible order as well; 0 or more,
            (n,). 1 if left out.

    A list without any gain has the value NaN.

    Raises:
        InvalidInput: if a score is not a number or a grade is none.
    """
    gain = np.exp2(grade) - 1.0
    if weight is not None:
        gain = gain * weight
    lists = _Lists.of(score, grade, ranking, gain)
    discount = np.where(lists.rank <= k, 1.0 / np.log2(1.0 + lists.rank), 0.0)
    chance = lists.mean_among_tied(discount)
    best = gain[np.lexsort((-gain, ranking))]
    achieved, possible = lists.total(chance * gain[lists.order]), lists.total(discount * best)
    value = np.full(len(possible), np.nan)
    # Rounding may lift the best order a hair above 1.
    np.divide(achieved, possible, out=value, where=possible > 0)
    return PerList(lists.ranking, np.minimum(value, 1.0))


def reciprocal_rank(
    score: NDArray[np.float64],
    grade: NDArray[np.int64],
    ranking: NDArray[np.int64],
    good: int = GOOD,
) -> PerList:
    """Return 1 / rank of the first mentor whose grade is at least ``good``.

    A list without such a mentor has the value NaN. Source: Voorhees 1999, "The TREC-8 question
    answering track report".

    Args are those of :func:`ndcg`; ``good`` is 1 to 3.

    Raises:
        InvalidInput: if a score is not a number or a grade is none.
    """
    return _worth_of_first_good(score, grade, ranking, good, lambda rank: 1.0 / rank)


def hit(
    score: NDArray[np.float64],
    grade: NDArray[np.int64],
    ranking: NDArray[np.int64],
    k: int = CUTOFF,
    good: int = GOOD,
) -> PerList:
    """Return whether one of the first ``k`` has at least the grade ``good``: 1 or 0.

    Where tied scores leave it to chance, the value is the probability. A list without such a mentor
    has the value NaN. Args are those of :func:`ndcg`; ``good`` is 1 to 3.

    Raises:
        InvalidInput: if a score is not a number or a grade is none.
    """
    return _worth_of_first_good(
        score, grade, ranking, good, lambda rank: (rank <= k).astype(np.float64)
    )


def _worth_of_first_good(
    score: NDArray[np.float64],
    grade: NDArray[np.int64],
    ranking: NDArray[np.int64],
    good: int,
    worth: Callable[[NDArray[np.int64]], NDArray[np.float64]],
) -> PerList:
    """Return the expected worth of the rank of each list's first good row.

    Of t tied rows, g of them good, the first good one stands in place j with the probability
    C(t − j, g − 1) / C(t, g), which is g / t for j = 1 and is carried on from place to place.
    """
    lists = _Lists.of(score, grade, ranking, -grade)
    is_good = grade[lists.order] >= good
    with_good, first = np.unique(lists.row[is_good], return_index=True)
    tie = lists.tie[is_good][first]
    n_good = np.bincount(lists.tie, is_good)[tie]
    n_tied = np.bincount(lists.tie)[tie]
    # Good ones come first among the tied, so that nothing of their tie stands before them.
    n_before = lists.rank[is_good][first] - 1
    chance = n_good / n_tied
    expected = np.zeros(len(tie))
    for place in range(1, int(n_tied.max(initial=0)) + 1):
        expected += chance * worth(n_before + place)
        n_left = n_tied - place
        chance = chance * np.maximum(n_left - n_good + 1, 0) / np.maximum(n_left, 1)
    value = np.full(len(lists.ranking), np.nan)
    value[with_good] = np.minimum(expected, 1.0)
    return PerList(lists.ranking, value)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Rows sorted by list, then from the highest score down.

    Attributes:
        ranking: The lists' numbers, ascending, (n_lists,).
        order: The rows as sorted, (n,); what follows is in this order.
        row: Row of the list in ``ranking``, (n,).
        rank: 1-based rank within the list, (n,).
        tie: Number of the group of rows of one list and one score, (n,).
    """

    ranking: NDArray[np.int64]
    order: NDArray[np.int64]
    row: NDArray[np.int64]
    rank: NDArray[np.int64]
    tie: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        score: NDArray[np.float64],
        grade: NDArray[np.int64],
        ranking: NDArray[np.int64],
        among_tied: NDArray[np.float64] | NDArray[np.int64],
    ) -> _Lists:
        """Sort; ``among_tied`` (n,) orders the tied, so that sums never depend on the input's."""
        _check(score, grade)
        order = np.lexsort((among_tied, -score, ranking))
        lists, row, sizes = np.unique(ranking[order], return_inverse=True, return_counts=True)
        new = np.ones(len(order), dtype=np.bool_)
        new[1:] = (np.diff(row) > 0) | (score[order][1:] != score[order][:-1])
        _, rank = expand_runs(np.ones_like(sizes), sizes)
        return cls(lists, order, row, rank, np.cumsum(new) - 1)

    def mean_among_tied(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        return (np.bincount(self.tie, value) / np.bincount(self.tie))[self.tie]

    def total(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(self.row, value, len(self.ranking)), np.float64)


def _check(score: NDArray[np.float64], grade: NDArray[np.int64]) -> None:
    wrong = [("score", value, "a number") for value in score[np.isnan(score)][:1]]
    beyond = grade[(grade < 0) | (grade > MAX_GRADE)]
    wrong += [("grade", value, f"a whole number from 0 to {MAX_GRADE}") for value in beyond[:1]]
    if wrong:
        raise InvalidInput(
            Problem(field, str(value), expected, "Correct it before measuring.")
            for field, value, expected in wrong
        )

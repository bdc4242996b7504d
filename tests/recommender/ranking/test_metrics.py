"""Metrics of an order: by hand, against scikit-learn, and against every order of the tied."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import ndcg_score

from recommender.domain.errors import InvalidInput
from recommender.ranking.metrics import PerList, hit, ndcg, reciprocal_rank

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
METRICS = [ndcg, reciprocal_rank, hit]
Metric = Callable[..., PerList]
Rows = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def rows(*lists: list[tuple[float, int]]) -> Rows:
    """Return the arrays of lists 0, 1, … of (score, grade)."""
    flat = [(score, grade, n) for n, rows in enumerate(lists) for score, grade in rows]
    score, grade, ranking = zip(*flat, strict=True)
    return np.array(score, np.float64), np.array(grade, np.int64), np.array(ranking, np.int64)


def value_of(metric: Metric, *shown: tuple[float, int], **settings: Any) -> float:  # noqa: ANN401
    return float(metric(*rows(list(shown)), **settings).value[0])


@st.composite
def worlds(draw: st.DrawFn, longest: int = 7) -> Rows:
    """Draw up to four lists whose scores often tie, with their rows shuffled."""
    row = st.tuples(st.integers(0, 3), st.integers(0, 3))
    drawn = draw(st.lists(st.lists(row, min_size=1, max_size=longest), min_size=1, max_size=4))
    score, grade, ranking = rows(*[[(s / 3, g) for s, g in value_of] for value_of in drawn])
    order = np.array(draw(st.permutations(range(len(score)))))
    return score[order], grade[order], ranking[order] * 7 - 3


def test_ndcg_by_hand() -> None:
    # Ranks 1 to 3 hold the gains 1, 7 and 3; the best order has 7, 3 and 1.
    achieved = 1 + 7 / log2(3) + 3 / log2(4)
    possible = 7 + 3 / log2(3) + 1 / log2(4)
    assert value_of(ndcg, (0.9, 1), (0.8, 3), (0.7, 2)) == pytest.approx(achieved / possible)


def test_ndcg_counts_the_first_k_of_both_orders() -> None:
    # Rank 1 holds nothing and rank 2 the gain 1, of 7 and 3 possible.
    shown = [(0.9, 0), (0.8, 1), (0.7, 3), (0.6, 2)]
    assert value_of(ndcg, *shown, k=2) == pytest.approx((1 / log2(3)) / (7 + 3 / log2(3)))
    assert value_of(ndcg, *shown, k=1) == 0


def test_ndcg_of_a_tie_is_the_mean_of_its_orders() -> None:
    # The gain 1 stands first or second, each in half of the orders.
    assert value_of(ndcg, (0.5, 1), (0.5, 0)) == pytest.approx((1 + 1 / log2(3)) / 2)


def test_a_tie_across_the_cutoff_shares_what_is_above_it() -> None:
    # Three tie for ranks 2 to 4, of which only rank 2 counts: a third of the orders show the 7.
    value = value_of(ndcg, (0.9, 0), (0.5, 3), (0.5, 0), (0.5, 0), k=2)
    assert value == pytest.approx((7 / log2(3)) / 3 / 7)


def test_weights_multiply_gains_in_the_best_order_too() -> None:
    # Gains 1 · 3 and 7 · 0.25 = 1.75: with these weights the best order is the one shown.
    arrays = rows([(0.9, 1), (0.8, 3)])
    assert ndcg(*arrays, weight=np.array([3.0, 0.25])).value.tolist() == [1]
    # With 1 · 1 and 7 · 0.5 = 3.5 the other one is.
    swapped = (1 + 3.5 / log2(3)) / (3.5 + 1 / log2(3))
    assert ndcg(*arrays, weight=np.array([1.0, 0.5])).value == pytest.approx(np.array([swapped]))


def test_reciprocal_rank_by_hand() -> None:
    assert value_of(reciprocal_rank, (0.9, 1), (0.8, 0), (0.7, 2), (0.6, 3)) == pytest.approx(1 / 3)
    assert value_of(reciprocal_rank, (0.9, 1), (0.8, 0), (0.7, 2), (0.6, 3), good=3) == 1 / 4
    # One good of three that tie: ranks 1, 2 and 3 are equally likely.
    tied = value_of(reciprocal_rank, (0.5, 3), (0.5, 0), (0.5, 1))
    assert tied == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_hit_by_hand() -> None:
    shown = [(0.9, 0), (0.5, 2), (0.5, 0), (0.5, 3), (0.1, 3)]
    # Ranks 2 to 4 tie and two of the three are good: rank 2 is good in 2 of 3 orders.
    assert value_of(hit, *shown, k=1) == 0
    assert value_of(hit, *shown, k=2) == pytest.approx(2 / 3)
    assert value_of(hit, *shown, k=3) == pytest.approx(1)
    assert value_of(hit, *shown, k=4, good=3) == pytest.approx(1)
    assert value_of(hit, *shown, k=3, good=3) == pytest.approx(2 / 3)


def test_lists_with_nothing_to_find_are_nan() -> None:
    arrays = rows([(0.9, 0), (0.1, 0)], [(0.9, 1), (0.1, 0)])
    assert np.isnan(ndcg(*arrays).value).tolist() == [True, False]
    assert np.isnan(reciprocal_rank(*arrays).value).all()
    assert np.isnan(hit(*arrays).value).all()


def test_lists_come_back_by_ascending_number() -> None:
    score, grade = np.array([0.1, 0.9, 0.5]), np.array([3, 0, 3])
    values = reciprocal_rank(score, grade, np.array([8, 8, -2]))
    assert values.ranking.tolist() == [-2, 8]
    assert values.value.tolist() == [1, 1 / 2]


@pytest.mark.parametrize("metric", METRICS)
def test_no_rows_give_no_values(metric: Metric) -> None:
    nothing = np.zeros(0)
    values = metric(nothing, nothing.astype(np.int64), nothing.astype(np.int64))
    assert values.ranking.shape == values.value.shape == (0,)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput, match="score: 'nan' where a number is expected"):
        ndcg(*rows([(0.5, 1), (np.nan, 1)]))


@pytest.mark.parametrize("grade", [-1, 4])
@pytest.mark.parametrize("metric", METRICS)
def test_a_grade_that_is_none_is_refused(metric: Metric, grade: int) -> None:
    with pytest.raises(InvalidInput, match=f"grade: '{grade}' where a whole number from 0 to 3"):
        metric(*rows([(0.5, grade)]))


@given(world=worlds(), k=st.integers(1, 8))
@STEADY
def test_ndcg_equals_scikit_learn(world: Rows, k: int) -> None:
    score, grade, ranking = world
    values = ndcg(score, grade, ranking, k=k)
    for number, value in zip(values.ranking, values.value, strict=True):
        mine = ranking == number
        if mine.sum() > 1 and grade[mine].any():
            gain = 2.0 ** grade[mine] - 1
            theirs = ndcg_score([gain], [score[mine]], k=k, ignore_ties=False)
            assert value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("metric", METRICS)
@given(world=worlds(longest=5))
@STEADY
def test_a_value_is_the_mean_over_all_orders_of_the_tied(metric: Metric, world: Rows) -> None:
    score, grade, ranking = world
    values = metric(score, grade, ranking)
    for number, value in zip(values.ranking, values.value, strict=True):
        mine = np.flatnonzero(ranking == number)
        orders = [np.array(order) for order in permutations(mine)]
        falling = [order for order in orders if (np.diff(score[order]) <= 0).all()]
        untied = [
            metric(-np.arange(len(order), dtype=np.float64), grade[order], ranking[order]).value[0]
            for order in falling
        ]
        assert value == pytest.approx(np.mean(untied), abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("metric", METRICS)
def test_one_score_for_all_gives_what_random_orders_achieve(metric: Metric) -> None:
    rng = np.random.default_rng(3)
    grade = rng.integers(0, 4, 12)
    grade[0] = 3
    n_orders = 20_000
    ranking = np.repeat(np.arange(n_orders), 12)
    drawn = metric(rng.random(12 * n_orders), np.tile(grade, n_orders), ranking).value
    expected = metric(np.zeros(12), grade, np.zeros(12, np.int64)).value[0]
    # Five standard errors of the mean.
    assert expected == pytest.approx(drawn.mean(), abs=5 * drawn.std() / np.sqrt(n_orders))


@pytest.mark.parametrize("metric", METRICS)
@given(world=worlds(), data=st.data())
@STEADY
def test_the_order_of_rows_never_matters(metric: Metric, world: Rows, data: st.DataObject) -> None:
    order = np.array(data.draw(st.permutations(range(len(world[0])))))
    score, grade, ranking = (array[order] for array in world)
    np.testing.assert_array_equal(
        metric(*world).value, metric(score, grade, ranking).value, strict=True
    )


@pytest.mark.parametrize("metric", METRICS)
@given(world=worlds())
@STEADY
def test_values_lie_between_0_and_1_and_the_best_order_reaches_1(
    metric: Metric, world: Rows
) -> None:
    score, grade, ranking = world
    value = metric(score, grade, ranking).value
    best = metric(grade.astype(np.float64), grade, ranking).value
    measured = ~np.isnan(value)
    assert ((value[measured] >= 0) & (value[measured] <= 1)).all()
    np.testing.assert_array_equal(np.isnan(best), np.isnan(value))
    assert best[measured] == pytest.approx(np.ones(measured.sum()))


@given(world=worlds())
@STEADY
def test_equal_weights_change_nothing(world: Rows) -> None:
    unweighted = ndcg(*world).value
    weighted = ndcg(*world, weight=np.full(len(world[0]), 2.5)).value
    np.testing.assert_allclose(weighted, unweighted)

"""Pairs of graded rows: against a slow reference, what each weighs, and how many are in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ranking.learning import pairs
from recommender.ranking.learning.pairs import GradedRows, comparable_pairs, concordance

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ROW = st.tuples(st.integers(0, 3), st.integers(-2, 3), st.sampled_from([0.0, 0.5, 1.0, 2.0]))


@given(rows=st.lists(ROW, min_size=1, max_size=25))
@STEADY
def test_equals_a_slow_reference(rows: list[tuple[int, int, float]]) -> None:
    weight_of = {
        (i, j): better[2] * worse[2]
        for i, better in enumerate(rows)
        for j, worse in enumerate(rows)
        if better[1] == worse[1] and better[0] > worse[0] and better[2] * worse[2] > 0
    }
    n_pairs_of = {group: sum(rows[i][1] == group for i, _ in weight_of) for group in range(-2, 4)}
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    if not weight_of:
        with pytest.raises(ValueError, match="more feedback"):
            comparable_pairs(*columns)
        return
    pairs = comparable_pairs(*columns)
    by_pair = dict(
        zip(
            zip(pairs.better.tolist(), pairs.worse.tolist(), strict=True), pairs.weight, strict=True
        )
    )
    assert len(by_pair) == len(pairs.weight)
    assert by_pair == pytest.approx(
        {(i, j): weight / n_pairs_of[rows[i][1]] for (i, j), weight in weight_of.items()}
    )


def test_a_long_list_weighs_no_more_than_a_short_one() -> None:
    grade = np.array([1, 0] + [3, 2, 1, 0] * 5)
    group = np.repeat([8, 9], [2, 20])
    pairs = comparable_pairs(grade, group, np.ones(22))
    assert pairs.weight[group[pairs.better] == 8].sum() == pytest.approx(1.0)
    assert pairs.weight[group[pairs.better] == 9].sum() == pytest.approx(1.0)


def test_more_pairs_than_fit_are_refused_before_they_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pairs, "MOST_PAIRS", 6)
    grade, ones = np.array([3, 2, 1, 0]), np.ones(4)
    assert len(comparable_pairs(grade, np.zeros(4, np.int64), ones).weight) == 6
    with pytest.raises(ValueError, match=r"8 pairs, at most 6 .* smaller groups"):
        comparable_pairs(np.array([1, 1, 0, 0, 0, 0]), np.zeros(6, np.int64), np.ones(6))


def test_concordance_counts_ties_half_and_lists_alike() -> None:
    grade = np.array([2, 0, 1, 3, 0, 0])
    group = np.array([5, 5, 5, 7, 7, 7])
    score = np.array([0.9, 0.1, 0.9, 0.4, 0.8, 0.4])
    pairs = comparable_pairs(grade, group, np.ones(6))
    # List 5: right, right, tie, so 2.5 of 3. List 7: wrong, tie, so 0.5 of 2.
    assert concordance(score, pairs) == pytest.approx((2.5 / 3 + 0.5 / 2) / 2)


def test_concordance_trusts_pairs_by_their_rows() -> None:
    grade, score = np.array([1, 0, 0]), np.array([0.5, 0.2, 0.9])
    pairs = comparable_pairs(grade, np.zeros(3, np.int64), np.array([1.0, 3.0, 1.0]))
    assert concordance(score, pairs) == pytest.approx(0.75)


def test_rows_stand_in_an_order_of_their_own_and_lists_are_numbered_by_it() -> None:
    rows = GradedRows.of(
        np.array([[3.0], [1.0], [2.0], [9.0]]),
        np.array([0, 1, 2, 3]),
        np.array([70, -4, 70, 5]),
        np.array([1.0, 0.5, 0.25, 0.0]),
    )
    assert rows.features.ravel().tolist() == [1.0, 2.0, 3.0]
    assert rows.grade.tolist() == [1, 2, 0]
    assert rows.group.tolist() == [0, 1, 1]
    assert rows.weight.tolist() == [0.5, 0.25, 1.0]


def test_distances_and_spread_are_weighted_and_within_lists() -> None:
    rows = GradedRows.of(
        np.array([[0.0], [4.0], [10.0], [11.0]]),
        np.array([0, 1, 0, 1]),
        np.array([0, 0, 1, 1]),
        np.array([3.0, 1.0, 1.0, 1.0]),
    )
    values = rows.features[:, 0]
    assert rows.within(values).tolist() == [-1.0, 3.0, -0.5, 0.5]
    assert rows.spread(values) == pytest.approx(np.sqrt((3 * 1 + 9 + 0.25 + 0.25) / 6))
    assert rows.center() == pytest.approx([25 / 6])
    assert rows.spread(rows.group.astype(np.float64) + 0.1) == 0.0

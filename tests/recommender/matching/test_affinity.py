"""Affinity: the mean of the best three, by hand, against a slow reference, and in any order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.matching.affinity import DECIMALS, goal_affinities, goal_weights, priority_weights

STEADY = settings(deadline=None, derandomize=True, max_examples=60)


def cosines(*rows: Sequence[float]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32)


def owners(*owner: int) -> NDArray[np.int64]:
    return np.array(owner, dtype=np.int64)


def drawn(
    data: st.DataObject, finest: int = 1000
) -> tuple[NDArray[np.float32], NDArray[np.int64], int]:
    """Draw cosines in steps, so that ties occur, of candidates who each state something."""
    n_candidates = data.draw(st.integers(1, 5))
    extra = data.draw(st.lists(st.integers(0, n_candidates - 1), max_size=14))
    owner = np.array(data.draw(st.permutations([*range(n_candidates), *extra])), dtype=np.int64)
    step = st.integers(-finest, finest)
    n_goals = data.draw(st.integers(1, 3))
    rows = data.draw(
        st.lists(st.lists(step, min_size=len(owner), max_size=len(owner)), min_size=1, max_size=3)
    )[:n_goals]
    return np.array(rows, dtype=np.float32) / np.float32(finest), owner, n_candidates


def slow(
    similarities: NDArray[np.float32], owner: NDArray[np.int64], candidate: int, goal: int
) -> tuple[float, float, int]:
    """Return affinity, best cosine and its first column, in plain Python."""
    mine = [
        (round(float(value) * 10**DECIMALS), column)
        for column, value in enumerate(similarities[goal])
        if owner[column] == candidate
    ]
    best = sorted((value for value, _ in mine), reverse=True)[:3]
    column = next(column for value, column in mine if value == best[0])
    return sum(best) / len(best) / 10**DECIMALS, best[0] / 10**DECIMALS, column


def test_affinity_is_the_mean_of_the_best_three() -> None:
    affinities = goal_affinities(cosines([0.1, 0.9, 0.5, -0.3, 0.7]), owners(0, 0, 0, 0, 0), 1)
    # The best three of 0.1, 0.9, 0.5, −0.3 and 0.7 are 0.9, 0.7 and 0.5; their mean is 0.7.
    assert affinities.affinity == pytest.approx(np.array([[0.7]]))
    assert affinities.similarity == pytest.approx(np.array([[0.9]]))
    assert affinities.best.tolist() == [[1]]


def test_who_states_less_than_three_is_judged_by_what_they_state() -> None:
    affinities = goal_affinities(cosines([0.4, 0.2, -0.6]), owners(1, 1, 0), 2)
    assert affinities.affinity == pytest.approx(np.array([[-0.6], [0.3]]))  # (0.4 + 0.2) / 2
    assert affinities.similarity == pytest.approx(np.array([[-0.6], [0.4]]))


def test_goals_and_candidates_do_not_mix() -> None:
    similarities = cosines([0.8, 0.1, 0.6, 0.5], [0.0, 1.0, 0.2, -0.4])
    affinities = goal_affinities(similarities, owners(0, 1, 0, 1), 2)
    assert affinities.affinity == pytest.approx(np.array([[0.7, 0.1], [0.3, 0.3]]))
    assert affinities.best.tolist() == [[0, 2], [3, 1]]


def test_of_equal_cosines_the_first_column_is_the_best() -> None:
    affinities = goal_affinities(cosines([0.2, 0.9, 0.9, 0.9, 0.9]), owners(0, 1, 0, 1, 0), 2)
    assert affinities.best.tolist() == [[2], [1]]


def test_no_candidate_gives_empty_arrays() -> None:
    affinities = goal_affinities(np.zeros((2, 0), dtype=np.float32), owners(), 0)
    assert (
        affinities.affinity.shape == affinities.similarity.shape == affinities.best.shape == (0, 2)
    )


@given(data=st.data())
@STEADY
def test_equals_a_slow_reference(data: st.DataObject) -> None:
    similarities, owner, n = drawn(data, finest=data.draw(st.sampled_from([3, 1000, 10**7])))
    affinities = goal_affinities(similarities, owner, n)
    for candidate in range(n):
        for goal in range(len(similarities)):
            affinity, similarity, column = slow(similarities, owner, candidate, goal)
            assert affinities.affinity[candidate, goal] == pytest.approx(affinity, abs=1e-12)
            assert affinities.similarity[candidate, goal] == pytest.approx(similarity, abs=1e-12)
            assert affinities.best[candidate, goal] == column


@given(data=st.data())
@STEADY
def test_the_order_of_statements_never_matters(data: st.DataObject) -> None:
    similarities, owner, n = drawn(data)
    order = np.array(data.draw(st.permutations(range(len(owner)))))
    in_order = goal_affinities(similarities, owner, n)
    other = goal_affinities(similarities[:, order], owner[order], n)
    np.testing.assert_array_equal(in_order.affinity, other.affinity)
    np.testing.assert_array_equal(in_order.similarity, other.similarity)
    for goal in range(len(similarities)):
        best = order[other.best[:, goal]]
        assert owner[best].tolist() == list(range(n))
        np.testing.assert_array_equal(
            similarities[goal, best], similarities[goal, in_order.best[:, goal]]
        )


@given(data=st.data())
@STEADY
def test_the_order_of_candidates_never_matters(data: st.DataObject) -> None:
    similarities, owner, n = drawn(data)
    new_place = np.array(data.draw(st.permutations(range(n))))
    in_order = goal_affinities(similarities, owner, n)
    other = goal_affinities(similarities, new_place[owner], n)
    np.testing.assert_array_equal(in_order.affinity, other.affinity[new_place])
    np.testing.assert_array_equal(in_order.best, other.best[new_place])


@given(data=st.data())
@STEADY
def test_a_candidate_alone_is_judged_as_among_others(data: st.DataObject) -> None:
    similarities, owner, n = drawn(data)
    together = goal_affinities(similarities, owner, n)
    for candidate in range(n):
        mine = np.flatnonzero(owner == candidate)
        alone = goal_affinities(similarities[:, mine], np.zeros(len(mine), dtype=np.int64), 1)
        np.testing.assert_array_equal(alone.affinity[0], together.affinity[candidate])
        np.testing.assert_array_equal(mine[alone.best[0]], together.best[candidate])


@given(data=st.data())
@STEADY
def test_the_same_sentences_in_other_places_tie_exactly(data: st.DataObject) -> None:
    similarities, _, _ = drawn(data)
    n = similarities.shape[1]
    order = np.array(data.draw(st.permutations(range(n))))
    # A matrix product gives the same sentence another seventh decimal in another place.
    noise = np.array(data.draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))) * 1e-7
    twin = (similarities[:, order] + noise).astype(np.float32)
    affinities = goal_affinities(np.hstack([similarities, twin]), np.repeat([0, 1], n), 2)
    np.testing.assert_array_equal(affinities.affinity[0], affinities.affinity[1])
    np.testing.assert_array_equal(affinities.similarity[0], affinities.similarity[1])


@given(data=st.data())
@STEADY
def test_affinity_lies_between_the_worst_and_the_best_cosine(data: st.DataObject) -> None:
    similarities, owner, n = drawn(data)
    affinities = goal_affinities(similarities, owner, n)
    assert (affinities.affinity <= affinities.similarity + 1e-12).all()
    assert (affinities.affinity >= -1).all()
    assert (affinities.similarity <= 1).all()


def test_weights_are_three_to_two_to_one() -> None:
    priorities = np.array([3, 1, 2], dtype=np.int8)
    assert priority_weights(priorities).tolist() == [1, 3, 2]
    assert goal_weights(priorities) == pytest.approx(np.array([1 / 6, 3 / 6, 2 / 6]))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=20))
@STEADY
def test_weights_add_up_to_one_and_keep_their_ratios(priorities: list[int]) -> None:
    weights = goal_weights(np.array(priorities, dtype=np.int8))
    assert weights.sum() == pytest.approx(1)
    assert weights / weights[0] == pytest.approx(
        np.array([(4 - p) / (4 - priorities[0]) for p in priorities])
    )

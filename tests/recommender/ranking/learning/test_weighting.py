"""Trust in examples: attention by position is found again, and weights are as worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ranking.learning.weighting import (
    MOST_WEIGHT,
    effective_sample_size,
    estimate_slope,
    gain_weight,
    list_weight,
    seen,
    trust,
)
from tests.recommender.ranking.invented_rows import rows
from tests.worlds.worlds import World, WorldKind

STEADY = settings(deadline=None, derandomize=True, max_examples=100)


def slopes(eta: float, n_worlds: int = 4) -> list[float]:
    """Return what is estimated in worlds in which place p is looked at with p^−eta."""
    slopes_found = []
    for seed in range(n_worlds):
        world = World(WorldKind.LINEAR, seed)
        world.behaviour = replace(world.behaviour, eta=eta)
        slopes_found.append(estimate_slope(world.cohort(np.random.default_rng(seed), 300)))
    return slopes_found


@pytest.mark.parametrize(("eta", "least"), [(0.0, 0.0), (1.0, 0.65), (2.0, 1.5)])
def test_how_attention_falls_is_found_and_rather_too_flat(eta: float, least: float) -> None:
    estimated = slopes(eta)
    assert all(least <= slope <= eta + 0.1 for slope in estimated)
    assert np.mean(estimated) <= eta


def test_a_slope_stays_within_its_limits() -> None:
    position = [*range(1, 11)] * 40
    ranking = np.repeat(np.arange(40), 10).tolist()
    only_first = rows([int(place == 1) for place in position], ranking, position=position)
    assert estimate_slope(only_first) == 2.0
    only_last = rows([int(place == 10) for place in position], ranking, position=position)
    assert estimate_slope(only_last) == 0.0


def test_a_slope_does_not_depend_on_the_order_of_rows() -> None:
    examples = World(WorldKind.LINEAR).cohort(np.random.default_rng(3), 80)
    shuffled = examples.where(np.random.default_rng(4).permutation(len(examples)))
    assert estimate_slope(shuffled) == pytest.approx(estimate_slope(examples), abs=1e-9)


def test_attention_and_its_inverse_by_hand() -> None:
    position = np.array([1, 2, 4, 25])
    assert seen(position, 0.5).tolist() == pytest.approx([1, 0.5**0.5, 0.5, 0.2])
    assert gain_weight(position, 0.5).tolist() == pytest.approx([1, 2**0.5, 2, 5])
    assert gain_weight(position, 0.0).tolist() == [1, 1, 1, 1]
    assert gain_weight(position, 2.0).tolist() == pytest.approx([1, 4, 10, 10])


@given(st.lists(st.integers(1, 200), min_size=1, max_size=20), st.floats(0, 2))
@STEADY
def test_weights_grow_with_the_position_and_are_clipped(places: list[int], slope: float) -> None:
    weight = gain_weight(np.sort(np.array(places)), slope)
    assert (weight >= 1).all()
    assert (weight <= MOST_WEIGHT).all()
    assert (np.diff(weight) >= 0).all()


def test_trust_by_hand() -> None:
    """A cohort counts half as much as one two cohorts newer; place 4 is seen half the time."""
    examples = rows(
        [3, 0, 0, 0, 1],
        position=[4, 4, 1, 4, 9],
        asked=[True, False, False, True, True],
        cohort=[2, 2, 0, 0, 1],
        cohorts=("first", "second", "third"),
    )
    assert trust(examples, 0.5).tolist() == pytest.approx([1, 0.5, 0.5, 0.5, 0.5**0.5])
    assert trust(examples, 0.0).tolist() == pytest.approx([1, 1, 0.5, 0.5, 0.5**0.5])


def test_the_weight_of_a_list_is_the_mean_over_its_gains() -> None:
    """Gains 7 and 1 with the weights 1 and 5; a list without gain counts as it is."""
    grade, ranking = np.array([3, 1, 0, 0, 2]), np.array([4, 4, 4, 7, 9])
    weight = np.array([1.0, 5.0, 9.0, 9.0, 6.0])
    assert list_weight(grade, ranking, weight).tolist() == pytest.approx([12 / 8, 1.0, 6.0])


@pytest.mark.parametrize(
    ("weight", "expected"), [([], 0), ([3, 3, 3], 3), ([1, 0, 0], 1), ([1, 3], 16 / 10)]
)
def test_how_many_values_weights_are_worth(weight: list[float], expected: float) -> None:
    assert effective_sample_size(np.array(weight)) == pytest.approx(expected)

"""Means over mentees and their intervals: by hand, by coverage, and repeatable."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from recommender.ranking.learning.comparison import PerMentee, difference, interval, per_mentee


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


alike = PerMentee.alike


def test_each_mentee_counts_once_however_often_they_asked() -> None:
    value = np.array([0.2, 1.0, 0.4, 0.6])
    # Mentee 4 asked three times, with 0.2, 0.4 and 0.6; mentee 9 once.
    found = per_mentee(value, np.array([4, 9, 4, 4]))
    assert found.value == pytest.approx(np.array([0.4, 1.0]))
    assert found.weight.tolist() == [1.0, 1.0]


def test_lists_and_mentees_count_as_much_as_they_weigh() -> None:
    found = per_mentee(
        np.array([0.0, 1.0, 0.5]), np.array([1, 1, 2]), weight=np.array([1.0, 3.0, 8.0])
    )
    assert found.value.tolist() == [0.75, 0.5]
    assert found.weight.tolist() == [2.0, 8.0]
    assert found.mean == pytest.approx((2 * 0.75 + 8 * 0.5) / 10)
    estimate = interval(found, rng())
    assert estimate.mean == found.mean
    assert (estimate.low, estimate.high) == (0.5, 0.75)


def test_weights_widen_the_interval() -> None:
    values = rng(1).random(200)
    some = PerMentee(values, np.where(np.arange(200) < 20, 50.0, 1.0))
    wide, narrow = interval(some, rng()), interval(alike(values), rng())
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_lists_without_a_value_are_left_out_and_so_are_mentees_without_any() -> None:
    value = np.array([np.nan, 0.5, np.nan, 0.1])
    assert per_mentee(value, np.array([1, 1, 2, 3])).value.tolist() == [0.5, 0.1]


def test_nobody_measured_gives_no_mean() -> None:
    assert len(per_mentee(np.array([np.nan]), np.array([1]))) == 0


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    draws = rng(1).beta(2, 3, (300, 60))  # the mean of beta(2, 3) is 2 / 5
    found = [interval(alike(values), rng(2), n_resamples=500) for values in draws]
    held = np.mean([estimate.low <= 0.4 <= estimate.high for estimate in found])
    # Of 300 intervals 95% hold it, give or take three standard errors of 1.3%.
    assert 0.91 <= held <= 0.99


def test_the_interval_is_as_wide_as_the_normal_approximation() -> None:
    values = rng(1).random(400)
    found = interval(alike(values), rng())
    half = 1.96 * values.std() / np.sqrt(400)
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.2 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.2 * half)
    assert found.n_mentees == 400


def test_more_confidence_is_wider() -> None:
    values = rng(1).random(50)
    narrow, wide = (interval(alike(values), rng(), confidence=share) for share in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_equal_values_leave_no_doubt() -> None:
    found = interval(alike(np.full(7, 0.25)), rng())
    assert (found.mean, found.low, found.high, found.n_mentees) == (0.25, 0.25, 0.25, 7)


def test_one_mentee_has_a_mean_and_no_interval() -> None:
    found = interval(alike(np.array([0.3])), rng())
    assert (found.mean, found.n_mentees) == (0.3, 1)
    assert np.isnan([found.low, found.high]).all()


def test_no_mentee_has_neither() -> None:
    found = interval(alike(np.zeros(0)), rng())
    assert found.n_mentees == 0
    assert np.isnan([found.mean, found.low, found.high]).all()


def test_the_difference_counts_who_gains_and_who_loses() -> None:
    first, second = np.array([0.9, 0.5, 0.5 + 1e-12, 0.2]), np.array([0.4, 0.2, 0.5, 0.3])
    found = difference(alike(first), alike(second), rng())
    assert (found.wins, found.ties, found.losses) == (2, 1, 1)
    assert found.estimate.mean == pytest.approx((0.5 + 0.3 + 0 - 0.1) / 4)
    assert found.estimate.n_mentees == 4


def test_pairing_sees_what_two_intervals_apart_would_miss() -> None:
    ease = rng(1).random(100)  # some mentees are easy for every order
    better, worse = ease + 0.01 + rng(2).normal(0, 0.01, 100), ease
    assert difference(alike(better), alike(worse), rng()).estimate.low > 0
    assert interval(alike(better), rng()).low < interval(alike(worse), rng()).high


def test_the_other_way_round_is_the_mirror_image() -> None:
    first, second = rng(1).random(40), rng(2).random(40)
    one, two = alike(first), alike(second)
    there, back = difference(one, two, rng(3)), difference(two, one, rng(3))
    assert there.estimate.mean == -back.estimate.mean
    assert there.estimate.low == pytest.approx(-back.estimate.high)
    assert (there.wins, there.losses) == (back.losses, back.wins)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = rng(1).random(100)
    assert interval(alike(values), rng(5)) == interval(alike(values), rng(5))
    assert interval(alike(values), rng(5)) != interval(alike(values), rng(6))


def test_ten_thousand_mentees_need_little_memory() -> None:
    values = rng(1).random(10_000)
    tracemalloc.start()
    interval(alike(values), rng())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200 * 2**20

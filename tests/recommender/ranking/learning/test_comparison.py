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
    means = per_mentee(value, np.array([4, 9, 4, 4]))
    assert means.value == pytest.approx(np.array([0.4, 1.0]))
    assert means.weight.tolist() == [1.0, 1.0]


def test_lists_and_mentees_count_as_much_as_they_weigh() -> None:
    means = per_mentee(
        np.array([0.0, 1.0, 0.5]), np.array([1, 1, 2]), weight=np.array([1.0, 3.0, 8.0])
    )
    assert means.value.tolist() == [0.75, 0.5]
    assert means.weight.tolist() == [2.0, 8.0]
    assert means.mean == pytest.approx((2 * 0.75 + 8 * 0.5) / 10)
    estimate = interval(means, rng())
    assert estimate.mean == means.mean
    assert (estimate.low, estimate.high) == (0.5, 0.75)


def test_weights_widen_the_interval() -> None:
    values = rng(1).random(200)
    heavy = PerMentee(values, np.where(np.arange(200) < 20, 50.0, 1.0))
    wide, narrow = interval(heavy, rng()), interval(alike(values), rng())
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_lists_without_a_value_are_left_out_and_so_are_mentees_without_any() -> None:
    value = np.array([np.nan, 0.5, np.nan, 0.1])
    assert per_mentee(value, np.array([1, 1, 2, 3])).value.tolist() == [0.5, 0.1]


def test_nobody_measured_gives_no_mean() -> None:
    assert len(per_mentee(np.array([np.nan]), np.array([1]))) == 0


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    draws = rng(1).beta(2, 3, (300, 60))  # the mean of beta(2, 3) is 2 / 5
    estimates = [interval(alike(values), rng(2), n_resamples=500) for values in draws]
    held = np.mean([estimate.low <= 0.4 <= estimate.high for estimate in estimates])
    # Of 300 intervals 95% hold it, give or take three standard errors of 1.3%.
    assert 0.91 <= held <= 0.99


def test_the_interval_is_as_wide_as_the_normal_approximation() -> None:
    values = rng(1).random(400)
    estimate = interval(alike(values), rng())
    half = 1.96 * values.std() / np.sqrt(400)
    assert estimate.mean == pytest.approx(values.mean())
    assert estimate.low == pytest.approx(values.mean() - half, abs=0.2 * half)
    assert estimate.high == pytest.approx(values.mean() + half, abs=0.2 * half)
    assert estimate.n_mentees == 400


def test_more_confidence_is_wider() -> None:
    values = rng(1).random(50)
    narrow, wide = (interval(alike(values), rng(), confidence=share) for share in (0.8, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_equal_values_leave_no_doubt() -> None:
    estimate = interval(alike(np.full(7, 0.25)), rng())
    assert (estimate.mean, estimate.low, estimate.high, estimate.n_mentees) == (0.25, 0.25, 0.25, 7)


def test_one_mentee_has_a_mean_and_no_interval() -> None:
    estimate = interval(alike(np.array([0.3])), rng())
    assert (estimate.mean, estimate.n_mentees) == (0.3, 1)
    assert np.isnan([estimate.low, estimate.high]).all()


def test_no_mentee_has_neither() -> None:
    estimate = interval(alike(np.zeros(0)), rng())
    assert estimate.n_mentees == 0
    assert np.isnan([estimate.mean, estimate.low, estimate.high]).all()


def test_the_difference_counts_who_gains_and_who_loses() -> None:
    first, second = np.array([0.9, 0.5, 0.5 + 1e-12, 0.2]), np.array([0.4, 0.2, 0.5, 0.3])
    gap = difference(alike(first), alike(second), rng())
    assert (gap.wins, gap.ties, gap.losses) == (2, 1, 1)
    assert gap.estimate.mean == pytest.approx((0.5 + 0.3 + 0 - 0.1) / 4)
    assert gap.estimate.n_mentees == 4


def test_pairing_sees_what_two_intervals_apart_would_miss() -> None:
    ease = rng(1).random(100)  # some mentees are easy for every order
    better, worse = ease + 0.01 + rng(2).normal(0, 0.01, 100), ease
    assert difference(alike(better), alike(worse), rng()).estimate.low > 0
    assert interval(alike(better), rng()).low < interval(alike(worse), rng()).high


def test_the_other_way_round_is_the_mirror_image() -> None:
    first, second = rng(1).random(40), rng(2).random(40)
    better, two = alike(first), alike(second)
    there, back = difference(better, two, rng(3)), difference(two, better, rng(3))
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

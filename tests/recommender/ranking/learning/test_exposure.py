"""Exposure and its fairness: by hand, in invented worlds, and without giving small groups away."""

from __future__ import annotations

from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import permutation_test

from recommender.ranking.learning.exposure import Exposure, GroupExposure, exposure_of, gini, skew

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
EXPOSURES = st.lists(st.integers(0, 1000), min_size=1, max_size=30)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def shown_like(n: int, seed: int = 1) -> NDArray[np.float64]:
    """Return exposures of people who are all shown alike, but for chance."""
    return rng(seed).uniform(0.8, 1.2, n)


def compared(exposure: NDArray[np.float64], n_in_group: int, seed: int = 0) -> GroupExposure:
    """Compare the first ``n_in_group`` people with all others."""
    label = ["group"] * n_in_group + [None] * (len(exposure) - n_in_group)
    (group,) = skew(exposure, label, rng(seed))
    return group


def test_exposure_adds_up_over_lists() -> None:
    # Mentor 0 stands first twice, mentor 2 second and third, mentor 1 nowhere.
    exposures = exposure_of(np.array([1, 2, 1, 3]), np.array([0, 2, 0, 2]), 3)
    assert exposures == pytest.approx(np.array([2, 0, 1 / log2(3) + 1 / log2(4)]))


def test_gini_by_hand() -> None:
    # Half the mean absolute difference of all pairs, by the mean: (0 + 2 + 2 + 0) / 4 / 2 / 2.
    assert gini(np.array([1.0, 3.0])) == pytest.approx(1 / 4)
    assert gini(np.array([0.0, 0.0, 0.0, 8.0])) == pytest.approx(3 / 4)


def test_gini_of_equals_and_of_nothing_is_0() -> None:
    for exposure in (np.full(9, 0.3), np.zeros(9), np.zeros(0)):
        assert gini(exposure) == pytest.approx(0)


@given(EXPOSURES)
@STEADY
def test_gini_is_half_the_relative_mean_difference(exposures: list[int]) -> None:
    exposure = np.array(exposures, dtype=np.float64)
    pairs = np.abs(exposure[:, None] - exposure[None, :]).mean()
    expected = pairs / 2 / exposure.mean() if exposure.any() else 0
    assert gini(exposure) == pytest.approx(expected, abs=1e-12)


@given(EXPOSURES)
@STEADY
def test_gini_knows_neither_names_nor_units(exposures: list[int]) -> None:
    exposure = np.array(exposures, dtype=np.float64)
    assert gini(exposure[::-1] * 3) == pytest.approx(gini(exposure), abs=1e-12)


def test_the_report_counts_who_was_never_shown() -> None:
    summary = Exposure.of(np.array([0.0, 0.0, 1.0, 1.0, 2.0]))
    # Over the ranks 1 to 5: (−4 · 0 − 2 · 0 + 0 · 1 + 2 · 1 + 4 · 2) / (5 · 4).
    assert (summary.n_mentors, summary.n_never_shown) == (5, 2)
    assert summary.gini == pytest.approx(10 / 20)


def test_the_report_on_fewer_than_five_says_nothing_about_them() -> None:
    assert Exposure.of(np.array([0.0, 1.0, 1.0, 2.0])) == Exposure(4, None, None)


def test_a_group_shown_alike_shows_no_difference() -> None:
    group = compared(shown_like(60), 20)
    assert group.verdict == "no difference found"
    assert group.n_people == 20
    assert group.ratio == pytest.approx(1, abs=0.1)
    assert group.p_value is not None
    assert group.p_value > 0.05


@pytest.mark.parametrize(
    ("factor", "verdict"), [(2.0, "shown more often"), (0.5, "shown less often")]
)
def test_a_group_shown_otherwise_is_found(factor: float, verdict: str) -> None:
    exposure = np.ones(60)
    exposure[:20] = factor
    group = compared(exposure, 20)
    assert (group.verdict, group.ratio) == (verdict, factor)
    assert group.p_value == 1 / 2001  # no shuffle does this, the actual order does


def verdicts_in_uneven_worlds(factor: float) -> list[str]:
    """Return the verdicts of 100 worlds in which chance spreads exposure very unevenly."""
    verdicts: list[str] = []
    for seed in range(100):
        exposure = rng(seed).exponential(1, 60)
        exposure[:20] *= factor
        verdicts.append(compared(exposure, 20, seed).verdict)
    return verdicts


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_no_difference_is_hardly_ever_said_where_there_is_one(factor: float) -> None:
    verdicts = verdicts_in_uneven_worlds(factor)
    assert verdicts.count("no difference found") <= 5
    assert verdicts.count("too few people") <= 50


def test_a_difference_is_rarely_said_where_there_is_none() -> None:
    verdicts = verdicts_in_uneven_worlds(1.0)
    # 5 of 100 are expected; 11 is three standard errors above.
    assert verdicts.count("shown more often") + verdicts.count("shown less often") <= 11


def test_the_p_value_agrees_with_scipy() -> None:
    exposure = rng(3).gamma(2, 1, 40)
    exposure[:12] *= 1.4
    theirs = permutation_test(
        (exposure[:12], exposure[12:]),
        lambda a, b, axis: np.abs(a.mean(axis=axis) - b.mean(axis=axis)),
        vectorized=True,
        alternative="greater",
        n_resamples=20_000,
        rng=rng(4),
    )
    # Three standard errors of a share of 0.3 among 2000.
    assert compared(exposure, 12).p_value == pytest.approx(theirs.pvalue, abs=0.03)


@pytest.mark.parametrize("n_in_group", [1, 4, 56, 59])
def test_fewer_than_five_on_either_side_are_not_told(n_in_group: int) -> None:
    exposure = np.ones(60)
    exposure[:n_in_group] = 9.0
    assert compared(exposure, n_in_group) == GroupExposure(
        "group", None, None, None, "too few people"
    )


def test_five_on_either_side_are_told() -> None:
    exposure = np.array([2.0] * 5 + [1.0] * 5)
    group = compared(exposure, 5)
    assert (group.n_people, group.ratio, group.verdict) == (5, 2, "shown more often")


def test_few_people_of_whom_few_were_shown_cannot_tell() -> None:
    # One of six in the group and two of six others were shown: chance alone could do that.
    exposure = np.array([0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 9], dtype=np.float64)
    group = compared(exposure, 6)
    assert group.verdict == "too few people"
    assert (group.n_people, group.ratio) == (6, 1 / 2)


def test_if_nobody_is_shown_nothing_can_be_told() -> None:
    group = compared(np.zeros(40), 20)
    assert (group.ratio, group.p_value, group.verdict) == (None, 1, "too few people")


def test_exactly_equal_exposures_are_no_difference() -> None:
    group = compared(np.full(40, 0.1), 20)
    assert group.p_value == 1
    assert group.verdict == "no difference found"


def test_people_without_a_label_are_among_the_others() -> None:
    exposure = np.array([1.0] * 10 + [2.0] * 10 + [4.0] * 10)
    groups = skew(exposure, ["a"] * 10 + ["b"] * 10 + [None] * 10, rng())
    assert [group.label for group in groups] == ["a", "b"]
    assert [group.ratio for group in groups] == [1 / 3, 2 / 2.5]


def test_groups_under_five_are_among_the_others_if_these_are_five() -> None:
    exposure = np.array([1.0] * 10 + [3.0] * 3 + [2.0] * 6)
    large, small = skew(exposure, ["a"] * 10 + ["b"] * 3 + [None] * 6, rng())
    assert large.ratio == pytest.approx(1 / (21 / 9))
    assert small == GroupExposure("b", None, None, None, "too few people")


def test_numbers_of_large_groups_do_not_depend_on_under_five_left_over() -> None:
    exposure = np.concatenate([shown_like(40), [5.0, 6.0]])
    label = ["a"] * 20 + ["b"] * 20
    together = skew(exposure, [*label, "c", None], rng())
    assert [group for group in together if group.label != "c"] == list(
        skew(exposure[:40], label, rng())
    )


def test_several_groups_are_corrected_after_holm() -> None:
    exposure = shown_like(90)
    exposure[:30] += 0.12
    labels = [name for name in "abc" for _ in range(30)]
    together = skew(exposure, labels, rng())
    alone = [
        skew(exposure, [name if name == own else None for own in labels], rng())[0].p_value
        for name in "abc"
    ]
    p_values = sorted(p for p in alone if p is not None)
    # The smallest counts three times, the next twice, the largest once; none below one before.
    expected = np.maximum.accumulate(np.minimum(np.array(p_values) * [3, 2, 1], 1))
    corrected = sorted(group.p_value for group in together if group.p_value is not None)
    # The same shuffles are drawn, so nothing but the correction differs.
    assert corrected == pytest.approx(expected.tolist())


def test_of_many_groups_each_needs_clearer_numbers() -> None:
    exposure = rng(1).normal(1, 0.6, 60).clip(0.05)
    labels = [name for name in "abcdef" for _ in range(10)]
    alone = skew(exposure, [name if name == "a" else None for name in labels], rng())
    assert [group.verdict for group in alone] == ["no difference found"]
    together = skew(exposure, labels, rng())
    assert {group.verdict for group in together} == {"too few people"}


def test_with_too_few_shuffles_nothing_is_claimed() -> None:
    label = ["a"] * 20 + [None] * 20
    (group,) = skew(np.full(40, 1.0), label, rng(), n_permutations=10)
    assert group.verdict == "too few people"


def test_no_labels_give_no_groups() -> None:
    assert skew(np.ones(20), [None] * 20, rng()) == ()
    assert skew(np.zeros(0), [], rng()) == ()


def test_the_same_seed_gives_the_same_report() -> None:
    exposure = shown_like(60)
    assert compared(exposure, 20, seed=5) == compared(exposure, 20, seed=5)
    assert compared(exposure, 20, seed=5) != compared(exposure, 20, seed=6)

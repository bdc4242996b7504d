"""The features: every column by hand once, and what holds for all of them in any world."""

from __future__ import annotations

from dataclasses import fields, replace
from math import inf

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.domain.people import time_zone_names
from recommender.matching.affinity import GoalAffinities, goal_affinities, goal_weights
from recommender.matching.asking import Asked
from recommender.matching.features import (
    FEATURE_NAMES,
    FEATURES,
    Feature,
    Reciprocal,
    build_features,
)
from recommender.matching.roster import Roster
from tests.recommender.matching.questions import NOTHING_ASKED
from tests.recommender.matching.test_roster import entry, roster_of

MENTEE = 1
COVERAGE = 0.3
# 3 leads 1 and 4, 4 leads 2; 6 leads 5 in a tree of their own.
COMPANY = (
    entry(1, career_level=7, manager=3, languages=("en", "de"), hours_per_month=1.0),
    entry(
        2,
        career_level=2,
        manager=4,
        site="Pune",
        time_zone="Asia/Kolkata",
        languages=("en", "hi"),
        capacity=3,
        active_mentees=1,
        hours_per_month=6.5,
    ),
    entry(3),
    entry(4, manager=3),
    entry(
        5,
        career_level=9,
        manager=6,
        department="Lab",
        time_zone="Europe/Berlin",
        languages=("de", "en"),
        capacity=1,
        hours_per_month=2.0,
    ),
    entry(6),
)
CANDIDATES = np.array([2, 5])
GOALS = GoalAffinities(
    affinity=np.array([[0.8, 0.2], [0.1, 0.6]]),
    similarity=np.array([[0.9, 0.3], [0.2, 0.7]]),
    best=np.array([[0, 1], [2, 3]]),
)
ASKED = replace(
    NOTHING_ASKED,
    mentee=MENTEE,
    weights=np.array([0.75, 0.25]),
    own_levels=np.array([2, 0], dtype=np.int8),
    coverage=np.full(2, COVERAGE),
)
LEVELS = np.array([[5, 1], [4, 2]], dtype=np.int8)
RECIPROCAL = Reciprocal(np.array([0.4, -0.1]), np.array([0.5, 0.0]))
BY_HAND: dict[str, tuple[float, float]] = {
    "affinity": (0.65, 0.225),  # 0.8 · ¾ + 0.2 · ¼ and 0.1 · ¾ + 0.6 · ¼
    "strongest_goal": (0.8, 0.6),
    "weakest_goal": (0.2, 0.1),
    "best_similarity": (0.9, 0.7),
    "covered_goals": (1.0, 0.5),  # a similarity of just 0.3 covers
    "level_above": (2.5, 2.0),  # (5 − 2) · ¾ + (1 − 0) · ¼, and 2 − 0 for the one goal covered
    "reciprocal_affinity": (0.4, -0.1),
    "reciprocal_covered": (0.5, 0.0),
    "career_level_difference": (5.0, -2.0),
    "organisational_distance": (3.0, 4.0),  # up to 3, down over 4; over 3 and the step above, 6
    "same_department": (1.0, 0.0),
    "same_site": (0.0, 1.0),
    "time_zone_distance": (5.0, 1.0),  # 5.5 − 0.5 and 1.5 − 0.5
    "shared_languages": (1.0, 2.0),
    "free_capacity": (2.0, 1.0),
    "hours_per_month": (6.5, 2.0),
}
COMPARING = (
    "career_level_difference",
    "organisational_distance",
    "same_department",
    "same_site",
    "time_zone_distance",
    "shared_languages",
)


def company_features(asked: Asked = ASKED) -> NDArray[np.float64]:
    return build_features(roster_of(*COMPANY), asked, CANDIDATES, GOALS, LEVELS, RECIPROCAL)


def column(matrix: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = matrix[:, FEATURE_NAMES.index(name)]
    return values


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_column_by_hand(name: str) -> None:
    assert column(company_features(), name) == pytest.approx(np.array(BY_HAND[name]))


def test_without_a_mentee_columns_that_compare_are_zero() -> None:
    features = company_features(replace(ASKED, mentee=None))
    for name in FEATURE_NAMES:
        by_hand = np.zeros(2) if name in COMPARING else np.array(BY_HAND[name])
        assert column(features, name) == pytest.approx(by_hand)


def test_a_mentor_below_the_mentees_own_level_counts_against() -> None:
    asked = replace(ASKED, own_levels=np.array([5, 5], dtype=np.int8))
    levels = np.array([[1, 1], [1, 1]], dtype=np.int8)
    features = build_features(roster_of(*COMPANY), asked, CANDIDATES, GOALS, levels, RECIPROCAL)
    assert column(features, "level_above").tolist() == [-4.0, -4.0]


def test_a_mentor_who_covers_nothing_is_neither_above_nor_below() -> None:
    features = company_features(replace(ASKED, coverage=np.full(2, 0.95)))
    assert column(features, "level_above").tolist() == [0.0, 0.0]
    assert column(features, "covered_goals").tolist() == [0.0, 0.0]


def test_the_table_is_complete_and_consistent() -> None:
    assert len(set(FEATURE_NAMES)) == len(FEATURES) == len(BY_HAND)
    for feature in FEATURES:
        assert feature.low < feature.high
        assert feature.unit
        assert feature.direction in (-1, 0, 1)
        if feature.speaks_at is not None:
            # Every reason is within reach, and none is given where columns are zero.
            assert max(0.0, feature.low) < feature.speaks_at <= feature.high
    assert [f.name for f in fields(Feature)][:2] == ["name", "unit"]


def random_world(
    seed: int, n: int
) -> tuple[Roster, NDArray[np.int64], GoalAffinities, NDArray[np.float64], Reciprocal]:
    """Return n candidates at the far ends of every range, and how they match some goals."""
    rng = np.random.default_rng(seed)
    zones = sorted(time_zone_names())
    codes = [f"{a}{b}" for a in "abc" for b in "defg"]
    roster = roster_of(
        *(
            entry(
                number,
                manager=int(rng.integers(0, number)),
                career_level=int(rng.choice([0, 50, 99])),
                department=str(rng.integers(3)),
                site=str(rng.integers(3)),
                time_zone=zones[rng.integers(len(zones))],
                languages=tuple(rng.permutation(codes)[: rng.integers(1, 13)].tolist()),
                capacity=int(rng.choice([0, 50])),
                active_mentees=int(rng.integers(0, 3)),
                hours_per_month=float(rng.choice([0.0, 2.5, 200.0])),
            )
            for number in range(1, n + 2)
        )
    )
    candidates = rng.permutation(np.arange(2, n + 2))
    n_goals = int(rng.integers(1, 6))
    owner = np.concatenate([np.arange(n), rng.integers(0, n, 3 * n)])
    cosines = np.clip(rng.normal(0, 0.7, (n_goals, len(owner))), -1, 1).astype(np.float32)
    weights = goal_weights(rng.integers(1, 4, n_goals).astype(np.int8))
    reciprocal = Reciprocal(rng.uniform(-1, 1, n), rng.uniform(0, 1, n))
    return roster, candidates, goal_affinities(cosines, owner, n), weights, reciprocal


def features_of(seed: int, n: int, among: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Return the features of a random world's candidates, or of these places among them."""
    roster, candidates, goals, weights, reciprocal = random_world(seed, n)
    rng = np.random.default_rng(seed + 1)
    levels = rng.integers(1, 6, goals.affinity.shape).astype(np.int8)
    own = rng.integers(0, 6, len(weights)).astype(np.int8)
    places = np.arange(n) if among is None else among
    coverage = np.full(len(weights), COVERAGE)
    return build_features(
        roster,
        replace(ASKED, weights=weights, own_levels=own, coverage=coverage),
        candidates[places],
        GoalAffinities(goals.affinity[places], goals.similarity[places], goals.best[places]),
        levels[places],
        Reciprocal(reciprocal.affinity[places], reciprocal.covered[places]),
    )


@pytest.mark.parametrize("seed", range(5))
def test_every_column_keeps_to_its_range(seed: int) -> None:
    features = features_of(seed, n=200)
    assert features.shape == (200, len(FEATURES))
    assert features.dtype == np.float64
    assert np.isfinite(features).all()
    rounding = 1e-12
    for feature in FEATURES:
        values = column(features, feature.name)
        assert values.min() >= feature.low - rounding, feature.name
        assert values.max() <= feature.high + rounding, feature.name
        if feature.unit == "0 or 1":
            assert set(values) == {0.0, 1.0}, feature.name
        if feature.high != inf:
            assert values.max() > values.min(), feature.name


@pytest.mark.parametrize("seed", range(3))
def test_batch_equals_single_and_order_never_matters(seed: int) -> None:
    n = 40
    together = features_of(seed, n)
    shuffled = np.random.default_rng(seed).permutation(n)
    np.testing.assert_allclose(features_of(seed, n, shuffled), together[shuffled], atol=1e-12)
    singles = np.vstack([features_of(seed, n, np.array([place])) for place in range(n)])
    np.testing.assert_allclose(singles, together, atol=1e-12)


def test_no_candidate_gives_no_row() -> None:
    features = features_of(0, 5, np.zeros(0, dtype=np.int64))
    assert features.shape == (0, len(FEATURES))

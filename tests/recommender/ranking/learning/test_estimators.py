"""Rankers that learn: worlds whose order is known, and the promises that each ranker keeps."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from recommender.ranking.learning.estimators import MonotoneBoostingRanker, PairwiseLogisticRanker
from recommender.ranking.learning.pairs import comparable_pairs, concordance

NAMES = ("affinity", "hours", "distance", "noise")
MONOTONE = (1, 1, -1, 0)
Ranker = PairwiseLogisticRanker | MonotoneBoostingRanker
R = TypeVar("R", bound=Ranker)
BOOSTING = MonotoneBoostingRanker(NAMES, MONOTONE)
RANKERS: tuple[Ranker, ...] = (
    PairwiseLogisticRanker(NAMES),
    PairwiseLogisticRanker(NAMES, MONOTONE),
    BOOSTING,
)
every_ranker = pytest.mark.parametrize(
    "ranker", RANKERS, ids=["linear", "linear with signs", "boosting"]
)


class World(NamedTuple):
    X: NDArray[np.float64]
    y: NDArray[np.int64]
    groups: NDArray[np.int64]


def world(
    seed: int, n_lists: int, truth: tuple[float, ...] = (1.0, 0.6, -0.8, 0.0), n_rows: int = 8
) -> World:
    """Invent lists whose mentors are graded by a weighted sum of their features, without noise.

    Affinity and hours differ between lists more than within, and correlate.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_lists, n_rows, len(NAMES)))
    X[:, :, 1] += 0.5 * X[:, :, 0]
    X[:, :, :2] += rng.normal(size=(n_lists, 1, 2)) * 1.5
    utility = X @ np.array(truth)
    place = np.argsort(np.argsort(-utility, axis=1), axis=1)
    y = np.maximum(3 - place, 0)
    return World(X.reshape(-1, len(NAMES)), y.ravel(), np.repeat(np.arange(n_lists), n_rows))


def fitted(ranker: R, data: World, sample_weight: NDArray[np.float64] | None = None) -> R:
    copied: R = clone(ranker)
    return copied.fit(data.X, data.y, data.groups, sample_weight)


def trust(data: World, seed: int = 5) -> NDArray[np.float64]:
    return np.random.default_rng(seed).uniform(0.2, 1.0, len(data.y))


def contents(ranker: Ranker) -> dict[str, Any]:
    return ranker.additive_.as_json()


# What is learned


@pytest.mark.parametrize(("ranker", "least"), [*zip(RANKERS, (0.98, 0.98, 0.85), strict=True)])
def test_the_order_of_new_lists_is_found(ranker: Ranker, least: float) -> None:
    fresh = world(1, 200)
    affinity = concordance(
        fresh.X[:, 0], comparable_pairs(fresh.y, fresh.groups, np.ones(len(fresh.y)))
    )
    assert affinity < 0.83
    assert fitted(ranker, world(2, 400)).score(*fresh) > least


def test_boosting_finds_a_threshold_that_no_weight_can() -> None:
    def graded(seed: int) -> World:
        data = world(seed, 400)
        enough = (np.abs(data.X[:, 3]) < 0.5).astype(np.int64)
        return World(data.X, enough, data.groups)

    boosted = fitted(BOOSTING, graded(1)).score(*graded(2))
    linear = fitted(RANKERS[0], graded(1)).score(*graded(2))
    assert boosted > 0.95
    assert linear < 0.6


@pytest.mark.parametrize("weighted", [False, True])
def test_linear_weights_minimise_the_penalised_loss_of_all_pairs(weighted: bool) -> None:
    data = world(3, 12, n_rows=5)
    rows = trust(data) if weighted else np.ones(len(data.y))
    deviation = np.zeros_like(data.X)
    for group in set(data.groups):
        mine = data.groups == group
        deviation[mine] = data.X[mine] - np.average(data.X[mine], axis=0, weights=rows[mine])
    spread = np.sqrt(np.average(deviation**2, axis=0, weights=rows))
    pairs = [
        (i, j)
        for i in range(len(data.y))
        for j in range(len(data.y))
        if data.groups[i] == data.groups[j] and data.y[i] > data.y[j]
    ]
    n_pairs = len(pairs) / 12  # every list has the same grades
    differences = [(data.X[i] - data.X[j]) / spread for i, j in pairs]
    weights = [
        rows[i] * rows[j] * (2 ** data.y[i] - 2 ** data.y[j]) / 3 / n_pairs for i, j in pairs
    ]
    differences.append(np.array([1.0, 0.0, 0.0, 0.0]))
    weights.append(20.0)

    def objective(w: NDArray[np.float64]) -> float:
        losses = np.logaddexp(0.0, -np.array(differences) @ w)
        return float(0.2 * np.dot(weights, losses) + 0.5 * w @ w)

    expected = minimize(objective, np.zeros(4), tol=1e-12).x / spread
    ranker = PairwiseLogisticRanker(NAMES, C=0.2, prior_strength=20.0)
    learned = fitted(ranker, data, rows).additive_
    assert learned.weight == pytest.approx(expected, abs=1e-5)
    assert learned.center == pytest.approx(np.average(data.X, axis=0, weights=rows))


def test_little_feedback_leaves_the_order_of_affinity_and_much_changes_it() -> None:
    def agreement(ranker: Ranker, n_lists: int) -> float:
        """Return how far the ranker orders pairs of new rows as affinity does, 0 to 1."""
        # The grades follow the noise, and speak against affinity.
        data = world(4, n_lists, truth=(-0.5, 0.0, 0.0, 1.0))
        scores = fitted(ranker, data).predict(world(5, 50).X)
        affinity = world(5, 50).X[:, 0]
        same = np.sign(np.subtract.outer(scores, scores)) == np.sign(
            np.subtract.outer(affinity, affinity)
        )
        return float(same.mean())

    assert agreement(PairwiseLogisticRanker(NAMES), 2) > 0.9
    assert agreement(PairwiseLogisticRanker(NAMES, prior_strength=0.0), 2) < 0.6
    assert agreement(PairwiseLogisticRanker(NAMES), 1000) < 0.6


def test_a_feature_that_does_not_vary_within_lists_weighs_nothing() -> None:
    data = world(6, 50)
    data.X[:, 1] = 0.1
    data.X[:, 3] = data.groups * 0.3  # tells lists apart, not mentors
    for ranker in RANKERS[:2]:
        learned = fitted(ranker, data).additive_
        assert learned.weight[[1, 3]].tolist() == [0.0, 0.0]
        assert learned.weight[0] > 0
    assert fitted(BOOSTING, data).additive_.steps[1].is_zero


@every_ranker
def test_what_nobody_can_tell_apart_scores_alike(ranker: Ranker) -> None:
    data = world(6, 50)
    trained = fitted(ranker, World(np.ones_like(data.X), data.y, data.groups))
    assert trained.score(*data) == 0.5


# Promises


@pytest.mark.parametrize("ranker", RANKERS[1:], ids=["linear", "boosting"])
def test_directions_are_kept_against_the_data(ranker: Ranker) -> None:
    data = world(7, 300, truth=(0.5, -1.0, 1.0, 0.5))  # hours harm and distance helps
    learned = fitted(ranker, data).additive_
    for place, direction in enumerate(MONOTONE):
        line = np.tile(learned.center, (2001, 1))
        line[:, place] = np.linspace(-6, 6, 2001)
        rises = np.diff(learned.contributions(line)[:, place])
        assert (rises * direction >= 0).all()
    assert fitted(RANKERS[0], data).additive_.weight[1] < 0 < learned.score(np.eye(4))[3]


@every_ranker
def test_every_feature_contributes_nothing_at_its_mean(ranker: Ranker) -> None:
    data = world(8, 60)
    weight = trust(data)
    learned = fitted(ranker, data, weight).additive_
    mean = np.average(data.X, axis=0, weights=weight)
    assert learned.center == pytest.approx(mean)
    assert learned.contributions(learned.center[None]).tolist() == [[0.0] * 4]


def test_boosting_is_exactly_a_line_and_the_sum_of_its_trees() -> None:
    data = world(9, 200)
    trained = fitted(BOOSTING, data)
    thresholds = [step.thresholds for step in trained.additive_.steps]
    assert sum(map(len, thresholds)) > 20
    # On every threshold, a hair above it, and beyond all of them.
    values = np.concatenate([*thresholds, [-1e3, 1e3]])
    values = np.concatenate([values, np.nextafter(values, np.inf)])
    rng = np.random.default_rng(0)
    probes = np.vstack([data.X, rng.choice(values, size=(3000, 4))])
    center, weight = trained.additive_.center, trained.additive_.weight
    assert weight[0] > 0
    assert weight[1:].tolist() == [0.0] * 3
    steps = trained.trees_.predict(probes) - trained.trees_.predict(center[None])
    expected = weight[0] * (probes[:, 0] - center[0]) + steps
    assert np.abs(trained.predict(probes) - expected).max() < 1e-12


def test_beyond_what_was_shown_the_line_still_tells_near_from_far() -> None:
    trained = fitted(BOOSTING, world(9, 200))
    far = np.tile(trained.additive_.center, (3, 1))
    far[:, 0] = [-50.0, -100.0, -200.0]
    assert np.diff(trained.predict(far)).max() < 0


def test_the_line_fades_from_belief_to_what_least_squares_finds() -> None:
    """Grades that do not depend on the feature at all leave belief alone, ever less of it."""
    rng = np.random.default_rng(0)
    slopes = []
    for n_lists in (20, 200, 2000):
        X = rng.standard_normal((5 * n_lists, 4))
        groups = np.repeat(np.arange(n_lists), 5)
        y = rng.permutation(np.tile([0, 0, 0, 1, 2], n_lists))
        slopes.append(clone(BOOSTING).fit(X, y, groups).additive_.weight[0])
    assert slopes[0] > slopes[1] > slopes[2] >= 0
    assert slopes[2] < 0.1 * slopes[0]


def test_lists_that_compare_nobody_do_not_bend_the_boosted_steps() -> None:
    data = world(10, 100)
    idle = world(11, 50)
    both = World(
        np.vstack([data.X, idle.X]),
        np.append(data.y, np.full(len(idle.y), 2)),
        np.append(data.groups, idle.groups + 1000),
    )
    without, two = fitted(BOOSTING, data).additive_, fitted(BOOSTING, both).additive_
    for first, second in zip(without.steps, two.steps, strict=True):
        assert first.thresholds.tolist() == second.thresholds.tolist()
        assert np.diff(first.values) == pytest.approx(np.diff(second.values), abs=1e-12)


@every_ranker
def test_neither_the_order_of_rows_nor_the_names_of_lists_matter(ranker: Ranker) -> None:
    data = world(14, 60)
    data.X[:, 3] = np.round(data.X[:, 3])  # ties
    weight = trust(data)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(data.y))
    renamed = rng.permutation(10**6)[:60][data.groups] - 500_000
    plain = fitted(ranker, data, weight)
    two = clone(ranker).fit(data.X[order], data.y[order], renamed[order], weight[order])
    assert contents(plain) == contents(two)  # to the last bit


def test_equal_rows_in_several_lists_do_not_change_boosting_by_their_order() -> None:
    rng = np.random.default_rng(3)
    X = rng.integers(0, 3, size=(400, 4)).astype(np.float64)
    y, groups, weight = rng.integers(0, 4, 400), np.repeat(np.arange(50), 8), rng.random(400)
    plain = clone(BOOSTING).fit(X, y, groups, weight)
    for _ in range(5):
        order = rng.permutation(400)
        names = rng.permutation(50)[groups]
        two = clone(BOOSTING).fit(X[order], y[order], names[order], weight[order])
        assert contents(plain) == contents(two)


@every_ranker
def test_a_row_without_weight_is_as_good_as_absent(ranker: Ranker) -> None:
    data = world(15, 60)
    weight = trust(data)
    weight[::3] = 0.0
    kept = weight > 0
    present = fitted(ranker, data, weight)
    absent = clone(ranker).fit(data.X[kept], data.y[kept], data.groups[kept], weight[kept])
    assert contents(present) == contents(absent)
    assert present.score(*data, weight) == absent.score(
        data.X[kept], data.y[kept], data.groups[kept], weight[kept]
    )


@every_ranker
def test_who_is_trusted_more_is_followed(ranker: Ranker) -> None:
    for_hours = world(16, 200, truth=(0.0, 1.0, 0.0, 0.0))
    for_near = world(17, 200, truth=(0.0, 0.0, -1.0, 0.0))
    X, y = np.vstack([for_hours.X, for_near.X]), np.append(for_hours.y, for_near.y)
    groups = np.append(for_hours.groups, for_near.groups + 200)
    first = np.where(groups < 200, 1.0, 0.1)
    trusting_hours = clone(ranker).fit(X, y, groups, first)
    trusting_near = clone(ranker).fit(X, y, groups, 1.1 - first)
    assert trusting_hours.score(*for_hours) > trusting_near.score(*for_hours) + 0.1
    assert trusting_near.score(*for_near) > trusting_hours.score(*for_near) + 0.1


def test_without_lists_all_rows_are_of_one() -> None:
    data = world(18, 10)
    plain = clone(RANKERS[1]).fit(data.X, data.y)
    assert contents(plain) == contents(clone(RANKERS[1]).fit(data.X, data.y, np.full(80, 9)))
    assert plain.score(data.X, data.y) == plain.score(data.X, data.y, np.zeros(80, np.int64))


# scikit-learn


@every_ranker
def test_a_clone_has_the_same_settings_and_nothing_learned(ranker: Ranker) -> None:
    copied = clone(fitted(ranker, world(19, 20)))
    assert copied.get_params() == ranker.get_params()
    with pytest.raises(NotFittedError):
        copied.predict(world(19, 20).X)


@every_ranker
def test_cross_validation_over_lists(ranker: Ranker) -> None:
    data = world(20, 60)
    parameters = {"groups": data.groups, "sample_weight": trust(data)}
    cv = GroupKFold(3)
    plain = cross_val_score(
        ranker, data.X, data.y, groups=data.groups, cv=cv, params=parameters, error_score="raise"
    )
    assert (plain > 0.5).all()
    with config_context(enable_metadata_routing=True):
        asking = clone(ranker).set_fit_request(groups=True, sample_weight=True)
        asking.set_score_request(groups=True, sample_weight=True)
        routed = cross_val_score(
            asking, data.X, data.y, cv=cv, params=parameters, error_score="raise"
        )
    by_hand = []
    for train, test in cv.split(data.X, data.y, data.groups):
        rows = [(data.X[at], data.y[at], data.groups[at], trust(data)[at]) for at in (train, test)]
        by_hand.append(clone(ranker).fit(*rows[0]).score(*rows[1]))
    assert routed.tolist() == by_hand


def test_a_grid_search_finds_the_better_setting() -> None:
    data = world(21, 100, truth=(-1.0, 0.5, 0.0, 1.0))  # affinity misleads
    search = GridSearchCV(
        PairwiseLogisticRanker(NAMES),
        {"prior_strength": [0.0, 1e4]},
        cv=GroupKFold(3),
        error_score="raise",
    )
    search.fit(data.X, data.y, groups=data.groups)
    assert search.best_params_ == {"prior_strength": 0.0}
    assert search.predict(data.X).shape == data.y.shape


def test_the_last_step_of_a_pipeline() -> None:
    data = world(22, 80)
    alone = fitted(RANKERS[0], data)
    piped = make_pipeline(StandardScaler(), clone(RANKERS[0]))
    piped.fit(data.X, data.y, pairwiselogisticranker__groups=data.groups)
    # It standardises its features itself, so that scaling them first changes nothing.
    assert piped.predict(data.X) == pytest.approx(alone.predict(data.X), abs=1e-7)
    assert piped.score(data.X, data.y) == pytest.approx(alone.score(data.X, data.y))


@every_ranker
def test_the_number_of_columns_is_remembered(ranker: Ranker) -> None:
    trained = fitted(ranker, world(23, 20))
    assert trained.n_features_in_ == 4
    assert trained.additive_.names == NAMES
    with pytest.raises(ValueError, match="expecting 4 features"):
        trained.predict(np.zeros((2, 3)))


# What is refused


@every_ranker
def test_nothing_to_compare_is_refused(ranker: Ranker) -> None:
    data = world(24, 10)
    unable = clone(ranker)
    with pytest.raises(ValueError, match="no two rows of a group have different grades"):
        unable.fit(data.X, data.groups % 4, data.groups)  # everybody of a list is graded alike
    with pytest.raises(ValueError, match="no two rows of a group have different grades"):
        unable.fit(data.X, data.y, np.arange(len(data.y)))
    with pytest.raises(ValueError, match="no two rows of a group have different grades"):
        fitted(ranker, data).score(data.X, np.zeros_like(data.y), data.groups)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y": np.full(80, 4)}, "grades are whole numbers from 0 to 3"),
        ({"y": np.linspace(0, 3, 80)}, "grades are whole numbers from 0 to 3"),
        ({"y": np.zeros(79, np.int64)}, "inconsistent numbers of samples"),
        ({"groups": np.zeros(81, np.int64)}, "inconsistent numbers of samples"),
        ({"sample_weight": np.full(80, -1.0)}, "0 or more"),
        ({"sample_weight": np.full(80, np.nan)}, "0 or more"),
        ({"sample_weight": np.full(80, np.inf)}, "0 or more"),
        ({"sample_weight": np.ones(3)}, "inconsistent numbers of samples"),
        ({"X": np.full((80, 4), np.nan)}, "contains NaN"),
        ({"X": np.zeros((80, 3))}, "3 columns where 4 are expected"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, NDArray[Any]], message: str) -> None:
    data = world(25, 10)
    with pytest.raises(ValueError, match=message):
        clone(RANKERS[0]).fit(**{**data._asdict(), **changed})


@pytest.mark.parametrize("monotone", [(1, 1), (1, 1, -1, 2)])
def test_directions_that_do_not_fit_are_refused(monotone: tuple[int, ...]) -> None:
    for ranker in (PairwiseLogisticRanker, MonotoneBoostingRanker):
        with pytest.raises(ValueError, match=r"\+1, −1 and 0"):
            fitted(ranker(NAMES, monotone), world(26, 10))


def test_a_belief_in_an_unknown_feature_is_refused() -> None:
    with pytest.raises(ValueError, match="'charm' is none of affinity, hours"):
        fitted(PairwiseLogisticRanker(NAMES, prior_feature="charm"), world(27, 10))

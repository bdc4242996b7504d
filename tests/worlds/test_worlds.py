"""The worlds of numbers: what is promised of their truth, their people, and their examples."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy.stats import spearmanr

from recommender.matching.features import FEATURE_NAMES, FEATURES
from recommender.ranking.learning.examples import Examples
from tests.worlds.candidates import Candidates, Mentors
from tests.worlds.worlds import (
    GRADE_FROM,
    N_MENTORS,
    World,
    WorldKind,
    affinity,
    column,
    one_after_another,
)

N_MENTEES = 400


@pytest.fixture(scope="module")
def cohorts() -> dict[WorldKind, Examples]:
    return {kind: World(kind).cohort(default_rng(8), N_MENTEES) for kind in WorldKind}


def rank_correlation(first: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(spearmanr(first, other).statistic)


def same(examples: Examples, other: Examples) -> bool:
    names = [field.name for field in fields(Examples)]
    return all(np.array_equal(getattr(examples, name), getattr(other, name)) for name in names)


def test_every_mentee_has_100_to_200_different_candidates() -> None:
    drawn = Candidates.drawn(Mentors.drawn(N_MENTORS, default_rng(0)), 50, default_rng(1))
    sizes = np.bincount(drawn.mentee)
    assert len(sizes) == 50
    assert sizes.min() >= 100
    assert sizes.max() <= 200
    assert len(np.unique(drawn.mentee * N_MENTORS + drawn.mentor)) == len(drawn.mentor)


def test_features_keep_to_their_ranges() -> None:
    drawn = Candidates.drawn(Mentors.drawn(N_MENTORS, default_rng(0)), 50, default_rng(1))
    assert drawn.features.shape == (len(drawn.mentee), len(FEATURES))
    for feature in FEATURES:
        values = column(drawn.features, feature.name)
        assert values.min() >= feature.low
        assert values.max() <= feature.high
        assert values.std() > 0


def test_features_of_meaning_go_together_as_real_ones_do() -> None:
    drawn = Candidates.drawn(Mentors.drawn(N_MENTORS, default_rng(0)), 200, default_rng(1))
    values = {name: column(drawn.features, name) for name in FEATURE_NAMES}
    assert (values["weakest_goal"] <= values["affinity"] + 1e-12).all()
    assert (values["affinity"] <= values["strongest_goal"] + 1e-12).all()
    for name, least in (("strongest_goal", 0.8), ("weakest_goal", 0.8), ("best_similarity", 0.7)):
        assert np.corrcoef(values["affinity"], values[name])[0, 1] > least
    for name in ("reciprocal_affinity", "same_site", "shared_languages"):
        assert abs(np.corrcoef(values["affinity"], values[name])[0, 1]) < 0.1
    assert np.corrcoef(values["same_department"], values["organisational_distance"])[0, 1] < -0.4
    assert values["affinity"].mean() == pytest.approx(0.146, abs=0.02)
    assert values["affinity"].std() == pytest.approx(0.074, abs=0.01)


def test_what_is_a_mentors_own_is_the_same_for_every_mentee() -> None:
    drawn = Candidates.drawn(Mentors.drawn(N_MENTORS, default_rng(0)), 50, default_rng(1))
    for name in ("hours_per_month", "free_capacity"):
        pairs = np.unique(np.stack([drawn.mentor, column(drawn.features, name)]), axis=1)
        assert len(np.unique(pairs[0])) == pairs.shape[1]


def test_grades_follow_from_the_utility_alone() -> None:
    truth = World(WorldKind.LINEAR).truth(default_rng(2), 50)
    reached = sum((truth.utility >= least).astype(int) for least in GRADE_FROM)
    assert (truth.grade == reached).all()
    assert truth.utility.min() > 0
    assert truth.utility.max() < 1


@pytest.mark.parametrize("kind", list(WorldKind))
def test_the_same_seeds_give_the_same_cohort(
    kind: WorldKind, cohorts: dict[WorldKind, Examples]
) -> None:
    assert same(World(kind).cohort(default_rng(8), N_MENTEES), cohorts[kind])
    assert not same(World(kind).cohort(default_rng(9), N_MENTEES), cohorts[kind])


@pytest.mark.parametrize("kind", list(WorldKind))
def test_examples_are_what_was_shown(kind: WorldKind, cohorts: dict[WorldKind, Examples]) -> None:
    examples = cohorts[kind]
    assert set(np.unique(examples.grade)) == {0, 1, 2, 3}
    assert np.unique(examples.ranking).tolist() == list(range(N_MENTEES))
    assert not examples.grade[~examples.accepted].any()
    assert not (examples.accepted & ~examples.asked).any()
    assert 1 <= examples.position.min() <= examples.position.max() == 10
    assert examples.cohorts == ("simulated",)
    for ranking in range(20):
        of_list = examples.where(examples.ranking == ranking)
        assert len(np.unique(of_list.mentee)) == 1
        assert (np.diff(of_list.position) > 0).all()
        assert (np.diff(affinity(of_list.features)) <= 0).all()


def test_lists_have_the_order_and_the_length_that_were_asked_for() -> None:
    examples = World(WorldKind.LINEAR).cohort(
        default_rng(1), 20, k=5, order=lambda features: column(features, "hours_per_month")
    )
    assert examples.position.max() == 5
    for ranking in range(20):
        of_list = examples.where(examples.ranking == ranking)
        assert (np.diff(column(of_list.features, "hours_per_month")) <= 0).all()


@pytest.mark.parametrize(
    "kind", [WorldKind.LINEAR, WorldKind.NONLINEAR, WorldKind.NOTHING_TO_LEARN]
)
def test_people_act_plausibly(kind: WorldKind) -> None:
    """About a fifth of what is shown is asked, two thirds of that accepted, half of it goes well.

    Requests without an answer, and those declined for want of time, are not among the examples.
    """
    examples = World(kind).cohort(default_rng(3), 1_000)
    n_shown = 1_000 * 10
    n_asked = int(examples.asked.sum()) + n_shown - len(examples)
    n_accepted = int(examples.accepted.sum())
    assert 0.15 < n_asked / n_shown < 0.25
    assert 0.6 < n_accepted / n_asked < 0.8
    assert 0.4 < (examples.grade[examples.accepted] >= 2).mean() < 0.7


def test_in_the_linear_world_there_is_something_to_learn() -> None:
    world = World(WorldKind.LINEAR)
    best, now = (world.true_ndcg(order, default_rng(4)) for order in (world.merit, affinity))
    by_chance = world.true_ndcg(lambda features: np.zeros(len(features)), default_rng(4))
    assert 0.75 < best < 0.88
    assert 0.45 < now < 0.6
    assert by_chance < 0.1


def test_in_the_nonlinear_world_there_is_more_than_a_line() -> None:
    """The order that a line through the truth gives is clearly worse than the truth."""
    world = World(WorldKind.NONLINEAR)
    truth = world.truth(default_rng(5), 300)
    features = np.column_stack([truth.candidates.features, np.ones(len(truth.utility))])
    weights = np.linalg.lstsq(features, world.merit(truth.candidates.features), rcond=None)[0]
    best = world.true_ndcg(world.merit, default_rng(4))
    by_line = world.true_ndcg(lambda features: features @ weights[:-1], default_rng(4))
    now = world.true_ndcg(affinity, default_rng(4))
    assert best > by_line + 0.03
    assert by_line > now + 0.05


def test_where_nothing_is_to_be_learned_affinity_is_the_best_order() -> None:
    world = World(WorldKind.NOTHING_TO_LEARN)
    truth = world.truth(default_rng(6), 300)
    merit = world.merit(truth.candidates.features)
    by_affinity = np.argsort(affinity(truth.candidates.features), kind="stable")
    assert (np.diff(merit[by_affinity]) >= 0).all()
    chemistry = np.log(truth.utility / (1 - truth.utility)) - merit
    for name in FEATURE_NAMES:
        values = column(truth.candidates.features, name)
        assert abs(np.corrcoef(values, chemistry)[0, 1]) < 0.02
    best = world.true_ndcg(affinity, default_rng(4))
    assert best == world.true_ndcg(world.merit, default_rng(4))
    for name in ("strongest_goal", "weakest_goal", "best_similarity", "covered_goals"):

        def order(features: NDArray[np.float64], name: str = name) -> NDArray[np.float64]:
            return column(features, name)

        assert world.true_ndcg(order, default_rng(4)) < best - 0.05


def test_each_kind_differs_in_what_it_is_named_after(cohorts: dict[WorldKind, Examples]) -> None:
    usual = cohorts[WorldKind.LINEAR]

    def first(examples: Examples) -> float:
        return float((examples.position[examples.asked] == 1).mean())

    def accepted(examples: Examples) -> float:
        return float(examples.accepted.sum() / examples.asked.sum())

    def known(kind: WorldKind) -> float:
        examples, mentors = cohorts[kind], World(kind).mentors
        shown, asked = (
            np.bincount(m, minlength=N_MENTORS)
            for m in (examples.mentor, examples.mentor[examples.asked])
        )
        often = shown >= 5
        return rank_correlation(mentors.popularity[often], (asked / np.maximum(shown, 1))[often])

    assert first(cohorts[WorldKind.POSITION]) > first(usual) + 0.1
    assert accepted(cohorts[WorldKind.DECLINES]) < accepted(usual) - 0.2
    assert known(WorldKind.POPULAR) > known(WorldKind.LINEAR) + 0.2


def test_where_raters_differ_much_labels_tell_less_of_the_truth() -> None:
    """The truth of what was shown is drawn before people act, so both worlds share it."""
    agreement = {}
    for kind in (WorldKind.LINEAR, WorldKind.RATERS):
        world = World(kind)
        examples = world.cohort(default_rng(7), 1_000)
        met = examples.where(examples.accepted)
        agreement[kind] = rank_correlation(world.merit(met.features), met.grade.astype(np.float64))
    assert agreement[WorldKind.RATERS] < agreement[WorldKind.LINEAR] - 0.05
    assert agreement[WorldKind.RATERS] > 0.2


def test_cohorts_follow_one_another_with_new_mentees_and_the_same_mentors() -> None:
    world, rng = World(WorldKind.LINEAR), default_rng(1)
    parts = [world.cohort(rng, n) for n in (30, 20, 10)]
    whole = one_after_another(parts)
    assert len(whole) == sum(map(len, parts))
    assert whole.cohorts == ("simulated-1", "simulated-2", "simulated-3")
    assert len(np.unique(whole.ranking)) == len(np.unique(whole.mentee)) == 60
    for place, part in enumerate(parts):
        own = whole.where(whole.cohort == place)
        assert np.array_equal(own.features, part.features)
        assert np.array_equal(own.mentor, part.mentor)
        assert np.array_equal(own.grade, part.grade)

"""A fair trial: on mentees nobody has trained on, every order on the same lists, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.ranking.learning import trial
from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.lexical import LexicalIndex
from recommender.ranking.learning.lexical_order import LexicalOrder
from recommender.ranking.learning.selection import (
    Choice,
    Contender,
    Ranker,
    choose,
    fitted,
    mentee_ndcg,
)
from recommender.ranking.learning.trial import FEWEST_MENTEES, Trial, run_trial
from recommender.ranking.reporting.report import Comparison, Order, OrderMeasures, Split
from recommender.ranking.score import AdditiveScore
from tests.recommender.ranking.test_releases import score_of
from tests.worlds.worlds import World, WorldKind, one_after_another

Patch = pytest.MonkeyPatch
Fitted = tuple[Examples, Ranker]


def cohorts(kind: WorldKind, seed: int, *n_mentees: int) -> Examples:
    world, rng = World(kind, seed), np.random.default_rng(seed)
    return one_after_another([world.cohort(rng, n) for n in n_mentees])


def tried(examples: Examples, champion: AdditiveScore | None = None, seed: int = 0) -> Trial:
    return run_trial(examples, np.random.default_rng(seed), champion)


def spied(
    examples: Examples, patch: Patch, progress: Progress = silent
) -> tuple[Trial, list[Fitted], list[Examples]]:
    """Return the trial, what it fitted rankers to, and what it chose among them on."""
    fits: list[Fitted] = []
    chosen_on: list[Examples] = []

    def fit(contender: Contender, part: Examples, slope: float) -> Ranker:
        fits.append((part, fitted(contender, part, slope)))
        return fits[-1][1]

    def look(part: Examples, slope: float, rng: np.random.Generator) -> Choice:
        chosen_on.append(part)
        return choose(part, slope, rng)

    with patch.context() as inside:
        inside.setattr(trial, "fitted", fit)
        inside.setattr(trial, "choose", look)
        done = run_trial(examples, np.random.default_rng(0), progress=progress)
    return done, fits, chosen_on


def measures(done: Trial, order: Order) -> OrderMeasures:
    return next(measures for measures in done.orders if measures.order is order)


def compared(done: Trial, order: Order) -> Difference:
    return next(comparison.ndcg for comparison in done.comparisons if comparison.order is order)


def mentees(examples: Examples) -> set[int]:
    return set(examples.mentee.tolist())


@pytest.fixture(scope="module")
def two_cohorts() -> Examples:
    return cohorts(WorldKind.LINEAR, 2, 150, 150)


@pytest.fixture(scope="module")
def after_two_cohorts(two_cohorts: Examples) -> Trial:
    return tried(two_cohorts)


def test_too_few_mentees_get_no_trial() -> None:
    done = tried(cohorts(WorldKind.LINEAR, 1, 40))
    assert 0 < done.n_rated_mentees < FEWEST_MENTEES
    assert done == Trial(done.n_rated_mentees)
    assert done.not_beaten == ()


def test_nothing_to_look_at_gets_no_trial() -> None:
    examples = cohorts(WorldKind.LINEAR, 1, 40)
    assert tried(examples.where(np.zeros(len(examples), dtype=np.bool_))) == Trial(0)


def test_the_newest_cohort_is_kept_apart_and_whoever_is_in_it(
    two_cohorts: Examples, monkeypatch: Patch
) -> None:
    """Thirty mentees of the newest cohort were in the older one as well."""
    newest = two_cohorts.cohort == 1
    twice = np.unique(two_cohorts.mentee[newest])[:30]
    mentee = two_cohorts.mentee.copy()
    for place, again in enumerate(twice.tolist()):
        mentee[two_cohorts.mentee == place] = again
    examples = replace(two_cohorts, mentee=mentee)
    done, fits, chosen_on = spied(examples, monkeypatch)
    assert done.split is Split.COHORT
    assert done.kept_apart is not None
    assert (done.kept_apart.cohort == 1).all()
    assert len(done.kept_apart) == newest.sum()
    (measured, ranker), (everything, _) = fits
    for trained_on in (measured, *chosen_on):
        assert (trained_on.cohort == 0).all()
        assert not mentees(trained_on) & mentees(done.kept_apart)
        assert mentees(trained_on) == set(range(30, 150)) & mentees(two_cohorts)
    assert len(everything) == len(examples)
    assert done.score is not None
    assert done.score.tolist() == ranker.predict(done.kept_apart.features).tolist()


def test_without_an_older_cohort_mentees_are_kept_apart_in_turn(monkeypatch: Patch) -> None:
    examples = cohorts(WorldKind.LINEAR, 3, 80)
    steps: list[tuple[str, int, int]] = []
    done, fits, chosen_on = spied(examples, monkeypatch, lambda *step: steps.append(step))
    measuring = [("measuring", place, trial.N_FOLDS) for place in range(trial.N_FOLDS)]
    assert steps == [*measuring, ("training", 0, 1)]
    assert done.split is Split.MENTEES
    assert done.kept_apart is not None
    assert done.score is not None
    assert len(done.kept_apart) == len(examples)
    *measured, (everything, _) = fits
    assert len(measured) == trial.N_FOLDS
    assert len(everything) == len(chosen_on[-1]) == len(examples)
    for (part, ranker), looked in zip(measured, chosen_on, strict=False):
        assert mentees(part) == mentees(looked)
        unseen = ~np.isin(examples.mentee, part.mentee)
        assert unseen.any()
        scores = ranker.predict(examples.features[unseen])
        assert done.score[unseen].tolist() == scores.tolist()
    kept_apart = [mentees(examples) - mentees(part) for part, _ in measured]
    assert sum(len(fold) for fold in kept_apart) == len(mentees(examples))


@pytest.mark.parametrize("n_mentees", [(150, 30), (30, 150)])
def test_a_side_with_too_few_rated_mentees_is_not_split_by_cohort(
    n_mentees: tuple[int, int], monkeypatch: Patch
) -> None:
    monkeypatch.setattr(trial, "N_FOLDS", 2)  # fewer are faster
    done = tried(cohorts(WorldKind.LINEAR, 4, *n_mentees))
    assert done.split is Split.MENTEES


def test_with_many_mentees_one_part_of_them_is_enough(monkeypatch: Patch) -> None:
    monkeypatch.setattr(trial, "ENOUGH_MENTEES", 50)
    examples = cohorts(WorldKind.LINEAR, 3, 120)
    done, fits, _ = spied(examples, monkeypatch)
    assert done.split is Split.MENTEES
    assert done.kept_apart is not None
    n_apart = len(mentees(done.kept_apart))
    assert n_apart == pytest.approx(len(mentees(examples)) / trial.N_FOLDS, abs=1)
    assert not mentees(fits[0][0]) & mentees(done.kept_apart)
    assert done.n_rated_mentees < n_apart


def test_every_order_is_measured_on_the_same_lists(two_cohorts: Examples) -> None:
    """A champion that orders by affinity is measured exactly as affinity is."""
    done = tried(two_cohorts, score_of(affinity=1.0))
    champion, affinity = measures(done, Order.CHAMPION), measures(done, Order.AFFINITY)
    assert champion.ndcg.mean == pytest.approx(affinity.ndcg.mean)
    assert champion.reciprocal_rank.mean == pytest.approx(affinity.reciprocal_rank.mean)
    assert champion.hit.mean == pytest.approx(affinity.hit.mean)
    assert {comparison.ndcg.n_mentees for comparison in done.orders} == {affinity.ndcg.n_mentees}
    own = measures(done, Order.CHALLENGER).ndcg.mean
    for comparison in done.comparisons:
        gained = own - measures(done, comparison.order).ndcg.mean
        assert comparison.ndcg.estimate.mean == pytest.approx(gained)
    assert done.n_rated_mentees >= affinity.ndcg.n_mentees


def test_lexical_order_is_compared_on_those_lists_whose_words_are_known(
    two_cohorts: Examples,
) -> None:
    """Words say nothing here, and half of the mentees have none: chance, on the other half."""
    owner = np.unique(two_cohorts.mentor)
    index = LexicalIndex(["film clips"] * len(owner), owner)
    speaks = [mentee for mentee in mentees(two_cohorts) if mentee % 2]
    lexical = LexicalOrder(index, {mentee: [("film", 1)] for mentee in speaks})
    done = run_trial(two_cohorts, np.random.default_rng(0), None, lexical)
    alone, everybody = compared(done, Order.LEXICAL), compared(done, Order.RANDOM)
    assert 0 < alone.estimate.n_mentees < everybody.estimate.n_mentees
    assert done.kept_apart is not None
    assert done.score is not None
    known = np.isin(done.kept_apart.mentee, speaks)
    rows, score = done.kept_apart.where(known), done.score[known]
    assert done.slope is not None
    chance = mentee_ndcg(np.zeros(len(rows)), rows, done.slope)
    assert measures(done, Order.LEXICAL).ndcg.mean == pytest.approx(chance.mean)
    own = mentee_ndcg(score, rows, done.slope)
    assert alone.estimate.mean == pytest.approx(own.mean - chance.mean)


def test_a_champion_that_is_as_good_is_not_beaten(
    two_cohorts: Examples, after_two_cohorts: Trial, monkeypatch: Patch
) -> None:
    """The champion is what the challenger learns from the older cohort."""
    assert after_two_cohorts.not_beaten == ()
    _, fits, _ = spied(two_cohorts, monkeypatch)
    done = tried(two_cohorts, fits[0][1].additive_)
    difference = compared(done, Order.CHAMPION)
    assert (difference.wins, difference.losses) == (0, 0)
    assert difference.ties == difference.estimate.n_mentees > 0
    assert difference.estimate.low == difference.estimate.high == 0
    assert done.not_beaten == (Order.CHAMPION,)


def difference(low: float) -> Difference:
    return Difference(Estimate(0.1, low, 0.2, 50), 30, 10, 10)


@pytest.mark.parametrize(
    ("lows", "expected"),
    [
        ({Order.CHAMPION: 0.001, Order.AFFINITY: 0.001}, ()),
        ({Order.CHAMPION: 0.0, Order.AFFINITY: 0.001}, (Order.CHAMPION,)),
        ({Order.CHAMPION: 0.001, Order.AFFINITY: -0.001}, (Order.AFFINITY,)),
        ({Order.CHAMPION: nan, Order.AFFINITY: nan}, (Order.CHAMPION, Order.AFFINITY)),
        ({Order.AFFINITY: 0.001, Order.LEXICAL: -1.0, Order.RANDOM: -1.0}, ()),
        ({Order.AFFINITY: 0.0}, (Order.AFFINITY,)),
    ],
)
def test_beaten_is_what_the_whole_interval_says(
    lows: dict[Order, float], expected: Sequence[Order]
) -> None:
    comparisons = tuple(Comparison(order, difference(low)) for order, low in lows.items())
    assert Trial(50, comparisons=comparisons).not_beaten == expected


@pytest.mark.parametrize("seed", [0, 2, 6])
def test_what_can_be_learned_beats_affinity(seed: int) -> None:
    done = tried(cohorts(WorldKind.LINEAR, seed, 150, 150))
    assert done.not_beaten == ()
    assert compared(done, Order.AFFINITY).wins > compared(done, Order.AFFINITY).losses


@pytest.mark.parametrize("seed", range(6))
def test_where_there_is_nothing_to_learn_affinity_stays(seed: int) -> None:
    done = tried(cohorts(WorldKind.NOTHING_TO_LEARN, seed, 150, 150))
    assert done.not_beaten == (Order.AFFINITY,)
    assert compared(done, Order.RANDOM).estimate.low > 0


def test_three_hundred_mentees_of_one_cohort_are_enough() -> None:
    done = tried(cohorts(WorldKind.LINEAR, 1, 300))
    assert done.split is Split.MENTEES
    assert done.not_beaten == ()
    assert done.effective_sample_size is not None
    assert FEWEST_MENTEES < done.effective_sample_size <= done.n_rated_mentees


def written(done: Trial) -> str:
    assert done.ranker is not None
    return repr((done.orders, done.comparisons, done.kinds, done.slope, done.ranker.as_json()))


def test_the_same_seed_gives_the_same_trial(
    two_cohorts: Examples, after_two_cohorts: Trial
) -> None:
    assert written(tried(two_cohorts)) == written(after_two_cohorts)
    other = tried(two_cohorts, seed=1)
    assert written(other) != written(after_two_cohorts)
    assert other.ranker is not None
    assert after_two_cohorts.ranker is not None
    assert other.ranker.as_json() == after_two_cohorts.ranker.as_json()  # only intervals are drawn


def test_the_order_of_rows_does_not_matter(two_cohorts: Examples, after_two_cohorts: Trial) -> None:
    shuffled = tried(two_cohorts.where(np.random.default_rng(7).permutation(len(two_cohorts))))
    assert shuffled.ranker is not None
    assert after_two_cohorts.ranker is not None
    assert shuffled.kind == after_two_cohorts.kind

    def order(ranker: AdditiveScore) -> NDArray[np.float64]:
        return ranker.score(two_cohorts.features)

    assert order(shuffled.ranker) == pytest.approx(order(after_two_cohorts.ranker), abs=1e-9)
    assert compared(shuffled, Order.AFFINITY).estimate.mean == pytest.approx(
        compared(after_two_cohorts, Order.AFFINITY).estimate.mean
    )

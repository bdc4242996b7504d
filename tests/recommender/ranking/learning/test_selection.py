"""The choice of a ranker: the simplest that is not clearly worse, and never a peek."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.ranking.learning import selection
from recommender.ranking.learning.comparison import PerMentee
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.selection import (
    Contender,
    Ranker,
    choose,
    contenders,
    fitted,
    folds,
    mentee_ndcg,
    mentee_of_lists,
    rated_mentees,
)
from tests.recommender.ranking.invented_rows import rows
from tests.worlds.worlds import World, WorldKind

Patch = pytest.MonkeyPatch


def cohort(n_mentees: int, kind: WorldKind = WorldKind.LINEAR, seed: int = 1) -> Examples:
    return World(kind, seed).cohort(np.random.default_rng(seed), n_mentees)


def choice_among(values: list[PerMentee], patch: Patch) -> int:
    """Return which contender is chosen if these are their mentees' values."""
    results = iter(values)
    patch.setattr(selection, "_cross_validated", lambda *_: next(results))
    tried = contenders()
    patch.setattr(selection, "contenders", lambda: tried)
    choice = choose(cohort(10), 1.0, np.random.default_rng(0))
    assert [measure.kind for measure in choice.kinds] == ["linear", "boosting"]
    return tried.index(choice.contender)


def test_simpler_contenders_come_first() -> None:
    kinds = [contender.kind for contender in contenders()]
    assert kinds == ["linear", "linear", "linear", "boosting"]
    strengths = [contender.make().C for contender in contenders()[:3]]
    assert strengths == sorted(strengths)


@pytest.mark.parametrize(("gain", "place"), [(0.01, 0), (0.019, 0), (0.021, 3), (0.1, 3)])
def test_the_simpler_one_stays_within_one_standard_error(
    gain: float, place: int, monkeypatch: Patch
) -> None:
    """Mentees' differences alternate by ±0.2 around the gain: over 100, an error of 0.02."""
    simple = np.linspace(0.3, 0.7, 100)
    best = simple + gain + 0.2 * np.tile([1.0, -1.0], 50)
    worse = PerMentee.alike(simple - 0.5)
    values = [PerMentee.alike(simple), worse, worse, PerMentee.alike(best)]
    assert choice_among(values, monkeypatch) == place


def test_heavier_mentees_count_more_in_the_choice(monkeypatch: Patch) -> None:
    """Boosting is better for half of the mentees only, but these weigh nine times as much."""
    weight = np.tile([9.0, 1.0], 50)
    flat, split = np.full(100, 0.5), np.tile([0.6, 0.2], 50)
    values = [PerMentee(flat, weight)] * 3 + [PerMentee(split, weight)]
    assert choice_among(values, monkeypatch) == 3


def test_of_equals_the_strongest_penalty_is_chosen(monkeypatch: Patch) -> None:
    assert choice_among([PerMentee.alike(np.full(50, 0.5))] * 4, monkeypatch) == 0


def test_bent_truth_takes_a_bent_ranker() -> None:
    bent = choose(cohort(600, WorldKind.NONLINEAR), 1.0, np.random.default_rng(0))
    assert bent.contender.kind == "boosting"
    measured = {measure.kind: measure.ndcg for measure in bent.kinds}
    assert measured["boosting"] > measured["linear"]
    assert all(0 < value <= 1 for value in measured.values())


def test_contenders_are_measured_on_mentees_that_they_have_not_seen(monkeypatch: Patch) -> None:
    seen: list[set[int]] = []
    tested: list[set[int]] = []
    examples = cohort(30)

    def spy(contender: Contender, part: Examples, slope: float) -> Ranker:
        ranker = fitted(contender, part, slope)
        predict = ranker.predict

        def noted(features: NDArray[np.float64]) -> NDArray[np.float64]:
            rows_of = (examples.features[:, None] == features[None]).all(axis=2).any(axis=1)
            tested.append(set(examples.mentee[rows_of].tolist()))
            return predict(features)

        seen.append(set(part.mentee.tolist()))
        monkeypatch.setattr(ranker, "predict", noted)
        return ranker

    monkeypatch.setattr(selection, "fitted", spy)
    choose(examples, 1.0, np.random.default_rng(0))
    assert len(seen) == len(tested) == selection.N_FOLDS * len(contenders())
    everybody = set(examples.mentee.tolist())
    for trained, measured in zip(seen, tested, strict=True):
        assert trained | measured == everybody
        assert not trained & measured


def mentees_looked_at(examples: Examples, seed: int, patch: Patch) -> set[int]:
    looked: set[int] = set()

    def spy(contender: Contender, part: Examples, slope: float) -> Ranker:
        looked.update(part.mentee.tolist())
        return fitted(contender, part, slope)

    with patch.context() as inside:
        inside.setattr(selection, "MOST_MENTEES", 20)
        inside.setattr(selection, "fitted", spy)
        choose(examples, 1.0, np.random.default_rng(seed))
    return looked


def test_many_mentees_are_sampled_the_same_way_each_time(monkeypatch: Patch) -> None:
    examples = cohort(60)
    first, two, other = (mentees_looked_at(examples, seed, monkeypatch) for seed in (1, 1, 2))
    assert first == two != other
    assert len(first) == len(other) == 20


@pytest.mark.parametrize("n_folds", [3, 5])
def test_no_mentee_stands_on_both_sides_of_a_fold(n_folds: int) -> None:
    rng = np.random.default_rng(n_folds)
    mentee = rng.integers(0, 40, 500)
    examples = rows([0] * 500, ranking=rng.integers(0, 99, 500).tolist(), mentee=mentee.tolist())
    tested: list[int] = []
    for train, test in folds(examples, n_folds):
        assert not set(mentee[train]) & set(mentee[test])
        assert len(train) + len(test) == 500
        tested += test.tolist()
    assert sorted(tested) == list(range(500))


@pytest.mark.parametrize(
    ("grade", "ranking", "expected"),
    [
        ([], [], False),
        ([2], [0], False),
        ([1, 1, 1], [0, 0, 0], False),
        ([0, 0, 3, 3], [0, 0, 1, 1], False),
        ([0, 3, 0, 1], [0, 1, 2, 1], True),
    ],
)
def test_pairs_need_two_grades_in_one_list(
    grade: list[int], ranking: list[int], expected: bool
) -> None:
    assert (len(rated_mentees(rows(grade, ranking))) > 0) is expected


def test_each_mentee_has_the_mean_of_their_lists() -> None:
    """Mentee 8 has a perfect list, and one with the only gain second, of twice the weight."""
    examples = rows(
        [3, 0, 0, 3, 0, 0],
        ranking=[5, 5, 2, 2, 7, 7],
        mentee=[8, 8, 8, 8, 3, 3],
        position=[1, 2, 1, 4, 1, 2],
    )
    values = mentee_ndcg(np.array([2.0, 1.0, 2.0, 1.0, 2.0, 1.0]), examples, 0.5)
    second = 1 / np.log2(3)
    assert values.value.tolist() == pytest.approx([(1 * 1 + 2 * second) / 3])  # 3 found nothing
    assert values.weight.tolist() == pytest.approx([1.5])
    assert mentee_of_lists(examples, np.array([2, 5, 7])).tolist() == [8, 8, 3]

"""Retrieval: what an exhaustive search finds, as many as exist, and what nobody covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.matching import retrieval
from recommender.matching.affinity import goal_weights
from recommender.matching.asking import Asked
from recommender.matching.features import FEATURE_NAMES, FEATURES
from recommender.matching.index_faiss import StatementIndex
from recommender.matching.retrieval import Arrays, Candidates, reciprocal, retrieve
from recommender.store.vectors import StatementRows
from tests.conftest import goal
from tests.recommender.matching.questions import NOTHING_ASKED
from tests.recommender.matching.test_roster import entry, roster_of

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
COVERAGE = 0.5
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Said(NamedTuple):
    """A statement: who, how well or how much wanted, and its meaning."""

    person: int
    rating: int
    vector: Sequence[float]


def index_of(statements: Sequence[Said], dimension: int) -> StatementIndex:
    """Return an index in which statement i + 1 is the i-th."""
    index = StatementIndex(dimension, 4)
    index.add(
        StatementRows(
            statement=np.arange(1, len(statements) + 1),
            person=np.array([statement.person for statement in statements], dtype=np.int64),
            rating=np.array([statement.rating for statement in statements], dtype=np.int8),
            vector=np.array(
                [statement.vector for statement in statements], dtype=np.float32
            ).reshape(-1, dimension),
        )
    )
    return index


def world_of(n_people: int, skills: Sequence[Said], goals: Sequence[Said] = ()) -> Arrays:
    dimension = len(skills[0].vector)
    roster = roster_of(*(entry(number) for number in range(1, n_people + 1)))
    return Arrays(roster, index_of(skills, dimension), index_of(goals, dimension))


def asking(
    vectors: Sequence[Sequence[float]] | Floats,
    priorities: Sequence[int] | None = None,
    own_skills: Sequence[Sequence[float]] | Floats = (),
    mentee: int | None = None,
) -> Asked:
    rows = np.array(vectors, dtype=np.float32)
    weights = goal_weights(np.array(priorities or [2] * len(rows), dtype=np.int8))
    return replace(
        NOTHING_ASKED,
        mentee=mentee,
        goals=tuple(goal(f"goal {i}") for i in range(len(rows))),
        vectors=rows,
        weights=weights,
        own_skills=np.array(own_skills, dtype=np.float32).reshape(-1, rows.shape[1]),
        own_levels=np.zeros(len(rows), dtype=np.int8),
        coverage=np.full(len(rows), COVERAGE),
    )


def ask(
    world: Arrays,
    asked: Asked,
    k: int = 5,
    n_most: int = 100,
    eligible: Mask | None = None,
    coverage: float | Sequence[float] = COVERAGE,
) -> Candidates:
    mask = world.roster.present if eligible is None else eligible
    asked = replace(asked, coverage=np.broadcast_to(coverage, len(asked.goals)))
    return retrieve(world, asked, mask, k, n_most, COVERAGE)


def only(world: Arrays, *people: int) -> Mask:
    return np.isin(np.arange(world.roster.n_rows), people)


def unit(rng: np.random.Generator, n: int, dimension: int = 12) -> Floats:
    rows = rng.standard_normal((n, dimension))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def random_skills(rng: np.random.Generator, n_people: int, n_statements: int) -> list[Said]:
    """Some people say much, some little, and a few nothing."""
    owners = np.minimum(rng.geometric(3 / n_people, n_statements), n_people)
    vectors = unit(rng, n_statements)
    return [
        Said(int(owner), int(rng.integers(1, 6)), vector.tolist())
        for owner, vector in zip(owners, vectors, strict=True)
    ]


def exhaustive(skills: Sequence[Said], asked: Asked, eligible: Mask) -> dict[int, float]:
    """Return everybody's affinity, from every statement, in plain words."""
    cosines: dict[int, list[NDArray[np.float64]]] = {}
    for statement in skills:
        if eligible[statement.person]:
            vector = np.array(statement.vector)
            cosines.setdefault(statement.person, []).append(
                asked.vectors.astype(np.float64) @ vector
            )
    return {
        person: float(np.sort(np.stack(mine), axis=0)[-3:].mean(axis=0) @ asked.weights)
        for person, mine in cosines.items()
    }


def scores(candidates: Candidates, asked: Asked) -> list[float]:
    totals: list[float] = (candidates.goals.affinity @ asked.weights).tolist()
    return totals


@pytest.mark.parametrize(("n_people", "n_statements"), [(5, 12), (60, 500), (400, 3500)])
@pytest.mark.parametrize("n_goals", [1, 4])
def test_the_first_equal_an_exhaustive_search(
    n_people: int, n_statements: int, n_goals: int
) -> None:
    rng = np.random.default_rng(n_people + n_goals)
    skills = random_skills(rng, n_people, n_statements)
    world = world_of(n_people, skills)
    for share in (1.0, 0.3):
        asked = asking(unit(rng, n_goals), rng.integers(1, 4, n_goals).tolist())
        eligible = world.roster.present & (rng.random(world.roster.n_rows) < share)
        truth = exhaustive(skills, asked, eligible)
        best = sorted(truth, key=lambda person: -truth[person])
        for k in (1, 10):
            candidates = ask(world, asked, k=k, n_most=k, eligible=eligible)
            assert candidates.people.tolist() == best[:k]
            assert scores(candidates, asked) == pytest.approx(
                [truth[p] for p in best[:k]], abs=1e-5
            )


def test_candidates_come_with_their_best_statement_and_its_level() -> None:
    skills = [
        Said(1, 2, (1, 0, 0)),
        Said(1, 4, (0, 1, 0)),
        Said(2, 5, (0.6, 0.8, 0)),
        Said(2, 1, (0, 0, 1)),
    ]
    asked = asking([(1, 0, 0), (0, 1, 0)], priorities=[1, 3])
    candidates = ask(world_of(2, skills), asked)
    # Person 1: (1 + 0) / 2 for both goals. Person 2: 0.6 / 2 and 0.8 / 2.
    assert candidates.people.tolist() == [1, 2]
    assert candidates.goals.affinity == pytest.approx(np.array([[0.5, 0.5], [0.3, 0.4]]))
    assert candidates.goals.similarity == pytest.approx(np.array([[1, 1], [0.6, 0.8]]))
    assert candidates.statement.tolist() == [[1, 2], [3, 3]]
    assert candidates.level.tolist() == [[2, 4], [5, 5]]
    affinity = candidates.features[:, FEATURE_NAMES.index("affinity")]
    assert affinity == pytest.approx(np.array([0.5, 0.325]))  # 0.3 · ¾ + 0.4 · ¼


def test_the_goals_weights_decide() -> None:
    world = world_of(2, [Said(1, 3, (1, 0)), Said(2, 3, (0, 1))])
    wants = [(1.0, 0.0), (0.0, 1.0)]
    assert ask(world, asking(wants, [1, 3])).people.tolist() == [1, 2]
    assert ask(world, asking(wants, [3, 1])).people.tolist() == [2, 1]


def test_who_is_not_eligible_never_comes_back() -> None:
    world = world_of(3, [Said(1, 3, (1, 0)), Said(2, 3, (0.6, 0.8)), Said(3, 3, (0, 1))])
    asked = asking([(1.0, 0.0)])
    assert ask(world, asked, eligible=only(world, 2, 3)).people.tolist() == [2, 3]


@pytest.mark.parametrize("n_goals", [1, 3])
def test_nobody_eligible_is_an_empty_answer(n_goals: int) -> None:
    world = world_of(2, [Said(1, 3, (1, 0, 0))])
    asked = asking(np.eye(3, dtype=np.float32)[:n_goals], mentee=2)
    for eligible in (only(world), only(world, 2)):
        candidates = ask(world, asked, eligible=eligible)
        assert candidates.people.tolist() == []
        assert candidates.goals.affinity.shape == candidates.level.shape == (0, n_goals)
        assert candidates.features.shape == (0, len(FEATURES))
        assert candidates.uncovered == tuple(range(n_goals))


@given(
    owners=st.lists(st.integers(1, 9), min_size=1, max_size=40),
    eligible=st.sets(st.integers(1, 9)),
    k=st.integers(1, 10),
    first_depth=st.integers(1, 5),
    seed=st.integers(0, 99),
)
@STEADY
def test_as_many_come_back_as_exist(
    owners: list[int], eligible: set[int], k: int, first_depth: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    statements = [
        Said(person, 3, vector.tolist())
        for person, vector in zip(owners, unit(rng, len(owners)), strict=True)
    ]
    world = world_of(9, statements)
    asked = asking(unit(rng, 2))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retrieval, "FIRST_DEPTH", first_depth)
        candidates = ask(world, asked, k, n_most=k, eligible=only(world, *eligible))
    exist = eligible & set(owners)
    assert len(candidates.people) == min(k, len(exist))
    assert len(set(candidates.people)) == len(candidates.people)
    assert set(candidates.people) <= exist
    assert scores(candidates, asked) == sorted(scores(candidates, asked), reverse=True)


def test_the_search_widens_past_one_person_with_the_fifty_best_statements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near = [Said(1, 3, (1.0, 0.0)) for _ in range(50)]
    far = [Said(person, 3, (-0.6, 0.8)) for person in range(2, 12)]
    world = world_of(11, [*far, *near])
    monkeypatch.setattr(retrieval, "FIRST_DEPTH", 3)
    depths = []
    search = StatementIndex.search

    def counted(
        index: StatementIndex, queries: Floats, depth: int, eligible: Mask
    ) -> tuple[NDArray[np.int64], Floats]:
        depths.append(depth)
        return search(index, queries, depth, eligible)

    monkeypatch.setattr(StatementIndex, "search", counted)
    candidates = ask(world, asking([(1.0, 0.0)]), k=5)
    assert len(candidates.people) >= 5
    assert candidates.people[0] == 1
    assert depths == [3, 12, 48, 60]  # four times as deep each time, but never beyond the end


def test_a_search_that_names_enough_people_stays_shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    world = world_of(30, [Said(p, 3, v.tolist()) for p, v in enumerate(unit(rng, 30), start=1)])
    monkeypatch.setattr(retrieval, "FIRST_DEPTH", 6)
    assert len(ask(world, asking(unit(rng, 1)), k=6).people) == 6


def test_an_affinity_counts_all_statements_not_only_those_found_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retrieval, "FIRST_DEPTH", 1)
    world = world_of(1, [Said(1, 3, (1, 0)), Said(1, 3, (0, 1)), Said(1, 3, (-1, 0))])
    candidates = ask(world, asking([(1.0, 0.0)]), k=1)
    assert candidates.goals.affinity.tolist() == [[0.0]]  # (1 + 0 − 1) / 3


def test_goals_that_nobody_eligible_covers_are_named() -> None:
    skills = [Said(1, 3, (1, 0, 0)), Said(2, 3, (0, 1, 0)), Said(3, 3, (0, 0.6, 0.8))]
    world = world_of(3, skills)
    asked = asking(np.eye(3, dtype=np.float32))
    assert ask(world, asked).uncovered == ()
    assert ask(world, asked, coverage=0.9).uncovered == (2,)
    assert ask(world, asked, eligible=only(world, 2, 3)).uncovered == (0,)
    assert ask(world, asked, eligible=only(world, 1)).uncovered == (1, 2)


def test_a_goal_in_a_strange_language_is_covered_by_nobody_and_still_ranked() -> None:
    world = world_of(2, [Said(1, 3, (1, 0)), Said(2, 3, (0, 1))])
    asked = asking([(1.0, 0.0), (0.0, 1.0)], [1, 3])
    candidates = ask(world, asked, coverage=[np.inf, COVERAGE])
    assert candidates.people.tolist() == [1, 2]
    assert candidates.uncovered == (0,)
    assert candidates.features[:, FEATURE_NAMES.index("covered_goals")].tolist() == [0.0, 0.5]
    assert candidates.features[:, FEATURE_NAMES.index("level_above")].tolist() == [0.0, 3.0]


def test_a_goal_is_covered_by_those_who_are_not_among_the_first_too() -> None:
    world = world_of(2, [Said(1, 3, (1, 0)), Said(2, 3, (0, 1))])
    candidates = ask(world, asking([(1.0, 0.0), (0.0, 1.0)], [1, 3]), k=1, n_most=1)
    assert candidates.people.tolist() == [1]
    assert candidates.uncovered == ()


def test_a_goal_counts_as_covered_wherever_a_match_does() -> None:
    # In float32 a vector's cosine with itself is often just below 1.
    rng = np.random.default_rng(0)
    for vector in unit(rng, 40, dimension=384):
        world = world_of(1, [Said(1, 3, vector.tolist())])
        candidates = ask(world, asking(vector[None]), coverage=1.0)
        assert candidates.goals.similarity.tolist() == [[1.0]]
        assert candidates.uncovered == ()


def test_reciprocal_by_hand() -> None:
    skills = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.6, 0.8, 0)]
    goals = [Said(2, 1, (1, 0, 0)), Said(2, 3, (0, 1, 0)), Said(3, 2, (-1, 0, 0))]
    world = world_of(4, [Said(2, 3, (1, 0, 0))], goals)
    reciprocity = reciprocal(
        world.goals,
        np.array(skills, dtype=np.float32),
        np.array([4, 3, 2]),
        world.roster.n_rows,
        coverage=0.9,
    )
    # Person 2, first goal: cosines 1, 0, 0, 0.6, so (1 + 0.6 + 0) / 3; second: (1 + 0.8 + 0) / 3.
    # Weights 3 and 1: (1.6 + 0.6) / 4 = 0.55. Both goals are covered.
    # Person 3: cosines −1, 0, 0, −0.6, so (0 + 0 − 0.6) / 3. Person 4 told no goal.
    assert reciprocity.affinity == pytest.approx(np.array([0.0, -0.2, 0.55]))
    assert reciprocity.covered.tolist() == [0.0, 0.0, 1.0]


def test_half_of_the_mentors_goals_can_be_covered() -> None:
    goals = [Said(2, 1, (1, 0)), Said(2, 3, (0, 1))]
    world = world_of(2, [Said(2, 3, (1, 0))], goals)
    own = np.array([(1, 0)], dtype=np.float32)
    reciprocity = reciprocal(world.goals, own, np.array([2]), world.roster.n_rows, COVERAGE)
    assert reciprocity.affinity.tolist() == [0.75]  # (3 · 1 + 1 · 0) / 4
    assert reciprocity.covered.tolist() == [0.5]


@pytest.mark.parametrize("missing", ["skills", "goals", "candidates"])
def test_where_a_side_is_silent_nothing_is_reciprocal(missing: str) -> None:
    goals = [Said(1 if missing == "goals" else 2, 1, (1, 0))]
    world = world_of(2, [Said(2, 3, (1, 0))], goals)
    own = np.array([] if missing == "skills" else [(1, 0)], dtype=np.float32).reshape(-1, 2)
    mentors = np.array([] if missing == "candidates" else [2], dtype=np.int64)
    reciprocity = reciprocal(world.goals, own, mentors, world.roster.n_rows, COVERAGE)
    n = len(mentors)
    assert reciprocity.affinity.tolist() == reciprocity.covered.tolist() == [0.0] * n


def test_the_other_direction_reaches_the_features() -> None:
    goals = [Said(2, 1, (0, 1)), Said(1, 1, (1, 0))]
    world = world_of(3, [Said(2, 3, (1, 0)), Said(3, 3, (0.8, 0.6))], goals)
    asked = asking([(1.0, 0.0)], own_skills=[(0.0, 1.0)], mentee=1)
    candidates = ask(world, asked, eligible=only(world, 2, 3))
    assert candidates.people.tolist() == [2, 3]
    assert candidates.features[:, FEATURE_NAMES.index("reciprocal_affinity")].tolist() == [1.0, 0.0]
    assert candidates.features[:, FEATURE_NAMES.index("reciprocal_covered")].tolist() == [1.0, 0.0]


@given(seed=st.integers(0, 10**6))
@STEADY
def test_reciprocal_equals_asking_the_other_way_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    own = unit(rng, int(rng.integers(1, 6)))
    statements = [
        Said(int(rng.integers(2, 6)), int(rng.integers(1, 4)), vector.tolist())
        for vector in unit(rng, 12)
    ]
    world = world_of(6, [Said(2, 3, unit(rng, 1)[0].tolist())], statements)
    people = rng.permutation(np.arange(2, 7))
    reciprocity = reciprocal(world.goals, own, people, world.roster.n_rows, COVERAGE)
    mentee = [Said(1, 3, vector.tolist()) for vector in own]
    for place, mentor in enumerate(people):
        theirs = [statement for statement in statements if statement.person == mentor]
        if not theirs:
            assert reciprocity.affinity[place] == reciprocity.covered[place] == 0
            continue
        asked = asking(
            [statement.vector for statement in theirs], [statement.rating for statement in theirs]
        )
        other_way = exhaustive(mentee, asked, only(world, 1))[1]
        assert reciprocity.affinity[place] == pytest.approx(other_way, abs=1e-5)
        best = (asked.vectors @ own.T).max(axis=1)
        assert reciprocity.covered[place] == pytest.approx((best >= COVERAGE).mean())

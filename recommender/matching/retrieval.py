"""From a query and a mask of eligible people to candidates with their features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.matching.affinity import (
    DECIMALS,
    GoalAffinities,
    goal_affinities,
    priority_weights,
)
from recommender.matching.asking import Asked
from recommender.matching.features import Reciprocal, build_features
from recommender.matching.index_faiss import StatementIndex
from recommender.matching.roster import Roster

FIRST_DEPTH = 2048
WIDEN = 4
ROUGH = 1e-5
"""More than single precision can err by in an affinity."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Eligible mentors to be ranked.

    Attributes:
        people: Rows of the roster, (n,) int64.
        goals: Their affinity with each goal, arrays of shape (n, n_goals).
        statement: Id of their best statement per goal, (n, n_goals) int64.
        level: Its level, 1–5, (n, n_goals) int8.
        features: (n, n_features) float64.
        uncovered: Places of the goals that no eligible mentor covers.
    """

    people: NDArray[np.int64]
    goals: GoalAffinities
    statement: NDArray[np.int64]
    level: NDArray[np.int8]
    features: NDArray[np.float64]
    uncovered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Arrays:
    """What is searched.

    Attributes:
        roster: Everybody.
        skills: Index of skill statements.
        goals: Index of goals, for the other direction.
    """

    roster: Roster
    skills: StatementIndex
    goals: StatementIndex


def retrieve(
    arrays: Arrays,
    asked: Asked,
    eligible: NDArray[np.bool_],
    k: int,
    n_most: int,
    coverage: float,
) -> Candidates:
    """Return the eligible people with the highest affinity: at least ``k``, if so many exist.

    The best statements of every goal name the candidates; each candidate's affinity is then
    computed from all of their statements.

    Args:
        arrays: Everybody and what they state.
        asked: The query.
        eligible: Who may be recommended, (rows,) bool.
        k: How many must be found, if so many are eligible.
        n_most: How many to return, with everybody who ties with the last of them.
        coverage: Cosine from which the mentee's skills cover a mentor's goal.
    """
    skills = arrays.skills
    rows = skills.rows_of(_name_candidates(skills, asked.vectors, eligible, k))
    rough = _cover(skills, asked, rows, np.float32)
    rows = rows[np.isin(skills.person[rows], rough.people[_shortlist(rough.affinity, n_most)])]
    # Of a person's equal sentences the oldest is quoted, wherever the index keeps them.
    rows = rows[np.argsort(skills.statement[rows], kind="stable")]
    exact = _cover(skills, asked, rows, np.float64)
    order = _best(exact.affinity, n_most)
    people = exact.people[order]
    kept = GoalAffinities(
        exact.goals.affinity[order], exact.goals.similarity[order], exact.goals.best[order]
    )
    level = skills.rating[rows[kept.best]]
    closest = np.maximum(rough.closest, exact.closest)
    other_direction = reciprocal(
        arrays.goals, asked.own_skills, people, arrays.roster.n_rows, coverage
    )
    features = build_features(arrays.roster, asked, people, kept, level, other_direction)
    return Candidates(
        people=people,
        goals=kept,
        statement=skills.statement[rows[kept.best]],
        level=level,
        features=features,
        uncovered=tuple(int(goal) for goal in np.flatnonzero(closest < asked.coverage)),
    )


def reciprocal(
    goals: StatementIndex,
    own_skills: NDArray[np.float32],
    candidates: NDArray[np.int64],
    n_people_rows: int,
    coverage: float,
) -> Reciprocal:
    """Return how well a mentee's skills answer the goals of candidates.

    Args:
        goals: Index of goals.
        own_skills: The mentee's skills, (n_skills, dimension) float32.
        candidates: Rows of the roster, (n,) int64.
        n_people_rows: Rows of the roster.
        coverage: Cosine from which a statement covers a goal.
    """
    n = len(candidates)
    nothing = np.zeros(n)
    if n == 0 or len(own_skills) == 0:
        return Reciprocal(nothing, nothing)
    place = np.full(n_people_rows, -1, dtype=np.int64)
    place[candidates] = np.arange(n)
    rows = goals.rows_of(place >= 0)
    if len(rows) == 0:
        return Reciprocal(nothing, nothing)
    owner = place[goals.person[rows]]
    # The mentee is the one "candidate" here, and the mentors' goals are the goals.
    theirs = goal_affinities(
        goals.similarities(own_skills, rows, np.float64).T,
        np.zeros(len(own_skills), dtype=np.int64),
        1,
    )
    weight = priority_weights(goals.rating[rows])
    total = np.bincount(owner, weight, minlength=n)
    total[total == 0] = 1.0
    covered = theirs.similarity[0] >= coverage
    return Reciprocal(
        affinity=np.bincount(owner, weight * theirs.affinity[0], minlength=n) / total,
        covered=np.bincount(owner, covered, minlength=n)
        / np.maximum(np.bincount(owner, minlength=n), 1),
    )


@dataclass(frozen=True, slots=True)
class _Covering:
    """How some people cover the goals: numbers (n,), their affinities, and per goal the closest."""

    people: NDArray[np.int64]
    goals: GoalAffinities
    affinity: NDArray[np.float64]
    closest: NDArray[np.float64]


def _cover(
    skills: StatementIndex,
    asked: Asked,
    rows: NDArray[np.int64],
    precision: type[np.float32] | type[np.float64],
) -> _Covering:
    """Return how the people who state these rows cover the goals."""
    people, candidate = np.unique(skills.person[rows], return_inverse=True)
    similarities = skills.similarities(asked.vectors, rows, precision)
    goals = goal_affinities(similarities, candidate, len(people))
    return _Covering(
        people=people.astype(np.int64),
        goals=goals,
        affinity=goals.affinity @ asked.weights,
        closest=goals.similarity.max(axis=0, initial=-np.inf),
    )


def _shortlist(affinity: NDArray[np.float64], n_most: int) -> NDArray[np.bool_]:
    """Return who may be among the best once affinity is computed exactly, (n,) bool."""
    if len(affinity) <= n_most:
        return np.ones(len(affinity), dtype=np.bool_)
    last = np.partition(affinity, len(affinity) - n_most)[len(affinity) - n_most]
    near: NDArray[np.bool_] = affinity >= last - ROUGH
    return near


def _best(affinity: NDArray[np.float64], n_most: int) -> NDArray[np.int64]:
    """Return the places of the highest values, falling; ties at the cut are all in."""
    rounded = np.round(affinity, DECIMALS)
    order = np.argsort(-rounded, kind="stable")
    if len(order) <= n_most:
        return order
    return order[: np.searchsorted(-rounded[order], -rounded[order[n_most - 1]], side="right")]


def _name_candidates(
    skills: StatementIndex,
    queries: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    k: int,
) -> NDArray[np.bool_]:
    """Return who states something close to a goal, among them who comes closest to each goal.

    The search widens until it has named k people or nobody is left.
    """
    depth = FIRST_DEPTH
    n_rows = skills.count(eligible)
    while True:
        rows, _ = skills.search(queries, max(1, min(depth, n_rows)), eligible)
        named = np.zeros(len(eligible), dtype=np.bool_)
        named[skills.person[rows[rows >= 0]]] = True
        if depth >= n_rows or np.count_nonzero(named) >= k:
            return named
        depth *= WIDEN

"""Candidates as numbers alone: feature values that look like real ones, without any text.

They were fitted to the sample organisation with the bundled encoder: 180 mentees and all of their
eligible mentors. Mean, standard deviation within a mentee and correlation with ``affinity`` there:
affinity 0.146, 0.072, 1; strongest_goal 0.196, 0.084, 0.88; weakest_goal 0.099, 0.074, 0.88;
best_similarity 0.27, 0.104, 0.82; covered_goals 0.012, 0.081, 0.28; level_above 0.10, 0.62, 0.25;
reciprocal_affinity 0.091, 0.091, 0.01. Of the candidates 8% know a topic that the mentee wants to
learn, and of the ten with the highest affinity 46%.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recommender.matching.features import FEATURE_NAMES

FEWEST_CANDIDATES = 100
MOST_CANDIDATES = 200
MOST_GOALS = 5
COVERED_FROM = 0.49
"""Similarity from which a statement covers a goal; 0.49 is the bundled encoder's."""

_N_GOALS = (0.24, 0.34, 0.35, 0.05, 0.02)
_KNOWS_A_GOAL = 0.04
_SITES = (0.26, 0.15, 0.11, 0.11, 0.22, 0.15)
_UTC_OFFSET = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
_DEPARTMENTS = (0.22, 0.14, 0.13, 0.09, 0.08, 0.07, 0.07, 0.05, 0.05, 0.04, 0.03, 0.03)
_MENTOR_LEVELS = (0.22, 0.33, 0.28, 0.1, 0.05, 0.02)
_BILINGUAL = 0.62
_FREE_CAPACITY = (0.48, 0.36, 0.16)


@dataclass(frozen=True, slots=True)
class Mentors:
    """The mentors of a world, in parallel arrays of n rows; what is theirs stays the same.

    Attributes:
        career_level: 1 to 6, (n,) int64.
        site: Code, (n,) int64.
        department: Code, (n,) int64.
        bilingual: Whether they speak both languages of the company, (n,) bool.
        free_capacity: 1 to 3, (n,) int64.
        hours_per_month: 1 to 6, (n,) float64.
        reads_close: How close what they write comes to any goal, standard normal, (n,) float64.
        popularity: How much they are known, more than 0, (n,) float64. Mentors with more places
            are known more, though no truth here is about places: who takes requests for a sign of
            quality learns that.
        leniency: In standard deviations of everybody's, (n,) float64.
    """

    career_level: NDArray[np.int64]
    site: NDArray[np.int64]
    department: NDArray[np.int64]
    bilingual: NDArray[np.bool_]
    free_capacity: NDArray[np.int64]
    hours_per_month: NDArray[np.float64]
    reads_close: NDArray[np.float64]
    popularity: NDArray[np.float64]
    leniency: NDArray[np.float64]

    @classmethod
    def drawn(cls, n: int, rng: Generator) -> Self:
        """Draw ``n`` mentors."""
        free_capacity = _codes(_FREE_CAPACITY, n, rng) + 1
        return cls(
            career_level=_codes(_MENTOR_LEVELS, n, rng) + 1,
            site=_codes(_SITES, n, rng),
            department=_codes(_DEPARTMENTS, n, rng),
            bilingual=rng.random(n) < _BILINGUAL,
            free_capacity=free_capacity,
            hours_per_month=rng.integers(2, 13, n) / 2.0,
            reads_close=rng.standard_normal(n),
            popularity=np.exp(free_capacity + 0.7 * rng.standard_normal(n)),
            leniency=rng.standard_normal(n),
        )

    def __len__(self) -> int:
        return len(self.site)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Mentees' candidates in parallel arrays of n rows, mentee by mentee.

    Attributes:
        features: In the order of ``FEATURES``, (n, n_features) float64.
        mentee: 0-based row of the mentee, ascending, (n,) int64.
        mentor: 0-based row in the world's mentors, (n,) int64.
        n_goals: By mentee, (n_mentees,) int64.
    """

    features: NDArray[np.float64]
    mentee: NDArray[np.int64]
    mentor: NDArray[np.int64]
    n_goals: NDArray[np.int64]

    @classmethod
    def drawn(cls, mentors: Mentors, n_mentees: int, rng: Generator) -> Self:
        """Draw mentees, each with 100 to 200 of the mentors, or all if there are fewer."""
        n_mentors = len(mentors)
        sizes = np.minimum(
            rng.integers(FEWEST_CANDIDATES, MOST_CANDIDATES + 1, n_mentees), n_mentors
        )
        shuffled = rng.random((n_mentees, n_mentors)).argsort(axis=1)
        mentor = shuffled[np.arange(n_mentors) < sizes[:, None]]
        mentee = np.repeat(np.arange(n_mentees), sizes)
        n_goals = _codes(_N_GOALS, n_mentees, rng) + 1
        columns = _meaning(mentors, mentor, mentee, n_goals, rng)
        columns |= _circumstances(mentors, mentor, mentee, n_mentees, rng)
        features = np.stack([columns[name] for name in FEATURE_NAMES], axis=1).astype(np.float64)
        return cls(features, mentee, mentor, n_goals)


def _codes(shares: tuple[float, ...], n: int, rng: Generator) -> NDArray[np.int64]:
    codes: NDArray[np.int64] = rng.choice(len(shares), n, p=np.array(shares) / sum(shares))
    return codes


def _meaning(
    mentors: Mentors,
    mentor: NDArray[np.int64],
    mentee: NDArray[np.int64],
    n_goals: NDArray[np.int64],
    rng: Generator,
) -> dict[str, NDArray[np.generic]]:
    """Draw what the encoder would tell of each candidate and goal, and what follows from it."""
    n, shape = len(mentor), (len(mentor), MOST_GOALS)
    is_goal = np.arange(MOST_GOALS) < n_goals[mentee][:, None]
    knows = rng.random(shape) < _KNOWS_A_GOAL
    of_goal = rng.standard_normal((len(n_goals), MOST_GOALS))[mentee]
    of_candidate = 0.7 * mentors.reads_close[mentor] + 0.7 * rng.standard_normal(n)
    affinity = 0.138 + 0.02 * of_goal + 0.048 * of_candidate[:, None] + 0.16 * knows
    affinity += 0.066 * rng.standard_normal(shape)
    similarity = affinity + 0.075 + 0.06 * knows + 0.045 * rng.standard_normal(shape)
    covered = is_goal & (similarity >= COVERED_FROM)
    level = rng.integers(2, 6, n) - np.where(rng.random(n) < 0.1, 1, 0)
    reciprocal = rng.random(n) < 0.55
    reciprocal_affinity = np.where(reciprocal, 0.16 + 0.09 * rng.standard_normal(n), 0.0)
    reciprocal_covered = np.where(reciprocal_affinity > 0.35, 0.5, 0.0)
    return {
        "affinity": (affinity * is_goal).sum(axis=1) / n_goals[mentee],
        "strongest_goal": np.where(is_goal, affinity, -1.0).max(axis=1),
        "weakest_goal": np.where(is_goal, affinity, 1.0).min(axis=1),
        "best_similarity": np.where(is_goal, similarity, -1.0).max(axis=1),
        "covered_goals": covered.sum(axis=1) / n_goals[mentee],
        "level_above": np.where(covered.any(axis=1), level, 0),
        "reciprocal_affinity": reciprocal_affinity,
        "reciprocal_covered": reciprocal_covered,
    }


def _circumstances(
    mentors: Mentors,
    mentor: NDArray[np.int64],
    mentee: NDArray[np.int64],
    n_mentees: int,
    rng: Generator,
) -> dict[str, NDArray[np.generic]]:
    """Draw the mentees, and compare each with the candidates' own facts."""
    career_level = np.clip(np.rint(rng.normal(5.3, 2.0, n_mentees)), 1, 10)
    site = _codes(_SITES, n_mentees, rng)
    department = _codes(_DEPARTMENTS, n_mentees, rng)
    bilingual = rng.random(n_mentees) < _BILINGUAL
    depth = rng.normal(0.0, 0.9, n_mentees)
    same_department = department[mentee] == mentors.department[mentor]
    steps = 7.0 - 3.0 * same_department + depth[mentee] + rng.normal(0.0, 0.8, len(mentor))
    offset = np.abs(_UTC_OFFSET[site[mentee]] - _UTC_OFFSET[mentors.site[mentor]])
    return {
        "career_level_difference": career_level[mentee] - mentors.career_level[mentor],
        "organisational_distance": np.clip(np.rint(steps), 2, 10),
        "same_department": same_department,
        "same_site": site[mentee] == mentors.site[mentor],
        "time_zone_distance": offset,
        "shared_languages": 1 + (bilingual[mentee] & mentors.bilingual[mentor]),
        "free_capacity": mentors.free_capacity[mentor],
        "hours_per_month": mentors.hours_per_month[mentor],
    }

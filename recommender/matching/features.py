"""The features of a candidate: one table of what they mean, one function that computes them."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from recommender.matching.affinity import GoalAffinities
from recommender.matching.asking import Asked
from recommender.matching.roster import Roster

FEATURE_SCHEMA = 1
MAX_LEVEL_DIFFERENCE = 99.0


@dataclass(frozen=True, slots=True)
class Feature:
    """What one column means.

    Args:
        name: Column name, and key of its reason text.
        unit: What its numbers count.
        low: Smallest possible value.
        high: Largest possible value.
        direction: +1 if more of it should speak for a mentor, −1 if less, 0 if that is open.
        speaks_at: The value from which the feature is given as a reason, or None for never.
    """

    name: str
    unit: str
    low: float
    high: float
    direction: int
    speaks_at: float | None = None


FEATURES: tuple[Feature, ...] = (
    Feature("affinity", "cosine", -1, 1, +1),
    Feature("strongest_goal", "cosine", -1, 1, +1),
    Feature("weakest_goal", "cosine", -1, 1, +1),
    Feature("best_similarity", "cosine", -1, 1, +1),
    Feature("covered_goals", "share of goals", 0, 1, +1, speaks_at=1.0),
    Feature("level_above", "levels", -5, 5, +1, speaks_at=2.0),
    Feature("reciprocal_affinity", "cosine", -1, 1, +1),
    Feature("reciprocal_covered", "share of the mentor's goals", 0, 1, +1, speaks_at=0.01),
    Feature(
        "career_level_difference",
        "career levels, mentee minus mentor",
        -MAX_LEVEL_DIFFERENCE,
        MAX_LEVEL_DIFFERENCE,
        0,
    ),
    Feature("organisational_distance", "steps", 0, inf, +1, speaks_at=5.0),
    Feature("same_department", "0 or 1", 0, 1, 0, speaks_at=1.0),
    Feature("same_site", "0 or 1", 0, 1, +1, speaks_at=1.0),
    Feature("time_zone_distance", "hours", 0, 12, -1),
    Feature("shared_languages", "languages", 0, 12, +1, speaks_at=2.0),
    Feature("free_capacity", "mentees", 0, 50, +1),
    Feature("hours_per_month", "hours", 0, 200, +1, speaks_at=4.0),
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)


@dataclass(frozen=True, slots=True)
class Reciprocal:
    """The other direction: what the mentee could teach each candidate.

    Attributes:
        affinity: How well the mentee's skills cover the mentor's goals, −1 to 1, 0 where either
            side described none, (n_candidates,) float64.
        covered: Share of the mentor's goals that the mentee covers, 0 to 1, (n_candidates,).
    """

    affinity: NDArray[np.float64]
    covered: NDArray[np.float64]


def build_features(
    roster: Roster,
    asked: Asked,
    candidates: NDArray[np.int64],
    goals: GoalAffinities,
    levels: NDArray[np.int8],
    reciprocal: Reciprocal,
) -> NDArray[np.float64]:
    """Return one row per candidate and one column per entry of ``FEATURES``.

    A column that compares two people is 0 for a query without a stored mentee.

    Args:
        roster: Everybody.
        asked: The query.
        candidates: Rows of the candidates, (n,) int64.
        goals: Affinities of candidates and goals.
        levels: Level of the best statement per candidate and goal, 1–5, (n, n_goals) int8.
        reciprocal: What the mentee could teach the candidates.

    Returns:
        (n, len(FEATURES)) float64, in the order of ``FEATURES``.
    """
    mentee, weights = asked.mentee, asked.weights
    covered = goals.similarity >= asked.coverage
    columns: dict[str, NDArray[np.generic]] = {
        "affinity": goals.affinity @ weights,
        "strongest_goal": goals.affinity.max(axis=1),
        "weakest_goal": goals.affinity.min(axis=1),
        "best_similarity": goals.similarity.max(axis=1),
        "covered_goals": covered.mean(axis=1),
        "level_above": _mean_where(covered, levels - asked.own_levels[None, :], weights),
        "reciprocal_affinity": reciprocal.affinity,
        "reciprocal_covered": reciprocal.covered,
        "free_capacity": roster.free_capacity[candidates],
        "hours_per_month": roster.hours_per_month[candidates],
    }
    if mentee is not None:
        columns |= {
            "career_level_difference": roster.career_level[mentee]
            - roster.career_level[candidates],
            "organisational_distance": roster.organisational_distance(mentee, candidates),
            "same_department": roster.department[candidates] == roster.department[mentee],
            "same_site": roster.site[candidates] == roster.site[mentee],
            "time_zone_distance": roster.time_zone_distance(mentee, candidates),
            "shared_languages": roster.n_shared_languages(mentee, candidates),
        }
    matrix = np.zeros((len(candidates), len(FEATURES)))
    for place, name in enumerate(FEATURE_NAMES):
        if name in columns:
            matrix[:, place] = columns[name]
    return matrix


def _mean_where(
    counted: NDArray[np.bool_], values: NDArray[np.int8], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return each row's weighted mean of the values that count, 0 where none does, (n,)."""
    weighted = counted * weights[None, :]
    total = weighted.sum(axis=1)
    mean: NDArray[np.float64] = (weighted * values).sum(axis=1) / np.where(total > 0, total, 1.0)
    return mean

"""How much each feature matters to a ranker, in numbers that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recommender.matching import FEATURES, Feature
from recommender.ranking.score import AdditiveScore

ORDINARY: Mapping[str, tuple[float, float]] = {
    "affinity": (0.2, 0.3),
    "strongest_goal": (0.25, 0.35),
    "weakest_goal": (0.1, 0.3),
    "best_similarity": (0.3, 0.45),
    "covered_goals": (0.0, 1.0),
    "level_above": (0.0, 2.0),
    "reciprocal_affinity": (0.0, 0.2),
    "reciprocal_covered": (0.0, 1.0),
    "career_level_difference": (-3.0, 5.0),
    "organisational_distance": (5.0, 9.0),
    "same_department": (0.0, 1.0),
    "same_site": (0.0, 1.0),
    "time_zone_distance": (0.0, 1.0),
    "shared_languages": (1.0, 2.0),
    "free_capacity": (1.0, 3.0),
    "hours_per_month": (1.5, 5.5),
}
"""An ordinary low and high value of each feature: about the 10th and the 90th percentile of the
candidates in the sample organisation, and none and all where most candidates have the same."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a feature does to the score when it alone goes from ``low`` to ``high``.

    Attributes:
        feature: Which one.
        low: An ordinary low value, in the feature's unit.
        high: An ordinary high value.
        change: Contribution at ``high`` minus contribution at ``low``, in units of the score.
    """

    feature: Feature
    low: float
    high: float
    change: float

    @property
    def is_against(self) -> bool:
        """Whether the ranker learned the opposite of what is intended."""
        return self.feature.direction * self.change < 0


def effects(score: AdditiveScore) -> tuple[Effect, ...]:
    """Return the effect of each of the score's features, in their order."""
    ends = np.array([ORDINARY[name] for name in score.names], dtype=np.float64).T
    at_low, at_high = score.contributions(ends)
    known = {feature.name: feature for feature in FEATURES}
    return tuple(
        Effect(known[name], float(low), float(high), float(change))
        for name, low, high, change in zip(score.names, *ends, at_high - at_low, strict=True)
    )

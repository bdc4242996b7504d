"""Labelled impressions by hand: name what matters, the rest follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.examples import Examples


def rows(
    grade: Sequence[int],
    ranking: Sequence[int] | None = None,
    mentee: Sequence[int] | None = None,
    mentor: Sequence[int] | None = None,
    position: Sequence[int] | None = None,
    asked: Sequence[bool] | None = None,
    accepted: Sequence[bool] | None = None,
    cohort: Sequence[int] | None = None,
    cohorts: tuple[str, ...] = ("spring",),
    affinity: Sequence[float] | None = None,
) -> Examples:
    """Return one row per grade; left out, all rows are one list of mentee 0, in the order shown."""
    n = len(grade)
    features = np.zeros((n, len(FEATURE_NAMES)))
    features[:, FEATURE_NAMES.index("affinity")] = np.zeros(n) if affinity is None else affinity
    known = np.asarray(grade, np.int64)

    def whole(values: Sequence[int] | None, default: NDArray[np.int64]) -> NDArray[np.int64]:
        return default if values is None else np.asarray(values, np.int64)

    lists = whole(ranking, np.zeros(n, np.int64))
    return Examples(
        features=features,
        grade=known,
        asked=known > 0 if asked is None else np.asarray(asked, np.bool_),
        accepted=known > 0 if accepted is None else np.asarray(accepted, np.bool_),
        position=whole(position, np.arange(1, n + 1)),
        ranking=lists,
        mentee=whole(mentee, lists),
        mentor=whole(mentor, np.arange(n)),
        cohort=whole(cohort, np.full(n, len(cohorts) - 1)),
        cohorts=cohorts,
    )

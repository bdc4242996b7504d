"""Questions as numbers, made by hand."""

from __future__ import annotations

import numpy as np

from recommender.matching.asking import Asked

_NOTHING = np.zeros((0, 0), dtype=np.float32)
NOTHING_ASKED = Asked(
    mentee=None,
    language="en",
    partners=(),
    goals=(),
    vectors=_NOTHING,
    weights=np.zeros(0),
    own_skills=_NOTHING,
    own_levels=np.zeros(0, dtype=np.int8),
    coverage=np.zeros(0),
)
"""Somebody who has no goal asks; tests replace what they are about."""

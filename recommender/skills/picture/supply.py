"""What mentors offer of each concept or area: levels and free places, as far as they may be shown.

People know of each other how many places they offer, so a sum of places could name who is in it. It
is shown only where at least five people have a free place and nobody holds more than half of them.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.domain.disclosure import FEWEST
from recommender.skills.picture.counting import Table, column
from recommender.skills.picture.disclosure import Shown

TEACHES_FROM = 3
"""The self-rated level from which a mentor can teach."""
EXPERT_FROM = 4
LARGEST_SHARE = 0.5
"""The largest share of free places that one person may hold where the sum is shown."""


def by_level(
    concept: NDArray[np.int64],
    level: NDArray[np.int8],
    can_teach: Shown,
    n_people: int,
) -> list[pl.Series]:
    """Return how many mentors give themselves level 1 or 2, 3, and 4 or 5.

    The latter two add up to those who can teach, so both are shown or neither.

    Args:
        concept: Of each mentor's skill, (n_skills,) int64.
        level: Of the same, 1 to 5.
        can_teach: Where the number of those who can teach is shown, (n_concepts,) bool.
        n_people: How many people there are.
    """
    n_concepts = len(can_teach)
    bands = [level < TEACHES_FROM, level == TEACHES_FROM, level >= EXPERT_FROM]
    low, middle, high = (np.bincount(concept[band], minlength=n_concepts) for band in bands)
    both = can_teach & (middle >= FEWEST) & (high >= FEWEST)
    return [
        column("level_1_2", low, (low >= FEWEST) & (n_people - low >= FEWEST)),
        column("level_3", middle, both),
        column("level_4_5", high, both),
    ]


def free_places(place: NDArray[np.int64], free: NDArray[np.int64], can_teach: Shown) -> Table:
    """Return the free places of those who can teach, and where the sum is shown.

    Args:
        place: Concept or area of each who can teach, (n_pairs,) int64.
        free: Their free places, (n_pairs,) int64.
        can_teach: Where their number is shown, (n_rows,) bool.
    """
    n_rows = len(can_teach)
    total = np.zeros(n_rows, dtype=np.int64)
    largest = np.zeros(n_rows, dtype=np.int64)
    np.add.at(total, place, free)
    np.maximum.at(largest, place, free)
    holders = np.bincount(place[free > 0], minlength=n_rows)
    shown: Shown = can_teach & (holders >= FEWEST) & (largest <= LARGEST_SHARE * total)
    return Table(total, shown)


def coverage(want: pl.Series, free: pl.Series) -> pl.Series:
    """Return the share of those who want it for whom there is a free place, 0 to 1, or null."""
    frame = pl.DataFrame({"want": want, "free": free})
    share = pl.min_horizontal(pl.col("want"), pl.col("free")) / pl.col("want")
    both = pl.col("want").is_not_null() & pl.col("free").is_not_null()
    return frame.select(pl.when(both).then(share.round(2)).alias("coverage")).to_series()

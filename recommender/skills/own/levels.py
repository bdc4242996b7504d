"""Levels, 1 to 5: which one a goal asks for, which one a person has, and who can take them on.

A level says how well somebody can do something, self-rated: from 1 (has tried it) to 5 (others ask
them). A goal has no level but a priority, and the more important it is, the further its person
wants to come: priority 1 to level 4, 2 to level 3, 3 to level 2. No goal asks for level 5: nobody
comes to mentoring to become the one whom all others ask. Source: our own choice.
"""

from __future__ import annotations

from collections.abc import Iterable

from recommender.domain.people import MAX_LEVEL


def wanted_level(priority: int) -> int:
    """Return the level, 4 to 2, that a goal of this priority, 1 (most important) to 3, asks for."""
    return MAX_LEVEL - priority


def present_level(self_rated: Iterable[int]) -> int:
    """Return the level of somebody by their own skill statements; 0 if there is none.

    The highest counts: who states a lesser level beside it says that they know a part less well.
    """
    return max(self_rated, default=0)


def distance(wanted: int, present: int) -> int:
    """Return how many levels are missing, at least 0."""
    return max(0, wanted - present)


def teaching_level(wanted: int, present: int) -> int:
    """Return the level from which a mentor can help: one step ahead, or all that is wanted."""
    return min(wanted, present + 1)

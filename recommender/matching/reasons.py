"""Reasons that are true: the statements that matched, and the features that speak for a mentor.

The mentor's own goals are never quoted: what somebody wants to learn is theirs to tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.domain.ranking import GoalMatch, Reason
from recommender.domain.texts import language_name, number, text
from recommender.matching.asking import Asked
from recommender.matching.features import FEATURES
from recommender.matching.roster import Roster


def feature_reasons(
    roster: Roster,
    mentee: int | None,
    candidate: int,
    values: Mapping[str, float],
    language: str,
    contributions: Mapping[str, float] | None = None,
) -> tuple[Reason, ...]:
    """Return the features that speak for a candidate, as text.

    Without a ranker they come in the order of the table. With one, only those that raise the
    candidate's score above the average come, the strongest first.

    Args:
        roster: Everybody.
        mentee: The mentee's row, or None.
        candidate: The candidate's row.
        values: Feature values by name.
        language: ``de`` or ``en``.
        contributions: What each feature adds to the score, if a ranker is active.
    """
    added = contributions or {}
    names = {
        "department": roster.departments[candidate],
        "site": roster.sites[candidate],
        "languages": _shared_languages(roster, mentee, candidate, language),
    }
    return tuple(
        Reason(
            feature.name,
            text(
                language,
                f"reason.{feature.name}",
                value=number(language, values[feature.name]),
                **names,
            ),
        )
        for feature in sorted(FEATURES, key=lambda feature: -added.get(feature.name, 0.0))
        if feature.speaks_at is not None
        and values[feature.name] >= feature.speaks_at
        and (contributions is None or added.get(feature.name, 0.0) > 0)
    )


def goal_matches(
    asked: Asked,
    statements: Sequence[str],
    levels: NDArray[np.int8],
    similarity: NDArray[np.float64],
    affinity: NDArray[np.float64],
) -> tuple[GoalMatch, ...]:
    """Return how one candidate answers each goal.

    Args:
        asked: The query.
        statements: The candidate's best statement per goal.
        levels: Its level, 1–5, (n_goals,).
        similarity: Its cosine, (n_goals,).
        affinity: The candidate's affinity per goal, (n_goals,).
    """
    return tuple(
        GoalMatch(
            goal=goal.text,
            statement=statement,
            level=int(levels[i]),
            similarity=float(similarity[i]),
            affinity=float(affinity[i]),
            contribution=float(affinity[i] * asked.weights[i]),
            covered=bool(similarity[i] >= asked.coverage[i]),
        )
        for i, (goal, statement) in enumerate(zip(asked.goals, statements, strict=True))
    )


def _shared_languages(roster: Roster, mentee: int | None, candidate: int, language: str) -> str:
    if mentee is None:
        return ""
    shared = roster.speaks[mentee] & roster.speaks[candidate]
    names = [language_name(language, roster.languages[i]) for i in np.flatnonzero(shared)]
    return ", ".join(sorted(names))

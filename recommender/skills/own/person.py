"""A person's own gaps: what they want to know, what they know, and whether anyone can help.

These are for that person alone; nothing here may reach a manager or HR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from recommender.domain.people import MAX_PRIORITY
from recommender.skills.catalogue import Concept
from recommender.skills.own.levels import distance, present_level, teaching_level, wanted_level
from recommender.skills.own.linking import LinkedStatement
from recommender.skills.role_profiles import RoleProfile

NOT_ASKED_FOR = MAX_PRIORITY + 1


class Source(StrEnum):
    """Who says that a level is wanted."""

    GOAL = "goal"
    ROLE_PROFILE = "role_profile"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is wanted of one concept, or by one goal that the catalogue does not know.

    Args:
        concept: Id of the concept; None for such a goal.
        label: Its name, by ``de`` and ``en``; None for such a goal.
        goal: Text of the most important goal that wants it; None if a role profile alone does.
        wanted: Level, 1 to 5.
        present: Own level, 0 (none) to 5.
        distance: Levels that are missing, 0 to 5; 0 is a gap that is closed.
        source: Who says so.
        n_mentors: How many mentors who may be recommended to the person could help.
        closable: Whether there is such a mentor.
    """

    concept: str | None
    label: Mapping[str, str] | None
    goal: str | None
    wanted: int
    present: int
    distance: int
    source: Source
    n_mentors: int
    closable: bool


@dataclass(frozen=True, slots=True)
class PersonGaps:
    """A person's gaps, for them alone.

    Args:
        statements: Their goals, then their skills.
        gaps: By falling distance, then by priority; what a role profile alone wants comes last.
        profile: Id of the role profile that they chose, if it still exists.
    """

    statements: tuple[LinkedStatement, ...]
    gaps: tuple[Gap, ...]
    profile: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a goal's own words are covered, where no concept stands for it.

    Args:
        present: Level of the person's own skill that is closest and covers it; 0 if none does.
        n_mentors: How many eligible mentors state something that covers it.
    """

    present: int
    n_mentors: int


@dataclass(frozen=True, slots=True)
class _Want:
    concept: str | None
    goal: str | None
    wanted: int
    priority: int
    source: Source


def find_gaps(
    statements: Sequence[LinkedStatement],
    profile: RoleProfile | None,
    concepts: Mapping[str, Concept],
    n_able: Callable[[str, int], int],
    by_words: Mapping[str, Coverage],
) -> tuple[Gap, ...]:
    """Return what a person wants to know with what they know of it.

    Args:
        statements: The person's own, linked.
        profile: The role profile that they chose.
        concepts: Of the catalogue, by id; what a profile expects of others does not count.
        n_able: Returns how many eligible mentors state a concept at a level or above.
        by_words: By the text of each goal without a concept, how its words are covered.
    """
    levels: dict[str, list[int]] = {}
    for statement in statements:
        for link in statement.concepts:
            levels.setdefault(link.id, []).append(statement.level or 0)  # a goal is no level
    gaps: list[tuple[int, Gap]] = []
    for want in _wants(statements, profile, concepts):
        if want.concept is None:
            covered = by_words[want.goal or ""]
            present, n_mentors = covered.present, covered.n_mentors
        else:
            present = present_level(levels.get(want.concept, ()))
            n_mentors = n_able(want.concept, teaching_level(want.wanted, present))
        gap = Gap(
            concept=want.concept,
            label=concepts[want.concept].label if want.concept else None,
            goal=want.goal,
            wanted=want.wanted,
            present=present,
            distance=distance(want.wanted, present),
            source=want.source,
            n_mentors=n_mentors,
            closable=n_mentors > 0,
        )
        gaps.append((want.priority, gap))
    gaps.sort(key=lambda item: (-item[1].distance, item[0]))
    return tuple(gap for _, gap in gaps)


def _wants(
    statements: Sequence[LinkedStatement],
    profile: RoleProfile | None,
    concepts: Mapping[str, Concept],
) -> list[_Want]:
    """Return what is wanted, each concept once: goals by priority, then the role profile's."""
    wants: dict[str, _Want] = {}
    untold: list[_Want] = []
    goals = [statement for statement in statements if statement.priority is not None]
    for goal in sorted(goals, key=lambda statement: statement.priority or 0):
        priority = goal.priority or 0
        want = _Want(None, goal.text, wanted_level(priority), priority, Source.GOAL)
        for link in goal.concepts:
            wants.setdefault(link.id, replace(want, concept=link.id))
        if not goal.concepts:
            untold.append(want)
    for expected in profile.expectations if profile else ():
        concept, level = expected.concept, expected.level
        if concept in wants:
            wanted = max(wants[concept].wanted, level)
            wants[concept] = replace(wants[concept], wanted=wanted, source=Source.BOTH)
        elif concept in concepts:
            wants[concept] = _Want(concept, None, level, NOT_ASKED_FOR, Source.ROLE_PROFILE)
    return [*wants.values(), *untold]

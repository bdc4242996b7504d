"""What a mentee asks, what is answered, and what is remembered of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from recommender.domain.checks import MAX_NAME, Check, set_canonical, set_tuple
from recommender.domain.errors import InvalidInput
from recommender.domain.people import Kind, Statement

MAX_K = 100
MAX_GOALS = 20
DEFAULT_PRIORITY = 2
DEFAULT_LANGUAGE = "en"
"""Of a goal that is given as plain text."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a mentee asks for.

    Args:
        mentee_id: The stored mentee, or None for a query by text alone.
        goals: Goals given as text; empty means the mentee's stored goals. A plain string stands for
            a goal in English of middling priority.
        k: How many mentors, 1 to 100.
        language: Only mentors who speak this language, or None.
        site: Only mentors at this site, or None.
        exclude: Ids of people not to recommend, for example those already asked.

    Raises:
        InvalidInput: if a field is out of its range, or there is neither mentee nor goal.
    """

    mentee_id: str | None = None
    goals: tuple[Statement, ...] = ()
    k: int = 5
    language: str | None = None
    site: str | None = None
    exclude: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        set_canonical(self, "site")
        set_tuple(self, "goals", "exclude")
        check = Check()
        if check.items("goals", self.goals, str | Statement, "goals, each a text or a statement"):
            goals = tuple(_statement(check, place, goal) for place, goal in enumerate(self.goals))
            object.__setattr__(self, "goals", tuple(goal for goal in goals if goal is not None))
            self._check_goals(check)
        exclude = tuple(self.exclude) if isinstance(self.exclude, set | frozenset) else self.exclude
        if check.items("exclude", exclude, str, "ids of people"):
            object.__setattr__(self, "exclude", frozenset(exclude))
        if self.mentee_id is not None:
            check.identifier("mentee_id", self.mentee_id)
        check.whole("k", self.k, 1, MAX_K, "Ask for fewer, or again with exclude.")
        if self.language is not None:
            check.language("language", self.language)
        if self.site is not None:
            check.text("site", self.site, MAX_NAME)
        check.done()

    def _check_goals(self, check: Check) -> None:
        check.that(
            bool(self.mentee_id is not None or self.goals or check.problems),
            "goals",
            "no goal and no mentee",
            "a mentee_id or at least one goal",
            "Give either.",
        )
        check.that(
            len(self.goals) <= MAX_GOALS,
            "goals",
            f"{len(self.goals)} goals",
            f"at most {MAX_GOALS}",
            "Keep those that matter most.",
        )
        check.that(
            all(goal.kind is Kind.GOAL for goal in self.goals),
            "goals",
            "a skill",
            "statements of kind goal",
            "Give what the mentee wants to learn.",
        )


def _statement(check: Check, place: int, goal: str | Statement) -> Statement | None:
    """Return a goal as a statement; what is wrong with its text is noted with its place."""
    if isinstance(goal, Statement):
        return goal
    try:
        return Statement(Kind.GOAL, goal, DEFAULT_LANGUAGE, priority=DEFAULT_PRIORITY)
    except InvalidInput as refusal:
        check.problems += [replace(p, field=f"goals[{place}].{p.field}") for p in refusal.problems]
        return None


@dataclass(frozen=True, slots=True)
class GoalMatch:
    """How one mentor answers one goal: the statement that comes closest.

    ``similarity`` is the cosine of the two sentences and ``affinity`` the mean of the mentor's best
    three for this goal, both −1 to 1. ``contribution`` is the affinity times the goal's weight;
    over all goals the contributions add up to the recommendation's affinity. ``covered`` says
    whether the similarity reaches the coverage threshold.
    """

    goal: str
    statement: str
    level: int
    similarity: float
    affinity: float
    contribution: float
    covered: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that speaks for a mentor, in words for the mentee."""

    feature: str
    text: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One mentor at one place of a ranking.

    ``position`` is 1-based and unique; equal scores share one ``rank``. Of ``score`` only the order
    has a meaning. ``contributions`` say by feature what it adds: their sum, rounded to six
    decimals, is the score. ``features`` holds the values that they were computed from.
    """

    position: int
    rank: int
    mentor_id: str
    name: str
    department: str
    site: str
    score: float
    affinity: float
    contributions: Mapping[str, float] = field(hash=False)
    matches: tuple[GoalMatch, ...]
    reasons: tuple[Reason, ...]
    features: Mapping[str, float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to a query.

    ``kept_out`` counts, per rule and in the order in which the rules were applied, the people whom
    that rule was the first to keep out; with ``n_eligible`` they add up to ``n_people``.
    ``degraded`` is true while no trained ranker is active and the order is affinity. ``notes`` say
    in the answer's language what a reader should know before they trust it.
    """

    ranking_id: str
    created_at: datetime
    mentee_id: str | None
    language: str
    goals: tuple[str, ...]
    recommendations: tuple[Recommendation, ...]
    uncovered_goals: tuple[str, ...]
    kept_out: Mapping[str, int] = field(hash=False)
    n_people: int
    n_eligible: int
    encoder: str
    ranker: str | None
    degraded: bool
    notes: tuple[str, ...]

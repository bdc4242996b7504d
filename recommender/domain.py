"""The words of Tandem as frozen dataclasses: who takes part, what is asked, what is answered.

Text is canonical once an object exists: Unicode NFC, no control characters, single spaces. Every
constructor checks every field and raises one :class:`~recommender.errors.InvalidInput` with all
the problems it found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from zoneinfo import available_timezones

from recommender.errors import InvalidInput, Problem, quoted

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}"
LANGUAGE_PATTERN = r"[a-z]{2}"
MAX_NAME = 200
MAX_TEXT = 1000
MAX_LANGUAGES = 12
MAX_STATEMENTS = 60
MAX_CAREER_LEVEL = 99
MAX_CAPACITY = 50
MAX_HOURS_PER_MONTH = 200.0
MAX_LEVEL = 5
MAX_PRIORITY = 3
MAX_K = 100
MAX_GOALS = 20


class Kind(StrEnum):
    """What a statement describes."""

    SKILL = "skill"
    GOAL = "goal"


class Roles(StrEnum):
    """Which sides of a tandem a person takes."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    BOTH = "both"

    @property
    def may_mentor(self) -> bool:
        return self is not Roles.MENTEE


class Status(StrEnum):
    """Whether a person takes part now. Only ``active`` people are recommended to others."""

    ACTIVE = "active"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


class PairStatus(StrEnum):
    """Whether a pair is running (and takes one of the mentor's places) or over."""

    ACTIVE = "active"
    ENDED = "ended"


def canonical_text(text: str) -> str:
    """Return ``text`` in Unicode NFC with each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _is_plain(text: str) -> bool:
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Return every IANA time zone name known here."""
    return frozenset(available_timezones())


class _Check:
    """Collects the problems of one object, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def that(self, ok: bool, name: str, value: object, expected: str, remedy: str) -> None:
        if not ok:
            self.problems.append(Problem(name, quoted(value), expected, remedy))

    def text(self, name: str, value: str, longest: int) -> bool:
        ok = isinstance(value, str) and 1 <= len(value) <= longest and _is_plain(value)
        self.that(
            ok,
            name,
            value,
            f"text of 1 to {longest} characters without control characters",
            "Fill it in, or shorten it.",
        )
        return ok

    def words(self, name: str, value: str, longest: int) -> None:
        if self.text(name, value, longest):
            self.that(
                any(char.isalnum() for char in value),
                name,
                value,
                "a text with a letter or a digit",
                "Say it in words; signs alone cannot be matched.",
            )

    def identifier(self, name: str, value: str) -> None:
        self.that(
            isinstance(value, str) and re.fullmatch(ID_PATTERN, value) is not None,
            name,
            value,
            "an id of 1 to 64 letters, digits and . _ : @ - that starts with a letter or digit",
            "Use the person's staff number or account name.",
        )

    def whole(self, name: str, value: int, low: int, high: int, remedy: str) -> None:
        ok = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        self.that(ok, name, value, f"a whole number from {low} to {high}", remedy)

    def language(self, name: str, value: str) -> None:
        self.that(
            isinstance(value, str) and re.fullmatch(LANGUAGE_PATTERN, value) is not None,
            name,
            value,
            "a two-letter ISO 639-1 language code such as de or en",
            "Write the code in lower case.",
        )

    def one_of(self, name: str, value: object, allowed: type[StrEnum]) -> None:
        options = ", ".join(allowed)
        self.that(isinstance(value, allowed), name, value, f"one of {options}", "Choose one.")

    def done(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)


def _canonical(target: object, *names: str) -> None:
    """Make the named string fields of a frozen dataclass canonical."""
    for name in names:
        value = getattr(target, name)
        if isinstance(value, str):
            object.__setattr__(target, name, canonical_text(value))


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence in which a person describes a skill or a goal.

    Args:
        kind: Skill or goal.
        text: 1 to 1000 characters, among them a letter or a digit.
        language: ISO 639-1 code.
        level: Skills only: 1 (has tried it) to 5 (others ask them), self-rated.
        priority: Goals only: 1 (most important) to 3.

    Raises:
        InvalidInput: if any field is out of its range.
    """

    kind: Kind
    text: str
    language: str
    level: int | None = None
    priority: int | None = None

    def __post_init__(self) -> None:
        _canonical(self, "text")
        check = _Check()
        check.one_of("kind", self.kind, Kind)
        check.words("text", self.text, MAX_TEXT)
        check.language("language", self.language)
        if self.kind is Kind.SKILL:
            level = self.level if self.level is not None else 0
            check.whole("level", level, 1, MAX_LEVEL, "Say how well the person can do it.")
            check.that(
                self.priority is None,
                "priority",
                self.priority,
                "nothing (skills have a level)",
                "Leave it empty.",
            )
        elif self.kind is Kind.GOAL:
            priority = self.priority if self.priority is not None else 0
            check.whole("priority", priority, 1, MAX_PRIORITY, "1 is the most important.")
            check.that(
                self.level is None,
                "level",
                self.level,
                "nothing (goals have a priority)",
                "Leave it empty.",
            )
        check.done()


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who takes part.

    Args:
        id: Opaque id, unique in the organisation.
        name: As shown to the people they are recommended to.
        department: Organisational unit.
        site: Place of work.
        career_level: 0 to 99, as HR defines it; larger is more senior. Never age.
        reports_to: Id of the manager, or None at the top.
        languages: ISO 639-1 codes, the preferred one first.
        time_zone: IANA name, such as Europe/Berlin.
        roles: Mentor, mentee or both.
        capacity: How many mentees at once, 0 to 50.
        hours_per_month: Time for mentoring, 0 to 200 hours.
        status: Whether they take part now.
        statements: Their skills and goals, at most 60, no text twice within a kind.

    Raises:
        InvalidInput: if any field is out of its range.
    """

    id: str
    name: str
    department: str
    site: str
    career_level: int
    reports_to: str | None
    languages: tuple[str, ...]
    time_zone: str
    roles: Roles
    capacity: int
    hours_per_month: float
    status: Status
    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        _canonical(self, "name", "department", "site")
        check = _Check()
        check.identifier("id", self.id)
        for name in ("name", "department", "site"):
            check.text(name, getattr(self, name), MAX_NAME)
        check.whole(
            "career_level",
            self.career_level,
            0,
            MAX_CAREER_LEVEL,
            "Use HR's own levels, never age.",
        )
        if self.reports_to is not None:
            check.identifier("reports_to", self.reports_to)
            check.that(
                self.reports_to != self.id,
                "reports_to",
                self.reports_to,
                "somebody else's id",
                "Name the manager, or leave it empty at the top.",
            )
        self._check_languages(check)
        check.that(
            self.time_zone in time_zone_names(),
            "time_zone",
            self.time_zone,
            "an IANA time zone name",
            "Write for example Europe/Berlin or Europe/Dublin.",
        )
        check.one_of("roles", self.roles, Roles)
        check.whole("capacity", self.capacity, 0, MAX_CAPACITY, "0 means no mentee now.")
        hours = self.hours_per_month
        check.that(
            isinstance(hours, int | float)
            and not isinstance(hours, bool)
            and 0 <= hours <= MAX_HOURS_PER_MONTH,
            "hours_per_month",
            hours,
            f"a number from 0 to {MAX_HOURS_PER_MONTH:g}",
            "Give hours per month, such as 3 or 2.5.",
        )
        check.one_of("status", self.status, Status)
        self._check_statements(check)
        check.done()

    def _check_languages(self, check: _Check) -> None:
        check.that(
            1 <= len(self.languages) <= MAX_LANGUAGES
            and len(set(self.languages)) == len(self.languages),
            "languages",
            " ".join(map(str, self.languages)),
            f"1 to {MAX_LANGUAGES} different language codes",
            "Name each language once, the preferred one first.",
        )
        for language in self.languages:
            check.language("languages", language)

    def _check_statements(self, check: _Check) -> None:
        check.that(
            len(self.statements) <= MAX_STATEMENTS,
            "statements",
            f"{len(self.statements)} statements",
            f"at most {MAX_STATEMENTS}",
            "Keep those that matter most.",
        )
        seen: set[tuple[Kind, str]] = set()
        for statement in self.statements:
            key = (statement.kind, statement.text)
            check.that(
                key not in seen,
                "statements",
                statement.text,
                f"each {statement.kind} once",
                "Remove the repetition.",
            )
            seen.add(key)

    @property
    def goals(self) -> tuple[Statement, ...]:
        return tuple(s for s in self.statements if s.kind is Kind.GOAL)

    @property
    def skills(self) -> tuple[Statement, ...]:
        return tuple(s for s in self.statements if s.kind is Kind.SKILL)


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor and a mentee who work, or have worked, together.

    Raises:
        InvalidInput: if an id is malformed or both are the same person.
    """

    mentor_id: str
    mentee_id: str
    status: PairStatus

    def __post_init__(self) -> None:
        check = _Check()
        check.identifier("mentor_id", self.mentor_id)
        check.identifier("mentee_id", self.mentee_id)
        check.one_of("status", self.status, PairStatus)
        check.that(
            self.mentor_id != self.mentee_id,
            "mentee_id",
            self.mentee_id,
            "somebody other than the mentor",
            "Nobody mentors themselves.",
        )
        check.done()


@dataclass(frozen=True, slots=True)
class Query:
    """What a mentee asks for.

    Args:
        mentee_id: The stored mentee, or None for a query by text alone.
        goals: Goals given as text; empty means the mentee's stored goals.
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
        _canonical(self, "site")
        check = _Check()
        if self.mentee_id is not None:
            check.identifier("mentee_id", self.mentee_id)
        check.whole("k", self.k, 1, MAX_K, "Ask for fewer, or again with exclude.")
        check.that(
            self.mentee_id is not None or len(self.goals) > 0,
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
        if self.language is not None:
            check.language("language", self.language)
        if self.site is not None:
            check.text("site", self.site, MAX_NAME)
        check.done()


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
    has a meaning. ``features`` holds the values that the score was computed from, by name.
    """

    position: int
    rank: int
    mentor_id: str
    name: str
    department: str
    site: str
    score: float
    affinity: float
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


@dataclass(frozen=True, slots=True)
class Impression:
    """One mentor shown at one position of one ranking, as it was logged."""

    ranking_id: str
    created_at: datetime
    mentee_id: str | None
    mentor_id: str
    position: int
    rank: int
    score: float
    features: Mapping[str, float] = field(hash=False)
    encoder: str
    ranker: str | None


Progress = Callable[[str, int, int], None]
"""Told (what is being done, done so far, total) while long work runs."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody: the default :data:`Progress`."""

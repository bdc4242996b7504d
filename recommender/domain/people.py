"""Who takes part, what they state, and who works with whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from zoneinfo import available_timezones

from recommender.domain.checks import MAX_NAME, Check, set_canonical, set_tuple

MAX_TEXT = 1000
MAX_LANGUAGES = 12
MAX_STATEMENTS = 60
MAX_CAREER_LEVEL = 99
MAX_CAPACITY = 50
MAX_HOURS_PER_MONTH = 200.0
MAX_LEVEL = 5
MAX_PRIORITY = 3


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
    """How far a pair has come. One that is accepted or active takes one of the mentor's places."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ACTIVE = "active"
    ENDED = "ended"


TAKES_A_PLACE = (PairStatus.ACCEPTED, PairStatus.ACTIVE)


@lru_cache(maxsize=1)
def time_zone_names() -> frozenset[str]:
    """Return every IANA time zone name known here."""
    return frozenset(available_timezones())


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
        set_canonical(self, "text")
        check = Check()
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
        set_canonical(self, "name", "department", "site")
        set_tuple(self, "languages", "statements")
        check = Check()
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
            isinstance(self.time_zone, str) and self.time_zone in time_zone_names(),
            "time_zone",
            self.time_zone,
            "an IANA time zone name",
            "Write for example Europe/Berlin or Europe/Dublin.",
        )
        check.one_of("roles", self.roles, Roles)
        check.whole("capacity", self.capacity, 0, MAX_CAPACITY, "0 means no mentee now.")
        check.number(
            "hours_per_month",
            self.hours_per_month,
            0,
            MAX_HOURS_PER_MONTH,
            "Give hours per month, such as 3 or 2.5.",
        )
        check.one_of("status", self.status, Status)
        self._check_statements(check)
        check.done()

    def _check_languages(self, check: Check) -> None:
        if not check.items("languages", self.languages, str, "language codes"):
            return
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

    def _check_statements(self, check: Check) -> None:
        if not check.items("statements", self.statements, Statement, "statements"):
            return
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
    """A mentor and a mentee who were asked, or work or have worked together.

    Raises:
        InvalidInput: if an id is malformed or both are the same person.
    """

    mentor_id: str
    mentee_id: str
    status: PairStatus

    def __post_init__(self) -> None:
        check = Check()
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

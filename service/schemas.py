"""The bodies of requests and answers, and the way between them and the domain.

Answers are written straight from the domain's dataclasses; their models here describe them in
/openapi.json, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from recommender.domain import (
    ID_PATTERN,
    LANGUAGE_PATTERN,
    MAX_CAPACITY,
    MAX_CAREER_LEVEL,
    MAX_GOALS,
    MAX_HOURS_PER_MONTH,
    MAX_K,
    MAX_LANGUAGES,
    MAX_LEVEL,
    MAX_NAME,
    MAX_PRIORITY,
    MAX_STATEMENTS,
    MAX_TEXT,
    Kind,
    Person,
    Query,
    Ranking,
    Roles,
    Statement,
    Status,
    canonical_text,
)
from recommender.errors import InvalidInput, Problem
from recommender.store.jobs import Job, JobStatus

T = TypeVar("T")
MAX_EXCLUDED = 1000
DEFAULT_PRIORITY = 2
JOB_ID_PATTERN = "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

PersonId = Annotated[
    str,
    Field(
        pattern=f"^(?:{ID_PATTERN})$",
        description="Staff number or account name, opaque to Tandem.",
    ),
]
LanguageCode = Annotated[
    str, Field(pattern=f"^(?:{LANGUAGE_PATTERN})$", description="ISO 639-1, such as de.")
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        description="One sentence or phrase, in the person's own words.",
    ),
]
Priority = Annotated[int, Field(ge=1, le=MAX_PRIORITY, description="1 is the most important goal.")]


class Strict(BaseModel):
    """A body that takes no unknown field and no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Goal(Strict):
    """Something the mentee wants to learn, given with the query and forgotten after it."""

    text: Text
    language: LanguageCode
    priority: Priority = DEFAULT_PRIORITY

    def statement(self) -> Statement:
        """Return the domain's statement."""
        return Statement(Kind.GOAL, self.text, self.language, priority=self.priority)


class RecommendationRequest(Strict):
    """Who asks and what for: a stored mentee, or goals as text, or both."""

    mentee_id: PersonId | None = Field(
        default=None, description="A stored mentee. Without goals, their stored goals count."
    )
    goals: list[Goal] = Field(
        default=[], max_length=MAX_GOALS, description="Goals that count instead of the stored ones."
    )
    k: int = Field(default=5, ge=1, le=MAX_K, description="How many mentors to return at most.")
    language: LanguageCode | None = Field(default=None, description="Only mentors who speak it.")
    site: Name | None = Field(default=None, description="Only mentors at this site.")
    exclude: list[PersonId] = Field(
        default=[],
        max_length=MAX_EXCLUDED,
        description="People not to recommend, unknown ids included.",
    )

    def query(self) -> Query:
        """Return the domain's query.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        refused = Refused()
        goals = [
            refused.unless(f"goals[{place}].", goal.statement)
            for place, goal in enumerate(self.goals)
        ]
        refused.done()
        return Query(
            mentee_id=self.mentee_id,
            goals=tuple(goal for goal in goals if goal is not None),
            k=self.k,
            language=self.language,
            site=None if self.site is None else canonical_text(self.site),
            exclude=frozenset(self.exclude),
        )


class SkillStatement(Strict):
    """Something the person can do."""

    kind: Literal["skill"]
    language: LanguageCode
    text: Text
    level: int = Field(
        ge=1, le=MAX_LEVEL, description="Self-rated: 1 has tried it, 5 is asked by others."
    )

    def statement(self) -> Statement:
        """Return the domain's statement."""
        return Statement(Kind.SKILL, self.text, self.language, level=self.level)


class GoalStatement(Strict):
    """Something the person wants to learn."""

    kind: Literal["goal"]
    language: LanguageCode
    text: Text
    priority: Priority

    def statement(self) -> Statement:
        """Return the domain's statement."""
        return Statement(Kind.GOAL, self.text, self.language, priority=self.priority)


AnyStatement = Annotated[SkillStatement | GoalStatement, Field(discriminator="kind")]


class PersonBody(Strict):
    """A whole person. Every field must be there: a PUT replaces, and nothing is lost by omission.

    The fields are those of a line in a JSON Lines people file, without the id.
    """

    name: Name = Field(description="As shown to the people they are recommended to.")
    department: Name
    site: Name
    career_level: int = Field(
        ge=0, le=MAX_CAREER_LEVEL, description="As HR defines it; larger is more senior."
    )
    reports_to: PersonId | None = Field(description="The manager's id; null at the top.")
    languages: list[LanguageCode] = Field(
        min_length=1, max_length=MAX_LANGUAGES, description="The preferred one first."
    )
    time_zone: Name = Field(description="IANA name, such as Europe/Berlin.")
    roles: Roles = Field(strict=False, description="Which sides of a tandem they take.")
    capacity: int = Field(ge=0, le=MAX_CAPACITY, description="How many mentees at once.")
    hours_per_month: float = Field(
        ge=0, le=MAX_HOURS_PER_MONTH, allow_inf_nan=False, description="Time for mentoring."
    )
    status: Status = Field(
        strict=False, description="Only active people are recommended, and may ask."
    )
    statements: list[AnyStatement] = Field(max_length=MAX_STATEMENTS)

    def person(self, person_id: str) -> Person:
        """Return the domain's person.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        refused = Refused()
        said = [
            refused.unless(f"statements[{place}].", one.statement)
            for place, one in enumerate(self.statements)
        ]
        made = refused.unless(
            "",
            lambda: Person(
                id=person_id,
                name=self.name,
                department=self.department,
                site=self.site,
                career_level=self.career_level,
                reports_to=self.reports_to,
                languages=tuple(self.languages),
                time_zone=self.time_zone,
                roles=self.roles,
                capacity=self.capacity,
                hours_per_month=self.hours_per_month,
                status=self.status,
                statements=tuple(one for one in said if one is not None),
            ),
        )
        refused.done()
        if made is None:
            raise AssertionError("A person without a problem is complete")
        return made


class PersonAnswer(PersonBody):
    """A stored person."""

    id: PersonId


class GoalMatchAnswer(Strict):
    """How a mentor answers one goal: the statement of theirs that comes closest."""

    goal: str
    statement: str
    level: int = Field(description="The mentor's own rating of that skill, 1 to 5.")
    similarity: float = Field(description="Cosine of goal and statement, −1 to 1.")
    affinity: float = Field(description="Mean of the mentor's best three for this goal.")
    contribution: float = Field(description="Affinity times the goal's weight.")
    covered: bool = Field(description="Whether the similarity reaches the coverage threshold.")


class ReasonAnswer(Strict):
    """One feature that speaks for a mentor, in the language of the answer."""

    feature: str
    text: str


class RecommendationAnswer(Strict):
    """One mentor at one place of a ranking."""

    position: int = Field(ge=1, description="1, 2, 3, … without gaps.")
    rank: int = Field(ge=1, description="Equal scores share a rank.")
    mentor_id: PersonId
    name: str
    department: str
    site: str
    score: float = Field(description="Only its order has a meaning.")
    affinity: float = Field(description="Sum of the contributions of all goals.")
    matches: list[GoalMatchAnswer]
    reasons: list[ReasonAnswer]
    features: dict[str, float] = Field(description="What the score was computed from.")


class RankingAnswer(Strict):
    """The answer to a query."""

    ranking_id: str
    created_at: datetime
    mentee_id: PersonId | None
    language: str = Field(description="Of the reasons: de or en.")
    goals: list[str]
    recommendations: list[RecommendationAnswer] = Field(max_length=MAX_K)
    uncovered_goals: list[str] = Field(description="Goals that no eligible mentor covers.")
    kept_out: dict[str, int] = Field(
        description="Per rule, in order, the people whom it was the first to keep out."
    )
    n_people: int = Field(ge=0)
    n_eligible: int = Field(ge=0)
    encoder: str = Field(description="Digest of the encoder.")
    ranker: str | None = Field(description="Version of the active ranker, if there is one.")
    degraded: bool = Field(description="True while the order is affinity for want of a ranker.")
    notes: list[str] = Field(
        description="What a reader should know before they trust the answer, in its language."
    )


class ImportAnswer(Strict):
    """What an import did."""

    people_created: int
    people_updated: int
    people_unchanged: int
    pairs_created: int
    pairs_updated: int
    pairs_unchanged: int
    texts_encoded: int
    still_withdrawn: int = Field(
        description="People whom the file calls active or paused and who have withdrawn."
    )


class FieldProblem(Strict):
    """One wrong value."""

    field: str
    value: str = Field(description="What was given, shortened.")
    expected: str
    remedy: str


class FileProblem(FieldProblem):
    """One wrong value in a people file."""

    file: str | None
    line: int | None = Field(description="Counted from 1.")
    column: int | None = Field(description="Counted from 1.")


class ProblemAnswer(Strict):
    """Every error of this service (RFC 9457)."""

    type: str = Field(description="urn:tandem:problem: and the kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]


class JobAnswer(Strict):
    """Long work as last reported: ``done`` of ``total`` pieces of ``step`` are finished."""

    id: str = Field(pattern=JOB_ID_PATTERN)
    kind: Literal["import"]
    status: JobStatus = Field(strict=False)
    step: str
    done: int
    total: int
    result: ImportAnswer | None = Field(description="Once the status is done.")
    problems: list[FileProblem] = Field(description="Once the status is failed.")
    created_at: datetime
    updated_at: datetime


class StateAnswer(Strict):
    """What a probe learns."""

    status: Literal["alive", "ready"]


class Refused:
    """Collects what the domain refuses, with the place of each part."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def unless(self, path: str, make: Callable[[], T]) -> T | None:
        """Return what ``make`` makes, or None after noting why it cannot be made."""
        try:
            return make()
        except InvalidInput as refused:
            self._problems += [replace(p, field=path + p.field) for p in refused.problems]
            return None

    def done(self) -> None:
        """Raise InvalidInput if anything was refused."""
        if self._problems:
            raise InvalidInput(self._problems)


ranking_json = TypeAdapter(Ranking).dump_json


def person_fields(person: Person) -> dict[str, Any]:
    """Return a person as JSON-serialisable fields."""
    names = PersonAnswer.model_fields
    fields = {name: getattr(person, name) for name in ("id", *names) if name != "statements"}
    return {**fields, "statements": [_statement_fields(said) for said in person.statements]}


def _statement_fields(said: Statement) -> dict[str, Any]:
    scale = {"level": said.level} if said.kind is Kind.SKILL else {"priority": said.priority}
    return {"kind": said.kind, "language": said.language, "text": said.text, **scale}


def job_fields(job: Job) -> dict[str, Any]:
    """Return a job as JSON-serialisable fields.

    The outcome of a job is forgotten when somebody is erased; it reads as null, or as no problem.
    """
    outcome = job.result or {}
    return {
        "id": job.id,
        "kind": job.kind,
        "status": job.status,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "result": outcome or None if job.status is JobStatus.DONE else None,
        "problems": outcome.get("problems", []) if job.status is JobStatus.FAILED else [],
        "created_at": _utc(job.created_at),
        "updated_at": _utc(job.updated_at),
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

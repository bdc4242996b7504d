"""A person as they come in and go out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from recommender.domain.people import (
    MAX_CAPACITY,
    MAX_CAREER_LEVEL,
    MAX_HOURS_PER_MONTH,
    MAX_LANGUAGES,
    MAX_LEVEL,
    MAX_PRIORITY,
    MAX_STATEMENTS,
    Kind,
    Person,
    Roles,
    Statement,
    Status,
)
from service.schemas.fields import LanguageCode, Name, PersonId, Refused, Strict, Text

Priority = Annotated[int, Field(ge=1, le=MAX_PRIORITY, description="1 is the most important goal.")]


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

    The fields are the columns of a people file's people table without the id, and the statements.
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


def person_fields(person: Person) -> dict[str, Any]:
    """Return a person as JSON-serialisable fields."""
    names = PersonAnswer.model_fields
    fields = {name: getattr(person, name) for name in ("id", *names) if name != "statements"}
    return {**fields, "statements": [_statement_fields(said) for said in person.statements]}


def _statement_fields(said: Statement) -> dict[str, Any]:
    scale = {"level": said.level} if said.kind is Kind.SKILL else {"priority": said.priority}
    return {"kind": said.kind, "language": said.language, "text": said.text, **scale}

"""A person's own gaps and what they say about them, and the organisation's supply and demand.

The one names what somebody does not know yet and is for them alone; the other names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from recommender.domain.checks import MAX_NAME
from recommender.domain.people import MAX_LEVEL, Kind
from recommender.skills import Concept, RoleProfile
from recommender.skills.own import N_SUGGESTIONS, Source
from recommender.skills.picture import FEWEST
from service.schemas.fields import LanguageCode, Strict, Text

MAX_CONCEPTS = 20
"""A statement may be said to belong to so many concepts."""
OTHERS = "null stands for all others together."

ConceptId = Annotated[
    str,
    Field(max_length=MAX_NAME, description="Of the catalogue, such as assistants.prompt_writing."),
]
ProfileId = Annotated[
    str, Field(max_length=MAX_NAME, description="Of a role profile, such as plant-manager.")
]
Level = Annotated[int, Field(ge=1, le=MAX_LEVEL)]
People = Annotated[
    int | None, Field(description="A number of people, or null where it is withheld.")
]
Reading = Literal["de", "en"]


class LabelAnswer(Strict):
    """A text per language."""

    de: str
    en: str


class ConceptAnswer(Strict):
    """One concept of the catalogue."""

    id: ConceptId
    area: str
    label: LabelAnswer


class ConceptsAnswer(Strict):
    """The catalogue, area by area."""

    concepts: list[ConceptAnswer]


class ExpectationAnswer(Strict):
    """What a role is expected to know, and how well."""

    concept: ConceptId
    label: LabelAnswer
    level: Level


class RoleProfileAnswer(Strict):
    """What a role is expected to know, for people to choose for themselves."""

    id: ProfileId
    label: LabelAnswer
    description: LabelAnswer
    expectations: list[ExpectationAnswer]


class RoleProfilesAnswer(Strict):
    """Every role profile, by id."""

    profiles: list[RoleProfileAnswer]


class RoleProfileChoice(Strict):
    """Which role profile a person chooses for themselves."""

    profile: ProfileId | None = Field(description="Null takes the choice back.")


class LinkCorrection(Strict):
    """What one of a person's own statements is about, as they see it."""

    kind: Kind = Field(strict=False)
    text: Text = Field(description="The statement, as it is stored.")
    concepts: list[ConceptId] | None = Field(
        max_length=MAX_CONCEPTS,
        description="An empty list says that it is about none; null returns to the automatic link.",
    )


class LinkedConceptAnswer(Strict):
    """A concept that a statement is about."""

    id: ConceptId
    label: LabelAnswer
    probability: float | None = Field(
        description="How sure the automatic link is, 0 to 1; null where the person said so."
    )


class LinkedStatementAnswer(Strict):
    """One of the person's statements with what it is about, the surest first."""

    kind: Kind = Field(strict=False)
    text: Text
    language: LanguageCode
    level: int | None
    priority: int | None
    concepts: list[LinkedConceptAnswer]
    suggestions: list[LinkedConceptAnswer] = Field(
        max_length=N_SUGGESTIONS,
        description="What else it may be about, for the person to choose from; counted nowhere.",
    )
    corrected: bool = Field(description="Whether the person corrected it.")


class GapAnswer(Strict):
    """How far the person is on one thing that they want to know."""

    concept: ConceptId | None = Field(description="Null for a goal that no concept stands for.")
    label: LabelAnswer | None
    goal: str | None = Field(description="The goal that asks for it; null if the profile does.")
    wanted: Level
    present: int = Field(ge=0, le=MAX_LEVEL, description="0 is nothing yet.")
    distance: int = Field(ge=0, le=MAX_LEVEL, description="Levels still to go; 0 is there.")
    source: Source = Field(strict=False)
    n_mentors: int = Field(ge=0, description="How many mentors open to the person could help.")
    closable: bool = Field(description="Whether there is such a mentor.")


class PersonGapsAnswer(Strict):
    """A person's own gaps. For that person alone."""

    statements: list[LinkedStatementAnswer] = Field(description="Goals, then skills.")
    gaps: list[GapAnswer] = Field(description="The longest way first.")
    profile: ProfileId | None = Field(description="The role profile that they chose.")


class PictureRequest(Strict):
    """How the picture is read. There is no filter: nobody can narrow it down to a person."""

    language: Reading = Field(default="en", description="Of labels and sentences.")


class AreaRow(Strict):
    """Supply and demand of an area."""

    area: str
    want: People
    can_teach: People
    free_places: int | None
    coverage: float | None = Field(
        description="Share of those who want it for whom there is a free place, 0 to 1."
    )
    hidden_experts: People


class ConceptRow(AreaRow):
    """Supply and demand of a concept, with mentors by the level that they give themselves."""

    concept: ConceptId
    label: str
    level_1_2: People
    level_3: People
    level_4_5: People


class AreaGroupRow(Strict):
    """An area in one group of people."""

    people: People
    area: str
    want: People
    can_teach: People


class DepartmentAreaRow(AreaGroupRow):
    """An area in one department."""

    department: str | None = Field(description=OTHERS)


class SiteAreaRow(AreaGroupRow):
    """An area at one site."""

    site: str | None = Field(description=OTHERS)


class DepartmentRow(DepartmentAreaRow):
    """A concept in one department."""

    concept: ConceptId


class SiteRow(SiteAreaRow):
    """A concept at one site."""

    concept: ConceptId


class BottleneckRow(Strict):
    """A concept that many want and few can teach."""

    area: str
    concept: ConceptId
    want: int
    can_teach: People
    sentence: str


class TopicRow(Strict):
    """What the catalogue has no concept for."""

    topic: int
    words: list[str] = Field(description="The most typical first; never a sentence of anybody.")
    people: int


class TrendRow(Strict):
    """How a number changed since the cohort before."""

    counted: str = Field(description="want or can_teach, of a concept; want_area, can_teach_area.")
    id: str = Field(description="Of the concept or area.")
    change: int | None = Field(description=f"Null for a change by fewer than {FEWEST}.")
    direction: Literal["up", "down", "about_the_same"]


class OrganisationGapsAnswer(Strict):
    """Supply and demand of skills among active people, in which no individual can be seen."""

    language: Reading
    withheld_below: int = Field(
        description="Numbers of fewer people are null, and so are those that would reveal them."
    )
    people: People
    concepts: list[ConceptRow]
    areas: list[AreaRow]
    by_department: list[DepartmentRow]
    by_site: list[SiteRow]
    areas_by_department: list[DepartmentAreaRow]
    areas_by_site: list[SiteAreaRow]
    bottlenecks: list[BottleneckRow]
    topics: list[TopicRow]
    trends: list[TrendRow]


def profile_fields(profile: RoleProfile, concepts: Mapping[str, Concept]) -> dict[str, Any]:
    """Return a role profile, with the names of its concepts, as JSON-serialisable fields."""
    return {
        "id": profile.id,
        "label": dict(profile.label),
        "description": dict(profile.description),
        "expectations": [
            {
                "concept": one.concept,
                "label": dict(concepts[one.concept].label),
                "level": one.level,
            }
            for one in profile.expectations
            if one.concept in concepts  # as for gaps: what the catalogue has lost does not count
        ],
    }

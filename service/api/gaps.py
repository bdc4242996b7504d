"""What a person has yet to learn, for them alone; and the organisation's picture, of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from recommender.domain.checks import MAX_NAME
from recommender.domain.errors import EncoderUnavailable, UnknownPerson
from recommender.domain.people import MAX_TEXT, Kind
from recommender.skills import RoleProfile
from recommender.skills.own import PersonGaps
from service.api.fields import PersonId, Strict
from service.bodies import json_answer
from service.openapi import JSON, listed, tells
from service.problems import NotReady
from service.running import for_gaps

router = APIRouter(tags=["gaps"])

MAX_CONCEPTS = 20
"""A statement may be said to belong to so many concepts."""
KNOWING = (EncoderUnavailable, NotReady)

ConceptId = Annotated[
    str,
    Field(max_length=MAX_NAME, description="Of the catalogue, such as assistants.prompt_writing."),
]


class RoleProfileChoice(Strict):
    """Which role profile a person chooses for themselves."""

    profile: str | None = Field(
        max_length=MAX_NAME,
        description="Of a role profile, such as plant-manager; null takes the choice back.",
    )


class LinkCorrection(Strict):
    """What one of a person's own statements is about, as they see it."""

    kind: Kind = Field(strict=False)
    text: str = Field(
        min_length=1, max_length=MAX_TEXT, description="The statement, as it is stored."
    )
    concepts: list[ConceptId] | None = Field(
        max_length=MAX_CONCEPTS,
        description="An empty list says that it is about none; null returns to the automatic link.",
    )


@dataclass(frozen=True, slots=True)
class ConceptAnswer:
    """One concept of the catalogue.

    Attributes:
        label: Its name, by ``de`` and ``en``.
    """

    id: str
    area: str
    label: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExpectationAnswer:
    """What a role is expected to know, and how well: 1 to 5."""

    concept: str
    label: Mapping[str, str]
    level: int


@dataclass(frozen=True, slots=True)
class RoleProfileAnswer:
    """What a role is expected to know, for people to choose for themselves."""

    id: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    expectations: tuple[ExpectationAnswer, ...]


ConceptList = listed("concepts", ConceptAnswer, "The catalogue, area by area.")
ProfileList = listed("profiles", RoleProfileAnswer, "Every role profile, by id.")


@router.get(
    "/v1/people/{person_id}/gaps",
    **tells("Show a person their own gaps", PersonGaps, UnknownPerson, *KNOWING),
)
def get_own_gaps(request: Request, person_id: PersonId) -> Response:
    """Return a person's own gaps. For that person alone: not for their manager, not for HR."""
    return json_answer(for_gaps(request).gaps.of(person_id))


@router.put(
    "/v1/people/{person_id}/role-profile",
    **tells("Choose a role profile for oneself", PersonGaps, UnknownPerson, *KNOWING, takes=JSON),
)
def choose_role_profile(
    request: Request, person_id: PersonId, choice: RoleProfileChoice
) -> Response:
    """Store the role profile that a person chose for themselves. Nobody assigns one."""
    gaps = for_gaps(request).gaps
    gaps.choose_role_profile(person_id, choice.profile)
    return json_answer(gaps.of(person_id))


@router.put(
    "/v1/people/{person_id}/links",
    **tells("Correct what a statement is about", PersonGaps, UnknownPerson, *KNOWING, takes=JSON),
)
def correct_link(request: Request, person_id: PersonId, correction: LinkCorrection) -> Response:
    """Store what one of a person's own statements is about. It wins over the automatic link."""
    gaps = for_gaps(request).gaps
    gaps.correct_link(person_id, correction.kind, correction.text, correction.concepts)
    return json_answer(gaps.of(person_id))


@router.get("/v1/role-profiles", **tells("List the role profiles", ProfileList, *KNOWING))
def get_role_profiles(request: Request) -> Response:
    """Return what each role is expected to know, for people to choose from."""
    gaps = for_gaps(request).gaps
    concepts = gaps.knowledge.concepts

    def expected(profile: RoleProfile) -> tuple[ExpectationAnswer, ...]:
        return tuple(
            ExpectationAnswer(known.concept, concepts[known.concept].label, known.level)
            for known in profile.expectations
            if known.concept in concepts  # as for gaps: what the catalogue lost does not count
        )

    profiles = [
        RoleProfileAnswer(profile.id, profile.label, profile.description, expected(profile))
        for profile in gaps.role_profiles()
    ]
    return json_answer({"profiles": profiles})


@router.get("/v1/concepts", **tells("List the catalogue's concepts", ConceptList, *KNOWING))
def get_concepts(request: Request) -> Response:
    """Return the concepts, for people to choose from when they correct a link."""
    concepts = for_gaps(request).gaps.knowledge.concepts.values()
    return json_answer({"concepts": [ConceptAnswer(c.id, c.area, c.label) for c in concepts]})

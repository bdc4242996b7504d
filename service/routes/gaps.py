"""What a person has yet to learn, for them alone; and the organisation's picture, of nobody."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from recommender.app import Recommender
from recommender.skills.own import person_as_json
from recommender.skills.picture import organisation_as_json
from service.errors import Slug
from service.limits import takes_json
from service.openapi import BODY, WRITING, problems
from service.routes.answers import KnownPerson, ok
from service.running import for_gaps, of
from service.schemas.gaps import (
    ConceptsAnswer,
    LinkCorrection,
    OrganisationGapsAnswer,
    PersonGapsAnswer,
    PictureRequest,
    RoleProfileChoice,
    RoleProfilesAnswer,
    profile_fields,
)

router = APIRouter(tags=["gaps"])

KNOWING = (Slug.ENCODER, Slug.NOT_READY)
CHOOSING = (*BODY, *WRITING, Slug.UNKNOWN_PERSON, *KNOWING)


@router.get(
    "/v1/people/{person_id}/gaps",
    summary="Show a person their own gaps",
    response_model=PersonGapsAnswer,
    responses={
        **ok("What they want to know, how far they are, and whether somebody could help."),
        **problems(Slug.UNKNOWN_PERSON, Slug.INVALID, *KNOWING),
    },
)
def get_own_gaps(request: Request, person_id: KnownPerson) -> Response:
    """Return a person's own gaps. For that person alone: not for their manager, not for HR."""
    return _own_gaps(for_gaps(request), person_id)


@router.put(
    "/v1/people/{person_id}/role-profile",
    summary="Choose a role profile for oneself",
    dependencies=[Depends(takes_json)],
    response_model=PersonGapsAnswer,
    responses={**ok("The person's gaps, with the profile chosen."), **problems(*CHOOSING)},
)
def choose_role_profile(
    request: Request, person_id: KnownPerson, chosen: RoleProfileChoice
) -> Response:
    """Store the role profile that a person chose for themselves. Nobody assigns one."""
    recommender = for_gaps(request)
    recommender.gaps.choose_role_profile(person_id, chosen.profile)
    return _own_gaps(recommender, person_id)


@router.put(
    "/v1/people/{person_id}/links",
    summary="Correct what a statement is about",
    dependencies=[Depends(takes_json)],
    response_model=PersonGapsAnswer,
    responses={**ok("The person's gaps, with the link corrected."), **problems(*CHOOSING)},
)
def correct_link(request: Request, person_id: KnownPerson, said: LinkCorrection) -> Response:
    """Store what one of a person's own statements is about. It wins over the automatic link."""
    recommender = for_gaps(request)
    recommender.gaps.correct_link(person_id, said.kind, said.text, said.concepts)
    return _own_gaps(recommender, person_id)


@router.get(
    "/v1/role-profiles",
    summary="List the role profiles",
    response_model=RoleProfilesAnswer,
    responses={**ok("Every profile that a person may choose."), **problems(*KNOWING)},
)
def get_role_profiles(request: Request) -> Response:
    """Return what each role is expected to know, for people to choose from."""
    recommender = for_gaps(request)
    concepts = recommender.gaps.knowledge.concepts
    profiles = [profile_fields(one, concepts) for one in recommender.gaps.role_profiles()]
    return JSONResponse({"profiles": profiles})


@router.get(
    "/v1/concepts",
    summary="List the catalogue's concepts",
    response_model=ConceptsAnswer,
    responses={**ok("Every concept that a statement can be about."), **problems(*KNOWING)},
)
def get_concepts(request: Request) -> Response:
    """Return the concepts, for people to choose from when they correct a link."""
    concepts = for_gaps(request).gaps.knowledge.concepts.values()
    told = [{"id": one.id, "area": one.area, "label": dict(one.label)} for one in concepts]
    return JSONResponse({"concepts": told})


@router.get(
    "/v1/gaps",
    summary="Show the organisation's picture",
    response_model=OrganisationGapsAnswer,
    responses={
        **ok("Numbers of at least five people."),
        **problems(Slug.INVALID, *KNOWING, Slug.STORE_BUSY),
    },
)
async def get_gaps(request: Request, asked: Annotated[PictureRequest, Query()]) -> Response:
    """Return supply and demand of skills, in fixed tables in which no individual can be seen.

    Null is a number that is withheld. The picture is made anew, which may take some seconds, once
    the data of at least five people have changed.
    """
    recommender = for_gaps(request)

    def answer() -> Response:
        found = recommender.gaps.picture()
        return JSONResponse(organisation_as_json(found, asked.language))

    # Whoever waits here for the one who computes keeps no thread from other requests.
    return await to_thread.run_sync(answer, limiter=of(request).one_picture_at_a_time)


def _own_gaps(recommender: Recommender, person_id: str) -> Response:
    return JSONResponse(person_as_json(recommender.gaps.of(person_id)))

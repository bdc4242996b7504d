"""Retraining, and which ranker is active."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from recommender.app import Recommender
from recommender.domain.errors import ArtefactRefused, UnknownCohort
from recommender.domain.progress import Progress
from recommender.ranking import CARD, CARD_IN_GERMAN, REPORT, VERSION_PATTERN, Rankers
from service import examples
from service.errors import ServiceProblem, Slug
from service.jobs import JobKind
from service.limits import takes_json
from service.openapi import BODY, WRITING, problems
from service.routes.answers import LOCATION, accepted, ok
from service.running import of
from service.schemas.jobs import RetrainingJobAnswer
from service.schemas.rankers import (
    ActivationRequest,
    ActiveAnswer,
    RankerDetailAnswer,
    RankersAnswer,
    RetrainingRequest,
    ranker_fields,
)

router = APIRouter(tags=["rankers"])
MARKDOWN = "text/markdown"

KnownVersion = Annotated[
    str, Path(pattern=f"^(?:{VERSION_PATTERN})$", examples=[examples.RANKER_VERSION])
]


@router.post(
    "/v1/rankers",
    summary="Retrain",
    status_code=202,
    dependencies=[Depends(takes_json)],
    response_model=RetrainingJobAnswer,
    responses={
        **ok("The retraining waits for its turn.", 202, headers=LOCATION),
        **problems(*BODY, *WRITING, Slug.UNKNOWN_COHORT, Slug.BUSY),
    },
)
def retrain(request: Request, given: RetrainingRequest) -> Response:
    """Start to train a ranker on the feedback so far. It is activated only if shown to be better.

    The result of the job is the report: aggregates, the decision and its reason.
    """
    parts = of(request)
    _check_cohort(parts.recommender, given.cohort)

    def work(progress: Progress) -> dict[str, Any]:
        report = parts.recommender.rankers.retrain(given.cohort, given.groups, given.seed, progress)
        return report.as_json()

    return accepted(parts.jobs.submit(JobKind.RETRAIN, work))


@router.get(
    "/v1/rankers",
    summary="List the rankers",
    response_model=RankersAnswer,
    responses={**ok("Every release, and which one is active."), **problems()},
)
def get_rankers(request: Request) -> Response:
    """Return every release of the ranker. One that cannot be used says why."""
    rankers = of(request).recommender.rankers
    found = [ranker_fields(state) for state in rankers.all()]
    return JSONResponse({"active": rankers.active(), "rankers": found})


@router.put(
    "/v1/rankers/active",
    summary="Activate a ranker",
    dependencies=[Depends(takes_json)],
    response_model=ActiveAnswer,
    responses={
        **ok("The next answer of every process uses it."),
        **problems(*BODY, *WRITING, Slug.UNKNOWN_RANKER, Slug.RANKER_REFUSED, Slug.NOT_PROMOTED),
    },
)
def activate_ranker(request: Request, given: ActivationRequest) -> Response:
    """Let a release rank. One that its report did not promote needs ``despite_report``."""
    try:
        of(request).recommender.rankers.activate(given.version, given.despite_report)
    except ArtefactRefused as refusal:
        raise ServiceProblem(Slug.RANKER_REFUSED, str(refusal)) from refusal
    return JSONResponse({"active": given.version})


@router.post(
    "/v1/rankers/rollback",
    summary="Roll back",
    response_model=ActiveAnswer,
    responses={**ok("What is active now."), **problems(*WRITING)},
)
def roll_back_ranker(request: Request) -> Response:
    """Return to what was active before the last activation, in the end to affinity order."""
    return JSONResponse({"active": of(request).recommender.rankers.roll_back()})


@router.get(
    "/v1/rankers/{version}",
    summary="Show a ranker",
    response_model=RankerDetailAnswer,
    responses={
        **ok("The release, with its report."),
        **problems(Slug.UNKNOWN_RANKER, Slug.RANKER_REFUSED, Slug.INVALID),
    },
)
def get_ranker(request: Request, version: KnownVersion) -> Response:
    """Return what a release was made from and how it was measured: aggregates only."""
    rankers = of(request).recommender.rankers
    report = json.loads(_text(rankers, version, REPORT))
    return JSONResponse({**ranker_fields(rankers.state(version)), "report": report})


@router.get(
    "/v1/rankers/{version}/card",
    summary="Show a ranker's card",
    response_class=Response,
    responses={
        **ok("The card.", content={MARKDOWN: {"schema": {"type": "string"}}}),
        **problems(Slug.UNKNOWN_RANKER, Slug.RANKER_REFUSED, Slug.INVALID),
    },
)
def get_card(
    request: Request, version: KnownVersion, language: Literal["de", "en"] = "en"
) -> Response:
    """Return the card of a release: what it is for, how good it is, and how it was measured."""
    card = CARD_IN_GERMAN if language == "de" else CARD
    return Response(_text(of(request).recommender.rankers, version, card), media_type=MARKDOWN)


def _check_cohort(recommender: Recommender, cohort_id: str | None) -> None:
    """Refuse at once what the job could only fail with."""
    known = [cohort.id for cohort in recommender.cohorts.all()]
    if cohort_id is not None and cohort_id not in known:
        raise UnknownCohort(cohort_id)
    if not known:
        raise ServiceProblem(
            Slug.UNKNOWN_COHORT,
            "There is no cohort to learn from. Store one at /v1/cohorts, and feedback in it.",
        )


def _text(rankers: Rankers, version: str, name: str) -> str:
    """Return a file of a release; one that is damaged is a refusal here, not a fault."""
    try:
        return rankers.releases.text(version, name)
    except ArtefactRefused as refusal:
        raise ServiceProblem(Slug.RANKER_REFUSED, str(refusal)) from refusal

"""Cohorts, and what both sides of pairs report in them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, File, Path, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from recommender.programme import FEEDBACK_FORMS as FORMS
from service import examples
from service.errors import Slug
from service.jobs import JobKind
from service.limits import FEEDBACK_IMPORT_PATH, takes_form, takes_json
from service.openapi import BODY, WRITING, problems
from service.routes.answers import LOCATION, KnownPerson, accepted, ok, uploaded
from service.running import of
from service.schemas.feedback import (
    CohortAnswer,
    CohortBody,
    CohortsAnswer,
    FeedbackReportAnswer,
    FeedbackRequest,
    GivenFeedbackListAnswer,
    cohort_fields,
    feedback_fields,
)
from service.schemas.fields import CohortId
from service.schemas.jobs import FeedbackJobAnswer

router = APIRouter(tags=["feedback"])


@router.put(
    "/v1/cohorts/{cohort_id}",
    summary="Store a cohort",
    dependencies=[Depends(takes_json)],
    response_model=CohortAnswer,
    responses={
        **ok("The cohort was there, and is now as given."),
        **ok("The cohort is new.", 201, model=CohortAnswer),
        **problems(*BODY, *WRITING),
    },
)
def put_cohort(
    request: Request,
    cohort_id: Annotated[CohortId, Path(examples=[examples.COHORT_ID])],
    given: CohortBody,
) -> Response:
    """Create or change a cohort. No two may run at the same time."""
    recommender = of(request).recommender
    simulated = any(one.simulated for one in recommender.cohorts.all() if one.id == cohort_id)
    cohort = given.cohort(cohort_id, simulated)
    created = recommender.cohorts.put(cohort)
    return JSONResponse(cohort_fields(cohort), status_code=201 if created else 200)


@router.get(
    "/v1/cohorts",
    summary="List the cohorts",
    response_model=CohortsAnswer,
    responses={**ok("Every cohort, the oldest first."), **problems()},
)
def get_cohorts(request: Request) -> Response:
    """Return every cohort, and whether its feedback is invented."""
    found = of(request).recommender.cohorts.all()
    return JSONResponse({"cohorts": [cohort_fields(cohort) for cohort in found]})


@router.post(
    "/v1/feedback",
    summary="Report feedback",
    dependencies=[Depends(takes_json)],
    response_model=FeedbackReportAnswer,
    responses={**ok("Every report is stored."), **problems(*BODY, *WRITING)},
)
def post_feedback(request: Request, given: FeedbackRequest) -> Response:
    """Store reports, all or none. A later report about the same thing replaces an earlier one."""
    report = of(request).recommender.feedback.record(given.given(datetime.now(UTC)))
    return JSONResponse(asdict(report))


@router.get(
    "/v1/people/{person_id}/feedback",
    summary="Show what a person reported",
    response_model=GivenFeedbackListAnswer,
    responses={
        **ok("The person's own reports."),
        **problems(Slug.UNKNOWN_PERSON, Slug.INVALID),
    },
)
def get_feedback(request: Request, person_id: KnownPerson) -> Response:
    """Return what a person reported themself, with its history, and nothing said about them."""
    found = of(request).recommender.feedback.of(person_id)
    return JSONResponse({"feedback": [feedback_fields(one) for one in found]})


@router.post(
    FEEDBACK_IMPORT_PATH,
    summary="Import feedback files",
    status_code=202,
    dependencies=[Depends(takes_form)],
    response_model=FeedbackJobAnswer,
    responses={
        **ok("The files are here. Ask for the job until it is over.", 202, headers=LOCATION),
        **problems(*BODY, *WRITING, Slug.BUSY),
    },
)
def import_feedback(
    request: Request,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=FORMS.max_csv_files,
            description="One or two CSV files (feedback, cohorts), or one Excel workbook. The end "
            "of a name tells which: .csv, .xlsx.",
        ),
    ],
) -> Response:
    """Start to import cohorts and reports: everything that the files say, or nothing."""
    parts = of(request)
    job = parts.jobs.submit_files(
        JobKind.FEEDBACK,
        uploaded(files),
        FORMS,
        lambda paths, progress: asdict(parts.recommender.feedback.import_files(paths, progress)),
    )
    return accepted(job)

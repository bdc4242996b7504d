"""Cohorts, and what both sides of pairs report in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from pydantic import Field

from recommender.domain.errors import UnknownPerson
from recommender.domain.feedback import Cohort, Feedback
from recommender.programme import FEEDBACK_FORMS, FeedbackReport, StoredFeedback
from service.api.fields import CohortId, PersonId, Strict
from service.api.jobs import start_import, tells_job
from service.bodies import domain_object, domain_objects, json_answer, json_fields
from service.jobs import JobKind
from service.limits import FEEDBACK_IMPORT_PATH
from service.openapi import FORM, JSON, body_of, listed, tells
from service.running import of

router = APIRouter(tags=["feedback"])

MAX_REPORTS = 200

CohortBody = Annotated[dict[str, Any], body_of(Cohort, without=("id", "simulated"))]
FeedbackBody = Annotated[dict[str, Any], body_of(Feedback, optional=("given_at",))]


class FeedbackRequest(Strict):
    """Reports that are stored together, or not at all. One without a time is of now."""

    feedback: list[FeedbackBody] = Field(min_length=1, max_length=MAX_REPORTS)


@dataclass(frozen=True, slots=True)
class GivenFeedback(Feedback):
    """One report as it is stored.

    Attributes:
        replaced_at: When a later report took its place; None while it counts.
    """

    replaced_at: datetime | None = None


CohortList = listed("cohorts", Cohort, "Every cohort, the oldest first.")
FeedbackList = listed(
    "feedback",
    GivenFeedback,
    "What one person reported themself, the oldest first, and nothing said about them.",
)


@router.put(
    "/v1/cohorts/{cohort_id}",
    **tells("Store a cohort", Cohort, statuses=(200, 201), takes=JSON),
)
def put_cohort(request: Request, cohort_id: CohortId, body: CohortBody) -> Response:
    """Create or change a cohort. No two may run at the same time."""
    cohorts = of(request).recommender.cohorts
    simulated = any(cohort.simulated for cohort in cohorts.all() if cohort.id == cohort_id)
    cohort = domain_object(Cohort, body, {"id": cohort_id, "simulated": simulated})
    created = cohorts.put(cohort)
    return json_answer(cohort, 201 if created else 200)


@router.get("/v1/cohorts", **tells("List the cohorts", CohortList))
def get_cohorts(request: Request) -> Response:
    """Return every cohort, and whether its feedback is invented."""
    return json_answer({"cohorts": of(request).recommender.cohorts.all()})


@router.post("/v1/feedback", **tells("Report feedback", FeedbackReport, takes=JSON))
def post_feedback(request: Request, body: FeedbackRequest) -> Response:
    """Store reports, all or none. A later report about the same thing replaces an earlier one."""
    now = datetime.now(UTC)
    reports = [
        {**report, "given_at": now} if report.get("given_at") is None else report
        for report in body.feedback
    ]
    feedback = domain_objects(Feedback, reports, "feedback", {})
    return json_answer(of(request).recommender.feedback.record(feedback))


@router.get(
    "/v1/people/{person_id}/feedback",
    **tells("Show what a person reported", FeedbackList, UnknownPerson),
)
def get_feedback(request: Request, person_id: PersonId) -> Response:
    """Return what a person reported themself, with its history, and nothing said about them."""
    reports = of(request).recommender.feedback.of(person_id)
    return json_answer({"feedback": [_told(report) for report in reports]})


@router.post(FEEDBACK_IMPORT_PATH, **tells_job("Import feedback files", takes=FORM))
def import_feedback(
    request: Request,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=FEEDBACK_FORMS.max_csv_files,
            description="One or two CSV files (feedback, cohorts), or one Excel workbook. The end "
            "of a name tells which: .csv, .xlsx.",
        ),
    ],
) -> Response:
    """Start to import cohorts and reports: everything that the files say, or nothing."""
    feedback = of(request).recommender.feedback
    return start_import(request, JobKind.FEEDBACK, files, FEEDBACK_FORMS, feedback.import_files)


def _told(report: StoredFeedback) -> dict[str, Any]:
    """Return a report with both of its times at the end."""
    fields = json_fields(report.feedback)
    given_at = fields.pop("given_at")
    return {**fields, "given_at": given_at, "replaced_at": report.replaced_at}

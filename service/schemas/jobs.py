"""Long work as it is shown to whoever waits for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from recommender.programme import Job, JobStatus
from service.schemas.feedback import FeedbackReportAnswer
from service.schemas.fields import Strict, utc_text
from service.schemas.people import ImportAnswer
from service.schemas.process import FileProblem
from service.schemas.rankers import RetrainingAnswer

JOB_ID_PATTERN = "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class JobFields(Strict):
    """Long work as last reported: ``done`` of ``total`` pieces of ``step`` are finished."""

    id: str = Field(pattern=JOB_ID_PATTERN)
    status: JobStatus = Field(strict=False)
    step: str
    done: int
    total: int
    problems: list[FileProblem] = Field(description="Once the status is failed.")
    created_at: datetime
    updated_at: datetime


class ImportJobAnswer(JobFields):
    """An import of people."""

    kind: Literal["import"]
    result: ImportAnswer | None = Field(description="Once the status is done.")


class FeedbackJobAnswer(JobFields):
    """An import of feedback."""

    kind: Literal["feedback"]
    result: FeedbackReportAnswer | None = Field(description="Once the status is done.")


class RetrainingJobAnswer(JobFields):
    """A retraining."""

    kind: Literal["retrain"]
    result: RetrainingAnswer | None = Field(description="Once the status is done.")


JobAnswer = Annotated[
    ImportJobAnswer | FeedbackJobAnswer | RetrainingJobAnswer, Field(discriminator="kind")
]


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
        "created_at": utc_text(job.created_at),
        "updated_at": utc_text(job.updated_at),
    }

"""Long work: imports and retrainings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response, UploadFile

from recommender.domain.errors import Problem, UnknownJob
from recommender.domain.progress import Progress
from recommender.programme import FeedbackReport, Forms, ImportReport, Job, JobStatus
from service.bodies import json_answer
from service.jobs import JobKind
from service.openapi import component, tells
from service.problems import Refusal, TooManyJobs
from service.running import of
from service.uploads import Upload

router = APIRouter(tags=["jobs"])

JOB_ID_PATTERN = "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

RetrainingResult = Annotated[dict[str, Any], component("RetrainingReport")]


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """Long work as last reported: ``done`` of ``total`` pieces of ``step`` are finished.

    Attributes:
        result: Once the status is done: of an import of people, of feedback, or of a retraining.
        problems: Once the status is failed.
    """

    id: str
    kind: JobKind
    status: JobStatus
    step: str
    done: int
    total: int
    result: ImportReport | FeedbackReport | RetrainingResult | None
    problems: tuple[Problem, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, job: Job) -> JobAnswer:
        """Return a job as it is told.

        Its outcome is forgotten when somebody is erased; it reads as null, or as no problem.
        """
        outcome = job.result or {}
        wrong = outcome.get("problems", []) if job.status is JobStatus.FAILED else []
        outside = {
            "kind": JobKind(job.kind),
            "result": outcome or None if job.status is JobStatus.DONE else None,
            "problems": tuple(Problem(**problem) for problem in wrong),
        }
        return cls(**(asdict(job) | outside))


@router.get("/v1/jobs/{job_id}", **tells("Show a job", JobAnswer, UnknownJob))
def get_job(request: Request, job_id: Annotated[str, Path(pattern=JOB_ID_PATTERN)]) -> Response:
    """Return how far a job is, what it did, or everything that is wrong with its files."""
    return json_answer(JobAnswer.of(of(request).jobs.get(job_id)))


def tells_job(summary: str, *refusals: Refusal, takes: str) -> dict[str, Any]:
    """Return what a route tells of itself that begins a job."""
    refusals = (*refusals, TooManyJobs)
    return tells(summary, JobAnswer, *refusals, statuses=(202,), takes=takes, located=True)


def accepted(job: Job) -> Response:
    """Return the answer that names a job."""
    return json_answer(JobAnswer.of(job), 202, {"Location": f"/v1/jobs/{job.id}"})


def start_import(
    request: Request,
    kind: JobKind,
    files: Sequence[UploadFile],
    forms: Forms,
    import_files: Callable[[list[FilePath], Progress], ImportReport | FeedbackReport],
) -> Response:
    """Return the answer that names the job that imports these files."""
    uploads = [Upload(file.filename or "", file.file) for file in files]
    job = of(request).jobs.submit_files(
        kind, uploads, forms, lambda paths, progress: asdict(import_files(paths, progress))
    )
    return accepted(job)

"""Long work that somebody waits for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from service import examples
from service.errors import Slug
from service.openapi import problems
from service.routes.answers import ok
from service.running import of
from service.schemas.jobs import JOB_ID_PATTERN, JobAnswer, job_fields

router = APIRouter(tags=["jobs"])

KnownJob = Annotated[str, Path(pattern=JOB_ID_PATTERN, examples=[examples.JOB_ID])]


@router.get(
    "/v1/jobs/{job_id}",
    summary="Show a job",
    response_model=JobAnswer,
    responses={**ok("The job as it stands."), **problems(Slug.UNKNOWN_JOB, Slug.INVALID)},
)
def get_job(request: Request, job_id: KnownJob) -> Response:
    """Return how far a job is, what it did, or everything that is wrong with its files."""
    return JSONResponse(job_fields(of(request).jobs.get(job_id)))

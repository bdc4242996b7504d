"""What the routes of several topics answer, and how /openapi.json describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Path, UploadFile
from fastapi.responses import JSONResponse

from recommender.programme import Job
from service import examples
from service.openapi import Responses
from service.schemas.fields import PersonId
from service.schemas.jobs import job_fields
from service.uploads import Upload

LOCATION = {"Location": {"description": "Where it is found.", "schema": {"type": "string"}}}

KnownPerson = Annotated[PersonId, Path(examples=[examples.PERSON_ID])]


def ok(described: str, status: int = 200, **more: Any) -> Responses:  # noqa: ANN401 - OpenAPI
    """Return the documentation of a success."""
    return {status: {"description": described, **more}}


def uploaded(files: Sequence[UploadFile]) -> list[Upload]:
    """Return the files of a form."""
    return [Upload(one.filename or "", one.file) for one in files]


def accepted(job: Job) -> JSONResponse:
    """Return the answer that names a job."""
    headers = {"Location": f"/v1/jobs/{job.id}"}
    return JSONResponse(job_fields(job), status_code=202, headers=headers)

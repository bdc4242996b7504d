"""The routes. Each turns a request into one call of the recommender, and its outcome into JSON."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Path, Request, Response, UploadFile
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from recommender.people_file.forms import MAX_CSV_FILES
from recommender.store import people
from recommender.store.jobs import JobStatus
from service import examples
from service.errors import ServiceProblem, Slug
from service.limits import IMPORT_PATH, takes_form, takes_json
from service.openapi import BODY, WRITING, Responses, problems
from service.running import of
from service.schemas import (
    JOB_ID_PATTERN,
    JobAnswer,
    PersonAnswer,
    PersonBody,
    PersonId,
    RankingAnswer,
    RecommendationRequest,
    StateAnswer,
    job_fields,
    person_fields,
    ranking_json,
)
from service.uploads import Upload

router = APIRouter()
RETRY_SOON = {"Retry-After": "5"}
LOCATION = {"Location": {"description": "Where it is found.", "schema": {"type": "string"}}}

KnownPerson = Annotated[PersonId, Path(examples=[examples.PERSON_ID])]
KnownJob = Annotated[str, Path(pattern=JOB_ID_PATTERN, examples=[examples.JOB_ID])]


def _ok(described: str, status: int = 200, **more: Any) -> Responses:  # noqa: ANN401 - OpenAPI
    return {status: {"description": described, **more}}


@router.post(
    "/v1/recommendations",
    tags=["recommendations"],
    summary="Recommend mentors",
    dependencies=[Depends(takes_json)],
    response_model=RankingAnswer,
    responses={
        **_ok("The mentors, best first, and what the rules kept out."),
        **problems(*BODY, *WRITING, Slug.UNKNOWN_PERSON, Slug.ENCODER),
    },
)
def recommend(request: Request, asked: RecommendationRequest) -> Response:
    """Return the top-k mentors with reasons, and log who was shown at which position."""
    ranking = of(request).recommender.recommend(asked.query())
    return Response(ranking_json(ranking), media_type="application/json")


@router.put(
    "/v1/people/{person_id}",
    tags=["people"],
    summary="Store a person",
    dependencies=[Depends(takes_json)],
    response_model=PersonAnswer,
    responses={
        **_ok("The person was there, and is now as given.", headers=LOCATION),
        **_ok("The person is new.", 201, headers=LOCATION, model=PersonAnswer),
        **problems(*BODY, *WRITING, Slug.ENCODER),
    },
)
def put_person(request: Request, person_id: KnownPerson, given: PersonBody) -> Response:
    """Create or replace a person. The next answer of every process counts with it."""
    person = given.person(person_id)
    created = of(request).recommender.put_person(person)
    return JSONResponse(
        person_fields(person),
        status_code=201 if created else 200,
        headers={"Location": f"/v1/people/{person_id}"},
    )


@router.get(
    "/v1/people/{person_id}",
    tags=["people"],
    summary="Show a person",
    response_model=PersonAnswer,
    responses={**_ok("The person."), **problems(Slug.UNKNOWN_PERSON, Slug.INVALID)},
)
def get_person(request: Request, person_id: KnownPerson) -> Response:
    """Return a person with everything they state."""
    return JSONResponse(person_fields(of(request).recommender.person(person_id)))


@router.delete(
    "/v1/people/{person_id}",
    tags=["people"],
    summary="Erase a person",
    status_code=204,
    response_class=Response,
    responses={
        **_ok("Nothing of the person is left.", 204),
        **problems(*WRITING, Slug.UNKNOWN_PERSON, Slug.INVALID),
    },
)
def erase_person(request: Request, person_id: KnownPerson) -> Response:
    """Erase a person: statements, vectors, pairs, and every log of what they saw or were shown."""
    of(request).recommender.erase_person(person_id)
    return Response(status_code=204)


@router.post(
    IMPORT_PATH,
    tags=["people"],
    summary="Import people files",
    status_code=202,
    dependencies=[Depends(takes_form)],
    response_model=JobAnswer,
    responses={
        **_ok("The files are here. Ask for the job until it is over.", 202, headers=LOCATION),
        **problems(*BODY, *WRITING, Slug.BUSY),
    },
)
def import_people(
    request: Request,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=MAX_CSV_FILES,
            description="One to three CSV files (people, statements, pairs), or one JSON Lines "
            "file, or one Excel workbook. The end of a name tells which: .csv, .jsonl, .xlsx.",
        ),
    ],
) -> Response:
    """Start to import people, statements and pairs: everything that the files say, or nothing."""
    uploads = [Upload(one.filename or "", one.file) for one in files]
    job = of(request).imports.submit(uploads)
    return JSONResponse(
        job_fields(job), status_code=202, headers={"Location": f"/v1/jobs/{job.id}"}
    )


@router.get(
    "/v1/jobs/{job_id}",
    tags=["people"],
    summary="Show a job",
    response_model=JobAnswer,
    responses={**_ok("The job as it stands."), **problems(Slug.UNKNOWN_JOB, Slug.INVALID)},
)
def get_job(request: Request, job_id: KnownJob) -> Response:
    """Return how far an import is, what it did, or everything that is wrong with its files."""
    return JSONResponse(job_fields(of(request).imports.get(job_id)))


@router.get(
    "/healthz",
    tags=["process"],
    summary="Is the process alive?",
    response_model=StateAnswer,
    responses={**_ok("It is."), **problems()},
)
async def alive() -> Response:
    """Answer, whatever the state of the database and the encoder."""
    return JSONResponse({"status": "alive"})


@router.get(
    "/readyz",
    tags=["process"],
    summary="Can it answer?",
    response_model=StateAnswer,
    responses={
        **_ok("The database answers and the encoder is loaded."),
        **problems(Slug.NOT_READY),
    },
)
def ready(request: Request) -> Response:
    """Answer 200 once requests can be answered without waiting for the encoder."""
    hindrance = of(request).hindrance()
    if hindrance is not None:
        raise ServiceProblem(Slug.NOT_READY, hindrance, RETRY_SOON)
    return JSONResponse({"status": "ready"})


@router.get(
    "/metrics",
    tags=["process"],
    summary="Numbers for Prometheus",
    response_class=PlainTextResponse,
    responses={**_ok("Prometheus' text form."), **problems()},
)
def metrics(request: Request) -> Response:
    """Return counts and times of requests, and how many people, statements and jobs there are."""
    parts = of(request)
    numbers = parts.metrics
    try:
        with parts.recommender.store.read() as connection:
            n_people, n_statements = map(float, people.counts(connection))
    except SQLAlchemyError:  # /readyz tells; the other numbers are wanted all the more
        n_people = n_statements = float("nan")
    numbers.n_people.set(n_people)
    numbers.n_statements.set(n_statements)
    for status in (JobStatus.WAITING, JobStatus.RUNNING):
        numbers.imports.labels(status.value).set(parts.imports.count(status))
    return Response(numbers.text(), media_type=CONTENT_TYPE_LATEST)

"""What whoever runs the service asks."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from recommender.domain.errors import StoreUnavailable
from recommender.programme import JobStatus
from service.errors import RETRY_SOON, ServiceProblem, Slug
from service.jobs import JobKind
from service.openapi import problems
from service.routes.answers import ok
from service.running import of
from service.schemas.process import StateAnswer

router = APIRouter(tags=["process"])


@router.get(
    "/healthz",
    summary="Is the process alive?",
    response_model=StateAnswer,
    responses={**ok("It is."), **problems()},
)
async def alive() -> Response:
    """Answer, whatever the state of the database and the encoder."""
    return JSONResponse({"status": "alive"})


@router.get(
    "/readyz",
    summary="Can it answer?",
    response_model=StateAnswer,
    responses={
        **ok("The database answers and the encoder is loaded."),
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
    summary="Numbers for Prometheus",
    response_class=PlainTextResponse,
    responses={**ok("Prometheus' text form."), **problems()},
)
def metrics(request: Request) -> Response:
    """Return counts and times of requests, and how many people, statements and jobs there are."""
    parts = of(request)
    numbers = parts.metrics
    try:
        n_people, n_statements = map(float, parts.recommender.people.counts())
    except StoreUnavailable:  # /readyz tells; the other numbers are wanted all the more
        n_people = n_statements = float("nan")
    numbers.n_people.set(n_people)
    numbers.n_statements.set(n_statements)
    for status in (JobStatus.WAITING, JobStatus.RUNNING):
        for kind in (JobKind.IMPORT, JobKind.FEEDBACK):
            numbers.imports.labels(kind, status).set(parts.jobs.count(kind, status))
        numbers.retrainings.labels(status).set(parts.jobs.count(JobKind.RETRAIN, status))
    return Response(numbers.text(), media_type=CONTENT_TYPE_LATEST)

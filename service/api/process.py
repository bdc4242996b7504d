"""For whoever runs the service. Names nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from recommender.domain.errors import StoreUnavailable
from recommender.programme import JobStatus
from service.bodies import json_answer
from service.jobs import JobKind
from service.openapi import tells
from service.problems import NotReady
from service.running import of

router = APIRouter(tags=["process"])


@dataclass(frozen=True, slots=True)
class State:
    """What a probe learns."""

    status: Literal["alive", "ready"]


@router.get("/healthz", **tells("Is the process alive?", State))
async def alive() -> Response:
    """Answer, whatever the state of the database and the encoder."""
    return json_answer(State("alive"))


@router.get("/readyz", **tells("Can it answer?", State, NotReady))
def ready(request: Request) -> Response:
    """Answer 200 once requests can be answered without waiting for the encoder."""
    hindrance = of(request).hindrance()
    if hindrance is not None:
        raise NotReady(hindrance)
    return json_answer(State("ready"))


@router.get("/metrics", **tells("Numbers for Prometheus", "text/plain"))
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

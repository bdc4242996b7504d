"""Schemathesis sends what /openapi.json allows, and what it does not; nothing may break."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import insert

from recommender.app import Recommender
from recommender.domain.feedback import Cohort
from recommender.domain.people import Person
from recommender.programme import ImportReport
from recommender.settings import Settings
from recommender.store import Store, tables
from recommender.store.jobs import Job, JobStatus
from service.app import create_app
from service.bodies import domain_object
from service.jobs import JobKind
from tests.conftest import HashEncoder
from tests.recommender.skills.knowledge_world import WORD, knowledge
from tests.service import examples
from tests.service.conftest import release

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SEED = {
    examples.PERSON_ID: examples.PERSON_BODY,
    examples.MENTOR_ID: examples.MENTOR_BODY,
    "0": {**examples.MENTOR_BODY, "reports_to": examples.MENTOR_ID},
}
SUCCESSES = {
    "recommend": {200},
    "put_person": {200, 201},
    "get_person": {200},
    "erase_person": {204},
    # What it sends to imports has no file names; test_imports.py has the successes.
    "import_people": set(),
    "import_feedback": set(),
    "get_own_gaps": {200},
    "choose_role_profile": {200},
    # What it sends is no statement of anybody; test_gaps.py has the successes.
    "correct_link": set(),
    "get_role_profiles": {200},
    "get_concepts": {200},
    "get_gaps": {200},
    "put_cohort": {200},
    "get_cohorts": {200},
    "post_feedback": {200},
    "get_feedback": {200},
    "retrain": {202},
    "get_rankers": {200},
    "get_ranker": {200},
    "get_card": {200},
    "activate_ranker": {200},
    "roll_back_ranker": {200},
    "get_job": {200},
    "alive": {200},
    "ready": {200},
    "metrics": {200},
}
REFUSALS = {
    "put_person": {422},
    "recommend": {415, 422},
    "get_person": {404},
    "get_job": {404},
    "get_own_gaps": {404},
    "choose_role_profile": {404, 415, 422},
    "correct_link": {404, 415, 422},
    "get_gaps": {422},
    "put_cohort": {415, 422},
    "post_feedback": {415, 422},
    "get_feedback": {404},
    "retrain": {415, 422},
    "get_ranker": {404},
    "get_card": {404},
    "activate_ranker": {404, 422},
}

schema = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
reached: dict[str, set[int]] = defaultdict(set)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Recommender]]:
    workspace: Path = tmp_path_factory.mktemp("contract")
    recommender = Recommender(Store.in_folder(workspace), lambda: HashEncoder(), workspace)
    recommender.gaps.knowledge = knowledge([*WORD, *examples.CONCEPT_IDS])
    now = datetime.now(UTC)
    counts = {field.name: 0 for field in fields(ImportReport)}
    job = Job(examples.JOB_ID, "import", JobStatus.DONE, "storing", 2, 2, counts, now, now)
    with recommender.store.write() as connection:
        connection.execute(insert(tables.jobs), asdict(job))
    release(recommender, examples.RANKER_VERSION)
    recommender.cohorts.put(
        Cohort(examples.COHORT_ID, "Autumn", date(2026, 9, 1), date(2026, 11, 30))
    )
    yield create_app(Settings(workspace=workspace, preload_encoder=False), recommender), recommender
    shutdown_lifespans()
    recommender.close()


@schema.parametrize()
@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_nothing_breaks(case: schemathesis.Case[Any], world: tuple[FastAPI, Recommender]) -> None:
    app, recommender = world
    for person_id, body in SEED.items():
        if person_id not in recommender.mirror.roster.row_of:
            recommender.people.put(domain_object(Person, body, {"id": person_id}))
    wait_for_retrainings(app)
    response = case.call_and_validate(app=app, base_url="http://127.0.0.1", checks=CHECKS)
    reached[case.operation.definition.raw["operationId"]].add(response.status_code)


def wait_for_retrainings(app: FastAPI) -> None:
    """Keep the queue from filling: that it is full is told as a fault of the server."""
    parts = getattr(app.state, "running", None)
    while parts is not None and parts.jobs.count(JobKind.RETRAIN, JobStatus.WAITING):
        time.sleep(0.01)


def test_successes_and_refusals_were_both_reached() -> None:
    if set(reached) != set(SUCCESSES):
        pytest.skip("Only a part of the operations was run")
    for operation, statuses in SUCCESSES.items():
        assert statuses <= reached[operation], operation
    for operation, statuses in REFUSALS.items():
        assert statuses <= reached[operation], operation

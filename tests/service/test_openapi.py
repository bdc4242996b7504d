"""/openapi.json: complete, true to the domain, with examples that work."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from recommender import domain
from recommender.errors import Problem
from recommender.people_import import ImportReport
from recommender.store.jobs import Job
from service import examples, schemas
from service.errors import PROBLEM_JSON

Operation = tuple[str, str, dict[str, Any]]


def operations(app: FastAPI) -> Iterator[Operation]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        (schemas.RankingAnswer, domain.Ranking),
        (schemas.RecommendationAnswer, domain.Recommendation),
        (schemas.GoalMatchAnswer, domain.GoalMatch),
        (schemas.ReasonAnswer, domain.Reason),
        (schemas.PersonAnswer, domain.Person),
        (schemas.ImportAnswer, ImportReport),
        (schemas.FileProblem, Problem),
        (schemas.RecommendationRequest, domain.Query),
    ],
)
def test_models_have_the_fields_of_the_domain(model: type[BaseModel], meant: type[Any]) -> None:
    assert set(model.model_fields) == {field.name for field in dataclasses.fields(meant)}


def test_a_job_has_the_fields_of_the_store_and_its_problems() -> None:
    stored = {field.name for field in dataclasses.fields(Job)}
    assert set(schemas.JobAnswer.model_fields) == stored | {"problems"}


def test_defaults_are_those_of_the_domain() -> None:
    assert schemas.RecommendationRequest(mentee_id="boss").query() == domain.Query("boss")


def test_limits_of_the_domain_show(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["components"]["schemas"]
    k = described["RecommendationRequest"]["properties"]["k"]
    assert (k["minimum"], k["maximum"], k["default"]) == (1, domain.MAX_K, 5)
    capacity = described["PersonBody"]["properties"]["capacity"]
    assert (capacity["minimum"], capacity["maximum"]) == (0, domain.MAX_CAPACITY)
    assert described["Goal"]["properties"]["text"]["maxLength"] == domain.MAX_TEXT
    assert described["PersonBody"]["additionalProperties"] is False
    assert not {"HTTPValidationError", "ValidationError"} & set(described)


def test_every_operation_is_described_with_its_problems(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        answers = operation["responses"]
        assert {"400", "500"} <= set(answers), where
        assert ("403" in answers) == (method != "get"), where
        for status, answer in answers.items():
            assert answer["description"], where
            if int(status) >= 400:
                assert set(answer["content"]) == {PROBLEM_JSON}, where
                content = answer["content"][PROBLEM_JSON]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
                for shown in content["examples"].values():
                    schemas.ProblemAnswer.model_validate(shown["value"])


def test_every_body_and_answer_has_an_example(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        described = [
            *operation["responses"].values(),
            *([operation["requestBody"]] if "requestBody" in operation else []),
        ]
        for one in described:
            for content in one.get("content", {}).values():
                assert content["examples"], f"{method} {path}"


def test_examples_are_true(client: TestClient) -> None:
    for body in (examples.PERSON_BODY, examples.MENTOR_BODY):
        schemas.PersonBody.model_validate(body)
    for job in (examples.JOB, examples.JOB_FAILED, examples.JOB_WAITING):
        schemas.JobAnswer.model_validate_json(_json(job))
    schemas.RankingAnswer.model_validate_json(_json(examples.RANKING))
    schemas.PersonAnswer.model_validate(examples.PERSON)
    for person_id, body in (
        (examples.PERSON_ID, examples.PERSON_BODY),
        (examples.MENTOR_ID, examples.MENTOR_BODY),
    ):
        assert client.put(f"/v1/people/{person_id}", json=body).status_code == 201
    for query in (examples.QUERY_OF_A_MENTEE, examples.QUERY_BY_TEXT):
        assert client.post("/v1/recommendations", json=query).status_code == 200
    assert examples.METRICS.splitlines()[0] in client.get("/metrics").text


def test_the_description_is_served_and_pages_that_need_other_sites_are_not(
    client: TestClient, app: FastAPI
) -> None:
    response = client.get("/openapi.json")
    assert response.json() == app.openapi()
    assert "http" not in str(response.json()["paths"]).replace("http_", "")
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def _json(value: object) -> str:
    import json

    return json.dumps(value)

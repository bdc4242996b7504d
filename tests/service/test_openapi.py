"""/openapi.json: complete, true to the domain, with examples that work."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain import feedback as domain_feedback
from recommender.domain import people as domain_people
from recommender.domain import ranking as domain_ranking
from recommender.domain.errors import Problem
from recommender.programme.feedback import FeedbackReport
from recommender.programme.people import ImportReport
from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.exposure import Exposure, GroupExposure
from recommender.ranking.reporting import report
from recommender.skills.own import linking, person
from recommender.skills.picture import organisation
from recommender.skills.role_profiles import RoleProfile
from recommender.store.jobs import Job
from service import examples
from service.errors import PROBLEM_JSON
from service.jobs import JobKind
from service.routes import ROUTERS
from service.schemas import feedback, gaps, jobs, people, process, rankers, recommendations
from tests.recommender.skills.knowledge_world import WORD, knowledge
from tests.service.conftest import release, until_over

Operation = tuple[str, str, dict[str, Any]]


def operations(app: FastAPI) -> Iterator[Operation]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        (recommendations.RankingAnswer, domain_ranking.Ranking),
        (recommendations.RecommendationAnswer, domain_ranking.Recommendation),
        (recommendations.GoalMatchAnswer, domain_ranking.GoalMatch),
        (recommendations.ReasonAnswer, domain_ranking.Reason),
        (people.PersonAnswer, domain_people.Person),
        (people.ImportAnswer, ImportReport),
        (feedback.CohortAnswer, domain_feedback.Cohort),
        (feedback.FeedbackBody, domain_feedback.Feedback),
        (feedback.FeedbackReportAnswer, FeedbackReport),
        (gaps.PersonGapsAnswer, person.PersonGaps),
        (gaps.LinkedStatementAnswer, linking.LinkedStatement),
        (gaps.LinkedConceptAnswer, linking.LinkedConcept),
        (gaps.RoleProfileAnswer, RoleProfile),
        (rankers.RetrainingAnswer, report.RetrainingReport),
        (rankers.OrderMeasuresAnswer, report.OrderMeasures),
        (rankers.ComparisonAnswer, report.Comparison),
        (rankers.KindMeasureAnswer, report.KindMeasure),
        (rankers.AcceptanceAnswer, report.Acceptance),
        (rankers.AcceptanceBandAnswer, report.AcceptanceBand),
        (rankers.AcceptanceModelAnswer, report.AcceptanceModel),
        (rankers.EstimateAnswer, Estimate),
        (rankers.DifferenceAnswer, Difference),
        (rankers.ExposureAnswer, Exposure),
        (rankers.GroupExposureAnswer, GroupExposure),
        (process.FileProblem, Problem),
        (recommendations.RecommendationRequest, domain_ranking.Query),
    ],
)
def test_models_have_the_fields_of_the_domain(model: type[BaseModel], meant: type[Any]) -> None:
    assert set(model.model_fields) == {field.name for field in dataclasses.fields(meant)}


def test_a_gap_has_the_fields_of_the_domain_and_says_whether_it_can_be_closed() -> None:
    meant = {field.name for field in dataclasses.fields(person.Gap)}
    assert set(gaps.GapAnswer.model_fields) == meant | {"closable"}


def test_the_picture_has_every_table() -> None:
    meant = {field.name for field in dataclasses.fields(organisation.OrganisationGaps)}
    assert set(gaps.OrganisationGapsAnswer.model_fields) == meant | {"language", "withheld_below"}


@pytest.mark.parametrize(
    "model", [jobs.ImportJobAnswer, jobs.FeedbackJobAnswer, jobs.RetrainingJobAnswer]
)
def test_a_job_has_the_fields_of_the_store_and_its_problems(model: type[BaseModel]) -> None:
    stored = {field.name for field in dataclasses.fields(Job)}
    assert set(model.model_fields) == stored | {"problems"}


def test_there_is_a_shape_for_every_kind_of_job(app: FastAPI) -> None:
    answer = app.openapi()["paths"]["/v1/jobs/{job_id}"]["get"]["responses"]["200"]
    discriminator = answer["content"]["application/json"]["schema"]["discriminator"]
    assert discriminator["propertyName"] == "kind"
    assert set(discriminator["mapping"]) == set(JobKind)


def test_defaults_are_those_of_the_domain() -> None:
    assert recommendations.RecommendationRequest(mentee_id="boss").query() == domain_ranking.Query(
        "boss"
    )


def test_limits_of_the_domain_show(client: TestClient) -> None:
    described = client.get("/openapi.json").json()["components"]["schemas"]
    k = described["RecommendationRequest"]["properties"]["k"]
    assert (k["minimum"], k["maximum"], k["default"]) == (1, domain_ranking.MAX_K, 5)
    capacity = described["PersonBody"]["properties"]["capacity"]
    assert (capacity["minimum"], capacity["maximum"]) == (0, domain_people.MAX_CAPACITY)
    assert described["Goal"]["properties"]["text"]["maxLength"] == domain_people.MAX_TEXT
    assert described["PersonBody"]["additionalProperties"] is False
    session, none = described["FeedbackBody"]["properties"]["session"]["anyOf"]
    assert (session["minimum"], session["maximum"]) == (1, domain_feedback.MAX_SESSION)
    assert none == {"type": "null"}
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
                    process.ProblemAnswer.model_validate(shown["value"])


def test_every_body_and_answer_has_an_example(app: FastAPI) -> None:
    for path, method, operation in operations(app):
        described = [
            *operation["responses"].values(),
            *([operation["requestBody"]] if "requestBody" in operation else []),
        ]
        for one in described:
            for content in one.get("content", {}).values():
                assert content["examples"], f"{method} {path}"


@pytest.mark.parametrize(("method", "path", "status"), sorted(examples.ANSWERS))
def test_example_answers_have_the_shape_that_is_described(
    method: str, path: str, status: int
) -> None:
    (route,) = (
        one
        for router in ROUTERS
        for one in router.routes
        if isinstance(one, APIRoute) and one.path == path and method.upper() in (one.methods or ())
    )
    for value in examples.ANSWERS[method, path, status].values():
        if route.response_model is None:
            assert isinstance(value, str)
        else:
            TypeAdapter(route.response_model).validate_json(json.dumps(value))


def test_example_bodies_are_accepted(client: TestClient, tiny_world: Recommender) -> None:
    for person_id, body in (
        (examples.PERSON_ID, examples.PERSON_BODY),
        (examples.MENTOR_ID, examples.MENTOR_BODY),
    ):
        assert client.put(f"/v1/people/{person_id}", json=body).status_code == 201
    accepted = {
        ("put", "/v1/people/{person_id}/role-profile"): 200,
        ("put", "/v1/people/{person_id}/links"): 200,
        ("post", "/v1/recommendations"): 200,
        ("put", "/v1/people/{person_id}"): 200,
        ("put", "/v1/cohorts/{cohort_id}"): 201,
        ("post", "/v1/feedback"): 200,
        ("post", "/v1/rankers"): 202,
        ("put", "/v1/rankers/active"): 200,
    }
    of_files = {("post", "/v1/people/import"), ("post", "/v1/feedback/import")}
    assert set(accepted) == set(examples.BODIES) - of_files
    release(tiny_world, examples.RANKER_VERSION)
    tiny_world.gaps.knowledge = knowledge([*WORD, *examples.CONCEPT_IDS])
    ids = {"person_id": examples.PERSON_ID, "cohort_id": examples.COHORT_ID}
    for (method, path), status in accepted.items():
        for body in examples.BODIES[method, path].values():
            response = client.request(method, path.format(**ids), json=body)
            assert response.status_code == status, f"{method} {path}: {response.text}"
            if status == 202:
                until_over(client, response.headers["location"])
    assert examples.METRICS.splitlines()[0] in client.get("/metrics").text


def test_the_description_is_served_and_pages_that_need_other_sites_are_not(
    client: TestClient, app: FastAPI
) -> None:
    response = client.get("/openapi.json")
    assert response.json() == app.openapi()
    assert "http" not in str(response.json()["paths"]).replace("http_", "")
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404

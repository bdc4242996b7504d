"""/openapi.json: complete, true to the domain, with examples that work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from recommender.domain import feedback, people, ranking
from recommender.programme import Job
from recommender.ranking.reporting import RetrainingReport
from recommender.skills.picture import OrganisationGaps
from recommender.skills.role_profiles import RoleProfile
from service.api.jobs import JobAnswer
from service.document import EXAMPLES
from service.jobs import JobKind
from service.problems import PROBLEM_JSON
from tests.service import examples
from tests.service.conftest import description
from tests.service.story import PARAMETERS, answers

COMPONENTS: dict[str, Any] = description()["components"]["schemas"]
Operation = tuple[str, str, dict[str, Any]]


def operations() -> Iterator[Operation]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def body_of(operation_id: str) -> dict[str, Any]:
    [body] = [o["requestBody"] for _, _, o in operations() if o["operationId"] == operation_id]
    described: dict[str, Any] = body["content"]["application/json"]["schema"]
    return described


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value.removeprefix("#/components/schemas/")
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_leads_somewhere_and_no_shape_is_left_over() -> None:
    assert set(references(description())) == set(COMPONENTS)


@pytest.mark.parametrize(
    "kind",
    [
        ranking.Ranking,
        ranking.Recommendation,
        ranking.GoalMatch,
        people.Person,
        people.Statement,
        feedback.Cohort,
        RetrainingReport,
    ],
)
def test_answers_are_the_domains_and_closed(kind: type[Any]) -> None:
    described = COMPONENTS[kind.__name__]
    assert list(described["properties"]) == [field.name for field in fields(kind)]
    assert described["additionalProperties"] is False


def test_answers_that_are_put_together_have_the_fields_of_the_domain() -> None:
    def named(kind: type[Any]) -> set[str]:
        return {field.name for field in fields(kind)}

    assert set(COMPONENTS["Picture"]["properties"]) == named(OrganisationGaps) | {
        "language",
        "withheld_below",
    }
    assert set(COMPONENTS["RoleProfileAnswer"]["properties"]) == named(RoleProfile)
    assert set(COMPONENTS["JobAnswer"]["properties"]) == named(Job) | {"problems"}
    assert set(COMPONENTS["GivenFeedback"]["properties"]) == named(feedback.Feedback) | {
        "replaced_at"
    }


def test_there_is_a_shape_for_the_result_of_every_kind_of_job() -> None:
    assert set(COMPONENTS["JobKind"]["enum"]) == set(JobKind)
    results = set(references(COMPONENTS["JobAnswer"]["properties"]["result"]))
    assert results == {"ImportReport", "FeedbackReport", "RetrainingReport"}
    assert "result" in {field.name for field in fields(JobAnswer)}


def test_what_is_no_number_is_described_as_null() -> None:
    mean = COMPONENTS["Estimate"]["properties"]["mean"]
    assert {"type": "null"} in mean["anyOf"]


def test_bodies_have_the_fields_of_the_domain_in_its_words() -> None:
    person, query, report = (body_of(name) for name in ("put_person", "recommend", "post_feedback"))
    own = [field.name for field in fields(people.Person) if field.name != "id"]
    assert list(person["properties"]) == person["required"] == own
    assert person["additionalProperties"] is False
    assert str(people.MAX_CAPACITY) in person["properties"]["capacity"]["description"]
    assert set(query["properties"]) == {field.name for field in fields(ranking.Query)}
    assert query["properties"]["k"]["default"] == ranking.Query("boss").k
    assert str(ranking.MAX_K) in query["properties"]["k"]["description"]
    assert query["required"] == []
    goal = query["properties"]["goals"]["items"]
    assert set(goal["properties"]) == {"text", "language", "priority"}
    assert str(people.MAX_TEXT) in goal["properties"]["text"]["description"]
    report = COMPONENTS["FeedbackRequest"]["properties"]["feedback"]["items"]
    assert set(report["properties"]) == {field.name for field in fields(feedback.Feedback)}
    assert report["required"] == ["cohort", "mentor_id", "mentee_id", "side", "kind"]
    assert str(feedback.MAX_SESSION) in report["properties"]["session"]["description"]
    assert set(body_of("put_cohort")["properties"]) == {"name", "starts_on", "ends_on"}


def test_descriptions_are_written_for_readers_of_json() -> None:
    for name, described in COMPONENTS.items():
        texts = [described, *described.get("properties", {}).values()]
        for text in (each.get("description", "") for each in texts):
            assert not re.search(r"\bNone\b|``|Args:|Attributes:|Raises:|\n", text), name
    statement = COMPONENTS["Person"]["properties"]["reports_to"]
    assert statement["description"] == "Id of the manager, or null at the top."


def test_every_operation_is_described_with_its_problems() -> None:
    problem = {"$ref": "#/components/schemas/ProblemDetails"}
    shape = jsonschema_rs.validator_for({**problem, "components": description()["components"]})
    for path, method, operation in operations():
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        by_status = operation["responses"]
        assert {"400", "500"} <= set(by_status), where
        assert ("403" in by_status) == (method != "get"), where
        for status, answer in by_status.items():
            assert answer["description"], where
            if int(status) >= 400:
                assert set(answer["content"]) == {PROBLEM_JSON}, where
                content = answer["content"][PROBLEM_JSON]
                assert content["schema"] == problem
                for shown in content["examples"].values():
                    shape.validate(shown["value"])


def test_every_body_answer_and_parameter_has_an_example() -> None:
    for path, method, operation in operations():
        described = [
            *operation["responses"].values(),
            *([operation["requestBody"]] if "requestBody" in operation else []),
        ]
        for part in described:
            for content in part.get("content", {}).values():
                assert content["examples"], f"{method} {path}"
        for parameter in operation.get("parameters", ()):
            assert parameter["in"] == "query" or parameter["example"], f"{method} {path}"


def test_examples_have_the_shape_that_is_described() -> None:
    n_examples = 0
    for path, method, operation in operations():
        contents = [
            content
            for part in (operation.get("requestBody", {}), *operation["responses"].values())
            for media_type, content in part.get("content", {}).items()
            if media_type == "application/json"
        ]
        for content in contents:
            schema = {**content["schema"], "components": description()["components"]}
            for example in content["examples"].values():
                n_examples += 1
                errors = list(jsonschema_rs.validator_for(schema).iter_errors(example["value"]))
                assert not errors, f"{method} {path}: {errors[0]}"
    assert n_examples > 40


def test_examples_are_what_is_answered(tmp_path: Path) -> None:
    recorded = json.loads(EXAMPLES.read_text("utf-8"))
    assert recorded["bodies"] == examples.BODIES, "run python -m tests.service.story"
    assert recorded["parameters"] == PARAMETERS
    assert recorded["answers"] == answers(tmp_path), "run python -m tests.service.story"


def test_examples_of_bodies_are_sent_by_the_story() -> None:
    recorded = json.loads(EXAMPLES.read_text("utf-8"))
    for operation, bodies in recorded["bodies"].items():
        sent = {name for values in recorded["answers"][operation].values() for name in values}
        if not operation.startswith("import_"):
            assert sent == set(bodies), operation


def test_the_description_is_served_and_pages_that_need_other_sites_are_not(
    client: TestClient, app: FastAPI
) -> None:
    response = client.get("/openapi.json")
    assert response.json() == app.openapi()
    assert "http" not in str(response.json()["paths"]).replace("http_", "")
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404

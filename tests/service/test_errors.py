"""The one shape of every error, and what the log says of a fault."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import StatementError
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import ArtefactRefused, TandemError, UnknownCohort, WorkspaceUnusable
from service.errors import trail
from service.limits import IMPORT_PATHS
from service.problems import NoCohort, ServiceProblem, problem_response
from tests.service import examples
from tests.service.conftest import assert_problem


def test_an_unknown_path_is_not_found(client: TestClient) -> None:
    for path in ("/", "/v1", "/v1/people", "/v1/people/a/b", "/v1/people/boss/", "/docs", "/redoc"):
        assert_problem(client.get(path), 404, "unknown-route")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/recommendations", "POST"),
        ("POST", "/v1/people/boss", "DELETE, GET, PUT"),
        ("PATCH", "/v1/people/import", "DELETE, GET, POST, PUT"),
        ("BREW", "/healthz", "GET"),
        ("DELETE", "/v1/jobs/x", "GET"),
        ("DELETE", "/v1/cohorts/x", "PUT"),
        ("POST", "/v1/cohorts", "GET"),
        ("GET", "/v1/feedback", "POST"),
        ("DELETE", "/v1/rankers/active", "GET, PUT"),
        ("PUT", "/v1/rankers", "GET, POST"),
    ],
)
def test_a_method_that_a_path_does_not_take(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    response = client.request(method, path)
    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allowed


@pytest.mark.parametrize("content_type", ["text/plain", "application/jsonx", "", "multipart/x"])
def test_another_media_type_is_refused(client: TestClient, content_type: str) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = client.post("/v1/recommendations", content=b"{}", headers=headers)
    assert_problem(response, 415, "unsupported-media-type")
    assert response.headers["accept"] == "application/json"
    for method, path in (
        ("PUT", "/v1/cohorts/x"),
        ("POST", "/v1/feedback"),
        ("POST", "/v1/rankers"),
        ("PUT", "/v1/rankers/active"),
    ):
        response = client.request(method, path, content=b"{}", headers=headers)
        assert_problem(response, 415, "unsupported-media-type")
    for path in IMPORT_PATHS:
        response = client.post(path, content=b"{}", headers=headers)
        assert_problem(response, 415, "unsupported-media-type")
        assert response.headers["accept"] == "multipart/form-data"


def test_a_charset_beside_the_media_type_is_fine(client: TestClient) -> None:
    response = client.put(
        "/v1/people/m.keller",
        content=json.dumps(examples.PERSON_BODY),
        headers={"content-type": "Application/JSON; charset=utf-8"},
    )
    assert response.status_code == 201


@pytest.mark.parametrize(
    ("refusal", "status", "slug"),
    [
        (WorkspaceUnusable("The disk is gone. Mount it."), 503, "workspace-unusable"),
        (ArtefactRefused("/home/boss/index is damaged"), 500, "fault"),
        (TandemError("Something about boss"), 500, "fault"),
        (ValueError("Something about boss"), 500, "fault"),
        (StatementError("Failed", "SELECT 1", {"id": "boss"}, Exception()), 500, "fault"),
    ],
)
def test_refusals_from_below(
    client: TestClient,
    tiny_world: Recommender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    refusal: Exception,
    status: int,
    slug: str,
) -> None:
    def refuse(_: str) -> None:
        raise refusal

    monkeypatch.setattr(tiny_world.people, "get", refuse)
    told = assert_problem(client.get("/v1/people/boss"), status, slug)
    if status == 500:
        assert "boss" not in str(told)
        assert type(refusal).__name__ in caplog.text
        assert "boss" not in caplog.text


def test_a_fault_after_the_answer_began_is_logged_and_not_answered_twice(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def __init__(self, *_: object, **__: object) -> None:
            self.status_code = 200
            self.background = None
            self.raw_headers: list[tuple[bytes, bytes]] = []

        async def __call__(self, _scope: object, _receive: object, send: object) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
            raise OSError("boss hung up")

    monkeypatch.setattr("service.errors.problem_response", Broken)
    with TestClient(app, base_url="http://localhost") as client:
        assert client.get("/nowhere").status_code == 200
    assert "OSError" in caplog.text
    assert "boss" not in caplog.text


def test_a_trail_names_causes_and_no_words() -> None:
    def deep() -> None:
        try:
            raise KeyError("boss")
        except KeyError as error:
            raise ValueError("about boss") from error

    with pytest.raises(ValueError, match="about boss") as caught:
        deep()
    told = trail(caught.value)
    assert told.startswith("ValueError")
    assert "caused by KeyError" in told
    assert Path(__file__).name in told
    assert "boss" not in told


def test_each_problem_has_its_own_name_and_says_how_it_is_told() -> None:
    kinds = [*TandemError.__subclasses__(), *ServiceProblem.__subclasses__()]
    told = [kind for kind in kinds if kind.status != 500 and kind is not NoCohort]
    assert len({kind.slug for kind in told}) == len({kind.title for kind in told}) == len(told)
    assert NoCohort.slug == UnknownCohort.slug
    for kind in told:
        assert re.fullmatch("[a-z-]+", kind.slug)
        assert 400 <= kind.status < 600


def test_what_no_encoding_can_write_is_told() -> None:
    assert "lone" in str(problem_response(TandemError, "lone \ud800").body)

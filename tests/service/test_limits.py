"""What is refused before a route sees it: long bodies, foreign hosts, other sites' pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message

from recommender.app import Recommender
from recommender.settings import Settings
from service.app import create_app
from service.limits import IMPORT_PATHS, MAX_JSON_BYTES
from tests.service import examples
from tests.service.conftest import BASE_URL, assert_problem

LIMIT = 100_000
CHUNK = b"x" * 10_000


@pytest.fixture
def narrow_app(workspace: Path, tiny_world: Recommender) -> FastAPI:
    settings = Settings(workspace=workspace, preload_encoder=False, max_body_bytes=LIMIT)
    return create_app(settings, tiny_world)


@pytest.fixture
def narrow(narrow_app: FastAPI) -> Iterator[TestClient]:
    with TestClient(narrow_app, base_url=BASE_URL) as client:
        yield client


def stream(app: FastAPI, path: str, content_type: bytes) -> tuple[int, dict[bytes, bytes], int]:
    """Send an endless body chunk by chunk; return status, headers and the chunks that were read."""
    sent: list[Message] = []
    n_read = 0

    async def receive() -> Message:
        nonlocal n_read
        n_read += 1
        assert n_read < 1_000, "The whole body is read"
        head = b"--x\r\ncontent-disposition: form-data; name=files; filename=a.csv\r\n\r\n"
        chunk = head if n_read == 1 and content_type.startswith(b"multipart") else CHUNK
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost:1"), (b"content-type", content_type)],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 1),
        "state": {},
    }

    async def one_request() -> None:
        async with app.router.lifespan_context(app):
            await app(scope, receive, send)

    asyncio.run(one_request())
    return sent[0]["status"], dict(sent[0]["headers"]), n_read


@pytest.mark.parametrize(
    ("path", "content_type", "limit"),
    [
        ("/v1/recommendations", b"application/json", MAX_JSON_BYTES),
        ("/v1/feedback", b"application/json", MAX_JSON_BYTES),
        ("/v1/rankers", b"application/json", MAX_JSON_BYTES),
        ("/v1/people/import", b"multipart/form-data; boundary=x", LIMIT),
        ("/v1/feedback/import", b"multipart/form-data; boundary=x", LIMIT),
    ],
)
def test_a_streamed_body_is_cut_off_at_the_limit(
    narrow_app: FastAPI, path: str, content_type: bytes, limit: int
) -> None:
    status, headers, n_read = stream(narrow_app, path, content_type)
    assert status == 413
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"connection"] == b"close"
    assert n_read <= limit // len(CHUNK) + 2


def test_an_announced_length_is_refused_at_once(narrow: TestClient) -> None:
    files = [("files", ("people.csv", b"x" * LIMIT))]
    for path in IMPORT_PATHS:
        assert_problem(narrow.post(path, files=files), 413, "body-too-large")
    response = narrow.post(
        "/v1/recommendations",
        content=b"{}",
        headers={"content-type": "application/json", "content-length": "9" * 30},
    )
    assert_problem(response, 413, "body-too-large")


def test_only_imports_may_be_long(client: TestClient) -> None:
    body = b" " * (MAX_JSON_BYTES - 2) + b"{}"
    headers = {"content-type": "application/json"}
    told = client.post("/v1/recommendations", content=body, headers=headers)
    assert_problem(told, 422, "invalid-input")
    told = client.post("/v1/recommendations", content=b" " + body, headers=headers)
    assert_problem(told, 413, "body-too-large")


def test_nothing_is_left_of_an_import_that_was_too_long(
    narrow: TestClient, workspace: Path
) -> None:
    narrow.post("/v1/people/import", files=[("files", ("people.csv", b"x" * LIMIT))])
    assert [path.name for path in (workspace / "uploads").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:8000"]
)
def test_this_machine_is_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.org",
        "localhost.example.org",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "0.0.0.0",
        "localhost:80:80",
        "localhost:",
        "user@localhost",
        "localhost, example.org",
        "localhost\n",
        "x" * 10_000,
    ],
)
def test_other_names_for_this_machine_are_refused(client: TestClient, host: str) -> None:
    for path in ("/healthz", "/metrics", "/v1/people/boss", "/openapi.json", "/nowhere"):
        response = client.get(path, headers={"host": host})
        assert_problem(response, 400, "host-refused")
        assert "boss" not in response.text


@pytest.mark.parametrize(
    "origin", ["http://example.org", "null", "", "http://127.0.0.1:9", "http://127.0.0.1"]
)
def test_pages_of_other_sites_may_not_write(client: TestClient, origin: str) -> None:
    headers = {"origin": origin}
    for response in (
        client.put("/v1/people/x", json=examples.PERSON_BODY, headers=headers),
        client.delete("/v1/people/flow", headers=headers),
        client.post("/v1/people/import", files=[("files", ("a.csv", b""))], headers=headers),
        client.post("/v1/recommendations", json={"mentee_id": "boss"}, headers=headers),
        client.put("/v1/cohorts/x", json=examples.COHORT_BODY, headers=headers),
        client.post("/v1/feedback", json=examples.FEEDBACK_BODY, headers=headers),
        client.post("/v1/feedback/import", files=[("files", ("a.csv", b""))], headers=headers),
        client.post("/v1/rankers", json={}, headers=headers),
        client.put("/v1/rankers/active", json=examples.ACTIVATION, headers=headers),
        client.post("/v1/rankers/rollback", headers=headers),
    ):
        assert_problem(response, 403, "cross-site-refused")
    assert client.get("/v1/people/flow", headers=headers).status_code == 200


def test_a_page_of_this_service_may_write(client: TestClient) -> None:
    headers = {"origin": BASE_URL}
    assert client.delete("/v1/people/flow", headers=headers).status_code == 204


def test_no_answer_may_be_read_by_other_sites(client: TestClient) -> None:
    response = client.get("/v1/people/boss", headers={"origin": "http://example.org"})
    assert "access-control-allow-origin" not in response.headers


def test_personal_data_stay_out_of_caches(client: TestClient) -> None:
    for path in ("/v1/people/boss", "/v1/people/nobody", "/v1/nowhere"):
        assert client.get(path).headers["cache-control"] == "no-store"
    assert "cache-control" not in client.get("/healthz").headers

"""/healthz, /readyz and /metrics: what whoever runs the service learns, which is nobody's data."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable
from recommender.settings import Settings
from recommender.store import people, revision
from service.app import create_app
from tests.conftest import HashEncoder
from tests.service.conftest import BASE_URL, assert_problem


def no_database(_: Connection) -> int:
    raise OperationalError("SELECT", {}, Exception("disk I/O error"))


def eventually_ready(client: TestClient) -> bool:
    for _ in range(500):
        if client.get("/readyz").status_code == 200:
            return True
        threading.Event().wait(0.02)
    return False


def test_the_process_is_alive_and_ready(client: TestClient) -> None:
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        response = client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": status})


def test_without_a_database_it_is_alive_and_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision, "current", no_database)
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert "database" in assert_problem(response, 503, "not-ready")["detail"]
    assert int(response.headers["retry-after"]) > 0


def test_it_is_ready_once_the_encoder_is_loaded(
    workspace: Path, tiny_world: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_load = threading.Event()
    monkeypatch.setattr(HashEncoder, "load", lambda _: may_load.wait(20))
    app = create_app(Settings(workspace=workspace), tiny_world)
    with TestClient(app, base_url=BASE_URL) as client:
        told = assert_problem(client.get("/readyz"), 503, "not-ready")
        assert "being loaded" in told["detail"]
        assert client.get("/healthz").status_code == 200
        may_load.set()
        assert eventually_ready(client)


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (EncoderUnavailable("The model is gone. Fetch it again."), "The model is gone"),
        (RuntimeError("boss"), "the service's log says"),
    ],
)
def test_an_encoder_that_cannot_be_loaded_is_told(
    workspace: Path,
    tiny_world: Recommender,
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
    told: str,
) -> None:
    def fail(_: HashEncoder) -> None:
        raise failure

    monkeypatch.setattr(HashEncoder, "load", fail)
    app = create_app(Settings(workspace=workspace), tiny_world)
    with TestClient(app, base_url=BASE_URL) as client:
        for _ in range(500):
            detail = assert_problem(client.get("/readyz"), 503, "not-ready")["detail"]
            if "being loaded" not in detail:
                break
        assert told in detail


def test_metrics_count_requests_by_route_and_name_nobody(client: TestClient) -> None:
    client.get("/v1/people/boss")
    client.get("/v1/people/flow")
    client.get("/v1/people/nobody")
    client.post("/v1/recommendations", json={"mentee_id": "boss"})
    client.get("/some/path/of/boss")
    client.request("BREW", "/healthz")
    client.get("/healthz", headers={"host": "example.org"})
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    lines = response.text.splitlines()
    person = 'tandem_http_requests_total{method="GET",route="/v1/people/{person_id}",status='
    assert f'{person}"200"}} 2.0' in lines
    assert f'{person}"404"}} 1.0' in lines
    counted = 'tandem_http_requests_total{method="GET",route="none",status='
    assert f'{counted}"404"}} 1.0' in lines
    assert f'{counted}"400"}} 1.0' in lines
    assert any('method="other"' in line and 'status="405"' in line for line in lines)
    timed = 'tandem_http_request_seconds_count{method="POST",route="/v1/recommendations"} 1.0'
    assert timed in lines
    assert "tandem_people 6.0" in lines
    assert "tandem_statements 10.0" in lines
    for kind in ("import", "feedback"):
        assert f'tandem_imports{{kind="{kind}",state="running"}} 0.0' in lines
    assert 'tandem_retrainings{state="running"} 0.0' in lines
    for name in ("boss", "flow", "BREW", "example.org"):
        assert name not in response.text


def test_metrics_come_without_a_database_too(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "counts", no_database)
    response = client.get("/metrics")
    assert response.status_code == 200
    assert "tandem_people NaN" in response.text


def test_two_apps_count_for_themselves(client: TestClient, workspace: Path) -> None:
    client.get("/healthz")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("recommender.app.open_encoder", lambda *_: HashEncoder())
        other = create_app(Settings(workspace=workspace, preload_encoder=False))
        with TestClient(other, base_url=BASE_URL) as second:  # opens its own recommender
            assert 'route="/healthz"' not in second.get("/metrics").text
            assert second.get("/v1/people/boss").status_code == 200

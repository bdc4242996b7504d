"""What a service loads in the background, and what it answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable
from recommender.domain.progress import Progress, silent
from recommender.settings import Settings
from recommender.skills import gaps
from recommender.skills.knowledge import Knowledge
from service import running
from service.app import create_app
from tests.conftest import HashEncoder
from tests.recommender.skills.knowledge_world import knowledge
from tests.service.conftest import BASE_URL, assert_problem

GAPS = ("/v1/people/boss/gaps", "/v1/gaps", "/v1/concepts", "/v1/role-profiles")
PATIENCE = 20


class Slow:
    """Stands in for making a linker: waits until it is let go, telling progress."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.n_opened = 0

    def __call__(self, encoder: object, workspace: Path, progress: Progress = silent) -> Knowledge:
        self.n_opened += 1
        self.begun.set()
        while not self.go.wait(0.01):
            progress("linking", 0, 1)
        return knowledge()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(gaps, "open_knowledge", made)
    yield made
    made.go.set()


@pytest.fixture
def serve(tiny_world: Recommender, workspace: Path) -> Callable[[], TestClient]:
    """Return a function that makes a client of a service that preloads."""
    settings = Settings(workspace=workspace, preload_encoder=True)
    return lambda: TestClient(create_app(settings, tiny_world), base_url=BASE_URL)


def preloaded() -> None:
    for thread in threading.enumerate():
        if thread.name == "tandem-preload":
            thread.join(PATIENCE)


def test_gaps_say_to_ask_again_while_all_else_is_answered(
    slow: Slow, serve: Callable[[], TestClient]
) -> None:
    with serve() as client:
        assert slow.begun.wait(PATIENCE)
        for path in GAPS:
            refused = client.get(path)
            assert_problem(refused, 503, "not-ready")
            assert refused.headers["Retry-After"] == "5"
            assert "is being learned" in refused.json()["detail"]
        assert client.get("/readyz").status_code == 200
        asked = client.post("/v1/recommendations", json={"mentee_id": "boss", "k": 1})
        assert asked.status_code == 200
        slow.go.set()
        preloaded()
        assert [client.get(path).status_code for path in GAPS] == [200] * len(GAPS)
    assert slow.n_opened == 1


def test_a_service_that_ends_does_not_wait_for_a_linker(
    slow: Slow, serve: Callable[[], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "STOPPED_WITHIN", PATIENCE)
    with serve():
        assert slow.begun.wait(PATIENCE)
    assert not [one for one in threading.enumerate() if one.name == "tandem-preload"]


def test_an_encoder_that_cannot_be_loaded_is_named(
    slow: Slow, serve: Callable[[], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model(_: HashEncoder) -> None:
        raise EncoderUnavailable("The model is gone.")

    monkeypatch.setattr(HashEncoder, "load", no_model)
    with serve() as client:
        preloaded()
        assert_problem(client.get("/readyz"), 503, "not-ready")
        assert slow.n_opened == 0
        slow.go.set()
        assert client.get(GAPS[0]).status_code == 200  # its vectors are stored


def test_what_cannot_be_opened_is_told_to_who_asks(
    serve: Callable[[], TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Knowledge:
        raise EncoderUnavailable("No linker can be made.")

    monkeypatch.setattr(gaps, "open_knowledge", refuse)
    with serve() as client:
        preloaded()
        refused = client.get(GAPS[0])
        assert_problem(refused, 503, "encoder-unavailable")
        assert "No linker can be made." in refused.json()["detail"]
        assert client.get("/readyz").status_code == 200

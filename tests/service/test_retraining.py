"""POST /v1/rankers: a job that retrains, one at a time, while the service answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import StoreBusy
from recommender.domain.feedback import Cohort
from recommender.domain.progress import Progress, silent
from recommender.store import jobs
from service.jobs import MAX_WAITING
from tests.service import examples
from tests.service.conftest import BASE_URL, assert_described, assert_problem, fields, until_over

PATH = "/v1/rankers"
PAIR = {"cohort": "2026", "mentor_id": "flow", "mentee_id": "boss"}


class Held:
    """A retraining that waits in the middle of a step until it may go on."""

    def __init__(self, step: str = "training") -> None:
        self.step = step
        self.began = threading.Event()
        self.may_go_on = threading.Event()
        self.asked: list[tuple[object, ...]] = []

    def __call__(
        self,
        cohort_id: str | None = None,
        groups: Mapping[str, str] | None = None,
        seed: int = 0,
        progress: Progress = silent,
    ) -> Any:  # noqa: ANN401 - stands for the report
        self.asked.append((cohort_id, dict(groups or {}), seed))
        progress(self.step, 1, 3)
        self.began.set()
        assert self.may_go_on.wait(20)
        progress(self.step, 2, 3)
        return SimpleNamespace(as_json=lambda: examples.REPORT)


@pytest.fixture
def programme(tiny_world: Recommender) -> Recommender:
    """The tiny world with a cohort that lasts as long as anybody runs this test."""
    tiny_world.cohorts.put(Cohort("2026", "A long one", date(2020, 1, 1), date(2999, 12, 31)))
    return tiny_world


@pytest.fixture
def held(programme: Recommender, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    waiting = Held()
    monkeypatch.setattr(programme.rankers, "retrain", waiting)
    yield waiting
    waiting.may_go_on.set()


def status_of(recommender: Recommender, job_id: str) -> jobs.JobStatus:
    with recommender.store.read() as connection:
        return jobs.get(connection, job_id, datetime.now(UTC)).status


def test_too_little_feedback_is_told_and_nothing_is_activated(
    client: TestClient, programme: Recommender
) -> None:
    client.post("/v1/recommendations", json={"mentee_id": "boss"})
    reports = [
        {**PAIR, "side": "mentee", "kind": "asked"},
        {**PAIR, "side": "mentor", "kind": "accepted"},
    ]
    assert client.post("/v1/feedback", json={"feedback": reports}).status_code == 200
    response = client.post(PATH, json={"cohort": "2026", "groups": {"flow": "Cork"}, "seed": 7})
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    assert_described(response)
    job = until_over(client, response.headers["location"])
    assert (job["kind"], job["status"], job["problems"]) == ("retrain", "done", [])
    assert_described(client.get(response.headers["location"]))
    told = job["result"]
    assert (told["cohort"], told["cohorts"], told["seed"]) == ("2026", ["2026"], 7)
    assert (told["promoted"], told["version"], told["simulated"]) == (False, None, False)
    assert (told["n_asked"], told["n_accepted"], told["n_mentees"]) == (1, 1, 1)
    assert set(told["verdict"]) == {"de", "en"}
    assert "feedback" in told["verdict"]["en"]
    for name in ("boss", "flow"):
        assert name not in str(told)
    assert client.get(PATH).json() == {"active": None, "rankers": []}


def test_what_is_asked_reaches_the_retraining(client: TestClient, held: Held) -> None:
    held.may_go_on.set()
    body = {"cohort": "2026", "seed": 3, "groups": {"flow": "Cork"}}
    done = client.post(PATH, json=body).headers["location"]
    assert until_over(client, done)["result"] == examples.REPORT
    until_over(client, client.post(PATH, json={}).headers["location"])
    assert held.asked == [("2026", {"flow": "Cork"}, 3), (None, {}, 0)]


def test_an_unknown_cohort_is_not_found_at_once(client: TestClient, programme: Recommender) -> None:
    assert_problem(client.post(PATH, json={"cohort": "2027"}), 404, "unknown-cohort")


def test_without_any_cohort_there_is_nothing_to_learn_from(client: TestClient) -> None:
    told = assert_problem(client.post(PATH, json={}), 404, "unknown-cohort")
    assert "/v1/cohorts" in told["detail"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"cohort": "-"}, ["cohort"]),
        ({"cohort": 2026}, ["cohort"]),
        ({"seed": -1}, ["seed"]),
        ({"seed": 2**32}, ["seed"]),
        ({"seed": "1"}, ["seed"]),
        ({"groups": ["flow"]}, ["groups"]),
        ({"groups": {"flow": 1}}, ["groups.flow"]),
        ({"groups": {"flow": ""}}, ["groups.flow"]),
        ({"groups": {"-flow": "Cork"}}, ["groups.-flow"]),
        ({"group": {}}, ["group"]),
        ([], ["body"]),
    ],
)
def test_a_wrong_request_is_refused(
    client: TestClient, programme: Recommender, body: object, wrong: list[str]
) -> None:
    assert fields(assert_problem(client.post(PATH, json=body), 422, "invalid-input")) == wrong


def test_the_service_answers_while_one_retrains_and_the_next_waits(
    client: TestClient, held: Held
) -> None:
    first = client.post(PATH, json={}).headers["location"]
    assert held.began.wait(20)
    second = client.post(PATH, json={}).headers["location"]
    job = client.get(first).json()
    assert [job[name] for name in ("status", "step", "done", "total")] == [
        "running",
        "training",
        1,
        3,
    ]
    assert client.get(second).json()["status"] == "waiting"
    assert client.post("/v1/recommendations", json={"mentee_id": "boss"}).status_code == 200
    report = {**PAIR, "side": "mentee", "kind": "asked"}
    assert client.post("/v1/feedback", json={"feedback": [report]}).status_code == 200
    lines = client.get("/metrics").text.splitlines()
    assert 'tandem_retrainings{state="running"} 1.0' in lines
    assert 'tandem_retrainings{state="waiting"} 1.0' in lines
    assert 'tandem_imports{kind="import",state="running"} 0.0' in lines
    assert len(held.asked) == 1
    held.may_go_on.set()
    assert until_over(client, first)["status"] == until_over(client, second)["status"] == "done"


def test_too_many_waiting_retrainings_are_refused(client: TestClient, held: Held) -> None:
    client.post(PATH, json={})
    assert held.began.wait(20)
    for _ in range(MAX_WAITING):
        assert client.post(PATH, json={}).status_code == 202
    refused = client.post(PATH, json={})
    assert_problem(refused, 503, "too-many-jobs")
    assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("step", "ends"),
    [("training", jobs.JobStatus.INTERRUPTED), ("storing", jobs.JobStatus.DONE)],
)
def test_a_stopped_service_interrupts_a_retraining_unless_it_is_storing(
    app: FastAPI, programme: Recommender, held: Held, step: str, ends: jobs.JobStatus
) -> None:
    held.step = step
    with TestClient(app, base_url=BASE_URL) as client:
        running, waiting = (client.post(PATH, json={}).json()["id"] for _ in range(2))
        assert held.began.wait(20)
        threading.Timer(0.2, held.may_go_on.set).start()
    assert status_of(programme, running) is ends
    assert status_of(programme, waiting) is jobs.JobStatus.INTERRUPTED


def test_a_refusal_by_the_library_is_told_by_the_job(
    client: TestClient, programme: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreBusy("Another release was activated meanwhile. Retrain again.")

    monkeypatch.setattr(programme.rankers, "retrain", refuse)
    job = until_over(client, client.post(PATH, json={}).headers["location"])
    assert (job["status"], job["result"]) == ("failed", None)
    (problem,) = job["problems"]
    assert (problem["field"], problem["file"]) == ("retrain", None)
    assert problem["remedy"].endswith("Retrain again.")

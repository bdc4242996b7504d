"""/v1/rankers: releases are listed, activated and rolled back, and a damaged one does no harm."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.store import Store
from tests.conftest import HashEncoder
from tests.service import examples
from tests.service.conftest import assert_described, assert_problem, damage, fields, release

FIRST, SECOND, THIRD = "2025-00000001", "2026-00000002", "2026-00000003"
GONE = "2024-00000000"


def activate(client: TestClient, version: str, **more: bool) -> Any:  # noqa: ANN401 - httpx's response
    return client.put("/v1/rankers/active", json={"version": version, **more})


def answer(client: TestClient) -> dict[str, Any]:
    response = client.post("/v1/recommendations", json={"mentee_id": "boss"})
    assert response.status_code == 200, response.text
    assert_described(response)
    told: dict[str, Any] = response.json()
    return told


def mentors(told: dict[str, Any]) -> list[str]:
    return [one["mentor_id"] for one in told["recommendations"]]


def test_without_a_release_there_is_nothing_to_list(client: TestClient) -> None:
    assert client.get("/v1/rankers").json() == {"active": None, "rankers": []}


def test_releases_are_listed_and_what_cannot_be_used_says_why(
    client: TestClient, tiny_world: Recommender, workspace: Path
) -> None:
    release(tiny_world, FIRST)
    release(tiny_world, SECOND, promoted=False, simulated=True)
    damage(tiny_world, release(tiny_world, THIRD))
    with Recommender(
        Store.in_folder(workspace), lambda: HashEncoder("another"), workspace
    ) as elsewhere:
        release(elsewhere, "2026-00000004")
    activate(client, FIRST)
    response = client.get("/v1/rankers")
    assert_described(response)
    told = response.json()
    assert told["active"] == FIRST
    first, second, third, foreign = told["rankers"]
    assert first == {
        "version": FIRST,
        "kind": "linear",
        "cohorts": examples.REPORT["cohorts"],
        "simulated": False,
        "promoted": True,
        "usable": True,
        "refusal": None,
    }
    assert (second["promoted"], second["simulated"], second["usable"]) == (False, True, True)
    assert (third["version"], third["usable"], third["kind"]) == (THIRD, False, None)
    assert "damaged" in third["refusal"]
    assert (foreign["usable"], foreign["kind"]) == (False, "linear")
    assert "encoder" in foreign["refusal"]


def test_a_release_is_shown_with_its_report_and_its_card(
    client: TestClient, tiny_world: Recommender
) -> None:
    release(tiny_world, FIRST)
    response = client.get(f"/v1/rankers/{FIRST}")
    assert response.status_code == 200
    assert_described(response)
    assert response.json()["report"] == {**examples.REPORT, "version": FIRST}
    card = client.get(f"/v1/rankers/{FIRST}/card")
    assert card.headers["content-type"] == "text/markdown; charset=utf-8"
    assert card.text == f"# Ranker {FIRST}\n"
    german = client.get(f"/v1/rankers/{FIRST}/card", params={"language": "de"})
    assert german.text == f"# Ranking {FIRST} – für alle\n"
    other = client.get(f"/v1/rankers/{FIRST}/card", params={"language": "fr"})
    assert fields(assert_problem(other, 422, "invalid-input")) == ["language"]


@pytest.mark.parametrize("path", [f"/v1/rankers/{GONE}", f"/v1/rankers/{GONE}/card"])
def test_an_unknown_release_is_not_found(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404, "unknown-ranker")
    assert_problem(activate(client, GONE), 404, "unknown-ranker")


@pytest.mark.parametrize("version", ["1", "active", "rollback", "..", "%2e%2e-00000000", "x" * 99])
def test_what_is_no_version_is_refused(client: TestClient, version: str) -> None:
    for path in (f"/v1/rankers/{version}/card", f"/v1/rankers/{version}"):
        response = client.get(path)
        if response.status_code != 404:  # ".." leaves the path
            assert fields(assert_problem(response, 422, "invalid-input")) == ["version"]
    assert fields(assert_problem(activate(client, version), 422, "invalid-input")) == ["version"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["version"]),
        ({"version": None}, ["version"]),
        ({"version": FIRST, "despite_report": "yes"}, ["despite_report"]),
        ({"version": FIRST, "now": True}, ["now"]),
    ],
)
def test_a_wrong_activation_is_refused(
    client: TestClient, body: dict[str, Any], wrong: list[str]
) -> None:
    told = assert_problem(client.put("/v1/rankers/active", json=body), 422, "invalid-input")
    assert fields(told) == wrong


def test_the_active_release_orders_and_a_rollback_undoes_it(
    client: TestClient, tiny_world: Recommender
) -> None:
    by_affinity = answer(client)
    assert (by_affinity["ranker"], by_affinity["degraded"]) == (None, True)
    for version in (FIRST, SECOND):
        release(tiny_world, version)
        response = activate(client, version)
        assert (response.status_code, response.json()) == (200, {"active": version})
        told = answer(client)
        assert (told["ranker"], told["degraded"], told["notes"]) == (version, False, [])
        assert mentors(told) != mentors(by_affinity)
        scores = [one["score"] for one in told["recommendations"]]
        assert scores == [-one["affinity"] for one in told["recommendations"]]
        for one in told["recommendations"]:
            assert one["score"] == pytest.approx(sum(one["contributions"].values()), abs=6e-7)
    for back in (FIRST, None, None):
        response = client.post("/v1/rankers/rollback")
        assert (response.status_code, response.json()) == (200, {"active": back})
        assert answer(client)["ranker"] == back
    assert mentors(answer(client)) == mentors(by_affinity)


def test_only_hr_can_decide_against_the_report(client: TestClient, tiny_world: Recommender) -> None:
    release(tiny_world, FIRST, promoted=False)
    told = assert_problem(activate(client, FIRST), 409, "ranker-not-promoted")
    assert "despite" in told["detail"]
    assert client.get("/v1/rankers").json()["active"] is None
    assert activate(client, FIRST, despite_report=True).json() == {"active": FIRST}


def test_a_simulated_release_says_so_in_every_answer(
    client: TestClient, tiny_world: Recommender
) -> None:
    activate(client, release(tiny_world, FIRST, simulated=True))
    assert "simulated" in answer(client)["notes"][0]


def test_a_damaged_release_is_refused_and_changes_nothing(
    client: TestClient, tiny_world: Recommender
) -> None:
    activate(client, release(tiny_world, FIRST))
    damage(tiny_world, release(tiny_world, SECOND))
    for despite in (False, True):
        told = assert_problem(
            activate(client, SECOND, despite_report=despite), 409, "ranker-refused"
        )
        assert "damaged" in told["detail"]
    for path in (f"/v1/rankers/{SECOND}", f"/v1/rankers/{SECOND}/card"):
        assert_problem(client.get(path), 409, "ranker-refused")
    assert client.get("/v1/rankers").json()["active"] == FIRST


@pytest.mark.parametrize("harm", ["damaged", "removed"])
def test_an_active_release_that_is_damaged_leaves_affinity_order_and_a_note(
    client: TestClient,
    tiny_world: Recommender,
    open_recommender: Callable[[], Recommender],
    harm: str,
) -> None:
    by_affinity = mentors(answer(client))
    other = open_recommender()
    other.rankers.activate(release(other, FIRST))
    if harm == "damaged":
        damage(other, FIRST)
    else:
        shutil.rmtree(other.rankers.releases.path(FIRST))
    told = answer(client)
    assert mentors(told) == by_affinity
    assert (told["degraded"], told["ranker"]) == (True, None)
    assert "cannot be used" in told["notes"][0]
    assert client.get("/v1/rankers").json()["active"] == FIRST
    assert client.post("/v1/rankers/rollback").json() == {"active": None}
    assert "cannot be used" not in answer(client)["notes"][0]


def test_a_running_service_follows_another_process_without_a_failed_request(
    client: TestClient, tiny_world: Recommender, open_recommender: Callable[[], Recommender]
) -> None:
    other = open_recommender()
    answers: list[dict[str, Any]] = []
    failures: list[BaseException] = []
    over = threading.Event()

    def ask() -> None:
        try:
            while not over.is_set():
                answers.append(answer(client))
        except BaseException as failure:  # noqa: BLE001 - told by the test
            failures.append(failure)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        versions = [release(other, f"2026-{number:08x}") for number in range(15)]
        for version in versions:
            other.rankers.activate(version)
            assert answer(client)["ranker"] == version  # the very next answer
        for below in [*reversed(versions[:-1]), None]:
            assert other.rankers.roll_back() == below
            assert answer(client)["ranker"] == below
    finally:
        over.set()
        for thread in asking:
            thread.join()
    assert failures == []
    assert {told["ranker"] for told in answers} <= {None, *versions}
    assert len({told["ranker"] for told in answers}) > 1
    for told in answers:
        assert told["degraded"] == (told["ranker"] is None)
        ranked = [one["score"] for one in told["recommendations"]]
        assert ranked == sorted(ranked, reverse=True)

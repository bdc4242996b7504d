"""POST /v1/recommendations: the answer, what is refused, and what is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable
from recommender.domain.ranking import Ranking
from recommender.store import rankings
from tests.conftest import HashEncoder
from tests.recommender.store.impressions import impressions_of
from tests.service.conftest import assert_described, assert_problem, fields

PATH = "/v1/recommendations"


def mentors(answer: Mapping[str, Any]) -> list[str]:
    return [item["mentor_id"] for item in answer["recommendations"]]


def test_a_stored_mentee_gets_the_mentors_known_to_be_right(client: TestClient) -> None:
    response = client.post(PATH, json={"mentee_id": "boss", "k": 2})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert mentors(answer) == ["flow", "film"]
    assert [item["position"] for item in answer["recommendations"]] == [1, 2]
    assert answer["n_eligible"] + sum(answer["kept_out"].values()) == answer["n_people"] == 6
    assert answer["kept_out"]["reporting_chain"] == 1
    assert answer["degraded"] is True
    assert answer["recommendations"][0]["features"]["affinity"] == pytest.approx(
        answer["recommendations"][0]["affinity"]
    )


def test_the_answer_is_the_one_that_the_documentation_describes(client: TestClient) -> None:
    response = client.post(PATH, json={"mentee_id": "boss"})
    assert_described(response)


def test_goals_as_text_need_no_mentee(client: TestClient) -> None:
    goals = [{"text": "bake bread", "language": "en", "priority": 1}]
    answer = client.post(PATH, json={"goals": goals, "k": 1}).json()
    assert mentors(answer) == ["cook"]
    assert answer["mentee_id"] is None
    assert answer["goals"] == ["bake bread"]


def test_filters_reach_the_rules(client: TestClient) -> None:
    asked = {"mentee_id": "boss", "site": " Cork ", "language": "en", "exclude": ["flow", "nobody"]}
    answer = client.post(PATH, json=asked).json()
    assert "flow" not in mentors(answer)
    assert mentors(answer)[0] == "film"
    assert answer["kept_out"]["query_site"] == 0
    assert answer["kept_out"]["query_exclude"] == 1
    assert mentors(client.post(PATH, json={**asked, "site": "Mannheim"}).json()) == []


def test_what_is_shown_is_logged(client: TestClient, tiny_world: Recommender) -> None:
    answer = client.post(PATH, json={"mentee_id": "boss", "k": 2}).json()
    with tiny_world.store.read() as connection:
        logged = impressions_of(connection, answer["ranking_id"])
    assert [(one.position, one.mentor_id) for one in logged] == [(1, "flow"), (2, "film")]


def test_an_unknown_mentee_is_not_found(client: TestClient) -> None:
    told = assert_problem(client.post(PATH, json={"mentee_id": "nobody"}), 404, "unknown-person")
    assert "nobody" in told["detail"]


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({}, ["goals"]),
        ({"mentee_id": "boss", "k": "5"}, ["k"]),
        ({"mentee_id": "boss", "k": 5.0}, ["k"]),
        ({"mentee_id": "boss", "k": True}, ["k"]),
        ({"mentee_id": "boss", "k": 0}, ["k"]),
        ({"mentee_id": "boss", "k": 101}, ["k"]),
        ({"mentee_id": "-boss"}, ["mentee_id"]),
        ({"mentee_id": "boss\n"}, ["mentee_id"]),
        ({"mentee_id": 7}, ["mentee_id"]),
        ({"mentee_id": "boss", "language": "EN"}, ["language"]),
        ({"mentee_id": "boss", "site": ""}, ["site"]),
        ({"mentee_id": "boss", "exclude": ["a b", "c"]}, ["exclude[0]"]),
        ({"mentee_id": "boss", "exclude": "flow"}, ["exclude"]),
        ({"mentee_id": "boss", "top": 3}, ["top"]),
        ({"goals": [{"text": "x", "language": "en", "priority": 4}]}, ["goals[0].priority"]),
        ({"goals": [{"text": "x"}]}, ["goals[0].language"]),
        (
            {"goals": [{"text": "  ", "language": "en"}, {"text": "a\0b", "language": "en"}]},
            ["goals[0].text", "goals[1].text"],
        ),
        ({"goals": [{"text": "x", "language": "en"}] * 21}, ["goals"]),
        ([], ["body"]),
        ("boss", ["body"]),
    ],
)
def test_wrong_values_are_named(client: TestClient, asked: object, wrong: list[str]) -> None:
    told = assert_problem(client.post(PATH, json=asked), 422, "invalid-input")
    assert fields(told) == wrong


def test_a_mentee_who_does_not_take_part_gets_no_answer(client: TestClient) -> None:
    boss = client.get("/v1/people/boss").json()
    del boss["id"]
    client.put("/v1/people/boss", json={**boss, "status": "paused"})
    told = assert_problem(client.post(PATH, json={"mentee_id": "boss"}), 422, "invalid-input")
    assert fields(told) == ["mentee_id"]


def test_an_encoder_that_fails_is_told_as_unavailable(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EncoderUnavailable("The model is gone. Fetch it again.")

    monkeypatch.setattr(HashEncoder, "encode", refuse)
    goals = [{"text": "something new", "language": "en"}]
    told = assert_problem(client.post(PATH, json={"goals": goals}), 503, "encoder-unavailable")
    assert told["detail"] == "The model is gone. Fetch it again."


def test_a_failed_commit_is_an_error_and_logs_nothing(
    client: TestClient,
    tiny_world: Recommender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    genuine = rankings.log

    def fails_at_the_end(
        connection: Connection,
        ranking: Ranking,
        k: int,
        mentee: int | None,
        number_of: Mapping[str, int],
    ) -> None:
        genuine(connection, ranking, k, mentee, number_of)
        raise RuntimeError(f"The disk is full while {ranking.mentee_id} asks")

    monkeypatch.setattr(rankings, "log", fails_at_the_end)
    told = assert_problem(client.post(PATH, json={"mentee_id": "boss"}), 500, "fault")
    assert "boss" not in str(told)
    assert "RuntimeError" in caplog.text
    assert "fails_at_the_end" in caplog.text
    assert "boss" not in caplog.text  # what an exception says may name people
    with tiny_world.store.read() as connection:
        assert impressions_of(connection) == []
    monkeypatch.undo()
    assert client.post(PATH, json={"mentee_id": "boss"}).status_code == 200


@pytest.mark.parametrize("end", ["withdrawn", "paused", "erased"])
def test_who_leaves_is_not_in_the_next_answer(client: TestClient, end: str) -> None:
    assert mentors(client.post(PATH, json={"mentee_id": "boss"}).json())[0] == "flow"
    if end == "erased":
        assert client.delete("/v1/people/flow").status_code == 204
    else:
        flow = client.get("/v1/people/flow").json()
        del flow["id"]
        assert client.put("/v1/people/flow", json={**flow, "status": end}).status_code == 200
    assert "flow" not in client.post(PATH, json={"mentee_id": "boss"}).text

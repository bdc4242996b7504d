"""/v1/people/{id}: a person goes in, comes out again, and can be erased."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from recommender.app import Recommender
from tests.service import examples
from tests.service.conftest import assert_problem, fields

PATH = "/v1/people/m.keller"


def put(client: TestClient, **changes: Any) -> Any:  # noqa: ANN401 - httpx's response
    return client.put(PATH, json={**examples.PERSON_BODY, **changes})


def test_a_new_person_is_created_and_comes_out_as_given(client: TestClient) -> None:
    response = put(client)
    assert response.status_code == 201
    assert response.headers["location"] == PATH
    assert response.json() == examples.PERSON
    assert client.get(PATH).json() == examples.PERSON


def test_a_known_person_is_replaced(client: TestClient) -> None:
    put(client)
    response = put(client, site="Cork", statements=[])
    assert response.status_code == 200
    assert response.headers["location"] == PATH
    assert client.get(PATH).json() == {**examples.PERSON, "site": "Cork", "statements": []}
    assert put(client, site="Cork", statements=[]).status_code == 200  # nothing changes


def test_text_comes_out_canonical(client: TestClient) -> None:
    assert put(client, name="  Mu\u0308ller \t Anna ").json()["name"] == "Müller Anna"


def test_every_person_can_be_sent_back_as_it_came(client: TestClient) -> None:
    for person_id in ("boss", "flow", "near", "mute"):
        person = client.get(f"/v1/people/{person_id}").json()
        assert person.pop("id") == person_id
        assert client.put(f"/v1/people/{person_id}", json=person).status_code == 200


def test_an_erased_person_is_gone(client: TestClient, tiny_world: Recommender) -> None:
    put(client)
    response = client.delete(PATH)
    assert (response.status_code, response.content) == (204, b"")
    for again in (client.get(PATH), client.delete(PATH)):
        assert_problem(again, 404, "unknown-person")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("person_id", ["-a", "a b", "a" * 65, "%00", "%ff", "a%0A", "%F0%9F%98%80"])
def test_what_is_no_id_is_refused(client: TestClient, method: str, person_id: str) -> None:
    told = assert_problem(client.request(method, f"/v1/people/{person_id}"), 422, "invalid-input")
    assert fields(told) == ["person_id"]


@pytest.mark.parametrize("missing", sorted(examples.PERSON_BODY))
def test_no_field_may_be_forgotten(client: TestClient, missing: str) -> None:
    body = {key: value for key, value in examples.PERSON_BODY.items() if key != missing}
    told = assert_problem(client.put(PATH, json=body), 422, "invalid-input")
    assert fields(told) == [missing]
    assert told["errors"][0]["value"] == "nothing"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"id": "m.keller"}, ["id"]),
        ({"career_level": "7"}, ["career_level"]),
        ({"career_level": 100, "capacity": -1}, ["career_level", "capacity"]),
        ({"hours_per_month": 201}, ["hours_per_month"]),
        ({"hours_per_month": "3"}, ["hours_per_month"]),
        ({"hours_per_month": True}, ["hours_per_month"]),
        ({"roles": "guru"}, ["roles"]),
        ({"status": None}, ["status"]),
        ({"languages": []}, ["languages"]),
        ({"languages": ["de", "DE"]}, ["languages[1]"]),
        ({"languages": ["de", "de"]}, ["languages"]),
        ({"languages": "de en"}, ["languages"]),
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"reports_to": "m.keller"}, ["reports_to"]),
        ({"reports_to": "nobody"}, ["reports_to"]),
        ({"name": "a\0b", "site": "\x07x"}, ["name", "site"]),
        ({"name": "x" * 201}, ["name"]),
        ({"statements": {}}, ["statements"]),
        (
            {"statements": [{"kind": "nix"}, {}]},
            [
                f"statements[{place}].{name}"
                for place in (0, 1)
                for name in ("kind", "text", "language")
            ],
        ),
        ({"statements": ["x"]}, ["statements[0]"]),
        (
            {"statements": [{"kind": "skill", "language": "de", "text": "x", "priority": 1}]},
            ["statements[0].level", "statements[0].priority"],
        ),
        (
            {"statements": [{"kind": "goal", "language": "de", "text": "a\0", "priority": 1}]},
            ["statements[0].text"],
        ),
        (
            {"statements": [{"kind": "goal", "language": "de", "text": "x", "priority": 1}] * 2},
            ["statements"],
        ),
    ],
)
def test_wrong_values_are_named(
    client: TestClient, changes: dict[str, Any], wrong: list[str]
) -> None:
    assert fields(assert_problem(put(client, **changes), 422, "invalid-input")) == wrong
    assert_problem(client.get(PATH), 404, "unknown-person")


@pytest.mark.parametrize(
    "body",
    [
        '{"name": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"\\u0000": "\\u0000"}',
        '{"hours_per_month": NaN}',
        '{"hours_per_month": Infinity}',
        '{"career_level": 1e400}',
        '{"statements": [{"kind": "\\udfff"}]}',
        '{"statements": [{"kind": ["skill"]}]}',
        '{"roles": {"a": "\\ud800"}}',
        '{"a": 1, "a": 2}',
        "",
        "{",
        "null",
        '"\\ud800"',
    ],
)
def test_odd_json_is_refused_and_never_a_fault(client: TestClient, body: str) -> None:
    response = client.put(PATH, content=body, headers={"content-type": "application/json"})
    assert_problem(response, 422, "invalid-input")
    json.loads(response.text.encode("utf-8"))


@pytest.mark.parametrize("body", [b"\xff", b"[" * 200_000, b"1" * 5_000])
def test_what_cannot_be_read_at_all_is_refused(client: TestClient, body: bytes) -> None:
    response = client.put(PATH, content=body, headers={"content-type": "application/json"})
    assert_problem(response, 400, "malformed-request")


def test_an_answer_does_not_echo_what_was_sent_at_length(client: TestClient) -> None:
    long = "x" * 100_000
    response = put(client, name=long, roles=long, **{long: long}, statements=[{"kind": long}])
    assert_problem(response, 422, "invalid-input")
    assert len(response.content) < 5_000


def test_of_very_many_errors_a_hundred_are_told(client: TestClient) -> None:
    response = put(client, **{f"extra{i}": i for i in range(5_000)})
    told = assert_problem(response, 422, "invalid-input")
    assert len(told["errors"]) == 100
    assert "the first 100" in told["detail"]


def test_a_circle_of_managers_is_refused(client: TestClient) -> None:
    boss = client.get("/v1/people/boss").json()
    del boss["id"]
    told = assert_problem(
        client.put("/v1/people/boss", json={**boss, "reports_to": "near"}), 422, "invalid-input"
    )
    assert fields(told) == ["reports_to"]


def test_a_person_may_be_called_import(client: TestClient) -> None:
    path = "/v1/people/import"
    assert client.put(path, json=examples.PERSON_BODY).status_code == 201
    assert client.get(path).json()["id"] == "import"
    assert client.delete(path).status_code == 204

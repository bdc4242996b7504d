"""/v1/cohorts and /v1/feedback: what is stored, what is refused, and who may read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.feedback import Cohort
from recommender.domain.people import PairStatus
from recommender.store import pairs
from tests.service.conftest import assert_described, assert_problem, fields

COHORT = "/v1/cohorts/2026"
BODY = {"name": "All of 2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
PAIR = {"cohort": "2026", "mentor_id": "flow", "mentee_id": "boss"}
ASKED = {**PAIR, "side": "mentee", "kind": "asked"}
DECLINED = {**PAIR, "side": "mentor", "kind": "declined", "value": "too_close"}
USEFUL = {**PAIR, "side": "mentee", "kind": "usefulness", "value": 4, "session": 1}


@pytest.fixture
def programme(client: TestClient) -> TestClient:
    assert client.put(COHORT, json=BODY).status_code == 201
    return client


def post(client: TestClient, *reports: dict[str, Any]) -> Any:  # noqa: ANN401 - httpx's response
    content = json.dumps({"feedback": reports})  # also what no encoding can write, escaped
    headers = {"content-type": "application/json"}
    return client.post("/v1/feedback", content=content, headers=headers)


def given_by(client: TestClient, person_id: str) -> list[dict[str, Any]]:
    response = client.get(f"/v1/people/{person_id}/feedback")
    assert response.status_code == 200
    assert_described(response)
    found: list[dict[str, Any]] = response.json()["feedback"]
    return found


def test_a_cohort_is_created_changed_and_listed(client: TestClient) -> None:
    assert client.get("/v1/cohorts").json() == {"cohorts": []}
    response = client.put(COHORT, json=BODY)
    assert response.status_code == 201
    assert response.json() == {"id": "2026", **BODY, "simulated": False}
    assert_described(response)
    response = client.put(COHORT, json={**BODY, "name": "  The \t year  "})
    assert (response.status_code, response.json()["name"]) == (200, "The year")
    assert client.put("/v1/cohorts/2025", json=year(2025)).status_code == 201
    listed = client.get("/v1/cohorts")
    assert_described(listed)
    assert [one["id"] for one in listed.json()["cohorts"]] == ["2025", "2026"]


def year(number: int) -> dict[str, str]:
    return {"name": "A year", "starts_on": f"{number}-01-01", "ends_on": f"{number}-12-31"}


def test_simulated_shows_and_cannot_be_set_or_taken_back(
    client: TestClient, tiny_world: Recommender
) -> None:
    told = assert_problem(
        client.put(COHORT, json={**BODY, "simulated": True}), 422, "invalid-input"
    )
    assert fields(told) == ["simulated"]
    tiny_world.cohorts.put(Cohort("2024", "Invented", date(2024, 1, 1), date(2024, 12, 31), True))
    response = client.put("/v1/cohorts/2024", json=year(2024))
    assert (response.status_code, response.json()["simulated"]) == (200, True)
    assert [one["simulated"] for one in client.get("/v1/cohorts").json()["cohorts"]] == [True]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "a\0"}, ["name"]),
        ({"name": None}, ["name"]),
        ({"starts_on": "1.1.2026"}, ["starts_on"]),
        ({"starts_on": "2026-02-30", "ends_on": "soon"}, ["starts_on", "ends_on"]),
        ({"starts_on": "2026-01-01T00:00:00"}, ["starts_on"]),
        ({"starts_on": 20260101}, ["starts_on"]),
        ({"ends_on": "2025-12-31"}, ["ends_on"]),
        ({"id": "2026"}, ["id"]),
    ],
)
def test_a_wrong_cohort_is_refused(
    client: TestClient, changes: dict[str, Any], wrong: list[str]
) -> None:
    told = assert_problem(client.put(COHORT, json={**BODY, **changes}), 422, "invalid-input")
    assert fields(told) == wrong
    assert client.get("/v1/cohorts").json() == {"cohorts": []}


def test_no_field_of_a_cohort_may_be_forgotten(client: TestClient) -> None:
    told = assert_problem(client.put(COHORT, json={}), 422, "invalid-input")
    assert fields(told) == ["name", "starts_on", "ends_on"]


def test_cohorts_that_overlap_are_refused(programme: TestClient) -> None:
    body = {**BODY, "starts_on": "2026-12-31", "ends_on": "2027-01-31"}
    told = assert_problem(programme.put("/v1/cohorts/late", json=body), 422, "invalid-input")
    assert fields(told) == ["starts_on"]
    assert len(programme.get("/v1/cohorts").json()["cohorts"]) == 1


def test_what_is_no_cohort_id_is_refused(client: TestClient) -> None:
    told = assert_problem(client.put("/v1/cohorts/-a", json=BODY), 422, "invalid-input")
    assert fields(told) == ["cohort_id"]


def test_reports_are_stored_and_counted(programme: TestClient, tiny_world: Recommender) -> None:
    before = datetime.now(UTC)
    moment = "2026-03-01T10:00:00+01:00"
    response = post(programme, {**ASKED, "given_at": moment}, DECLINED)
    assert response.status_code == 200
    assert response.json() == {
        "cohorts_created": 0,
        "cohorts_updated": 0,
        "cohorts_unchanged": 0,
        "reports_created": 2,
        "reports_replaced": 0,
        "reports_unchanged": 0,
    }
    assert given_by(programme, "boss") == [
        {
            **ASKED,
            "value": None,
            "session": None,
            "goal": None,
            "given_at": "2026-03-01T09:00:00Z",
            "replaced_at": None,
        }
    ]
    (declined,) = given_by(programme, "flow")
    assert before <= datetime.fromisoformat(declined["given_at"]) <= datetime.now(UTC)
    assert post(programme, {**ASKED, "given_at": moment}).json()["reports_unchanged"] == 1
    with tiny_world.store.read() as connection:
        (pair,) = pairs.get_all(connection)
    assert (pair.mentor_id, pair.mentee_id, pair.status) == ("flow", "boss", PairStatus.DECLINED)


def test_a_correction_replaces_and_keeps_what_it_replaced(programme: TestClient) -> None:
    post(programme, {**USEFUL, "given_at": "2026-03-01T10:00:00Z"})
    report = post(programme, {**USEFUL, "value": 2, "given_at": "2026-03-02T10:00:00Z"}).json()
    assert (report["reports_created"], report["reports_replaced"]) == (0, 1)
    first, second = given_by(programme, "boss")
    assert (first["value"], second["value"]) == (4, 2)
    assert first["replaced_at"] is not None
    assert second["replaced_at"] is None


def test_nobody_reads_what_was_said_about_them(programme: TestClient) -> None:
    """Each rates the other; each finds their own words only, on both sides of the pair."""
    of_mentee = {**PAIR, "side": "mentee", "kind": "comment", "value": "He explains too fast"}
    of_mentor = {**PAIR, "side": "mentor", "kind": "comment", "value": "She is never prepared"}
    poor = {**PAIR, "side": "mentee", "kind": "fit", "value": "not_a_fit"}
    no = {**PAIR, "side": "mentor", "kind": "again", "value": "no"}
    assert post(programme, of_mentee, of_mentor, poor, no, USEFUL).status_code == 200
    # boss is a mentor, too, and is rated in turn: the side counts, not the place in the pair.
    turned = {**PAIR, "mentor_id": "boss", "mentee_id": "flow"}
    rated = {**turned, "side": "mentee", "kind": "usefulness", "value": 1, "session": 7}
    assert post(programme, rated).status_code == 200

    kinds_of_boss = [(one["side"], one["kind"]) for one in given_by(programme, "boss")]
    assert sorted(kinds_of_boss) == [
        ("mentee", "comment"),
        ("mentee", "fit"),
        ("mentee", "usefulness"),
    ]
    kinds_of_flow = [(one["side"], one["kind"]) for one in given_by(programme, "flow")]
    assert sorted(kinds_of_flow) == [
        ("mentee", "usefulness"),
        ("mentor", "again"),
        ("mentor", "comment"),
    ]
    assert "never prepared" not in programme.get("/v1/people/boss/feedback").text
    assert "too fast" not in programme.get("/v1/people/flow/feedback").text
    assert given_by(programme, "film") == []
    for path in ("/v1/people/boss", "/v1/people/flow", "/v1/cohorts", "/metrics"):
        text = programme.get(path).text
        assert "never prepared" not in text
        assert "too fast" not in text


def test_what_somebody_erased_reported_is_gone_for_both(programme: TestClient) -> None:
    post(programme, USEFUL, DECLINED)
    assert programme.delete("/v1/people/boss").status_code == 204
    assert_problem(programme.get("/v1/people/boss/feedback"), 404, "unknown-person")
    assert given_by(programme, "flow") == []


def test_an_unknown_person_is_not_found(client: TestClient) -> None:
    assert_problem(client.get("/v1/people/nobody/feedback"), 404, "unknown-person")


def test_what_is_no_person_id_is_refused(client: TestClient) -> None:
    told = assert_problem(client.get("/v1/people/-a/feedback"), 422, "invalid-input")
    assert fields(told) == ["person_id"]


@pytest.mark.parametrize(
    ("report", "wrong"),
    [
        ({**ASKED, "cohort": "2027"}, ["cohort"]),
        ({**ASKED, "mentor_id": "nobody", "mentee_id": "noone"}, ["mentor_id", "mentee_id"]),
        ({**ASKED, "mentee_id": "flow"}, ["mentee_id"]),
        ({**ASKED, "mentor_id": "-"}, ["mentor_id"]),
        ({**ASKED, "side": "mentor"}, ["side"]),
        ({**ASKED, "side": "hr"}, ["side"]),
        ({**ASKED, "kind": "rated"}, ["kind"]),
        ({**ASKED, "value": "yes"}, ["value"]),
        ({**ASKED, "session": 1}, ["session"]),
        ({**ASKED, "goal": "bake"}, ["goal"]),
        ({**ASKED, "given_at": "yesterday"}, ["given_at"]),
        ({**ASKED, "given_at": "2026-03-01T10:00:00"}, ["given_at"]),
        ({**ASKED, "given_at": "0001-01-01T00:00:00+14:00"}, ["given_at"]),
        ({**ASKED, "given_at": 1_800_000_000}, ["given_at"]),
        ({**ASKED, "replaced_at": None}, ["replaced_at"]),
        ({**DECLINED, "value": "boring"}, ["value"]),
        ({**USEFUL, "value": 6}, ["value"]),
        ({**USEFUL, "value": "4"}, ["value"]),
        ({**USEFUL, "value": 4.0}, ["value"]),
        ({**USEFUL, "value": True}, ["value"]),
        ({**USEFUL, "value": [4]}, ["value"]),
        ({**USEFUL, "value": None, "session": None}, ["value", "session"]),
        ({**USEFUL, "session": 0}, ["session"]),
        ({**USEFUL, "session": "1"}, ["session"]),
        ({**USEFUL, "kind": "progress", "value": 1, "session": None}, ["goal"]),
        ({**USEFUL, "goal": 7}, ["goal"]),
        ({**PAIR, "side": "mentor", "kind": "comment", "value": "x" * 2001}, ["value"]),
        ({**PAIR, "side": "mentor", "kind": "comment", "value": "a\0\ud800"}, ["value"]),
    ],
)
def test_a_wrong_report_is_named_and_nothing_is_stored(
    programme: TestClient, report: dict[str, Any], wrong: list[str]
) -> None:
    told = assert_problem(post(programme, ASKED, report), 422, "invalid-input")
    assert fields(told) == [f"feedback[1].{name}" for name in wrong]
    assert given_by(programme, "boss") == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ["feedback"]),
        ({"feedback": []}, ["feedback"]),
        ({"feedback": [USEFUL] * 201}, ["feedback"]),
        ({"feedback": ["goal"]}, ["feedback[0]"]),
        ({"feedback": {}, "cohort": "2026"}, ["feedback", "cohort"]),
    ],
)
def test_a_wrong_list_of_reports_is_refused(
    programme: TestClient, body: object, wrong: list[str]
) -> None:
    told = assert_problem(programme.post("/v1/feedback", json=body), 422, "invalid-input")
    assert fields(told) == wrong


def test_two_hundred_reports_fit_in_one_request(programme: TestClient) -> None:
    many = [{**USEFUL, "session": session} for session in range(1, 201)]
    assert post(programme, *many).json()["reports_created"] == 200
    assert len(given_by(programme, "boss")) == 200

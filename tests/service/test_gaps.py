"""Gaps: a person's own are theirs alone, and the organisation's picture shows nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.disclosure import FEWEST
from recommender.domain.people import Roles, Statement
from recommender.skills import Gaps
from recommender.skills.picture import organisation_as_json
from recommender.skills.picture.organisation import OrganisationGaps, organisation_gaps
from tests.conftest import goal, person, skill
from tests.recommender.skills.knowledge_world import CLIPS, REPORTS, ROBOTS, TEAMS, knowledge
from tests.service.conftest import assert_described, assert_problem, fields

AUTOMATE, FILM = "automate weekly reports", "film short clips"
GAPS, PROFILE, LINKS = (f"/v1/people/boss/{what}" for what in ("gaps", "role-profile", "links"))
SECRET = "steer dancing robots in secret"
MORE_THAN_THREADS = 60


def made_anew(recommender: Recommender) -> OrganisationGaps:
    """Return the picture as it would be published now."""
    with recommender.store.read() as connection:
        return organisation_gaps(connection, recommender.encoder.digest, recommender.gaps.knowledge)


@pytest.fixture(autouse=True)
def _known(tiny_world: Recommender) -> None:
    tiny_world.gaps.knowledge = knowledge()


@pytest.fixture
def company(client: TestClient, tiny_world: Recommender) -> TestClient:
    """The tiny world with forty more: twelve want reports, few can teach them, six bake."""
    for number in range(40):
        said: list[Statement] = []
        if number < 12:
            said.append(goal("plan reports"))
        if 12 <= number < 18:
            said.append(skill("lead teams", 5))
        if 18 <= number < 25:
            said.append(skill("cut clips", 3))
        if 25 <= number < 31:
            said.append(goal("bake fermented pretzels"))
        roles = Roles.MENTEE if number < 18 else Roles.BOTH
        department = "Sales" if number % 2 else "Production"
        one = person(f"p{number}", *said, roles=roles, department=department)
        tiny_world.people.put(one)
    return client


def own(client: TestClient, person_id: str = "boss") -> dict[str, Any]:
    response = client.get(f"/v1/people/{person_id}/gaps")
    assert response.status_code == 200, response.text
    assert_described(response)
    told: dict[str, Any] = response.json()
    return told


def picture(client: TestClient, **asked: str) -> dict[str, Any]:
    response = client.get("/v1/gaps", params=asked)
    assert response.status_code == 200, response.text
    assert_described(response)
    told: dict[str, Any] = response.json()
    return told


def row(table: list[dict[str, Any]], concept: str) -> dict[str, Any]:
    [found] = [one for one in table if one["concept"] == concept]
    return found


def test_a_person_sees_their_statements_and_gaps(client: TestClient) -> None:
    told = own(client)
    assert set(told) == {"statements", "gaps", "profile"}
    assert [one["text"] for one in told["statements"]] == [
        AUTOMATE,
        FILM,
        "lead large teams calmly",
    ]
    [link] = told["statements"][0]["concepts"]
    assert (link["id"], told["statements"][0]["corrected"]) == (REPORTS, False)
    assert 0 < link["probability"] <= 1
    assert told["gaps"][0] == {
        "concept": REPORTS,
        "label": {"de": f"{REPORTS} (de)", "en": f"{REPORTS} (en)"},
        "goal": AUTOMATE,
        "wanted": 4,
        "present": 0,
        "distance": 4,
        "source": "goal",
        "n_mentors": 1,
        "closable": True,
    }
    assert told["profile"] is None
    assert own(client, "mute") == {"statements": [], "gaps": [], "profile": None}


def test_role_profiles_and_concepts_are_offered(client: TestClient) -> None:
    response = client.get("/v1/role-profiles")
    assert_described(response)
    modest, plant = response.json()["profiles"]
    assert (modest["id"], plant["id"]) == ("office-lead", "plant-manager")
    assert plant["label"] == {"de": "Werksleitung", "en": "Plant manager"}
    label = {"de": f"{ROBOTS} (de)", "en": f"{ROBOTS} (en)"}
    assert plant["expectations"][0] == {"concept": ROBOTS, "label": label, "level": 3}
    response = client.get("/v1/concepts")
    assert_described(response)
    assert {"id": ROBOTS, "area": "plant", "label": label} in response.json()["concepts"]


def test_a_profile_is_chosen_and_taken_back(client: TestClient) -> None:
    before = own(client)
    response = client.put(PROFILE, json={"profile": "plant-manager"})
    assert response.status_code == 200
    assert response.json() == own(client)
    assert response.json()["profile"] == "plant-manager"
    robots = row(response.json()["gaps"], ROBOTS)
    assert (robots["source"], robots["wanted"], robots["goal"]) == ("role_profile", 3, None)
    assert (robots["n_mentors"], robots["closable"]) == (0, False)
    assert client.put(PROFILE, json={"profile": None}).json() == before


def test_a_link_is_corrected_emptied_and_returned(client: TestClient) -> None:
    before = own(client)
    body = {"kind": "goal", "text": f" {AUTOMATE}", "concepts": [TEAMS, ROBOTS]}
    response = client.put(LINKS, json=body)
    assert response.status_code == 200
    said = response.json()["statements"][0]
    assert said["corrected"]
    assert {one["id"]: one["probability"] for one in said["concepts"]} == {
        TEAMS: None,
        ROBOTS: None,
    }
    none = client.put(LINKS, json={**body, "concepts": []}).json()["statements"][0]
    assert (none["concepts"], none["corrected"]) == ([], True)
    assert client.put(LINKS, json={**body, "concepts": None}).json() == before


@pytest.mark.parametrize(
    ("path", "body", "wrong"),
    [
        (PROFILE, {}, ["profile"]),
        (PROFILE, {"profile": 3}, ["profile"]),
        (PROFILE, {"profile": "astronaut"}, ["profile"]),
        (PROFILE, {"profile": "a\0\ud800"}, ["profile"]),
        (PROFILE, {"profile": None, "by": "hr"}, ["by"]),
        (LINKS, {}, ["kind", "text", "concepts"]),
        (LINKS, {"kind": "wish", "text": AUTOMATE, "concepts": []}, ["kind"]),
        (LINKS, {"kind": "goal", "text": "", "concepts": []}, ["text"]),
        (LINKS, {"kind": "skill", "text": AUTOMATE, "concepts": []}, ["text"]),
        (LINKS, {"kind": "goal", "text": "not mine", "concepts": None}, ["text"]),
        (LINKS, {"kind": "goal", "text": "a\0b", "concepts": None}, ["text"]),
        (LINKS, {"kind": "goal", "text": "a\ud800b", "concepts": None}, ["text"]),
        (LINKS, {"kind": "goal", "text": AUTOMATE, "concepts": REPORTS}, ["concepts"]),
        (LINKS, {"kind": "goal", "text": AUTOMATE, "concepts": ["a.b", TEAMS, ""]}, 2),
        (LINKS, {"kind": "goal", "text": AUTOMATE, "concepts": [TEAMS] * 21}, ["concepts"]),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    client: TestClient, path: str, body: dict[str, Any], wrong: list[str] | int
) -> None:
    before = own(client)
    content = json.dumps(body)  # in ASCII, so that a lone surrogate can be sent
    headers = {"Content-Type": "application/json"}
    response = client.put(path, content=content, headers=headers)
    told = assert_problem(response, 422, "invalid-input")
    assert fields(told) == (["concepts"] * wrong if isinstance(wrong, int) else wrong)
    assert own(client) == before


def test_who_is_not_stored_is_not_found(client: TestClient) -> None:
    link = {"kind": "goal", "text": AUTOMATE, "concepts": []}
    for response in (
        client.get("/v1/people/nobody/gaps"),
        client.put("/v1/people/nobody/role-profile", json={"profile": None}),
        client.put("/v1/people/nobody/links", json=link),
    ):
        assert_problem(response, 404, "unknown-person")
    wrong = assert_problem(client.get("/v1/people/-a/gaps"), 422, "invalid-input")
    assert fields(wrong) == ["person_id"]


def test_only_the_person_chooses_a_profile(client: TestClient) -> None:
    client.put(PROFILE, json={"profile": "office-lead"})
    body = client.get("/v1/people/boss").json()
    del body["id"]
    for name in ("profile", "role_profile"):
        told = assert_problem(
            client.put("/v1/people/boss", json={**body, name: "plant-manager"}),
            422,
            "invalid-input",
        )
        assert fields(told) == [name]
    assert client.put("/v1/people/boss", json={**body, "site": "Bonn"}).status_code == 200
    assert own(client)["profile"] == "office-lead"


def test_a_people_file_cannot_set_a_profile(client: TestClient, tiny_world: Recommender) -> None:
    text = "id,role_profile\nboss,plant-manager\n"
    response = client.post("/v1/people/import", files=[("files", ("people.csv", text))])
    assert response.status_code == 202
    job = client.get(response.headers["location"]).json()
    while job["status"] in ("waiting", "running"):
        job = client.get(response.headers["location"]).json()
    assert job["status"] == "failed"
    assert ("header", "role_profile") in [(one["field"], one["value"]) for one in job["problems"]]
    assert own(client)["profile"] is None


def test_the_picture_shows_what_at_least_five_people_say(company: TestClient) -> None:
    told = picture(company)
    assert (told["language"], told["withheld_below"], told["people"]) == ("en", FEWEST, 46)
    reports = row(told["concepts"], REPORTS)
    assert (reports["want"], reports["can_teach"]) == (13, None)  # flow, near: two are no number
    assert (reports["label"], reports["area"]) == (f"{REPORTS} (en)", "office")
    assert row(told["concepts"], CLIPS)["can_teach"] == 8  # film is one of them
    assert row(told["concepts"], CLIPS)["want"] is None
    assert row(told["concepts"], TEAMS)["hidden_experts"] == 7
    assert {one["department"] for one in told["by_department"]} == {"Production", "Sales"}
    [topic] = told["topics"]
    assert topic["people"] == 7  # with the cook
    assert set(topic["words"]) <= {"bake", "fermented", "pretzels"}


def test_the_picture_is_told_in_both_languages(company: TestClient) -> None:
    german = picture(company, language="de")
    english = picture(company, language="en")
    assert german["language"] == "de"
    assert row(german["concepts"], REPORTS)["label"] == f"{REPORTS} (de)"
    assert english == picture(company)
    for table, name in (("concepts", "label"), ("bottlenecks", "sentence")):
        for rows in (german[table], english[table]):
            for one in rows:
                del one[name]
    del german["language"], english["language"]
    assert german == english


def test_nobody_can_narrow_the_picture_down(client: TestClient) -> None:
    for name in ("department", "site", "person_id", "concept", "career_level", "withheld_below"):
        response = client.get("/v1/gaps", params={name: "1"})
        told = assert_problem(response, 422, "invalid-input")
        assert fields(told) == [name]
        assert told["errors"][0]["expected"] == "no such field"


def test_another_language_is_refused(client: TestClient) -> None:
    told = assert_problem(client.get("/v1/gaps?language=fr"), 422, "invalid-input")
    assert fields(told) == ["language"]


def reading_paths(app: FastAPI, person_id: str) -> Iterator[str]:
    """Yield every path that can be read about other people than ``boss``, or about all."""
    for path, methods in app.openapi()["paths"].items():
        if "get" in methods and not {"{job_id}", "{version}"} & set(path.split("/")):
            yield path.format(person_id=person_id)


def test_a_persons_gaps_are_in_no_other_answer(
    company: TestClient, app: FastAPI, tiny_world: Recommender
) -> None:
    before = {path: company.get(path).text for path in reading_paths(app, "flow")}
    picture_before = organisation_as_json(made_anew(tiny_world), "en")
    body = company.get("/v1/people/boss").json()
    del body["id"]
    wish = {"kind": "goal", "language": "en", "text": SECRET, "priority": 1}
    company.put("/v1/people/boss", json={**body, "statements": [*body["statements"], wish]})
    company.put(PROFILE, json={"profile": "plant-manager"})
    company.put(LINKS, json={"kind": "goal", "text": SECRET, "concepts": [ROBOTS, TEAMS]})
    assert {TEAMS, ROBOTS, CLIPS} <= {one["concept"] for one in own(company)["gaps"]}
    after = {path: company.get(path).text for path in reading_paths(app, "flow")}
    del before["/metrics"], after["/metrics"]  # it counts requests and statements
    assert after == before
    assert organisation_as_json(made_anew(tiny_world), "en") == picture_before
    # Who is recommended to others is told with skills; what boss wants to learn is not among them.
    for other in ("flow", "p0"):
        asked = company.post("/v1/recommendations", json={"mentee_id": other, "k": 50})
        assert asked.status_code == 200
        for secret in (SECRET, "plant-manager", ROBOTS):
            assert secret not in asked.text


def test_the_picture_is_computed_by_one_and_keeps_no_thread_from_others(
    client: TestClient, tiny_world: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = made_anew(tiny_world)
    begun, go_on = threading.Event(), threading.Event()
    busy = threading.Lock()

    def slowly(_: Recommender) -> OrganisationGaps:
        assert busy.acquire(blocking=False), "two compute at the same time"
        begun.set()
        assert go_on.wait(20)
        busy.release()
        return found

    monkeypatch.setattr(Gaps, "picture", slowly)
    with ThreadPoolExecutor(MORE_THAN_THREADS) as pool:
        waiting = [pool.submit(client.get, "/v1/gaps") for _ in range(MORE_THAN_THREADS)]
        try:
            assert begun.wait(20)
            for _ in range(3):
                assert client.get("/v1/people/boss").status_code == 200
                assert own(client)["gaps"]
            assert not any(one.done() for one in waiting)
        finally:
            go_on.set()
        assert {one.result().status_code for one in waiting} == {200}


def test_the_picture_follows_once_five_people_have_changed(company: TestClient) -> None:
    first = picture(company)
    for number in range(FEWEST - 1):
        company.delete(f"/v1/people/p{number}")
    assert picture(company) == first
    company.delete(f"/v1/people/p{FEWEST}")
    told = picture(company)
    assert told["people"] == first["people"] - FEWEST
    assert row(told["concepts"], REPORTS)["want"] == 13 - FEWEST

"""docs/http-api.md: what it says to send is answered."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from recommender.app import Recommender
from tests.recommender.skills.knowledge_world import WORD, knowledge
from tests.service import examples
from tests.service.conftest import release

PAGE = (Path(__file__).parents[2] / "docs/http-api.md").read_text("utf-8")
BLOCKS = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "curl" in block]


def requests(block: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield method, path and body of each call that sends no file."""
    for line in re.split(r"^curl ", block.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        words = shlex.split(line)
        url = next(word for word in words if word.startswith("http://"))
        body = words[words.index("-d") + 1] if "-d" in words else None
        method = words[words.index("-X") + 1] if "-X" in words else "POST" if body else "GET"
        if "-F" not in words:
            yield method, url.removeprefix("http://127.0.0.1:8000"), body


@pytest.fixture
def programme(client: TestClient, tiny_world: Recommender) -> TestClient:
    tiny_world.gaps.knowledge = knowledge([*WORD, *examples.CONCEPT_IDS])
    release(tiny_world, examples.RANKER_VERSION)
    for person_id, body in (
        (examples.PERSON_ID, examples.PERSON_BODY),
        (examples.MENTOR_ID, examples.MENTOR_BODY),
    ):
        assert client.put(f"/v1/people/{person_id}", json=body).status_code == 201
    path = f"/v1/cohorts/{examples.COHORT_ID}"
    assert client.put(path, json=examples.COHORT_BODY).status_code == 201
    return client


@pytest.mark.parametrize("block", BLOCKS)
def test_what_the_page_sends_is_answered(programme: TestClient, block: str) -> None:
    for method, path, body in requests(block):
        headers = {"content-type": "application/json"} if body else {}
        response = programme.request(method, path, content=body, headers=headers)
        if path != f"/v1/jobs/{examples.JOB_ID}":
            assert response.is_success, f"{method} {path}: {response.text}"


def test_the_page_shows_an_error_as_it_is_told(client: TestClient) -> None:
    [shown] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    goals = [{"text": "bake bread", "language": "English"}]
    response = client.post("/v1/recommendations", json={"goals": goals})
    assert response.json() == json.loads(shown)

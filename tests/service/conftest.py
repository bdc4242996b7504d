"""The service over the tiny world, and a client that talks to it as a program on this machine."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.releases import CARD, CARD_IN_GERMAN, REPORT, SCORE, json_file
from recommender.ranking.score import AdditiveScore, Steps
from recommender.settings import Settings
from service.app import create_app
from tests.service import examples

BASE_URL = "http://127.0.0.1:8000"
PROBLEM_KEYS = {"type", "title", "status", "detail", "errors"}


@pytest.fixture
def settings(workspace: Path) -> Settings:
    return Settings(workspace=workspace, preload_encoder=False)


@pytest.fixture
def app(settings: Settings, tiny_world: Recommender) -> FastAPI:
    return create_app(settings, tiny_world)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE_URL) as opened:
        yield opened


def assert_problem(response: Any, status: int, slug: str) -> dict[str, Any]:  # noqa: ANN401
    """Check the one shape of every error and return its fields."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert set(told) == PROBLEM_KEYS
    assert told["type"] == f"urn:tandem:problem:{slug}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    for error in told["errors"]:
        assert set(error) == {"field", "value", "expected", "remedy"}
        assert all(isinstance(text, str) and len(text) <= 300 for text in error.values())
    return told


def assert_described(response: Any) -> None:  # noqa: ANN401 - httpx's response
    """Check that an answer has the shape that /openapi.json describes for it."""
    document, request = description(), response.request
    method = request.method.lower()
    templates = [
        template
        for template, methods in document["paths"].items()
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), request.url.path) and method in methods
    ]
    plainest = min(templates, key=lambda template: template.count("{"))
    answers = document["paths"][plainest][method]["responses"]
    content = answers[str(response.status_code)]["content"][response.headers["content-type"]]
    schema = {**content["schema"], "components": document["components"]}
    jsonschema_rs.validator_for(schema).validate(response.json())


@cache
def description() -> dict[str, Any]:
    """Return /openapi.json."""
    return create_app(Settings()).openapi()


def fields(told: dict[str, Any]) -> list[str]:
    return [error["field"] for error in told["errors"]]


def until_over(client: TestClient, location: str) -> dict[str, Any]:
    """Ask for a job until it is over."""
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        job: dict[str, Any] = client.get(location).json()
        if job["status"] not in ("waiting", "running"):
            return job
        time.sleep(0.02)
    raise AssertionError("The job is not over after 20 seconds")


def release(
    recommender: Recommender, version: str, promoted: bool = True, simulated: bool = False
) -> str:
    """Write a release that turns the order of affinity around, and return its version."""
    n = len(FEATURE_NAMES)
    weight = np.zeros(n)
    weight[FEATURE_NAMES.index("affinity")] = -1.0
    score = AdditiveScore(FEATURE_NAMES, np.zeros(n), weight, (Steps.none(),) * n)
    report = {**examples.REPORT, "version": version, "promoted": promoted, "simulated": simulated}
    facts = {name: report[name] for name in ("kind", "cohorts", "simulated", "promoted")}
    files = {
        SCORE: json_file(score.as_json()),
        REPORT: json_file(report),
        CARD: lambda path: path.write_text(f"# Ranker {version}\n", "utf-8"),
        CARD_IN_GERMAN: lambda path: path.write_text(f"# Ranking {version} – für alle\n", "utf-8"),
    }
    recommender.rankers.releases.write(version, facts, files)
    return version


def damage(recommender: Recommender, version: str) -> None:
    """Change a byte of a release's score."""
    path = recommender.rankers.releases.path(version) / SCORE
    path.write_bytes(path.read_bytes() + b" ")

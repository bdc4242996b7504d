"""The command line and the service read the same settings, and answer the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from recommender import Recommender
from recommender.domain.errors import EXIT_UNKNOWN
from recommender.settings import read_settings
from service.app import create_app
from tests.recommender.cli.conftest import done, run

QUESTION = {"mentee_id": "boss", "k": 9}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tiny_world: Recommender, workspace: Path) -> None:
    assert tiny_world.people.all()
    monkeypatch.setenv("TANDEM_WORKSPACE", str(workspace))
    monkeypatch.setenv("TANDEM_PRELOAD_ENCODER", "false")


def shown() -> list[str]:
    ranking = json.loads(done("recommend", "boss", "-k", 9, "--json"))
    return [item["mentor_id"] for item in ranking["recommendations"]]


def served() -> list[str]:
    app = create_app(read_settings())
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        ranking = client.post("/v1/recommendations", json=QUESTION).json()
    return [item["mentor_id"] for item in ranking["recommendations"]]


def test_who_reports_to_the_mentee_is_kept_out_unless_the_organisation_decides_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "near" not in shown()
    assert shown() == served()
    monkeypatch.setenv("TANDEM_RULES__REPORTING_CHAIN", "false")
    assert "near" in shown()
    assert shown() == served()


def test_an_option_wins_over_the_workspace_of_the_environment(tmp_path: Path) -> None:
    elsewhere = run("recommend", "boss", "--workspace", tmp_path / "elsewhere")
    assert elsewhere.exit_code == EXIT_UNKNOWN

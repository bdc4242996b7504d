"""What Tandem answers on the sample organisation, through its command line and its HTTP service.

Only what users see is asked for, so that a change of the house within cannot hide behind a change
of this file.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx2
from starlette.testclient import TestClient
from typer.testing import CliRunner

from recommender.cli import app
from recommender.settings import Settings
from service.app import create_app
from tests.sample import FILES, FOLDER

N_MENTEES, N_GOALS = 150, 50
N_PEOPLE_WITH_GAPS, N_PEOPLE_AGAIN = 40, 20
COHORT = "2026-spring"
OF_THE_MOMENT = ("ranking_id", "created_at", "trained_at")
"""Fields that differ from run to run."""


def answers(workspace: Path) -> Iterator[tuple[str, str]]:
    """Yield each answer with its name, in an order that never changes.

    Args:
        workspace: An empty folder to work in.
    """
    _tandem("import", *FILES, "--workspace", workspace)
    yield "vectors", vectors_digest(workspace)
    with _service(workspace) as client:
        yield from _recommendations(client)
        for person_id in _ids("mentee")[:N_PEOPLE_WITH_GAPS]:
            yield f"gaps/{person_id}", _get(client, f"/v1/people/{person_id}/gaps")
            yield f"people/{person_id}", _get(client, f"/v1/people/{person_id}")
        for language in ("de", "en"):
            yield f"picture/{language}", _get(client, f"/v1/gaps?language={language}")
    yield from _written(workspace)
    yield from _retraining(workspace)


def vectors_digest(workspace: Path) -> str:
    """Return the SHA-256 of every stored vector; processors differ in their last bits."""
    with sqlite3.connect(workspace / "tandem.db") as connection:
        rows = connection.execute("SELECT * FROM vectors ORDER BY 1, 2").fetchall()
    connection.close()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _recommendations(client: httpx2.Client) -> Iterator[tuple[str, str]]:
    for person_id in _ids("mentee")[:N_MENTEES]:
        yield f"mentee/{person_id}", _recommend(client, {"mentee_id": person_id})
    for number, (language, text) in enumerate(_goals()):
        question = {"goals": [{"text": text, "language": language}], "k": 1 + number % 12}
        if number % 3 == 1:
            question["language"] = language
        if number % 5 == 2:
            question["site"] = "Esslingen"
        yield f"goal/{number}", _recommend(client, question)


def _written(workspace: Path) -> Iterator[tuple[str, str]]:
    folder = workspace / "written"
    folder.mkdir()
    for language in ("de", "en"):
        page = folder / f"report.{language}.html"
        _tandem("report", page, "--language", language, "--workspace", workspace)
        yield f"report/{language}", page.read_text("utf-8")
    names = ("people.csv", "statements.csv", "pairs.csv")
    _tandem("export", *(folder / name for name in names), "--workspace", workspace)
    for name in names:
        yield f"export/{name}", (folder / name).read_text("utf-8")


def _retraining(workspace: Path) -> Iterator[tuple[str, str]]:
    reports, cohorts = workspace / "written/feedback.csv", workspace / "written/cohorts.csv"
    _tandem("simulate", COHORT, reports, cohorts, "--seed", 11, "--workspace", workspace)
    _tandem("feedback", "import", reports, cohorts, "--workspace", workspace)
    _tandem("feedback", "export", reports, cohorts, "--workspace", workspace)
    yield "export/feedback.csv", reports.read_text("utf-8")
    yield "export/cohorts.csv", cohorts.read_text("utf-8")
    yield "retrain/summary", _tandem("retrain", "--workspace", workspace)
    (release,) = (workspace / "rankers").iterdir()
    for name in ("score.json", "report.json", "card.md", "card.de.md"):
        yield f"retrain/{name}", _without_moment((release / name).read_text("utf-8"))
    with _service(workspace) as client:
        for person_id in _ids("mentee")[:N_PEOPLE_AGAIN]:
            yield f"ranked/{person_id}", _recommend(client, {"mentee_id": person_id})


def _service(workspace: Path) -> TestClient:
    settings = Settings(workspace=workspace, preload_encoder=False)
    return TestClient(create_app(settings), base_url="http://127.0.0.1:8000")


def _tandem(*arguments: object) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return _without_moment(result.stdout)


def _recommend(client: httpx2.Client, question: dict[str, object]) -> str:
    answer = client.post("/v1/recommendations", json=question)
    assert answer.status_code in (200, 422), answer.text
    return _without_moment(answer.text)


def _get(client: httpx2.Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return _without_moment(answer.text)


def _without_moment(text: str) -> str:
    """Return a JSON object without what differs between runs; other text as it is."""
    if not text.startswith("{"):
        return text
    fields = json.loads(text)
    return json.dumps({name: value for name, value in fields.items() if name not in OF_THE_MOMENT})


def _ids(role: str) -> Sequence[str]:
    with FILES[0].open(encoding="utf-8-sig", newline="") as lines:
        return [row["id"] for row in csv.DictReader(lines) if row["roles"] in (role, "both")]


def _goals() -> Sequence[tuple[str, str]]:
    """Return goals in both languages, spread over the topics."""
    with (FOLDER / "phrases.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(r["language"], r["text"]) for r in csv.DictReader(lines) if r["kind"] == "goal"]
    return rows[:: max(1, len(rows) // N_GOALS)][:N_GOALS]

"""POST /v1/feedback/import: a job like that of people files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.files.feedback import write_feedback
from tests.service.conftest import assert_described, assert_problem, fields, until_over

IMPORT = "/v1/feedback/import"
SPRING = Cohort("spring", "Spring 2026", date(2026, 3, 1), date(2026, 5, 31))
ASKED = Feedback(
    "spring", "flow", "boss", Side.MENTEE, FeedbackKind.ASKED, datetime(2026, 3, 2, tzinfo=UTC)
)
UNKNOWN = Feedback(
    "spring", "flow", "ghost", Side.MENTEE, FeedbackKind.ASKED, datetime(2026, 3, 2, tzinfo=UTC)
)


def send(client: TestClient, *paths: Path) -> Any:  # noqa: ANN401 - httpx's response
    return client.post(IMPORT, files=[("files", (p.name, p.read_bytes())) for p in paths])


def uploads(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "uploads").iterdir())


@pytest.mark.parametrize("names", [["feedback.csv", "cohorts.csv"], ["feedback.xlsx"]])
def test_each_form_is_imported(
    client: TestClient, tmp_path: Path, workspace: Path, names: list[str]
) -> None:
    paths = [tmp_path / name for name in names]
    write_feedback(paths, [SPRING], [ASKED])
    response = send(client, *paths)
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    assert_described(response)
    job = until_over(client, response.headers["location"])
    assert (job["kind"], job["status"], job["step"]) == ("feedback", "done", "storing")
    assert job["result"] == {
        "cohorts_created": 1,
        "cohorts_updated": 0,
        "cohorts_unchanged": 0,
        "reports_created": 1,
        "reports_replaced": 0,
        "reports_unchanged": 0,
    }
    assert_described(client.get(response.headers["location"]))
    assert client.get("/v1/cohorts").json()["cohorts"][0]["id"] == "spring"
    assert [one["kind"] for one in given_by_boss(client)] == ["asked"]
    assert uploads(workspace) == [".lock"]


def given_by_boss(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/v1/people/boss/feedback").json()["feedback"]
    return found


def test_a_wrong_file_changes_nothing_and_says_where(
    client: TestClient, tmp_path: Path, workspace: Path
) -> None:
    paths = [tmp_path / "feedback.csv", tmp_path / "cohorts.csv"]
    write_feedback(paths, [SPRING], [ASKED, UNKNOWN])
    job = until_over(client, send(client, *paths).headers["location"])
    assert (job["status"], job["result"]) == ("failed", None)
    (problem,) = job["problems"]
    assert (problem["field"], problem["value"]) == ("mentee_id", "ghost")
    assert (problem["file"], problem["line"]) == ("feedback.csv", 3)
    assert client.get("/v1/cohorts").json() == {"cohorts": []}
    assert given_by_boss(client) == []
    assert uploads(workspace) == [".lock"]


@pytest.mark.parametrize(
    "names",
    [["feedback.jsonl"], ["feedback.pdf"], ["a.csv", "b.xlsx"], ["a.csv", "b.csv", "c.csv"], []],
)
def test_files_that_do_not_go_together_are_refused_at_once(
    client: TestClient, workspace: Path, names: list[str]
) -> None:
    files = [("files", (name, b"x")) for name in names] or [("other", ("a.csv", b"x"))]
    told = assert_problem(client.post(IMPORT, files=files), 422, "invalid-input")
    assert fields(told) == ["files"]
    assert uploads(workspace) == [".lock"]


def test_a_fault_is_told_by_its_kind_and_names_nobody(
    client: TestClient,
    tmp_path: Path,
    tiny_world: Recommender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {"id": "boss"}, Exception("boss"))

    monkeypatch.setattr(tiny_world.feedback, "import_files", fail)
    write_feedback([tmp_path / "f.xlsx"], [SPRING], [])
    job = until_over(client, send(client, tmp_path / "f.xlsx").headers["location"])
    assert job["status"] == "failed"
    assert job["problems"][0]["field"] == "feedback"
    assert "boss" not in str(job)
    assert "OperationalError" in caplog.text
    assert "boss" not in caplog.text

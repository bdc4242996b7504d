"""Import jobs: every form of file, what is told of a file that is wrong, and what is left over."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable
from recommender.domain.progress import Progress, silent
from recommender.files.people import write_people
from recommender.programme.people import ImportReport
from recommender.store import jobs
from service import jobs as service_jobs
from service.jobs import MAX_WAITING
from tests.conftest import goal, person, skill
from tests.service.conftest import assert_described, assert_problem, fields, until_over

IMPORT = "/v1/people/import"
FORMS = [("people.csv", "statements.csv"), ("people.xlsx",)]
NOTHING_DONE = ImportReport(0, 0, 0, 0, 0, 0, 0, 0)


def written(folder: Path, names: Sequence[str]) -> list[Path]:
    """Write three people, the first of whom is stored already as another."""
    paths = [folder / name for name in names]
    write_people(
        paths,
        [
            person("film", skill("film long movies"), site="Mannheim"),
            person("new", skill("prune apple trees"), goal("film short clips")),
            person("newer", reports_to="boss"),
        ],
    )
    return paths


def send(client: TestClient, paths: Sequence[Path]) -> Any:  # noqa: ANN401 - httpx's response
    return client.post(IMPORT, files=[("files", (p.name, p.read_bytes())) for p in paths])


def text_file(name: str, text: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, text.encode()))]


def uploads(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "uploads").iterdir())


class Held:
    """An import that waits until it may go on, and says what its files look like."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.began = threading.Event()
        self.modes: list[str] = []
        self.names: list[str] = []

    def __call__(self, paths: Sequence[Path], progress: Progress = silent) -> ImportReport:
        self.names += [path.name for path in paths]
        for path in paths:
            for one in (path, path.parent, path.parent.parent, path.parent.parent.parent):
                self.modes.append(stat.filemode(one.stat().st_mode))
        progress("encoding", 3, 7)
        self.began.set()
        assert self.may_go_on.wait(20)
        progress("encoding", 4, 7)
        return NOTHING_DONE


@pytest.fixture
def held(tiny_world: Recommender, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    waiting = Held()
    monkeypatch.setattr(tiny_world.people, "import_files", waiting)
    yield waiting
    waiting.may_go_on.set()


@pytest.mark.parametrize("names", FORMS)
def test_each_form_is_imported(
    client: TestClient, tmp_path: Path, workspace: Path, names: Sequence[str]
) -> None:
    response = send(client, written(tmp_path, names))
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    assert_described(response)
    job = until_over(client, response.headers["location"])
    assert (job["status"], job["step"], job["done"], job["total"]) == ("done", "storing", 3, 3)
    assert job["result"] == {
        "people_created": 2,
        "people_updated": 1,
        "people_unchanged": 0,
        "pairs_created": 0,
        "pairs_updated": 0,
        "pairs_unchanged": 0,
        "texts_encoded": 2,  # "film short clips" is known
        "still_withdrawn": 0,
    }
    assert job["problems"] == []
    assert client.get("/v1/people/film").json()["site"] == "Mannheim"
    asked = {"goals": [{"text": "prune trees", "language": "en"}], "k": 1}
    best = client.post("/v1/recommendations", json=asked).json()["recommendations"][0]
    assert best["mentor_id"] == "new"
    assert uploads(workspace) == [".lock"]


@pytest.mark.parametrize("names", FORMS)
def test_a_wrong_file_changes_nothing_and_every_problem_is_told(
    client: TestClient, tmp_path: Path, workspace: Path, names: Sequence[str]
) -> None:
    paths = [tmp_path / name for name in names]
    write_people(paths, [person("new"), person("newer", reports_to="nobody")])
    response = send(client, paths)
    assert response.status_code == 202
    shown = client.get(response.headers["location"])
    job = until_over(client, response.headers["location"])
    assert (job["status"], job["result"]) == ("failed", None)
    (problem,) = job["problems"]
    assert problem["field"].startswith("reports_to")
    assert (problem["value"], problem["file"]) == ("nobody", names[0])
    assert problem["line"] == 3
    assert_described(shown)
    assert_problem(client.get("/v1/people/new"), 404, "unknown-person")
    assert uploads(workspace) == [".lock"]


def test_a_damaged_file_fails_its_job_and_not_the_next(client: TestClient, tmp_path: Path) -> None:
    bad = client.post(IMPORT, files=text_file("people.xlsx", "no workbook"))
    good = send(client, written(tmp_path, ["people.xlsx"]))
    assert until_over(client, bad.headers["location"])["status"] == "failed"
    assert until_over(client, good.headers["location"])["status"] == "done"


@pytest.mark.parametrize(
    "names",
    [
        ["people.pdf"],
        ["people"],
        [".csv"],
        ["..", "people.csv"],
        ["people.csv", "people.xlsx"],
        ["a.xlsx", "b.xlsx"],
        ["people.jsonl"],
    ],
)
def test_files_that_do_not_go_together_are_refused_at_once(
    client: TestClient, workspace: Path, names: list[str]
) -> None:
    files = [("files", (name, b"x")) for name in names]
    told = assert_problem(client.post(IMPORT, files=files), 422, "invalid-input")
    assert fields(told) == ["files"]
    assert uploads(workspace) == [".lock"]


@pytest.mark.parametrize(
    "files",
    [
        [("files", (f"{i}.csv", b"x")) for i in range(4)],
        [("other", ("people.csv", b"x"))],
    ],
)
def test_one_to_three_files_are_expected(client: TestClient, files: Any) -> None:  # noqa: ANN401
    told = assert_problem(client.post(IMPORT, files=files), 422, "invalid-input")
    assert fields(told) == ["files"]


def test_text_where_a_file_is_expected_is_refused(client: TestClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="files"\r\n\r\nid,name\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    told = assert_problem(client.post(IMPORT, content=body, headers=headers), 422, "invalid-input")
    assert fields(told) == ["files[0]"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"nothing", "multipart/form-data; boundary=x"), (b"--x--", "multipart/form-data")],
)
def test_a_broken_form_is_refused(client: TestClient, body: bytes, content_type: str) -> None:
    response = client.post(IMPORT, content=body, headers={"content-type": content_type})
    assert_problem(response, 400, "malformed-request")


def test_only_the_last_part_of_a_name_counts_and_files_are_private(
    client: TestClient, held: Held, workspace: Path
) -> None:
    names = ["../../../etc/people.csv", "C:\\temp\\pairs.csv", "a\u202eb\tc" + "x" * 400 + ".csv"]
    response = client.post(IMPORT, files=[("files", (name, b"x")) for name in names])
    assert response.status_code == 202
    assert held.began.wait(20)
    held.may_go_on.set()
    until_over(client, response.headers["location"])
    assert held.names[:2] == ["people.csv", "pairs.csv"]
    assert len(held.names[2]) < 120
    assert held.names[2].isprintable()
    assert set(held.modes) == {"-rw-------", "drwx------"}
    assert uploads(workspace) == [".lock"]


def test_progress_shows_while_it_runs(
    client: TestClient, held: Held, tiny_world: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_jobs, "TICK_S", 0.02)
    monkeypatch.setattr(service_jobs, "SIGN_OF_LIFE_S", 0.05)
    first = client.post(IMPORT, files=text_file("people.csv", "")).headers["location"]
    second = client.post(IMPORT, files=text_file("people.csv", "")).headers["location"]
    assert held.began.wait(20)
    job = client.get(first).json()
    assert [job[key] for key in ("status", "step", "done", "total")] == [
        "running",
        "encoding",
        3,
        7,
    ]
    assert client.get(second).json()["status"] == "waiting"
    lines = client.get("/metrics").text.splitlines()
    assert 'tandem_imports{kind="import",state="running"} 1.0' in lines
    assert 'tandem_imports{kind="import",state="waiting"} 1.0' in lines
    held.may_go_on.set()
    assert until_over(client, first)["status"] == "done"
    assert until_over(client, second)["status"] == "done"


def test_other_processes_see_progress_and_signs_of_life(
    app: FastAPI, held: Held, tiny_world: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_jobs, "TICK_S", 0.02)
    monkeypatch.setattr(service_jobs, "SIGN_OF_LIFE_S", 0.05)

    def stored(job_id: str) -> jobs.Job:
        with tiny_world.store.read() as connection:
            return jobs.get(connection, job_id, datetime.now(UTC))

    def eventually(true: Callable[[], bool]) -> None:
        for _ in range(500):
            if true():
                return
            threading.Event().wait(0.02)
        raise AssertionError("It never came true")

    with TestClient(app, base_url="http://localhost") as client:
        ids = [
            client.post(IMPORT, files=text_file("people.csv", "")).json()["id"] for _ in range(2)
        ]
        eventually(lambda: stored(ids[0]).step == "encoding")
        assert stored(ids[1]).status is jobs.JobStatus.WAITING
        for job_id in ids:
            before = stored(job_id).updated_at
            eventually(lambda: stored(job_id).updated_at > before)  # noqa: B023 - called at once
        assert stored(ids[1]).status is jobs.JobStatus.WAITING
        held.may_go_on.set()


def test_too_many_waiting_imports_are_refused(
    client: TestClient, held: Held, workspace: Path
) -> None:
    accepted = [client.post(IMPORT, files=text_file("people.csv", "")).headers["location"]]
    assert held.began.wait(20)
    for _ in range(MAX_WAITING):
        response = client.post(IMPORT, files=text_file("people.csv", ""))
        accepted.append(response.headers["location"])
    refused = client.post(IMPORT, files=text_file("people.csv", ""))
    assert_problem(refused, 503, "too-many-jobs")
    assert int(refused.headers["retry-after"]) > 0
    assert len(uploads(workspace)) == 1 + len(accepted)
    held.may_go_on.set()
    assert [until_over(client, one)["status"] for one in accepted] == ["done"] * len(accepted)
    assert client.post(IMPORT, files=text_file("people.csv", "")).status_code == 202


def test_a_job_that_cannot_be_noted_leaves_no_file_and_no_place_taken(
    client: TestClient, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(jobs, "create", fail)
    for _ in range(MAX_WAITING + 1):
        response = client.post(IMPORT, files=text_file("people.csv", ""))
        assert_problem(response, 500, "fault")
    assert uploads(workspace) == [".lock"]
    monkeypatch.undo()
    assert client.post(IMPORT, files=text_file("people.csv", "")).status_code == 202


def test_a_stopped_service_interrupts_its_imports(
    app: FastAPI, held: Held, workspace: Path, tiny_world: Recommender
) -> None:
    with TestClient(app, base_url="http://localhost") as client:
        ids = [
            client.post(IMPORT, files=text_file("people.csv", "")).json()["id"] for _ in range(2)
        ]
        assert held.began.wait(20)
        threading.Timer(0.2, held.may_go_on.set).start()
    with tiny_world.store.read() as connection:
        found = [jobs.get(connection, job_id, datetime.now(UTC)) for job_id in ids]
    assert [job.status for job in found] == [jobs.JobStatus.INTERRUPTED] * 2
    assert uploads(workspace) == [".lock"]


@pytest.mark.parametrize(
    ("failure", "remedy"),
    [
        (EncoderUnavailable("The model is gone. Fetch it again."), "The model is gone"),
        (RuntimeError("boss broke it"), "Try again"),
        (OperationalError("INSERT", {"id": "boss"}, Exception("boss")), "Try again"),
    ],
)
def test_an_import_that_fails_unexpectedly_says_so_and_names_nobody(
    client: TestClient,
    tiny_world: Recommender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    remedy: str,
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(tiny_world.people, "import_files", fail)
    response = client.post(IMPORT, files=text_file("people.csv", ""))
    job = until_over(client, response.headers["location"])
    assert job["status"] == "failed"
    assert job["problems"][0]["remedy"].startswith(remedy)
    assert "boss" not in str(job)
    assert "boss" not in caplog.text
    assert ("OperationalError" in caplog.text) == isinstance(failure, OperationalError)


def test_an_outcome_that_cannot_be_stored_does_not_stop_the_worker(
    client: TestClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("UPDATE", {"id": "boss"}, Exception("database is locked"))

    monkeypatch.setattr(jobs, "finish", fail)
    send(client, written(tmp_path, ["people.xlsx"]))
    for _ in range(500):
        if "could not be stored" in caplog.text:
            break
        threading.Event().wait(0.02)
    assert "OperationalError" in caplog.text
    monkeypatch.undo()
    again = send(client, written(tmp_path, ["people.xlsx"]))
    assert until_over(client, again.headers["location"])["result"]["people_unchanged"] == 3


def test_progress_that_cannot_be_stored_does_not_stop_the_reporter(
    app: FastAPI,
    held: Held,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(service_jobs, "TICK_S", 0.02)

    def fail(*_: object) -> None:
        raise OperationalError("UPDATE", {"id": "boss"}, Exception("database is locked"))

    with TestClient(app, base_url="http://localhost") as client:
        genuine = jobs.report
        monkeypatch.setattr(jobs, "report", fail)
        location = client.post(IMPORT, files=text_file("people.csv", "")).headers["location"]
        for _ in range(500):
            if "progress of a job" in caplog.text:
                break
            threading.Event().wait(0.02)
        assert "OperationalError" in caplog.text
        assert "boss" not in caplog.text
        monkeypatch.setattr(jobs, "report", genuine)
        held.may_go_on.set()
        assert until_over(client, location)["status"] == "done"


def test_an_unknown_job_is_not_found(client: TestClient) -> None:
    location = "/v1/jobs/00000000-0000-4000-8000-000000000000"
    assert_problem(client.get(location), 404, "unknown-job")


@pytest.mark.parametrize("job_id", ["1", "x" * 36, "00000000-0000-4000-8000-00000000000G"])
def test_what_is_no_job_id_is_refused(client: TestClient, job_id: str) -> None:
    told = assert_problem(client.get(f"/v1/jobs/{job_id}"), 422, "invalid-input")
    assert fields(told) == ["job_id"]


def test_a_job_of_a_killed_process_counts_as_interrupted(
    client: TestClient, tiny_world: Recommender
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=3)
    with tiny_world.store.write() as connection:
        job_id = jobs.create(connection, "import", long_ago)
    assert client.get(f"/v1/jobs/{job_id}").json()["status"] == "interrupted"


def test_an_erasure_forgets_what_jobs_told(client: TestClient, tmp_path: Path) -> None:
    done = send(client, written(tmp_path, ["people.xlsx"])).headers["location"]
    until_over(client, done)
    failed = client.post(IMPORT, files=text_file("people.csv", "id\nfilm")).headers["location"]
    assert until_over(client, failed)["problems"]
    client.delete("/v1/people/film")
    for location, status in ((done, "done"), (failed, "failed")):
        job = client.get(location).json()
        assert (job["status"], job["result"], job["problems"]) == (status, None, [])

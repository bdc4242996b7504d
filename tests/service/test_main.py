"""``python -m service`` as its user meets it: in a process of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from service.__main__ import main
from tests.service import examples

ROOT = Path(__file__).parents[2]
SENTENCE = re.compile(
    r"Tandem listens on http://127\.0\.0\.1:(\d+) "
    r"\(this machine only: there is no access control yet\)\n"
)


@contextmanager
def serving(workspace: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the service on a free port and yield its process and the port it says."""
    command = [sys.executable, "-m", "service", "--workspace", str(workspace), "--port", "0"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={**os.environ, "TANDEM_PRELOAD_ENCODER": "false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = SENTENCE.fullmatch(process.stdout.readline())
        assert said is not None, process.communicate()
        yield process, int(said[1])
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"Content-Type": "application/json"} if text else {})
    response = connection.getresponse()
    content = response.read()
    return response.status, json.loads(content) if content else None


def other_addresses() -> list[str]:
    """Return addresses of this machine other than 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Nothing is sent: the system only picks an address.
        except OSError:
            return ["127.0.0.2"]
        return ["127.0.0.2", str(probe.getsockname()[0])]


@pytest.mark.journey
def test_it_serves_this_machine_until_it_is_told_to_stop(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    leftover = workspace / "uploads" / "left" / "people.csv"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("secret")
    with serving(workspace) as (process, port):
        assert not leftover.exists()
        for address in other_addresses():
            with pytest.raises(OSError), socket.create_connection((address, port), timeout=5):  # noqa: PT011
                pass
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            assert ask(connection, "GET", "/readyz") == (200, {"status": "ready"})
            person = {**examples.PERSON_BODY, "statements": []}
            path = f"/v1/people/{examples.PERSON_ID}"
            assert ask(connection, "PUT", path, person)[0] == 201
            assert ask(connection, "GET", path)[0] == 200
            assert ask(connection, "GET", "/v1/people/nobody")[0] == 404
            started = time.perf_counter()
            for _ in range(20):
                ask(connection, "GET", "/healthz")
            # Without TCP_NODELAY each of them takes at least 40 ms.
            assert time.perf_counter() - started < 20 * 0.04
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert (out, err) == ("", "")  # no access log: ids in paths are personal data
    files = {path.name for path in workspace.rglob("*") if path.is_file()}
    assert files == {"tandem.db", ".lock"}


@pytest.mark.journey
def test_an_interrupt_from_the_keyboard_ends_it_too(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--port", "eighty"], 2, "port: '"),
        (["--port", "70000"], 2, "port: '"),
        (["--encoder", "no such model"], 1, "no such model"),
        (["--workspace", "/proc/nothing"], 1, "/proc/nothing"),
    ],
)
def test_what_cannot_be_served_is_told_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: Sequence[str],
    code: int,
    told: str,
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert main(["--workspace", str(tmp_path), "--port", "0", *options]) == code
    finally:
        signal.signal(signal.SIGTERM, before)
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        try:
            assert main(["--workspace", str(tmp_path), "--port", port]) == 1
        finally:
            signal.signal(signal.SIGTERM, before)
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


def test_what_pictures_and_retrainings_need_is_not_loaded_at_the_start() -> None:
    code = (
        "import sys; from fastapi import FastAPI; from service.app import create_app; "
        "FastAPI.openapi(create_app()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    heavy = {"jinja2", "polars", "scipy", "sklearn", "torch"}
    rooms = {"recommender.skills.picture", "recommender.ranking.learning"}
    assert not (heavy | rooms) & set(done.stdout.split())


def test_there_is_no_option_for_another_address(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--host", "0.0.0.0"])
    assert "--host" in capsys.readouterr().err

"""What HTTP adds to ``recommend``: one keep-alive connection on loopback, in turns with Python."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from recommender.app import Recommender
from recommender.domain.ranking import Query
from recommender.store.shipped import shipped

ROUNDS = 10
READY_SECONDS = 120
FILES = ("people.csv", "statements.csv", "pairs.csv")


def measure(workspace: Path, n_queries: int) -> list[tuple[str, str, str]]:
    """Return one row of the table, measured on the sample organisation."""
    sample = shipped("data/sample_organisation")
    with Recommender.open(workspace) as recommender:
        recommender.people.import_files([sample / name for name in FILES])
        everybody = [
            recommender.people.get(person_id)
            for person_id in sorted(recommender.mirror.roster.row_of)
        ]
        mentees = [p.id for p in everybody if p.goals and p.status == "active"][:n_queries]
        command = [sys.executable, "-m", "service", "--workspace", str(workspace), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                library_ms, http_ms = _in_turns(recommender, _port(process), mentees)
            finally:
                process.terminate()
    added = median(http_ms) - median(library_ms)
    return [
        (
            "HTTP adds at the median, 600 people",
            f"{added:.2f} ms ({median(http_ms):.2f} − {median(library_ms):.2f})",
            "≤ 1.5 ms",
        )
    ]


def _in_turns(
    recommender: Recommender, port: int, mentees: list[str]
) -> tuple[list[float], list[float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    _wait_until_ready(connection)
    _ask(connection, mentees[0])
    library_ms, http_ms = [], []
    for _ in range(ROUNDS):
        for mentee in mentees:
            begin = time.perf_counter()
            recommender.recommend(Query(mentee))
            library_ms.append((time.perf_counter() - begin) * 1e3)
        for mentee in mentees:
            begin = time.perf_counter()
            _ask(connection, mentee)
            http_ms.append((time.perf_counter() - begin) * 1e3)
    connection.close()
    return library_ms, http_ms


def _ask(connection: http.client.HTTPConnection, mentee: str) -> None:
    body = json.dumps({"mentee_id": mentee})
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/recommendations", body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise SystemExit(f"the service answered {answer.status} for {mentee}")


def _wait_until_ready(connection: http.client.HTTPConnection) -> None:
    """Loading the encoder in the background would slow the first seconds down."""
    for _ in range(READY_SECONDS):
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        answer.read()
        if answer.status == http.client.OK:
            return
        time.sleep(1)
    raise SystemExit("the service did not become ready")


def _port(process: subprocess.Popen[str]) -> int:
    for line in process.stdout or ():
        match = re.search(r"127\.0\.0\.1:(\d+)", line)
        if match:
            return int(match.group(1))
    raise SystemExit("the service ended before it listened")

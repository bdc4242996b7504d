"""The demonstration: import, recommend, ask the service the same, retrain on a played cohort."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from rich.console import Console

from recommender.cli.common import opened
from recommender.cli.progress import shown_progress
from recommender.cli.ranking_table import print_ranking
from recommender.domain.errors import TandemError
from recommender.domain.feedback import Cohort
from recommender.domain.ranking import Query, Ranking
from recommender.ranking.reporting import summary_lines
from recommender.simulation import simulate_cohort
from recommender.store.shipped import shipped

GERMAN_MENTEE = "p0567"
ENGLISH_MENTEE = "p0006"
MENTEES = (GERMAN_MENTEE, ENGLISH_MENTEE)
ANSWER_SECONDS = 60
COHORT = Cohort(
    "2026-spring", "Spring 2026, simulated", date(2026, 3, 1), date(2026, 8, 31), simulated=True
)
COHORT_SEED = 11


def run_demo(workspace: Path, encoder: str | None) -> None:
    """Run the whole way of the data on the sample organisation.

    Raises:
        TandemError: if any step fails or the service answers otherwise than the library.
    """
    out = Console()
    sample = shipped("data/sample_organisation")
    files = [sample / name for name in ("people.csv", "statements.csv", "pairs.csv")]
    with (
        shown_progress() as progress,
        opened(workspace, encoder, progress) as recommender,
    ):
        report = recommender.people.import_files(files, progress)
    out.print(
        f"Sample organisation: {report.people_created} people new, "
        f"{report.people_updated} changed, {report.people_unchanged} unchanged; "
        f"{report.texts_encoded} texts encoded."
    )
    with opened(workspace, encoder) as recommender:
        answers = [recommender.recommend(Query(mentee)) for mentee in MENTEES]
        for answer in answers:
            print_ranking(answer, recommender.people.get(str(answer.mentee_id)).name, out)
    out.print()
    with _running_service(workspace, encoder) as url:
        out.print(f"The service listens on {url} and answers the same questions:")
        for answer in answers:
            _check_agreement(answer, _ask(url, str(answer.mentee_id)))
            out.print(f"  POST /v1/recommendations for {answer.mentee_id}: the same mentors.")
    out.print("The service is stopped again.")
    out.print()
    _retrain(workspace, encoder, out)
    out.print()
    out.print("What to try next:")
    out.print("  make serve                     keep the service running on this organisation")
    out.print("  notebooks/01_first_look.ipynb  the same from Python")
    out.print("  .venv/bin/tandem --help        import your own people file")


def _retrain(workspace: Path, encoder: str | None, out: Console) -> None:
    """Play a cohort in a copy of the workspace, and retrain as HR would after it."""
    copy = workspace / "simulated"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copy(workspace / "tandem.db", copy)
    with (
        shown_progress() as progress,
        opened(copy, encoder, progress) as recommender,
    ):
        reports = simulate_cohort(recommender, COHORT, COHORT_SEED, progress=progress)
        recommender.cohorts.put(COHORT)
        recommender.feedback.record(reports)
        out.print(
            f"A cohort later: {len(reports)} simulated reports. HR retrains the ranker "
            "(tandem retrain):"
        )
        report = recommender.rankers.retrain(COHORT.id, progress=progress)
        for line in summary_lines(report, "en"):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
        out.print()
        answer = recommender.recommend(Query(ENGLISH_MENTEE, k=2))
        print_ranking(answer, recommender.people.get(ENGLISH_MENTEE).name, out)


@contextmanager
def _running_service(workspace: Path, encoder: str | None) -> Iterator[str]:
    """Start the service on a free port, yield its address, and stop it."""
    command = [sys.executable, "-m", "service", "--workspace", str(workspace), "--port", "0"]
    command += ["--encoder", encoder] if encoder else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield _address(process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    """Return the address that the service prints once it listens."""
    for line in process.stdout or ():
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        if address:
            return address.group()
    raise TandemError(
        f"The service ended with exit code {process.wait()} before it listened. Start it with "
        "tandem serve to see why."
    )


def _ask(url: str, mentee_id: str) -> dict[str, Any]:
    body = json.dumps({"mentee_id": mentee_id}).encode()
    request = Request(f"{url}/v1/recommendations", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=ANSWER_SECONDS) as answer:
        parsed: dict[str, Any] = json.load(answer)
        return parsed


def _check_agreement(answer: Ranking, served: dict[str, Any]) -> None:
    """Compare everything but the identity of the two rankings."""
    expected = json.loads(json.dumps(asdict(answer), default=str))
    for own in ("ranking_id", "created_at"):
        expected.pop(own)
        served.pop(own)
    if served != expected:
        raise TandemError(
            f"For {answer.mentee_id} the service answered otherwise than the library. This is a "
            "bug: please report it with both answers."
        )

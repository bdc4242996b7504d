"""The table of encoders, on an invented catalogue."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recommender.domain.errors import EXIT_INVALID, EXIT_UNUSABLE, EncoderUnavailable
from recommender.workshop import __main__ as workshop
from tests.conftest import HashEncoder
from tests.recommender.workshop.test_encoder_evaluation import CATALOGUE


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_encoder(name: str | None = None) -> HashEncoder:
        if name == "missing/model":
            raise EncoderUnavailable("no such model")
        return HashEncoder(name or "bundled")

    monkeypatch.setattr(workshop, "open_encoder", open_encoder)
    monkeypatch.setattr(workshop, "read_catalogue", lambda _: CATALOGUE)
    monkeypatch.setattr(workshop, "_teacher", lambda: None)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(workshop.app, ["evaluate-encoder", *map(str, arguments)])


def test_the_bundled_model_stands_beside_those_named() -> None:
    output = run("another/model").stdout
    head = output.splitlines()[0]
    assert head == "| MRR (95% interval) | queries | bundled | another/model | TF-IDF |"
    assert "unseen concepts, within" in output
    assert "left out: install" in output


def test_json_for_machines() -> None:
    reports = json.loads(run("--json").stdout)
    assert [report["name"] for report in reports] == ["bundled", "TF-IDF"]
    assert {"name", "value", "low", "high", "n"} == set(reports[0]["measures"][0])


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    assert run("missing/model").exit_code == EXIT_UNUSABLE
    done = run("--material", tmp_path)
    assert done.exit_code == EXIT_INVALID
    assert "skills_de_en.csv.gz is not there" in done.output

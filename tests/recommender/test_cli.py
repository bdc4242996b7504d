"""The command line: what it prints, how it exits, and that a refusal changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from recommender import __version__, catalogue, encoder, pipeline
from recommender.cli import EXIT_INVALID, EXIT_UNKNOWN, EXIT_UNUSABLE, app, programs
from recommender.domain import Pair, PairStatus, Person
from recommender.errors import EncoderUnavailable
from recommender.people_file import write_people
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.test_encoder_evaluation import CATALOGUE


@pytest.fixture(autouse=True)
def _hash_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def open_encoder(name: str | None = None, threads: int | None = None) -> HashEncoder:
        if name == "missing/model":
            raise EncoderUnavailable("no such model")
        return HashEncoder()

    monkeypatch.setattr(pipeline, "open_encoder", open_encoder)


def everybody() -> list[Person]:
    return [
        person("anna", goal("automate weekly reports"), languages=("de", "en"), career_level=8),
        person("ben", skill("automate weekly reports"), languages=("de",)),
        person("cleo", skill("bake [red]bread[/red]"), languages=("de",)),
    ]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [tmp_path / name for name in ("people.csv", "statements.csv", "pairs.csv")]
    write_people(paths, everybody(), [Pair("cleo", "anna", PairStatus.ENDED)])
    return [str(path) for path in paths]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_import_recommend_and_export(files: list[str], tmp_path: Path) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    imported = run("import", *files, *workspace)
    assert imported.exit_code == 0, imported.output
    assert "3 new, 0 changed, 0 unchanged" in imported.output
    shown = run("recommend", "anna", *workspace)
    assert shown.exit_code == 0, shown.output
    assert "Vorschläge für Name of anna" in shown.output
    assert "Name of ben" in shown.output
    assert "Name of cleo" not in shown.output
    out = tmp_path / "all.jsonl"
    assert run("export", str(out), *workspace).exit_code == 0
    assert [json.loads(line).get("id") for line in out.read_text("utf-8").splitlines()][:3] == [
        "anna",
        "ben",
        "cleo",
    ]


def test_json_for_machines(files: list[str], tmp_path: Path) -> None:
    workspace = ["--workspace", str(tmp_path / "w"), "--json"]
    report = json.loads(run("import", *files, *workspace).stdout)
    assert report["people_created"] == 3
    assert report["pairs_created"] == 1
    answer = json.loads(run("recommend", "anna", *workspace).stdout)
    assert [item["mentor_id"] for item in answer["recommendations"]] == ["ben"]
    assert answer["kept_out"]["not_paired_before"] == 1
    counts = json.loads(run("index", *workspace).stdout)
    assert (counts["people"], counts["skills"], counts["goals"]) == (3, 2, 1)


def test_goals_as_text(files: list[str], tmp_path: Path) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    run("import", *files, *workspace)
    shown = run("recommend", "--goal", "bake bread", "-k", "1", *workspace)
    assert "Name of cleo" in shown.output
    assert "[red]bread[/red]" in shown.output, "what people write is never markup"


def test_a_refused_file_names_every_problem_and_changes_nothing(
    files: list[str], tmp_path: Path
) -> None:
    workspace = ["--workspace", str(tmp_path / "w")]
    run("import", *files, *workspace)
    table = Path(files[0])
    table.write_text(
        table.read_text("utf-8-sig").replace("Europe/Dublin", "Europe/Nowhere"), "utf-8"
    )
    refused = run("import", *files, *workspace)
    assert refused.exit_code == EXIT_INVALID
    assert refused.stderr.count("Europe/Nowhere") == 3
    assert "people.csv, line 2, column 8" in refused.stderr
    assert "3 problems; nothing was changed." in refused.stderr
    assert "Traceback" not in refused.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["recommend", "nobody"], EXIT_UNKNOWN),
        (["recommend"], EXIT_INVALID),
        (["recommend", "anna", "-k", "0"], EXIT_INVALID),
        (["import", "no-such-file.csv"], EXIT_INVALID),
        (["export", "people.pdf"], EXIT_INVALID),
        (["index", "--encoder", "missing/model"], EXIT_UNUSABLE),
        (["frobnicate"], 2),
        (["import"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int, files: list[str], tmp_path: Path) -> None:
    workspace = [] if arguments[0] == "frobnicate" else ["--workspace", str(tmp_path / "w")]
    run("import", *files, "--workspace", str(tmp_path / "w"))
    result = run(*arguments, *workspace)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output


def test_a_workspace_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("not a folder")
    refused = run("index", "--workspace", str(tmp_path / "w"))
    assert refused.exit_code == EXIT_UNUSABLE
    assert "--workspace" in refused.stderr


def test_version() -> None:
    assert run("--version").stdout.strip() == f"tandem {__version__}"


@pytest.mark.parametrize("what", ["recommender", "recommender.cli", "service"])
def test_importing_is_quick(what: str) -> None:
    """Nothing heavy is imported before it is needed."""
    code = f"import sys, {what}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"torch", "sentence_transformers", "sklearn", "faiss", "numpy", "sqlalchemy", "fastapi"}
    assert heavy.isdisjoint(loaded)


class TestEvaluateEncoder:
    """The table of encoders, on an invented catalogue."""

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def open_encoder(name: str | None = None) -> HashEncoder:
            if name == "missing/model":
                raise EncoderUnavailable("no such model")
            return HashEncoder(name or "bundled")

        monkeypatch.setattr(encoder, "open_encoder", open_encoder)
        monkeypatch.setattr(catalogue, "read_catalogue", lambda _: CATALOGUE)
        monkeypatch.setattr(programs, "_teacher", lambda: None)

    def test_the_bundled_model_stands_beside_those_named(self) -> None:
        told = run("evaluate-encoder", "another/model")
        assert told.exit_code == 0, told.output
        head = told.stdout.splitlines()[0]
        assert head == "| MRR (95% interval) | queries | bundled | another/model | TF-IDF |"
        assert "unseen concepts, within" in told.stdout
        assert "left out: install" in told.stdout

    def test_json_for_machines(self) -> None:
        told = run("evaluate-encoder", "--json")
        reports = json.loads(told.stdout)
        assert [report["name"] for report in reports] == ["bundled", "TF-IDF"]
        assert {"name", "value", "low", "high", "n"} == set(reports[0]["measures"][0])

    def test_what_is_missing_is_told(self, tmp_path: Path) -> None:
        assert run("evaluate-encoder", "missing/model").exit_code == EXIT_UNUSABLE
        told = run("evaluate-encoder", "--material", str(tmp_path))
        assert told.exit_code == EXIT_INVALID
        assert "skills_de_en.csv.gz is not there" in told.output

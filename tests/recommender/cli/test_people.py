"""People: what the commands print, how they exit, and that a refusal changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommender.domain.errors import EXIT_INVALID, EXIT_UNKNOWN, EXIT_UNUSABLE
from recommender.domain.people import Pair, PairStatus, Person
from recommender.files.people import write_people
from tests.conftest import goal, person, skill
from tests.recommender.cli.conftest import run


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
    again = [str(tmp_path / f"again-{name}.csv") for name in ("people", "statements", "pairs")]
    assert run("export", *again, *workspace).exit_code == 0
    for path, exported in zip(files, again, strict=True):
        assert Path(exported).read_bytes() == Path(path).read_bytes()


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

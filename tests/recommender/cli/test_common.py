"""What holds for every command: quick help in plain groups, and a workspace that can be used."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from recommender import __version__
from recommender.cli import app
from recommender.cli.common import EPILOG, Language
from recommender.domain.errors import EXIT_UNUSABLE
from recommender.domain.texts import LANGUAGES
from tests.recommender.cli.conftest import done, run


def commands(command: object = None, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, those that only group others, too: first none at all."""
    command = command or typer.main.get_command(app)
    yield name
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for word in command.list_commands(context):
            yield from commands(command.get_command(context, word), (*name, word))


def test_version() -> None:
    assert done("--version").strip() == f"tandem {__version__}"


@pytest.mark.parametrize("what", ["recommender", "recommender.cli", "service"])
def test_importing_is_quick(what: str) -> None:
    """Nothing heavy is imported before it is needed."""
    code = f"import sys, {what}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"torch", "sentence_transformers", "sklearn", "faiss", "numpy", "sqlalchemy", "fastapi"}
    assert heavy.isdisjoint(loaded)


def test_help_groups_the_commands_in_the_order_of_use() -> None:
    told = done("--help", COLUMNS="100", TERM="dumb").split("─ People ─")[1]
    assert re.findall(r"^(?:╭─ ([\w ]+?) ─|│ ([\w-]+)  )", told, re.M) == [
        *(("", name) for name in ("import", "export", "index", "recommend")),
        ("Skill gaps", ""),
        *(("", name) for name in ("gaps", "role-profiles", "links", "report")),
        ("Feedback and ranker", ""),
        *(("", name) for name in ("cohorts", "feedback", "retrain", "rankers", "simulate")),
        ("Programs", ""),
        *(("", name) for name in ("serve", "demo")),
    ]


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    assert "Usage: " in done(*words, "--help")


def test_a_workspace_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("not a folder")
    for command in (["index"], ["cohorts", "list"], ["rankers", "list"]):
        refused = run(*command, "--workspace", tmp_path / "w")
        assert refused.exit_code == EXIT_UNUSABLE
        assert "--workspace" in refused.stderr


def test_the_languages_of_reports_are_those_that_tandem_speaks() -> None:
    assert tuple(Language) == LANGUAGES


def test_the_page_names_commands_that_exist_and_the_exit_codes() -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    first = {words[0] for words in commands() if words}
    assert set(re.findall(r"`tandem ([a-z][a-z-]+)", page)) == first
    codes = re.findall(r"^\| (\d) \| (.+) \|$", page, re.M)
    for code, meaning in codes:
        assert f"{code} {meaning.split(';')[0]}" in EPILOG
    assert len(codes) == 6

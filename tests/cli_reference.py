"""The command-line reference, written from ``--help``: ``make docs``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from recommender.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
INTRODUCTION = """# The command line

Written from `--help` by `make docs`; a test keeps it current. Tables are for people, `--json` is
for machines, and problems go to standard error.
"""


def commands(command: object = None, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, those that only group others, too: first none at all."""
    command = command or typer.main.get_command(app)
    yield name
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for word in command.list_commands(context):
            yield from commands(command.get_command(context, word), (*name, word))


def reference() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    environment = {"COLUMNS": "100", "TERM": "dumb"}
    for words in commands():
        help_text = CliRunner().invoke(app, [*words, "--help"], env=environment).stdout
        lines = [line.rstrip() for line in help_text.strip("\n").splitlines()]
        title = " ".join(("tandem", *words))
        parts.append(f"## {title}\n\n```\n" + "\n".join(lines).strip("\n") + "\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")

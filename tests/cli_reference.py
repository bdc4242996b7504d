"""The command-line reference, written from ``--help``: ``make docs``."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from recommender.cli import app

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
COMMANDS = ("", "import", "export", "index", "recommend", "serve", "evaluate-encoder", "demo")
INTRODUCTION = """# The command line

Written from `--help` by `make docs`; a test keeps it current. Tables are for people, `--json` is
for machines, and problems go to standard error.
"""


def reference() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for command in COMMANDS:
        arguments = [command, "--help"] if command else ["--help"]
        help_text = (
            CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "TERM": "dumb"}).stdout
        )
        lines = [line.rstrip() for line in help_text.strip("\n").splitlines()]
        title = f"tandem {command}".strip()
        parts.append(f"## {title}\n\n```\n" + "\n".join(lines).strip("\n") + "\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")

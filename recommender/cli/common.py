"""What all commands share: their options, how a refusal is told, and how a workspace is opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from recommender.domain.errors import InvalidInput, TandemError

if TYPE_CHECKING:
    from recommender.app import Recommender
    from recommender.settings import Settings

EPILOG = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage, 3 refused input (nothing was changed), "
    "4 unknown person, cohort or ranker, 5 workspace, encoder or ranker unusable."
)

Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        help="The folder Tandem writes to; else TANDEM_WORKSPACE, or ./workspace.",
    ),
]
EncoderName = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="A sentence-transformers folder or hub id; else TANDEM_ENCODER, or the bundled.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


class Language(StrEnum):
    """The languages of reports; tests hold them equal to those of ``recommender.domain.texts``."""

    DE = "de"
    EN = "en"


OWN_ID = typer.Argument(help="Id of a stored person, who alone is meant to see this.")
OwnLanguage = Annotated[Language | None, typer.Option(help="Else the person's own, or English.")]
ReportLanguage = Annotated[Language, typer.Option("--language", help="Of the report.")]

Given = ParamSpec("Given")


def explained(command: Callable[Given, None]) -> Callable[Given, None]:
    """Turn a refusal into a message on standard error and an exit code with a meaning."""

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except TandemError as refusal:
            typer.echo(str(refusal), err=True)
            if isinstance(refusal, InvalidInput):
                n = len(refusal.problems)
                typer.echo(f"{n} problem{'s' * (n != 1)}; nothing was changed.", err=True)
            raise typer.Exit(refusal.exit_code) from refusal

    return run


def settings_of(workspace: Path | None, encoder: str | None) -> Settings:
    """Return the settings of a command: its options, then the environment."""
    from recommender.settings import read_settings

    return read_settings(workspace=workspace, encoder=encoder)


def opened(
    workspace: Path | None,
    encoder: str | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Recommender:
    """Open the recommender of a workspace."""
    from recommender.app import Recommender
    from recommender.domain.progress import silent

    settings = settings_of(workspace, encoder)
    return Recommender.open(
        settings.workspace,
        settings.encoder,
        settings.recommender_config(),
        settings.threads if "threads" in settings.model_fields_set else None,
        progress or silent,
    )


@contextmanager
def opened_for_gaps(workspace: Path | None, encoder: str | None) -> Iterator[Recommender]:
    """Open the recommender of a workspace with what gaps are told by, and show how far that is."""
    from recommender.cli.progress import shown_progress

    with opened(workspace, encoder) as recommender:
        with shown_progress() as progress:
            recommender.gaps.open_knowledge(progress)
        yield recommender


def print_json(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))

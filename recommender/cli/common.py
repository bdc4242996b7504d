"""What all commands share: their options, how a refusal is told, and how a workspace is opened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from recommender.domain.errors import (
    ArtefactRefused,
    EncoderUnavailable,
    InvalidInput,
    MaterialUnusable,
    RankerNotPromoted,
    TandemError,
    UnknownCohort,
    UnknownPerson,
    UnknownRanker,
    WorkspaceUnusable,
)

if TYPE_CHECKING:
    from recommender.app import Recommender
    from recommender.ranking import Rankers
    from recommender.store import Store

EXIT_INVALID = 3
EXIT_UNKNOWN = 4
EXIT_UNUSABLE = 5
EPILOG = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage, 3 refused input (nothing was changed), "
    "4 unknown person, cohort or ranker, 5 workspace, encoder or ranker unusable."
)

Workspace = Annotated[
    Path, typer.Option("--workspace", "-w", help="The folder Tandem writes to.", show_default=True)
]
EncoderName = Annotated[
    str | None,
    typer.Option("--encoder", help="A sentence-transformers folder or hub id; else the bundled."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
WORKSPACE = Path("workspace")


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
            raise typer.Exit(_exit_code(refusal)) from refusal

    return run


def _exit_code(refusal: TandemError) -> int:
    if isinstance(refusal, InvalidInput | MaterialUnusable | RankerNotPromoted):
        return EXIT_INVALID
    if isinstance(refusal, UnknownPerson | UnknownCohort | UnknownRanker):
        return EXIT_UNKNOWN
    if isinstance(refusal, EncoderUnavailable | WorkspaceUnusable | ArtefactRefused):
        return EXIT_UNUSABLE
    return 1


def opened(
    workspace: Path, encoder: str | None, progress: Callable[[str, int, int], None] | None = None
) -> Recommender:
    """Open the recommender of a workspace."""
    from recommender.app import Recommender
    from recommender.domain.progress import silent

    return Recommender.open(workspace, encoder, progress=progress or silent)


@contextmanager
def opened_for_gaps(workspace: Path, encoder: str | None) -> Iterator[Recommender]:
    """Open the recommender of a workspace with what gaps are told by, and show how far that is."""
    from recommender.cli.progress import shown_progress

    with opened(workspace, encoder) as recommender:
        with shown_progress() as progress:
            recommender.open_knowledge(progress)
        yield recommender


@contextmanager
def opened_store(workspace: Path) -> Iterator[Store]:
    """Open the database of a workspace alone, which is quicker."""
    from recommender.store import Store

    with closing(Store.in_folder(workspace)) as store:
        yield store


@contextmanager
def opened_rankers(workspace: Path, encoder: str | None) -> Iterator[Rankers]:
    """Open the rankers of a workspace, without reading who takes part."""
    from recommender.encoding import open_encoder
    from recommender.ranking import Rankers, Releases, utc_now

    releases = Releases(workspace / "rankers", open_encoder(encoder).digest)
    with opened_store(workspace) as store:
        yield Rankers(store, releases, utc_now)


def print_json(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))

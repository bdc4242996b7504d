"""Commands that run something else: the service, the demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.common import EncoderName, Workspace, explained


def serve(
    workspace: Workspace = None,
    encoder: EncoderName = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port on 127.0.0.1, 0 for a free one; else TANDEM_PORT, or 8000."),
    ] = None,
) -> None:
    """Start the HTTP service on this machine only: there is no access control yet."""
    options = {"--workspace": workspace, "--port": port, "--encoder": encoder}
    named = [f"{name}={value}" for name, value in options.items() if value is not None]
    command = [sys.executable, "-m", "service", *named]
    sys.stdout.flush()
    # The service becomes this process, so that signals reach it; the library never imports it.
    os.execv(sys.executable, command)


@explained
def demo(
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="The folder to work in.")
    ] = Path("workspace/demo"),
    encoder: EncoderName = None,
) -> None:
    """Import the sample organisation, recommend, and ask the service the same."""
    from recommender.cli.demo import run_demo

    run_demo(workspace, encoder)

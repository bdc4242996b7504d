"""Commands that run something else: the service, the demonstration."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.common import WORKSPACE, EncoderName, Workspace, explained


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
def demo(workspace: Workspace = Path("workspace/demo"), encoder: EncoderName = None) -> None:
    """Import the sample organisation, recommend, and ask the service the same."""
    from recommender.cli.demo import run_demo

    run_demo(workspace, encoder)

"""Commands about the ranker: retrain, and see, activate and roll back its releases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.common import (
    AsJson,
    EncoderName,
    Language,
    ReportLanguage,
    Workspace,
    explained,
    opened,
    print_json,
)

app = typer.Typer(help="See, activate and roll back releases of the ranker.", no_args_is_help=True)

Version = Annotated[str, typer.Argument(help="As `tandem rankers list` names it.")]


@explained
def retrain(
    cohort: Annotated[
        str | None,
        typer.Option(help="The newest cohort to learn from; else the newest with feedback."),
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option(help="A .csv with person_id and label, only to look for skew."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same data and seed give the same release.")] = 0,
    language: ReportLanguage = Language.EN,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Train a ranker on the feedback so far; activate it only if it is shown to be better."""
    from recommender.cli.progress import shown_progress
    from recommender.files import read_groups
    from recommender.ranking.reporting import summary_lines

    labels = read_groups(groups) if groups else None
    with shown_progress() as progress, opened(workspace, encoder) as recommender:
        report = recommender.rankers.retrain(cohort, labels, seed, progress)
    if as_json:
        print_json(report.as_json())
        return
    for line in summary_lines(report, language):
        typer.echo(line)


@app.command("list")
@explained
def list_(
    workspace: Workspace = None, encoder: EncoderName = None, as_json: AsJson = False
) -> None:
    """List the releases; the active one is marked."""
    with opened(workspace, encoder) as recommender:
        active, states = recommender.rankers.active(), recommender.rankers.all()
        history = recommender.rankers.history()
    if as_json:
        listed = [asdict(state) for state in states]
        print_json({"active": active, "rankers": listed, "history": [asdict(h) for h in history]})
        return
    for state in states:
        mark = "* " if state.version == active else "  "
        typer.echo(f"{mark}{state.version}  {state.refusal or _described(state.facts)}")
    if active is None:
        typer.echo("No ranker is active: answers come in affinity order.")
    elif active not in {state.version for state in states}:
        typer.echo(f"{active} is active but its folder is gone: answers come in affinity order.")


@app.command("show")
@explained
def show(
    version: Version,
    language: ReportLanguage = Language.EN,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show the card of a release, and where its plots lie."""
    from recommender.ranking import CARD, CARD_IN_GERMAN, REPORT

    with opened(workspace, encoder) as recommender:
        releases = recommender.rankers.releases
        if as_json:
            print_json(json.loads(releases.text(version, REPORT)))
            return
        card = releases.text(version, CARD_IN_GERMAN if language is Language.DE else CARD)
        folder = releases.path(version).resolve()
    typer.echo(card)
    typer.echo(f"The card, its plots and the report lie in {folder}")


@app.command("activate")
@explained
def activate(
    version: Version,
    despite_report: Annotated[
        bool, typer.Option("--despite-report", help="Even if it is not shown to be better.")
    ] = False,
    workspace: Workspace = None,
    encoder: EncoderName = None,
) -> None:
    """Let a release rank from the next answer on; a running service follows by itself."""
    with opened(workspace, encoder) as recommender:
        recommender.rankers.activate(version, despite_report)
    typer.echo(f"{version} is active.")


@app.command("rollback")
@explained
def rollback(workspace: Workspace = None, encoder: EncoderName = None) -> None:
    """Return to what was active before; again, and it goes one step further."""
    with opened(workspace, encoder) as recommender:
        version = recommender.rankers.roll_back()
    outcome = f"{version} is active" if version else "No ranker is active: affinity order"
    typer.echo(f"{outcome}.")


def _described(facts: object) -> str:
    if not isinstance(facts, dict):
        return ""
    parts = [
        str(facts.get("kind")),
        f"learned from {', '.join(facts.get('cohorts', []))}",
        "promoted by its report" if facts.get("promoted") else "not promoted by its report",
        *(["simulated"] if facts.get("simulated") else []),
    ]
    return ", ".join(parts)

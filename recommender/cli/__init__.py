"""The command line, ``tandem``.

Heavy libraries are imported inside the commands, so that ``tandem --help`` is quick.
"""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperGroup

from recommender import __version__
from recommender.cli import (
    choices,
    cohorts,
    feedback,
    gaps,
    people,
    programs,
    rankers,
    simulate,
)
from recommender.cli.common import EPILOG

__all__ = ["app"]

PEOPLE, GAPS, FEEDBACK, PROGRAMS = "People", "Skill gaps", "Feedback and ranker", "Programs"
ORDER = (
    *("import", "export", "index", "recommend"),
    *("gaps", "role-profiles", "links", "report"),
    *("cohorts", "feedback", "retrain", "rankers", "simulate"),
    *("serve", "demo"),
)


class InOrderOfUse(TyperGroup):
    """Lists the commands in the order in which somebody uses them; typer lists groups last."""

    def list_commands(self, ctx: object) -> list[str]:
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="tandem",
    cls=InOrderOfUse,
    help="Tandem recommends partners for reverse mentoring, in German and English, offline.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


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


app.command("import", rich_help_panel=PEOPLE)(people.import_)
app.command("export", rich_help_panel=PEOPLE)(people.export)
app.command("index", rich_help_panel=PEOPLE)(people.index)
app.command("recommend", rich_help_panel=PEOPLE)(people.recommend)
app.command("gaps", rich_help_panel=GAPS)(gaps.gaps)
app.add_typer(choices.profiles, name="role-profiles", rich_help_panel=GAPS)
app.add_typer(choices.links, name="links", rich_help_panel=GAPS)
app.command("report", rich_help_panel=GAPS)(gaps.report)
app.add_typer(cohorts.app, name="cohorts", rich_help_panel=FEEDBACK)
app.add_typer(feedback.app, name="feedback", rich_help_panel=FEEDBACK)
app.command("retrain", rich_help_panel=FEEDBACK)(rankers.retrain)
app.add_typer(rankers.app, name="rankers", rich_help_panel=FEEDBACK)
app.command("simulate", rich_help_panel=FEEDBACK)(simulate.simulate)
app.command("serve", rich_help_panel=PROGRAMS)(programs.serve)
app.command("demo", rich_help_panel=PROGRAMS)(programs.demo)

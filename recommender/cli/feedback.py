"""Commands about feedback: what both sides of a pair report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recommender.cli.common import AsJson, Workspace, explained, opened, print_json
from recommender.domain.feedback import FORMS, FeedbackForm

if TYPE_CHECKING:
    from recommender.programme import FeedbackReport


def _kinds() -> str:
    """Return each kind of feedback on a line of its own: who reports it, and with which value."""
    return "\n".join(
        f"{kind} ({', '.join(form.sides)}): {_needs(form)}" for kind, form in FORMS.items()
    )


def _needs(form: FeedbackForm) -> str:
    if form.words is not None:
        value = ", ".join(form.words)
    elif form.scale is not None:
        value = "{} to {}".format(*form.scale)
    else:
        value = "a text" if form.text else "no value"
    more = {"or none": form.optional, "--session": form.per_session, "--goal": form.per_goal}
    return ", ".join([value, *(name for name, needed in more.items() if needed)])


app = typer.Typer(help="Take in what both sides of a pair report.", no_args_is_help=True)


@app.command("import")
@explained
def import_(
    paths: Annotated[list[Path], typer.Argument(help="1–2 .csv files, or one .xlsx workbook.")],
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Import cohorts and feedback: everything in the files, or nothing."""
    from recommender.cli.progress import shown_progress

    with shown_progress() as progress, opened(workspace) as recommender:
        report = recommender.feedback.import_files(paths, progress)
    _tell(report, as_json)


@app.command("export")
@explained
def export(
    paths: Annotated[
        list[Path], typer.Argument(help="1–2 .csv files (feedback, cohorts), or one .xlsx.")
    ],
    workspace: Workspace = None,
) -> None:
    """Write cohorts and current feedback to files that import reads again unchanged."""
    with opened(workspace) as recommender:
        n_reports = recommender.feedback.export_files(paths)
    typer.echo(f"Wrote {n_reports} reports to {', '.join(map(str, paths))}.")


@app.command(
    "record",
    help="Record one report now. One about the same thing replaces the earlier one.\n\n"
    f"The kinds, who reports them, and their values:\n\n{_kinds()}",
)
@explained
def record(
    cohort: Annotated[str, typer.Argument(help="Id of the cohort.")],
    mentor: Annotated[str, typer.Argument(help="Id of the mentor.")],
    mentee: Annotated[str, typer.Argument(help="Id of the mentee.")],
    side: Annotated[str, typer.Option(help="Who reports: mentee or mentor.")],
    kind: Annotated[str, typer.Option(help="What is reported; see above.")],
    value: Annotated[str, typer.Option(help="As the kind demands.")] = "",
    session: Annotated[str, typer.Option(help="Number of the session, for usefulness.")] = "",
    goal: Annotated[str, typer.Option(help="Text of the goal, for progress.")] = "",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Record one report now. One about the same thing replaces the earlier one."""
    from recommender.files.feedback import feedback_of_texts

    report = feedback_of_texts(
        {
            "cohort": cohort,
            "mentor_id": mentor,
            "mentee_id": mentee,
            "side": side,
            "kind": kind,
            "value": value,
            "session": session,
            "goal": goal,
        }
    )
    with opened(workspace) as recommender:
        recorded = recommender.feedback.record([report])
    _tell(recorded, as_json)


def _tell(report: FeedbackReport, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    typer.echo(
        f"Cohorts: {report.cohorts_created} new, {report.cohorts_updated} changed, "
        f"{report.cohorts_unchanged} unchanged. "
        f"Reports: {report.reports_created} new, {report.reports_replaced} replaced, "
        f"{report.reports_unchanged} unchanged."
    )

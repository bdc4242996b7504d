"""Commands about cohorts: when each run of the programme begins and ends."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from recommender.cli.common import AsJson, Workspace, explained, opened, print_json

app = typer.Typer(help="Say when each run of the programme begins and ends.", no_args_is_help=True)

Starts = Annotated[str, typer.Option(help="First day, such as 2026-09-01.")]
Ends = Annotated[str, typer.Option(help="Last day, included.")]


@app.command("list")
@explained
def list_(workspace: Workspace = None, as_json: AsJson = False) -> None:
    """List the cohorts, the oldest first."""
    with opened(workspace) as recommender:
        cohorts = recommender.cohorts.all()
    if as_json:
        print_json([asdict(cohort) for cohort in cohorts])
        return
    for cohort in cohorts:
        mark = "  simulated" if cohort.simulated else ""
        typer.echo(f"{cohort.id}  {cohort.starts_on} to {cohort.ends_on}  {cohort.name}{mark}")
    if not cohorts:
        typer.echo("No cohort yet. Make one with: tandem cohorts put ID --starts DAY --ends DAY")


@app.command("put")
@explained
def put(
    cohort_id: Annotated[str, typer.Argument(metavar="ID", help="Such as 2026-autumn.")],
    starts: Starts,
    ends: Ends,
    name: Annotated[
        str | None, typer.Option(help="As people call it; else as before, or the id.")
    ] = None,
    workspace: Workspace = None,
) -> None:
    """Make a cohort, or change its name and days. Cohorts do not overlap."""
    from recommender.files.feedback import cohort_of_texts

    days = {"starts_on": starts, "ends_on": ends}
    cohort = cohort_of_texts({"id": cohort_id, "name": name or cohort_id, **days})
    with opened(workspace) as recommender:
        stored = {known.id: known for known in recommender.cohorts.all()}.get(cohort.id)
        if stored is not None and name is None:
            cohort = replace(cohort, name=stored.name)
        new = recommender.cohorts.put(cohort)
    typer.echo(f"Cohort {cohort.id} is {'new' if new else 'as given now'}.")

"""Commands about cohorts: when each run of the programme begins and ends."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from recommender.cli.common import WORKSPACE, AsJson, Workspace, explained, opened_store, print_json

app = typer.Typer(help="Say when each run of the programme begins and ends.", no_args_is_help=True)

Starts = Annotated[str, typer.Option(help="First day, such as 2026-09-01.")]
Ends = Annotated[str, typer.Option(help="Last day, included.")]


@app.command("list")
@explained
def list_(workspace: Workspace = WORKSPACE, as_json: AsJson = False) -> None:
    """List the cohorts, the oldest first."""
    from recommender.store import cohorts

    with opened_store(workspace) as store, store.read() as connection:
        every = list(cohorts.get_all(connection).values())
    if as_json:
        print_json([asdict(cohort) for cohort in every])
        return
    for one in every:
        told = "  simulated" if one.simulated else ""
        typer.echo(f"{one.id}  {one.starts_on} to {one.ends_on}  {one.name}{told}")
    if not every:
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
    workspace: Workspace = WORKSPACE,
) -> None:
    """Make a cohort, or change its name and days. Cohorts do not overlap."""
    from recommender.files.feedback import cohort_of_texts
    from recommender.programme import put_cohort
    from recommender.store import cohorts

    days = {"starts_on": starts, "ends_on": ends}
    cohort = cohort_of_texts({"id": cohort_id, "name": name or cohort_id, **days})
    with opened_store(workspace) as store:
        with store.read() as connection:
            stored = cohorts.get_all(connection).get(cohort.id)
        if stored is not None and name is None:
            cohort = replace(cohort, name=stored.name)
        new = put_cohort(store, cohort)
    typer.echo(f"Cohort {cohort.id} is {'new' if new else 'as given now'}.")

"""The command that invents feedback, to try out retraining."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.cohorts import Ends, Starts
from recommender.cli.common import EncoderName, Workspace, explained, opened


@explained
def simulate(
    cohort_id: Annotated[str, typer.Argument(metavar="COHORT", help="Id of a cohort to invent.")],
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILES",
            help="1–2 .csv files to write (feedback, cohorts), or one .xlsx for both.",
        ),
    ],
    starts: Starts = "2026-03-01",
    ends: Ends = "2026-08-31",
    seed: Annotated[int, typer.Option(help="The same seed gives the same feedback.")] = 1,
    k: Annotated[int, typer.Option("-k", help="How many mentors each mentee is shown.")] = 10,
    workspace: Workspace = None,
    encoder: EncoderName = None,
) -> None:
    """Invent a cohort's feedback for the sample organisation; everything made of it says so.

    Each mentee is asked for and shown mentors as a UI would do; import the files afterwards.
    """
    from recommender.cli.progress import shown_progress
    from recommender.files.feedback import FORMS, cohort_of_texts, write_feedback
    from recommender.simulation import simulate_cohort

    days = {"starts_on": starts, "ends_on": ends}
    name = f"{cohort_id} (simulated)"
    cohort = cohort_of_texts({"id": cohort_id, "name": name, **days, "simulated": "yes"})
    FORMS.of(paths)  # refuses at once what could not be written in the end
    with shown_progress() as progress, opened(workspace, encoder) as recommender:
        recommender.cohorts.check(cohort)
        reports = simulate_cohort(recommender, cohort, seed, k, progress)
        recommender.cohorts.put(cohort)
    write_feedback(paths, [cohort], reports)
    names = " ".join(map(str, paths))
    typer.echo(f"Wrote {len(reports)} simulated reports of cohort {cohort_id} to {names}.")
    where = f" --workspace {workspace}" if workspace else ""
    typer.echo(f"Import them with: tandem feedback import {names}{where}")

"""Commands about people: import, export, index and recommend."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from recommender.cli.common import (
    AsJson,
    EncoderName,
    Workspace,
    explained,
    opened,
    print_json,
)


@explained
def import_(
    paths: Annotated[list[Path], typer.Argument(help="1–3 .csv files, or one .xlsx workbook.")],
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Import people, statements and pairs: everything in the files, or nothing."""
    from recommender.cli.progress import shown_progress

    with shown_progress() as progress, opened(workspace, encoder) as recommender:
        report = recommender.people.import_files(paths, progress)
    if as_json:
        print_json(asdict(report))
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


@explained
def export(
    paths: Annotated[
        list[Path],
        typer.Argument(help="2–3 .csv files (people, statements, pairs), or one .xlsx workbook."),
    ],
    workspace: Workspace = None,
) -> None:
    """Write everybody to files that import reads again unchanged."""
    with opened(workspace) as recommender:
        n_people = recommender.people.export_files(paths)
    typer.echo(f"Wrote {n_people} people to {', '.join(map(str, paths))}.")


@explained
def index(
    workspace: Workspace = None, encoder: EncoderName = None, as_json: AsJson = False
) -> None:
    """Encode what is not encoded yet and rebuild the index from the database."""
    from recommender.cli.progress import shown_progress

    with shown_progress() as progress, opened(workspace, encoder, progress) as recommender:
        recommender.rebuild_index()
        organisation = recommender.mirror
        counts = {
            "people": len(organisation.roster),
            "skills": len(organisation.skills),
            "goals": len(organisation.goals),
            "encoder": recommender.encoder.digest,
        }
    if as_json:
        print_json(counts)
    else:
        typer.echo(
            f"Indexed {counts['skills']} skills and {counts['goals']} goals of {counts['people']} "
            f"people with {recommender.encoder.name}."
        )


@explained
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
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show the top mentors for a mentee, with reasons."""
    from recommender.cli.ranking_table import print_ranking
    from recommender.domain.people import Kind, Statement
    from recommender.domain.ranking import Query

    goals = tuple(Statement(Kind.GOAL, text, language, priority=2) for text in goal or ())
    query = Query(mentee_id=mentee, goals=goals, k=k)
    with opened(workspace, encoder) as recommender:
        ranking = recommender.recommend(query)
        name = recommender.people.get(mentee).name if mentee else ", ".join(ranking.goals)
    if as_json:
        print_json(asdict(ranking))
    else:
        print_ranking(ranking, name)

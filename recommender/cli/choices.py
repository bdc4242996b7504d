"""Commands by which people say something about their own gaps: a role profile, and links."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from recommender.cli.common import (
    OWN_ID,
    AsJson,
    EncoderName,
    Language,
    OwnLanguage,
    ReportLanguage,
    Workspace,
    explained,
    opened_for_gaps,
    print_json,
)
from recommender.domain.people import Kind

NO_PROFILE = "none"

profiles = typer.Typer(
    help="See what roles are expected to know, and choose one for oneself.", no_args_is_help=True
)
links = typer.Typer(
    help="See, choose and correct what one's own statements are about.", no_args_is_help=True
)

Person = Annotated[str, typer.Argument(help="Id of the person who says so.")]


@profiles.command("list")
@explained
def list_(
    language: ReportLanguage = Language.EN,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """List the role profiles that a person may choose."""
    with opened_for_gaps(workspace, encoder) as recommender:
        profiles = recommender.gaps.role_profiles()
    if as_json:
        print_json([asdict(profile) for profile in profiles])
        return
    for profile in profiles:
        typer.echo(f"{profile.id}  {profile.label[language]}. {profile.description[language]}")


@profiles.command("choose")
@explained
def choose(
    person: Person,
    profile: Annotated[
        str, typer.Argument(help="As `tandem role-profiles list` names it, or none.")
    ],
    workspace: Workspace = None,
    encoder: EncoderName = None,
) -> None:
    """Store the role profile that a person chose for themselves; nobody assigns one."""
    profile_id = None if profile == NO_PROFILE else profile
    with opened_for_gaps(workspace, encoder) as recommender:
        recommender.gaps.choose_role_profile(person, profile_id)
    typer.echo(f"Chosen: {profile_id}." if profile_id else "No role profile is chosen.")


@links.command("show")
@explained
def show(
    person: Annotated[str, OWN_ID],
    language: OwnLanguage = None,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show what a person's own statements are about, and what else to choose from."""
    from recommender.cli.gap_tables import print_own_links
    from recommender.domain.texts import reading_language

    with opened_for_gaps(workspace, encoder) as recommender:
        gaps = recommender.gaps.of(person)
        known = recommender.people.get(person)
    if as_json:
        print_json(asdict(gaps)["statements"])
    else:
        print_own_links(gaps.statements, language or reading_language(known.languages))


@links.command("concepts")
@explained
def concepts(
    language: ReportLanguage = Language.EN,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """List what a statement can be about, by id and name."""
    with opened_for_gaps(workspace, encoder) as recommender:
        listed = list(recommender.gaps.knowledge.concepts.values())
    if as_json:
        print_json([{"id": concept.id, "label": concept.label} for concept in listed])
        return
    for concept in listed:
        typer.echo(f"{concept.id}  {concept.label[language]}")


@links.command("correct")
@explained
def correct(
    person: Person,
    kind: Annotated[Kind, typer.Option(help="Kind of the statement.")],
    text: Annotated[str, typer.Option(help="The statement, as it is stored.")],
    concept: Annotated[
        list[str] | None,
        typer.Option(help="As `tandem links show` or `concepts` names it; repeatable."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="It is about none of them.")] = False,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="Return to what is recognised automatically.")
    ] = False,
    workspace: Workspace = None,
    encoder: EncoderName = None,
) -> None:
    """Store what a person's own statement is about; it wins over what is recognised."""
    if bool(concept) + none + automatic != 1:
        raise typer.BadParameter("Give --concept, or --none, or --automatic.")
    with opened_for_gaps(workspace, encoder) as recommender:
        recommender.gaps.correct_link(person, kind, text, None if automatic else concept or ())
    about = "what is recognised automatically" if automatic else ", ".join(concept or ["nothing"])
    typer.echo(f"Now about {about}.")

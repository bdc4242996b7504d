"""Commands about gaps: what a person has yet to learn, and the organisation's picture."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
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


@explained
def gaps(
    person: Annotated[str | None, OWN_ID] = None,
    language: OwnLanguage = None,
    workspace: Workspace = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Show a person their own gaps; or without one, the organisation's, in which nobody is seen."""
    if person is None:
        _organisation(language or Language.EN, workspace, encoder, as_json)
    else:
        _own(person, language, workspace, encoder, as_json)


@explained
def report(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Such as gaps.html.")],
    language: ReportLanguage = Language.EN,
    workspace: Workspace = None,
    encoder: EncoderName = None,
) -> None:
    """Write the organisation's picture for HR as one HTML page, to read or to print."""
    from recommender.skills.picture import write_report

    with opened_for_gaps(workspace, encoder) as recommender:
        picture = recommender.gaps.picture()
        today = recommender.clock().date()
    write_report(picture, language, path, today)
    typer.echo(f"Wrote {path}.")


def _own(
    person: str,
    language: Language | None,
    workspace: Path | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    from recommender.cli.gap_tables import print_own_gaps
    from recommender.domain.texts import reading_language

    with opened_for_gaps(workspace, encoder) as recommender:
        own_gaps = recommender.gaps.of(person)
        reader = recommender.people.get(person)
    if as_json:
        print_json(asdict(own_gaps))
    else:
        print_own_gaps(own_gaps, reader.name, language or reading_language(reader.languages))


def _organisation(
    language: Language, workspace: Path | None, encoder: str | None, as_json: bool
) -> None:
    from recommender.cli.gap_tables import print_organisation_gaps
    from recommender.skills.picture import organisation_as_json

    with opened_for_gaps(workspace, encoder) as recommender:
        picture = recommender.gaps.picture()
    if as_json:
        print_json(organisation_as_json(picture, language))
    else:
        print_organisation_gaps(picture, language)

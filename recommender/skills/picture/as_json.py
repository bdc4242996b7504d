"""The picture as JSON-serialisable fields, the same for the service and the command line."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import polars as pl

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import LANGUAGES

if TYPE_CHECKING:
    from recommender.skills.picture.organisation import OrganisationGaps

IN_A_LANGUAGE = ("label", "sentence")


def organisation_as_json(found: OrganisationGaps, language: str) -> dict[str, Any]:
    """Return the organisation's picture, a list of rows per table; a withheld number is null.

    Args:
        found: The picture.
        language: Of labels and sentences, "de" or "en".
    """
    tables = {
        field.name: _rows(getattr(found, field.name), language)
        for field in fields(found)
        if field.name != "people"
    }
    return {"language": language, "withheld_below": FEWEST, "people": found.people, **tables}


def _rows(table: pl.DataFrame, language: str) -> list[dict[str, Any]]:
    """Return a table's rows with ``label_de`` as ``label``, and none in another language."""
    ours = {f"{name}_{language}": name for name in IN_A_LANGUAGE}
    theirs = {f"{name}_{code}" for name in IN_A_LANGUAGE for code in LANGUAGES} - ours.keys()
    return table.drop(theirs, strict=False).rename(ours, strict=False).to_dicts()

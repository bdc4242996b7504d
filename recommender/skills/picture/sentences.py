"""The organisation's picture in five sentences, each true whatever is withheld."""

from __future__ import annotations

from typing import Any

import polars as pl

from recommender.domain.texts import text
from recommender.skills.picture.organisation import OrganisationGaps
from recommender.skills.picture.supply import EXPERT_FROM

Row = dict[str, Any]


def five_sentences(gaps: OrganisationGaps, language: str) -> tuple[str, ...]:
    """Return what stands out: what is wanted, bottlenecks, hidden experts, room, new topics.

    Args:
        gaps: The picture.
        language: "de" or "en".
    """
    return (
        _wanted(gaps, language),
        _bottlenecks(gaps, language),
        _hidden_experts(gaps, language),
        _room(gaps, language),
        _topics(gaps, language),
    )


def concept_names(gaps: OrganisationGaps, language: str) -> dict[str, str]:
    """Return what each concept is called, by its id."""
    return dict(gaps.concepts.select("concept", f"label_{language}").iter_rows())


def area_name(language: str, area: str) -> str:
    """Return what an area is called; its id where a company's own catalogue has another one."""
    try:
        return text(language, f"area.{area}")
    except KeyError:
        return area


def _wanted(gaps: OrganisationGaps, language: str) -> str:
    first = _first(gaps.areas, "want", descending=True)
    if first is None:
        return text(language, "report.no_wanted")
    area = area_name(language, first["area"])
    return text(language, "report.wanted", area=area, n=first["want"])


def _bottlenecks(gaps: OrganisationGaps, language: str) -> str:
    if gaps.bottlenecks.is_empty():
        return text(language, "report.no_bottleneck")
    first = gaps.bottlenecks.row(0, named=True)
    return text(
        language,
        "report.bottleneck",
        concept=concept_names(gaps, language)[first["concept"]],
        sentence=first[f"sentence_{language}"],
    )


def _hidden_experts(gaps: OrganisationGaps, language: str) -> str:
    first = _first(gaps.areas, "hidden_experts", descending=True)
    if first is None:
        return text(language, "report.no_hidden")
    area, n = area_name(language, first["area"]), first["hidden_experts"]
    return text(language, "report.hidden", area=area, n=n, level=EXPERT_FROM)


def _room(gaps: OrganisationGaps, language: str) -> str:
    room = pl.col("free_places") / pl.col("want")
    first = _first(gaps.areas.with_columns(room.alias("room")), "room", descending=False)
    if first is None:
        return text(language, "report.no_room")
    if first["room"] >= 1:
        return text(language, "report.room_for_all")
    area, free = area_name(language, first["area"]), first["free_places"]
    return text(language, "report.room", area=area, free=free, want=first["want"])


def _topics(gaps: OrganisationGaps, language: str) -> str:
    if gaps.topics.is_empty():
        return text(language, "report.no_topic")
    first = gaps.topics.row(0, named=True)
    return text(language, "report.topic", n=first["people"], words=", ".join(first["words"]))


def _first(table: pl.DataFrame, name: str, *, descending: bool) -> Row | None:
    """Return the row with the largest or smallest number that is shown; the earlier of equals."""
    shown = table.filter(pl.col(name).is_not_null())
    shown = shown.sort(name, descending=descending, maintain_order=True)
    return None if shown.is_empty() else shown.row(0, named=True)

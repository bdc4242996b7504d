"""Heat maps of areas by department or site, in parts that fit beside each other on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

ABREAST = 10
"""So many departments or sites fit on a sheet of A4."""
SHADES = 5


class Cell(NamedTuple):
    """A number of people with its shade, 1 to 5; both None if withheld."""

    n: int | None
    shade: int | None


class Part(NamedTuple):
    """Areas by some of the groups.

    Attributes:
        groups: Name, None for all others together, and number of people of each.
        rows: Id of each area with one cell per group.
    """

    groups: list[tuple[str | None, int]]
    rows: list[tuple[str, list[Cell]]]


class HeatMap(NamedTuple):
    """The parts, and the areas in which every number is withheld."""

    parts: list[Part]
    without: list[str]


def heat_map(table: pl.DataFrame, group: str, counted: str, areas: Sequence[str]) -> HeatMap | None:
    """Return what is counted by area and group, or None if there are no groups.

    The shade is by the share of the group's people, so that large groups are not darker for their
    size; the darkest is the largest share in any part.

    Args:
        table: ``areas_by_department`` or ``areas_by_site`` of the organisation's picture.
        group: ``department`` or ``site``.
        counted: ``want`` or ``can_teach``.
        areas: In the order of the rows.
    """
    groups = table.select(group, "people").unique(maintain_order=True).rows()
    if not groups:
        return None
    share = pl.col(counted) / pl.col("people")
    shade = (SHADES * share / share.max()).ceil().clip(1, SHADES).cast(pl.Int64)
    shaded = table.select(group, "area", counted, shade.alias("shade"))
    cells = {(name, area): Cell(*cell) for name, area, *cell in shaded.iter_rows()}
    shown = set(table.drop_nulls(counted)["area"])
    listed = [area for area in areas if area in shown]
    abreast = math.ceil(len(groups) / math.ceil(len(groups) / ABREAST))
    parts = []
    for first in range(0, len(groups) if listed else 0, abreast):
        beside = groups[first : first + abreast]
        rows = [(area, [cells[name, area] for name, _ in beside]) for area in listed]
        parts.append(Part(beside, rows))
    return HeatMap(parts, [area for area in areas if area not in shown])

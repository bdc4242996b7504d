"""Counting people per concept, area and group, and hiding what must not be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.skills.picture.cuts import Cut
from recommender.skills.picture.disclosure import (
    Counts,
    Family,
    Shown,
    shown_by_group,
    shown_in_all,
)

CONCEPTS, AREAS = 0, 1
"""What a row may be: places in pairs of tables."""


class Table(NamedTuple):
    """Numbers and which of them may be shown, of the same shape."""

    counts: Counts
    shown: Shown


class Catalogued:
    """The concepts and areas to count by, in the catalogue's order.

    Args:
        ids: Ids of concepts.
        area_of_concept: The area of each.

    Attributes:
        concepts, areas: Ids.
        area_of: Place of each concept's area, (n_concepts,) int64.
    """

    def __init__(self, ids: Sequence[str], area_of_concept: Sequence[str]) -> None:
        self.concepts = list(ids)
        self.areas = sorted(set(area_of_concept))
        place = {area: number for number, area in enumerate(self.areas)}
        self.area_of = np.array([place[area] for area in area_of_concept], dtype=np.int64)

    @property
    def keys(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """The columns that name the rows of tables by concept and by area."""
        area_of_concept = [self.areas[place] for place in self.area_of]
        return {"area": area_of_concept, "concept": self.concepts}, {"area": self.areas}


@dataclass(frozen=True)
class Tally:
    """Who is in which concept: one family of counts.

    Args:
        catalogued: What is counted by.
        n_people: How many people there are.
        person, concept: Pairs, none twice, (n_pairs,) int64.
    """

    catalogued: Catalogued
    n_people: int
    person: NDArray[np.int64]
    concept: NDArray[np.int64]

    @cached_property
    def in_area(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs of person and area, none twice."""
        n_areas = max(1, len(self.catalogued.areas))
        pairs = np.unique(self.person * n_areas + self.catalogued.area_of[self.concept])
        return pairs // n_areas, pairs % n_areas

    @cached_property
    def family(self) -> Family:
        """The counts in all."""
        return Family(
            self.catalogued.area_of,
            self.n_people,
            np.bincount(self.concept, minlength=len(self.catalogued.concepts)),
            np.bincount(self.in_area[1], minlength=len(self.catalogued.areas)),
        )

    @cached_property
    def shown(self) -> tuple[Shown, Shown]:
        """Which counts of concepts and areas in all may be shown."""
        return shown_in_all(self.family)

    @property
    def in_all(self) -> tuple[Table, Table]:
        """The tables of concepts and of areas in all."""
        return Table(self.family.concept, self.shown[0]), Table(self.family.area, self.shown[1])

    @property
    def pairs(self) -> tuple[tuple[Counts, Counts], tuple[Counts, Counts]]:
        """Pairs of person and concept, and of person and area."""
        return (self.person, self.concept), self.in_area

    def by_group(self, cut: Cut) -> tuple[Table, Table]:
        """Return the tables of concepts and of areas, (rows, n_groups)."""
        concept = _count(self.concept, cut.group[self.person], len(self.catalogued.concepts), cut)
        person, area = self.in_area
        areas = _count(area, cut.group[person], len(self.catalogued.areas), cut)
        shown = shown_by_group(self.family, concept, areas, cut.people)
        return Table(concept, shown[0]), Table(areas, shown[1])


def column(name: str, values: NDArray[np.int64], shown: Shown) -> pl.Series:
    """Return a column of whole numbers, null where one is not shown."""
    withheld = pl.repeat(None, values.size, dtype=pl.Int64, eager=True)
    all_of_them = pl.Series(name, values.ravel().astype(np.int64))
    return all_of_them.zip_with(pl.Series(shown.ravel()), withheld)


def _count(row: NDArray[np.int64], group: NDArray[np.int64], n_rows: int, cut: Cut) -> Counts:
    counts: Counts = np.bincount(row * len(cut) + group, minlength=n_rows * len(cut))
    return counts.reshape(n_rows, len(cut))

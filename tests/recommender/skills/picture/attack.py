"""An attacker who has every published table, knows every group's size, and can solve equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from recommender.domain.disclosure import FEWEST
from recommender.skills.picture.organisation import OrganisationGaps

Published = NDArray[np.float64]
"""A table whose withheld counts are NaN: rows of concepts or areas, columns of groups."""


@dataclass(frozen=True)
class Tables:
    """All that is published of one thing: in all, and per cut with the sizes of its groups.

    ``few`` are the concepts that are said to be under five; ``parts`` of a concept add up to it.
    """

    area_of: NDArray[np.int64]
    n_people: int
    concept: Published
    area: Published
    cuts: Sequence[tuple[NDArray[np.int64], Published, Published]]
    few: NDArray[np.bool_]
    parts: Published | None = None


def tables_of(picture: OrganisationGaps, counted: str) -> Tables:
    """Read what a picture says of ``want``, ``can_teach`` or ``hidden_experts``."""
    assert picture.people is not None
    areas = picture.areas["area"].to_list()
    cuts = []
    for by_concept, by_area in (
        (picture.by_department, picture.areas_by_department),
        (picture.by_site, picture.areas_by_site),
    ):
        if len(by_area) and counted in by_area.columns:
            n_groups = len(by_area) // len(areas)
            sizes = by_area["people"].to_numpy().reshape(n_groups, -1)[:, 0]
            concept, area = (
                _numbers(frame, counted).reshape(n_groups, -1).T for frame in (by_concept, by_area)
            )
            cuts.append((sizes, concept, area))
    narrow = picture.bottlenecks.filter(picture.bottlenecks["can_teach"].is_null())["concept"]
    levels = [_numbers(picture.concepts, name) for name in ("level_3", "level_4_5")]
    taught = counted == "can_teach"
    return Tables(
        np.array([areas.index(area) for area in picture.concepts["area"]]),
        picture.people,
        _numbers(picture.concepts, counted),
        _numbers(picture.areas, counted),
        cuts,
        picture.concepts["concept"].is_in(narrow.to_list()).to_numpy() & taught,
        np.stack(levels, axis=1) if taught else None,
    )


def weaknesses(tables: Tables) -> list[str]:
    """Return what the attacker finds out: a count that must be under five, or one for certain.

    Where the picture itself says "fewer than 5", the count must not be known for certain.
    """
    attacker = Attacker(tables)
    rows = []
    for name, variable, said_to_be_few in attacker.withheld:
        low, high = attacker.bounds(variable)
        if low == high or (high < FEWEST and not said_to_be_few):
            rows.append(f"{name}: {low} to {high}")
    return rows


def _numbers(frame: pl.DataFrame, name: str) -> Published:
    return frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()


@dataclass
class Attacker:
    """The unknown counts as variables of an integer programme."""

    tables: Tables
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float]] = field(default_factory=list)
    withheld: list[tuple[str, int, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        t = self.tables
        whole_concept = self._variables("concept", t.concept, np.array([t.n_people]))
        whole_area = self._variables("area", t.area, np.array([t.n_people]))
        self._unions(whole_concept, whole_area)
        for number, (people, concept, area) in enumerate(t.cuts):
            by_concept = self._variables(f"concept of cut {number}", concept, people)
            by_area = self._variables(f"area of cut {number}", area, people)
            self._unions(by_concept, by_area)
            self._add_up(whole_concept, by_concept)
            self._add_up(whole_area, by_area)
        if t.parts is not None:
            people = np.full(t.parts.shape[1], t.n_people)
            self._add_up(whole_concept, self._variables("level of concept", t.parts, people))
        for place in np.flatnonzero(t.few):
            self.high[whole_concept[place, 0]] = FEWEST - 1

    def bounds(self, variable: int) -> tuple[int, int]:
        """Return the smallest and the largest count that fits all that is published."""
        matrix = np.zeros((len(self.rows), len(self.low)))
        for number, (row, _) in enumerate(self.rows):
            for place, factor in row.items():
                matrix[number, place] = factor
        least = np.array([bound for _, bound in self.rows])
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(self.low))
            aim[variable] = sign
            solution = milp(
                aim,
                constraints=LinearConstraint(matrix, least, np.inf),
                bounds=Bounds(np.array(self.low), np.array(self.high)),
                integrality=np.ones(len(self.low)),
            )
            assert solution.status == 0, solution.message
            ends.append(round(sign * solution.fun))
        return ends[0], ends[1]

    def _variables(
        self, name: str, table: Published, people: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        table = table.reshape(len(table), -1)
        places = np.zeros(table.shape, dtype=np.int64)
        for (row, group), value in np.ndenumerate(table):
            places[row, group] = len(self.low)
            unknown = bool(np.isnan(value))
            if unknown:
                few = self._said_to_be_few(name, row)
                self.withheld.append((f"{name} {row}, group {group}", len(self.low), few))
            self.low.append(0 if unknown else value)
            self.high.append(float(people[group]) if unknown else value)
        return places

    def _said_to_be_few(self, name: str, row: int) -> bool:
        """A concept of which that is said, or an area that is that one concept."""
        if "concept" in name:
            return bool(self.tables.few[row])
        return bool(self.tables.few[self.tables.area_of == row].tolist() == [True])

    def _add_up(self, whole: NDArray[np.int64], parts: NDArray[np.int64]) -> None:
        for total, row in zip(whole[:, 0], parts, strict=True):
            difference = {int(total): -1.0, **{int(part): 1.0 for part in row}}
            self._at_least(difference, 0)
            self._at_least({item: -factor for item, factor in difference.items()}, 0)

    def _unions(self, concept: NDArray[np.int64], area: NDArray[np.int64]) -> None:
        """Whoever is in a concept is in its area, and nobody else is."""
        for row, variables in enumerate(area):
            members = np.flatnonzero(self.tables.area_of == row)
            for group, union in enumerate(variables):
                for member in members:
                    self._at_least({int(union): 1.0, int(concept[member, group]): -1.0}, 0)
                parts = {int(concept[member, group]): 1.0 for member in members}
                self._at_least({int(union): -1.0, **parts}, 0)

    def _at_least(self, row: dict[int, float], bound: float) -> None:
        self.rows.append((row, bound))

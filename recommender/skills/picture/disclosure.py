"""What may be shown of counts of people, so that nobody can compute a count under five.

Counts form one family: people per concept and per area, in all and in each group of a cut. A person
with several concepts of an area counts once in the area. The rules:

1. A count is shown if it and its rest are at least five: the rest of an area's people are those of
   the group who are not in it; the rest of a concept's people are those of its area who have other
   concepts only (where the area is not shown: all other people).
2. Where all concepts of an area would be shown, their sum exceeds the area's count by at least
   five: otherwise it tells how few people have several.
3. Groups add up to the whole. Where one is withheld, more are, largest group first and so whatever
   the counts are, until the withheld ones could stand in for each other (``_complete``).
4. A group's concept is shown only where the group's area is; if an area's concepts cannot be made
   safe, none of them is shown by group.
5. An area with a single concept is that concept, and both are shown or neither.

Why that holds: for every withheld count there is another organisation with the same shown counts
in which that count is five or more. Rule 3 leaves at least five people among the withheld who can
be moved to the group in question, one by one. Moving somebody's wish for a concept from one
department to another keeps both sums; the area's count of the department they leave stays if others
there have two concepts (the surplus below). Where no concept of an area is shown, the move can be
an exchange for another concept of the same area, and needs no surplus. The tests look for an
attack on small organisations by integer programming.

Source: primary and complementary cell suppression after Cox (1980), "Suppression methodology and
statistical disclosure control", JASA 75; for tables that are linked by unions we use our own
sufficient conditions in place of a search for the fewest suppressions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.disclosure import FEWEST

Counts = NDArray[np.int64]
Shown = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Family:
    """Counts of one thing, such as who wants what.

    Attributes:
        area_of: Place of each concept's area, (n_concepts,) int64.
        n_people: How many people there are.
        concept, area: People in all, (n_concepts,) and (n_areas,) int64.
    """

    area_of: NDArray[np.int64]
    n_people: int
    concept: Counts
    area: Counts


def shown_in_all(family: Family) -> tuple[Shown, Shown]:
    """Return which counts of concepts, (n_concepts,), and areas, (n_areas,), may be shown."""
    people = np.array([family.n_people])
    concept, area = family.concept[:, None], family.area[:, None]
    open_area = (area >= FEWEST) & (people - area >= FEWEST)
    open_concept = _open_concepts(family.area_of, concept, area, people, open_area)
    return open_concept[:, 0], open_area[:, 0]


def shown_by_group(
    family: Family, concept: Counts, area: Counts, people: Counts
) -> tuple[Shown, Shown]:
    """Return which counts of the groups of one cut may be shown beside those in all.

    Args:
        family: The counts in all.
        concept: People per concept and group, (n_concepts, n_groups) int64.
        area: People per area and group, (n_areas, n_groups) int64.
        people: People per group, each at least 5, (n_groups,) int64.

    Returns:
        Masks of the shapes of ``concept`` and ``area``.
    """
    whole_concept, whole_area = shown_in_all(family)
    order = np.argsort(-people, kind="stable")
    area_shown = np.zeros(area.shape, dtype=np.bool_)
    open_area = (area >= FEWEST) & (people - area >= FEWEST)
    for row in np.flatnonzero(whole_area):
        shown = _complete(open_area[row], area[row], people - area[row], order)
        if shown is not None:
            area_shown[row] = shown
    open_concept = _open_concepts(family.area_of, concept, area, people, area_shown)
    open_concept &= area_shown[family.area_of] & whole_concept[:, None]
    surplus = _sums(family.area_of, concept, len(area)) - area
    concept_shown = np.zeros(concept.shape, dtype=np.bool_)
    for row in np.flatnonzero(area_shown.any(axis=1)):
        spare = np.minimum(concept, surplus[row])
        if np.count_nonzero(family.area_of == row) == 1:
            concept_shown[family.area_of == row] = area_shown[row]
            continue
        rows = np.flatnonzero((family.area_of == row) & whole_concept)
        masks = [_complete(open_concept[c], spare[c], area[row] - concept[c], order) for c in rows]
        safe = [mask for mask in masks if mask is not None]
        if len(safe) == len(rows) > 0:
            concept_shown[rows] = safe
    return concept_shown, area_shown


def _open_concepts(
    area_of: NDArray[np.int64], concept: Counts, area: Counts, people: Counts, area_shown: Shown
) -> Shown:
    """Apply rules 1 and 2 to counts per concept and group, (n_concepts, n_groups)."""
    whole = np.where(area_shown, area, people)[area_of]
    shown: Shown = (concept >= FEWEST) & (whole - concept >= FEWEST)
    n_areas = len(area)
    alone = np.bincount(area_of, minlength=n_areas)[area_of] == 1
    shown[alone] = area_shown[area_of[alone]]
    all_shown = _sums(area_of, (~shown).astype(np.int64), n_areas) == 0
    telling = all_shown & area_shown & (_sums(area_of, concept, n_areas) - area < FEWEST)
    for row, group in np.argwhere(telling):
        rows = np.flatnonzero(area_of == row)
        if len(rows) > 1:
            shown[rows[concept[rows, group].argmin()], group] = False
    return shown


def _complete(shown: Shown, spare: Counts, room: Counts, order: NDArray[np.int64]) -> Shown | None:
    """Withhold as many more groups of one row as it takes, in a fixed order.

    Args:
        shown: Which counts could be shown for themselves, (n_groups,) bool.
        spare: How many people each group could give to others, (n_groups,) int64.
        room: How many each could take, (n_groups,) int64.
        order: In which order groups are withheld, (n_groups,) int64.

    Returns:
        What is shown, or None if withholding all is not enough.
    """
    withheld = ~shown
    if not withheld.any():
        return shown
    more = order[shown[order]]
    spare_sums = np.cumsum([spare[withheld].sum(), *spare[more]])
    room_sums = np.cumsum([room[withheld].sum(), *room[more]])
    largest = np.maximum.accumulate([spare[withheld].max(), *spare[more]])
    enough = (spare_sums >= FEWEST) & (room_sums >= FEWEST) & (spare_sums > largest)
    if not enough.any():
        return None
    result = shown.copy()
    result[more[: int(enough.argmax())]] = False
    return result


def _sums(area_of: NDArray[np.int64], concept: Counts, n_areas: int) -> Counts:
    """Add the concepts of each area, (n_areas, n_groups)."""
    sums = np.zeros((n_areas, concept.shape[1]), dtype=np.int64)
    np.add.at(sums, area_of, concept)
    return sums

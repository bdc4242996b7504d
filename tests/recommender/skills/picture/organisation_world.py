"""Small organisations, given by who wants and knows what, without texts or vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.skills.catalogue import Concept
from recommender.skills.picture.material import Material, Outside
from recommender.skills.picture.organisation import OrganisationGaps, picture
from recommender.store.picture import ActivePerson
from tests.recommender.skills.knowledge_world import concept

NOTHING = np.zeros(0, dtype=np.int64)
NO_TEXTS = Outside(np.zeros((0, 0), dtype=np.float32), [], NOTHING, NOTHING, [])


def somebody(
    number: int,
    department: str = "IT",
    site: str = "Bonn",
    mentors: bool = True,
    free_places: int = 1,
) -> ActivePerson:
    return ActivePerson(number, department, site, mentors, free_places)


def material(
    people: Sequence[ActivePerson],
    wants: NDArray[np.bool_],
    level: NDArray[np.int8],
    outside: Outside = NO_TEXTS,
) -> Material:
    """Return material from who wants what and at which level they know it, (people, concepts)."""
    wish_person, wish_concept = np.nonzero(wants)
    skill_person, skill_concept = np.nonzero(level)
    return Material(
        list(people),
        wish_person,
        wish_concept,
        skill_person,
        skill_concept,
        level[skill_person, skill_concept],
        outside,
        set(),
    )


def catalogue(names: Sequence[str]) -> dict[str, Concept]:
    return {name: concept(name) for name in names}


def picture_of(
    people: Sequence[ActivePerson],
    names: Sequence[str],
    wants: NDArray[np.bool_],
    level: NDArray[np.int8] | None = None,
) -> OrganisationGaps:
    if level is None:
        level = np.zeros(wants.shape, dtype=np.int8)
    return picture(material(people, wants, level), catalogue(names))

"""A catalogue of four concepts, a linker that knows them by one word each, and two profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from recommender.skills.catalogue import Concept
from recommender.skills.knowledge import Knowledge
from recommender.skills.role_profiles import Expectation, RoleProfile
from tests.conftest import HashEncoder

if TYPE_CHECKING:
    from recommender.skills.linking.linker import ConceptLinker

REPORTS, CLIPS, TEAMS, ROBOTS = "office.reports", "media.clips", "people.teams", "plant.robots"
WORD = {REPORTS: "reports", CLIPS: "clips", TEAMS: "teams", ROBOTS: "robots"}
PROFILE = RoleProfile(
    "plant-manager",
    {"de": "Werksleitung", "en": "Plant manager"},
    {"de": "Führt ein Werk.", "en": "Runs a plant."},
    (Expectation(ROBOTS, 3), Expectation(CLIPS, 4)),
)
MODEST = RoleProfile(
    "office-lead",
    {"de": "Büroleitung", "en": "Office lead"},
    {"de": "Führt ein Büro.", "en": "Runs an office."},
    (Expectation(REPORTS, 2), Expectation("gone.concept", 5)),
)


def concept(name: str) -> Concept:
    label = {"de": f"{name} (de)", "en": f"{name} (en)"}
    none: Mapping[str, tuple[str, ...]] = {"de": (), "en": ()}
    return Concept(name, label, label, none, none, none, none, none, (), ())


@dataclass(frozen=True, slots=True)
class WordLinks:
    row: NDArray[np.int64]
    concept: NDArray[np.int64]
    probability: NDArray[np.float64]


class WordLinker:
    """Links a text to each concept whose word it holds: its probability is their cosine."""

    threshold = 0.35

    def __init__(self, concepts: Sequence[str], words: Mapping[str, str] = WORD) -> None:
        self.concepts = tuple(concepts)
        self.n_linked = 0
        self._vectors = HashEncoder().encode([words.get(one, one) for one in concepts])

    def links(
        self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = 3
    ) -> WordLinks:
        self.n_linked += len(vectors)
        cosine = vectors @ self._vectors.T
        place_of = np.argsort(-cosine, axis=1, kind="stable")
        first = np.argsort(place_of, axis=1) < most
        least = self.threshold if threshold is None else threshold
        row, place = np.nonzero((cosine >= least) & first)
        return WordLinks(row, place, cosine[row, place].astype(np.float64))


def knowledge(
    catalogue: Sequence[str] = tuple(WORD), linker: WordLinker | None = None
) -> Knowledge:
    """Return a catalogue of these concepts, with a linker that knows all four."""
    chosen = linker or WordLinker(tuple(WORD))
    profiles = (MODEST, PROFILE)
    return Knowledge(map(concept, catalogue), profiles, cast("ConceptLinker", chosen))

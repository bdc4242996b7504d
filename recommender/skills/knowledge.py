"""What gaps are told by: the catalogue, the role profiles and the linker, opened when needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder
from recommender.skills.catalogue import Concept, read_catalogue
from recommender.skills.linking.linker import MOST, ConceptLinker
from recommender.skills.role_profiles import RoleProfile, read_role_profiles
from recommender.store.shipped import shipped


class Knowledge:
    """The catalogue with what depends on it.

    Args:
        concepts: Of the catalogue.
        profiles: Role profiles.
        linker: Links texts to concepts; it may know others than the catalogue holds now.

    Attributes:
        concepts: By id, in the order of the catalogue.
        place_of: Place in that order by id.
        profiles: By id.
        digest: Of the concepts and the linker, 64 hexadecimal digits.
    """

    def __init__(
        self,
        concepts: Iterable[Concept],
        profiles: Iterable[RoleProfile],
        linker: ConceptLinker,
    ) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        self.place_of = {concept: place for place, concept in enumerate(self.concepts)}
        self.profiles = {profile.id: profile for profile in profiles}
        self._linker = linker
        # Whatever is counted by concepts changes with them and with who links to them.
        named = "\n".join([*self.concepts, "", *linker.concepts, str(linker.threshold)])
        self.digest = hashlib.sha256(named.encode()).hexdigest()
        places = [self.place_of.get(concept, -1) for concept in linker.concepts]
        self._place = np.array(places, dtype=np.int64)

    def links(
        self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = MOST
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return which texts belong to which concepts, as arrays of equal length.

        A link to a concept that the catalogue has lost is left out.

        Args:
            vectors: Unit rows, (n, dimension) float32.
            threshold: Probability from which a text is linked; the linker's own if not given.
            most: So many links per text, the likeliest.

        Returns:
            Rows of ``vectors``, int64, ascending; places of concepts, int64; and how probable the
            linker takes each link to be, 0 to 1, float64.
        """
        links = self._linker.links(vectors, threshold, most)
        place = self._place[links.concept]
        held = place >= 0
        return links.row[held].astype(np.int64), place[held], links.probability[held].astype(float)


def open_knowledge(encoder: Encoder, workspace: Path, progress: Progress = silent) -> Knowledge:
    """Read what ships with Tandem; that takes about a second, most of it for the catalogue.

    Where no linker fits the encoder, one is made and kept in the workspace, which takes minutes.

    Args:
        encoder: Whose vectors the linker is to link.
        workspace: The workspace.
        progress: Told while a linker is made.
    """
    from recommender.skills.linking.learning.building import open_linker

    concepts = read_catalogue(shipped("data/catalogue"))
    profiles = read_role_profiles(
        shipped("data/role_profiles"), {concept.id for concept in concepts}
    )
    linker = open_linker(encoder, workspace, progress=progress)
    return Knowledge(concepts, profiles.values(), linker)

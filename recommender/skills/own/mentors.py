"""Which mentors can teach which concept, by what they state, kept equal to the organisation.

A statement's automatic link never changes, since a statement with another text is another
statement. So each is linked once, when it is first seen, in pieces between which others get at the
organisation; after that, a change costs a pass over the columns of the index and no arithmetic on
vectors.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.matching import NOBODY, Mirror, StatementIndex
from recommender.skills.knowledge import Knowledge

CHUNK = 32_768
NONE = np.zeros(0, dtype=np.int64)

Corrections = Mapping[int, tuple[str, ...]]


class MentorConcepts:
    """Skill statements of people who may mentor, by concept. Safe to share between threads.

    Args:
        organisation: Its index of skills is what is linked.
        knowledge: The catalogue and the linker.
        corrections: Reads the corrected links: concepts by statement id.
    """

    def __init__(
        self,
        organisation: Mirror,
        knowledge: Knowledge,
        corrections: Callable[[], Corrections],
    ) -> None:
        self._organisation = organisation
        self._knowledge = knowledge
        self._corrections = corrections
        self._lock = threading.Lock()
        self._index: StatementIndex | None = None
        self._revision = -1
        self._linked = NONE  # ids of the statements that are linked, ascending
        self._statement, self._concept = NONE, NONE  # their automatic links
        # Place of the concept, ascending, person and level of each link.
        self._by_concept: tuple[NDArray[np.integer[Any]], ...] = (NONE, NONE, NONE)

    def n_able(self, concept: str, level: int, eligible: NDArray[np.bool_]) -> int:
        """Return how many of these people state a skill in a concept at a level or above.

        Args:
            concept: Id of a concept.
            level: 1 to 5.
            eligible: Who counts, by number, (n_people_rows,) bool.
        """
        place = self._knowledge.place_of.get(concept)
        if place is None:
            return 0
        concepts, person, rating = self._by_concept
        start, end = np.searchsorted(concepts, [place, place + 1])
        able = person[start:end][rating[start:end] >= level]
        return len(np.unique(able[eligible[able]]))

    def refresh(self) -> None:
        """Follow the organisation; whoever comes first after a start waits for every link."""
        with self._lock:
            while (unlinked := self._next_unlinked()) is not None:
                statement, vector = unlinked
                row, concept, _ = self._knowledge.links(vector)
                self._linked = np.sort(np.concatenate([self._linked, statement]))
                self._statement = np.concatenate([self._statement, statement[row]])
                self._concept = np.concatenate([self._concept, concept])

    def _next_unlinked(self) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """Return some statements with their vectors; None once all are linked and arranged."""
        organisation = self._organisation
        with organisation.lock:
            index = organisation.skills
            if index is not self._index:
                # Built anew, perhaps since the database was replaced: ids may mean another text.
                self._index, self._revision = index, -1
                self._linked = self._statement = self._concept = NONE
            if organisation.revision == self._revision:
                return None
            rows = np.flatnonzero(index.person != NOBODY)
            new = rows[~np.isin(index.statement[rows], self._linked)][:CHUNK]
            if len(new):
                return index.statement[new], index.vector[new]
            self._arrange(index, rows)
            self._revision = organisation.revision
            return None

    def _arrange(self, index: StatementIndex, rows: NDArray[np.int64]) -> None:
        """Put whoever states these rows of the index in the order of concepts."""
        rows = rows[np.argsort(index.statement[rows])]
        stated = index.statement[rows]
        self._linked = self._linked[np.isin(self._linked, stated)]
        kept = np.isin(self._statement, stated)
        self._statement, self._concept = self._statement[kept], self._concept[kept]
        statement, concept = self._corrected()
        held = np.isin(statement, stated)
        statement, concept = statement[held], concept[held]
        row = rows[np.searchsorted(stated, statement)]
        order = np.argsort(concept, kind="stable")
        self._by_concept = concept[order], index.person[row[order]], index.rating[row[order]]

    def _corrected(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return statements and places of their concepts, corrected where somebody did so."""
        corrections = self._corrections()
        place_of = self._knowledge.place_of
        pairs = [
            (statement, place_of[concept])
            for statement, concepts in corrections.items()
            for concept in concepts
            if concept in place_of
        ]
        corrected = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2)
        automatic = ~np.isin(self._statement, list(corrections))
        return (
            np.concatenate([self._statement[automatic], corrected[:, 0]]),
            np.concatenate([self._concept[automatic], corrected[:, 1]]),
        )

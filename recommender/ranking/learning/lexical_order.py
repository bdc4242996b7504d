"""The lexical order of logged lists, for comparison: BM25 over what people state today.

The words of a query are not logged, so the mentee's stored goals stand for them, and the mentors'
skills as they are now. Whoever has no goal any more is left out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.people import Kind
from recommender.matching import goal_weights
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.lexical import LexicalIndex
from recommender.store import Transaction, people

MOST_MENTEES = 1000
"""An interval over so many is narrow enough for a baseline."""


@dataclass(frozen=True, slots=True)
class LexicalOrder:
    """Scores lists by the words that goals and skills share.

    Attributes:
        index: The skills of the mentors shown.
        goals: Text and priority of each mentee's goals, by the mentee's number.
    """

    index: LexicalIndex
    goals: dict[int, list[tuple[str, int]]]

    @classmethod
    def read(cls, connection: Transaction, mentors: NDArray[np.int64]) -> LexicalOrder:
        """Read what is stated today; ``mentors`` are the numbers of those whose skills matter."""
        numbers = set(mentors.tolist())
        skills = [
            saying for saying in people.sayings(connection, Kind.SKILL) if saying[0] in numbers
        ]
        goals: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for person, text, priority in people.sayings(connection, Kind.GOAL):
            goals[person].append((text, priority or 1))
        owner = np.array([person for person, _, _ in skills], dtype=np.int64)
        return cls(LexicalIndex([text for _, text, _ in skills], owner), dict(goals))

    def scores(self, examples: Examples, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return the scores of all rows of up to 1,000 mentees, NaN for the others, (n,)."""
        mentees = [number for number in np.unique(examples.mentee).tolist() if number in self.goals]
        if len(mentees) > MOST_MENTEES:
            mentees = np.sort(rng.choice(mentees, MOST_MENTEES, replace=False)).tolist()
        score = np.full(len(examples), np.nan)
        order = np.argsort(examples.mentee, kind="stable")
        starts = np.searchsorted(examples.mentee[order], mentees)
        ends = np.searchsorted(examples.mentee[order], mentees, side="right")
        for mentee, start, end in zip(mentees, starts, ends, strict=True):
            rows = order[start:end]
            texts, priorities = zip(*self.goals[mentee], strict=True)
            weights = goal_weights(np.array(priorities, dtype=np.int8))
            score[rows] = self.index.scores(texts, weights, examples.mentor[rows])
        return score

"""The lexical order: what shared words alone achieve, as a baseline for rankers.

Words are runs of letters and digits in lower case. German compounds are not split and nothing is
stemmed, so "Chatbots" does not find "Chatbot": this is what a plain text search would do.

Source: BM25 as in Robertson and Zaragoza 2009, "The probabilistic relevance framework: BM25 and
beyond", in Lucene's variant (Kamphuis et al. 2020, "Which BM25 do you mean?"). A word that stands f
times in a statement of l words, and in n of all N statements, adds
ln(1 + (N − n + 0.5) / (n + 0.5)) · f / (f + k1 · (1 − b + b · l / mean l)).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.matching import expand_runs, goal_affinities

K1 = 1.2
B = 0.75
WORD = re.compile(r"[^\W_]+")


class LexicalIndex:
    """Finds by words how well people's skill statements cover goals.

    Args:
        statements: The skill statements, n of them.
        owner: Whose statement each is, any whole numbers, (n,) int64.
    """

    def __init__(self, statements: Sequence[str], owner: NDArray[np.int64]) -> None:
        order = np.argsort(owner, kind="stable")
        self._owners, self._starts, self._counts = np.unique(
            owner[order], return_index=True, return_counts=True
        )
        self._columns: dict[str, int] = {}
        self._weights = self._weigh([statements[row] for row in order])

    def scores(
        self, goals: Sequence[str], weights: NDArray[np.float64], owners: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return how well each owner covers the goals, 0 or more, (m,).

        A goal's score is the mean of an owner's best three statements, as in
        :mod:`recommender.matching.affinity`; who has none, or shares no word, scores 0.

        Args:
            goals: What is asked for, g texts; a word counts as often as it stands there.
            weights: The goals' weights, (g,); they usually add up to 1.
            owners: Who is to be scored, (m,).
        """
        place = np.searchsorted(self._owners, owners)
        known = np.flatnonzero(np.isin(owners, self._owners))
        starts, counts = self._starts[place[known]], self._counts[place[known]]
        candidate, rows = expand_runs(starts, counts)
        asked = np.zeros((len(self._columns), len(goals)))
        for column, goal in enumerate(goals):
            for word, n in Counter(words(goal)).items():
                if word in self._columns:
                    asked[self._columns[word], column] = n
        bm25 = (self._weights[rows] @ asked).T
        score = np.zeros(len(owners))
        by_goal = goal_affinities(bm25, candidate, len(known)).affinity
        score[known] = (by_goal * weights).sum(axis=1)
        return score

    def _weigh(self, statements: Sequence[str]) -> sparse.csr_array:
        """Learn the words, and return what each adds to each statement, (n_statements, n_words)."""
        counts = [Counter(words(statement)) for statement in statements]
        columns: list[int] = []
        frequencies: list[int] = []
        for count in counts:
            columns += [self._columns.setdefault(word, len(self._columns)) for word in count]
            frequencies += count.values()
        column, frequency = np.array(columns, np.int64), np.array(frequencies, np.float64)
        n_different = np.array([len(count) for count in counts], np.int64)
        row = np.repeat(np.arange(len(counts)), n_different)
        n_with = np.bincount(column, minlength=len(self._columns))
        rarity = np.log1p((len(counts) - n_with + 0.5) / (n_with + 0.5))
        length = np.bincount(row, frequency, minlength=len(counts))
        longer = length[row] / (frequency.sum() / max(len(counts), 1))
        saturation = frequency / (frequency + K1 * (1.0 - B + B * longer))
        return sparse.csr_array(
            (rarity[column] * saturation, (row, column)), shape=(len(counts), len(self._columns))
        )


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, in their order."""
    return WORD.findall(text.lower())

"""Emerging topics: what people want or know that the catalogue has no concept for.

A topic is a cluster of statements of at least five people. It is called by its most typical words,
and a word may stand there only if at least five people of the topic used it, in two statements that
differ (unless all say the same), and it is nobody's name: so no statement is ever quoted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering

from recommender.domain.disclosure import FEWEST
from recommender.skills.picture.material import Outside

TOGETHER = 0.35
"""Mean cosine from which statements make up a topic.

Source: own measurement with the bundled encoder on 71 concepts that it never saw: 0.30 is the
median of two sentences of one concept, 0.31 the 95th percentile of two sentences of different ones;
clusters agreed best with the concepts at 0.30 to 0.35.
"""
SAMPLE = 3_000
"""So many texts, evenly spread, are clustered with each other; the others join the nearest one."""
N_WORDS = 5
WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Topic:
    """What at least five people speak of.

    Args:
        words: 1 to 5 words, the most typical first.
        people: How many people speak of it.
    """

    words: tuple[str, ...]
    people: int


def emerging_topics(outside: Outside, names: Iterable[str]) -> list[Topic]:
    """Return the topics outside the catalogue, those of most people first.

    Args:
        outside: Statements that belong to no concept.
        names: Names of people; none of their parts names a topic.
    """
    cluster = _clusters(outside.vectors)
    of_statement = cluster[outside.text] if len(cluster) else outside.text
    forbidden = _ordinary() | {part.lower() for name in names for part in WORD.findall(name)}
    n_texts_with = Counter(word for text in outside.background for word in _words(text))
    n_texts = len(outside.background)
    spoken = [_words(text) for text in outside.texts]
    topics = []
    for place in range(int(cluster.max(initial=-1)) + 1):
        rows = np.flatnonzero(of_statement == place)
        speakers = np.unique(outside.person[rows])
        if len(speakers) < FEWEST:
            continue
        uses = {
            (int(outside.person[row]), word)
            for row in rows
            for word in spoken[outside.text[row]].keys() - forbidden
        }
        n_speakers = Counter(word for _, word in uses)
        texts = [spoken[text] for text in np.unique(outside.text[rows])]
        # By texts, not by people: or one sentence that many share would be told word by word.
        n_inside = Counter(word for text in texts for word in text)
        typical = {
            word: n_inside[word] * math.log((1 + n_texts) / (1 + n_texts_with[word]))
            for word, n in n_speakers.items()
            if n >= FEWEST and n_inside[word] >= min(len(texts), 2)
        }
        best = sorted(typical, key=lambda word: (-typical[word], word))[:N_WORDS]
        if best:
            topics.append(Topic(tuple(_spelled(word, texts) for word in best), len(speakers)))
    return sorted(topics, key=lambda topic: (-topic.people, topic.words))


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    """Return German and English words that stand in statements of any topic."""
    listed = files("recommender.skills.picture").joinpath("ordinary_words.txt")
    return frozenset(listed.read_text(encoding="utf-8").split())


def _clusters(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the cluster of each text, or −1 if it is like no other, (n_texts,) int64."""
    n_texts = len(vectors)
    if n_texts < 2:  # too few to compare
        return np.zeros(n_texts, dtype=np.int64)
    sample = np.unique(np.linspace(0, n_texts - 1, min(n_texts, SAMPLE)).astype(np.int64))
    label = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=1 - TOGETHER
    ).fit_predict(vectors[sample])
    n_clusters = int(label.max()) + 1
    means = np.zeros((n_clusters, vectors.shape[1]), dtype=np.float32)
    np.add.at(means, label, vectors[sample])
    means /= np.bincount(label)[:, None]
    nearness = vectors @ means.T
    nearest = nearness.argmax(axis=1)
    cluster = np.where(nearness.max(axis=1) >= TOGETHER, nearest, -1).astype(np.int64)
    cluster[sample] = label
    return cluster


def _words(text: str) -> dict[str, str]:
    """Return the words of a text in lower case, each with its spelling."""
    return {word.lower(): word for word in WORD.findall(text)}


def _spelled(word: str, texts: Iterable[dict[str, str]]) -> str:
    """Return how a word is mostly spelled: German nouns have a capital."""
    spellings = Counter(text[word] for text in texts if word in text)
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling))

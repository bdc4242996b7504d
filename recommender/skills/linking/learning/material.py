"""What the links are learned from and measured on: the catalogue, and statements outside of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder
from recommender.skills.catalogue import LANGUAGES, LEAST, Concept
from recommender.skills.linking.learning.sources import (
    MEASURE,
    OffTopic,
    Plain,
    Statements,
    number_of,
)

N_FOLDS = 3
NAMES = "names"
PLAIN_KINDS = ("plain_goals", "plain_skills")
NEVER, ALWAYS = -1, -2


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Sentences of concepts as vectors; n of them, about ``n_concepts`` concepts.

    Attributes:
        n_concepts: How many concepts.
        vectors: (n, d) float32.
        concept: Whose sentence, 0 to n_concepts − 1, (n,) int64.
        language: (n,) str.
        kind: ``goals``, ``messy_goals``, ``skills`` or ``levels``, ``plain_goals`` or
            ``plain_skills``, or ``names`` for label, synonyms and description, (n,) str.
        unseen: Whether the bundled encoder never saw a sentence of the concept, (n,) bool.
        fold: In which round it is held out, (n,) int64; −1: never, −2: always, no probe learns
            from it. A sentence of a development concept is in one of the rounds, of the other
            concepts only the sentences that no encoder of ours was trained on.
        off_topic: Vectors of off-topic statements, (m, d) float32.
        off_topic_fold: In which round each is held out, (m,) int64; −1: kept for measuring.
    """

    n_concepts: int
    vectors: NDArray[np.float32]
    concept: NDArray[np.int64]
    language: NDArray[np.str_]
    kind: NDArray[np.str_]
    unseen: NDArray[np.bool_]
    fold: NDArray[np.int64]
    off_topic: NDArray[np.float32]
    off_topic_fold: NDArray[np.int64]

    def learned(self, fold: int) -> NDArray[np.bool_]:
        """Return which sentences are learned from in a round, (n,) bool; −1: in the end."""
        rows: NDArray[np.bool_] = (self.fold == NEVER) | ((self.fold >= 0) & (self.fold != fold))
        return rows

    @property
    def plain(self) -> NDArray[np.bool_]:
        """Which sentences are plainly worded, (n,) bool."""
        return np.isin(self.kind, PLAIN_KINDS)


def material(
    encoder: Encoder,
    catalogue: Sequence[Concept],
    statements: Statements,
    progress: Progress = silent,
) -> Material:
    """Encode everything once; of equal texts of one concept, each counts.

    A plain statement of a concept that the catalogue has lost is left out.
    """
    sentences = [s for i, concept in enumerate(catalogue) for s in _sentences(i, concept)]
    place_of = {concept.id: place for place, concept in enumerate(catalogue)}
    plain = [statement for statement in statements.plain if statement.concept in place_of]
    sentences += [_plain(place_of[statement.concept], statement) for statement in plain]
    off_topic = statements.off_topic
    texts = [sentence[-1] for sentence in sentences] + [statement.text for statement in off_topic]
    vectors = encoder.encode(texts, progress)
    concept = np.array([sentence[0] for sentence in sentences], dtype=np.int64)
    unseen = np.array([entry.development for entry in catalogue], dtype=np.bool_)
    return Material(
        len(catalogue),
        vectors[: len(sentences)],
        concept,
        np.array([sentence[1] for sentence in sentences], dtype=np.str_),
        np.array([sentence[2] for sentence in sentences], dtype=np.str_),
        unseen[concept],
        np.array([sentence[3] for sentence in sentences], dtype=np.int64),
        vectors[len(sentences) :],
        np.array([_off_topic_fold(statement) for statement in off_topic], dtype=np.int64),
    )


def _sentences(place: int, concept: Concept) -> Iterator[tuple[int, str, str, int, str]]:
    """Yield concept, language, kind, fold and text."""
    for language in LANGUAGES:
        names = (concept.label[language], concept.description[language])
        for text in (*names, *concept.synonyms[language]):
            yield place, language, NAMES, NEVER, text
        for text in concept.levels[language]:
            yield place, language, "levels", NEVER, text
        for kind in LEAST:
            kept_out = concept.kept_out(kind, language)
            for number, text in enumerate(concept.sentences(kind, language)):
                if concept.development:
                    fold = number % N_FOLDS
                else:
                    fold = place % N_FOLDS if text == kept_out else NEVER
                yield place, language, kind, fold, text


def _plain(place: int, statement: Plain) -> tuple[int, str, str, int, str]:
    fold = ALWAYS if statement.use == MEASURE else NEVER
    return place, statement.language, f"plain_{statement.kind}s", fold, statement.text


def _off_topic_fold(statement: OffTopic) -> int:
    return NEVER if statement.measured else number_of(statement.id) % N_FOLDS

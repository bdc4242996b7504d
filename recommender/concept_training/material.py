"""What the links are learned from and measured on: the catalogue, and statements outside of it."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.artefacts import file_digest
from recommender.catalogue import LANGUAGES, LEAST, Concept
from recommender.domain import Progress, silent
from recommender.encoder import Encoder
from recommender.errors import InvalidInput, Problem

OFF_TOPIC = "off_topic.csv"
COLUMNS = ["id", "language", "kind", "text"]
N_FOLDS = 3
NAMES = "names"
NEVER = -1


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A statement that belongs to no concept of the catalogue.

    Args:
        id: Stable.
        language: ``de`` or ``en``.
        kind: ``goal``, ``skill`` or ``everyday``.
        text: What somebody says.
    """

    id: str
    language: str
    kind: str
    text: str

    @property
    def measured(self) -> bool:
        """Whether it is kept for measuring; the others are for fitting and calibration."""
        return _number(self.text) % 2 == 1


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Sentences of concepts as vectors; n of them, about ``n_concepts`` concepts.

    Attributes:
        n_concepts: How many concepts.
        vectors: (n, d) float32.
        concept: Whose sentence, 0 to n_concepts − 1, (n,) int64.
        language: (n,) str.
        kind: ``goals``, ``messy_goals``, ``skills`` or ``levels``, or ``names`` for label,
            synonyms and description, (n,) str.
        unseen: Whether the bundled encoder never saw a sentence of the concept, (n,) bool.
        fold: In which round it is held out, (n,) int64; −1: never. A sentence of a development
            concept is in one of them, of the other concepts only the sentences that no encoder of
            ours was trained on.
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


def read_off_topic(path: Path) -> tuple[OffTopic, ...]:
    """Read ``off_topic.csv``: id, language, kind, text.

    Raises:
        InvalidInput: if it is missing, a column or a cell is, or an id or a text stands twice.
    """
    if not path.is_file():
        raise InvalidInput([_wrong("file", "nothing", "off-topic statements beside the catalogue")])
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = Counter(row.get(column) for row in rows for column in ("id", "text"))
    problems = []
    for line, row in enumerate(rows, start=2):
        if list(row) != COLUMNS or not all(row.values()) or row["language"] not in LANGUAGES:
            expected = f"{', '.join(COLUMNS)}, all filled, in one of {', '.join(LANGUAGES)}"
            problems.append(_wrong(f"line {line}", row, expected))
        elif seen[row["id"]] > 1 or seen[row["text"]] > 1:
            problems.append(_wrong(f"line {line}", row["text"], "an id and a text that stand once"))
    if problems:
        raise InvalidInput(problems)
    return tuple(OffTopic(**row) for row in rows)


def material(
    encoder: Encoder,
    catalogue: Sequence[Concept],
    off_topic: Sequence[OffTopic],
    progress: Progress = silent,
) -> Material:
    """Encode everything once; of equal texts of one concept, each counts."""
    sentences = [s for i, concept in enumerate(catalogue) for s in _sentences(i, concept)]
    texts = [sentence[-1] for sentence in sentences] + [statement.text for statement in off_topic]
    vectors = encoder.encode(texts, progress)
    concept = np.array([sentence[0] for sentence in sentences], dtype=np.int64)
    unseen = np.array([one.development for one in catalogue], dtype=np.bool_)
    return Material(
        len(catalogue),
        vectors[: len(sentences)],
        concept,
        np.array([sentence[1] for sentence in sentences], dtype=np.str_),
        np.array([sentence[2] for sentence in sentences], dtype=np.str_),
        unseen[concept],
        np.array([sentence[3] for sentence in sentences], dtype=np.int64),
        vectors[len(sentences) :],
        np.array([_off_topic_fold(one) for one in off_topic], dtype=np.int64),
    )


def catalogue_digest(folder: Path) -> str:
    """Return the SHA-256 over the concepts and off-topic statements in a folder."""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.yaml")), folder / OFF_TOPIC):
        if path.is_file():
            digest.update(f"{path.name}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


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


def _off_topic_fold(statement: OffTopic) -> int:
    return NEVER if statement.measured else _number(statement.id) % N_FOLDS


def _number(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest(), 16)


def _wrong(field: str, value: object, expected: str) -> Problem:
    return Problem(field, str(value)[:80], expected, "Mend the catalogue.", OFF_TOPIC)

"""Which concepts of the catalogue a statement is about: several, or none.

A linear probe over sentence vectors. With z_c = w_c · v + b_c, the softmax over all concepts gives
p_c, and a second probe gives t, the log-odds that the statement is about the catalogue at all. The
probability that a link of the two is right is that it is about the catalogue, times that it is
then about this concept:

    sigmoid(c + g · t) · sigmoid(a + b · log(p_c / (1 − p_c)))

with a, b, c and g fitted on statements that the probes had not seen. Source: Platt 1999,
"Probabilistic outputs for support vector machines", for each of the two factors.
`recommender/skills/linking` fits it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused
from recommender.store.artefacts import read_artefact, write_artefact

LINKER_KIND = "concept linker"
LINKER_SCHEMA = 2
WEIGHTS = "weights.npy"
MOST = 3
"""A statement has no more automatic links than this."""
CHUNK = 8192
SURE = 1e-6
"""No concept's share is taken for nearer to 0 or 1 than this."""
ROOM = 1e-4
"""By so much a share may miss what is needed before it is looked at more closely."""

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Pairs of a statement and a concept, by row and then the likeliest first, all of shape (m,).

    Attributes:
        row: Which statement, int64.
        concept: Place of the concept in :attr:`ConceptLinker.concepts`, int64.
        probability: That the statement is about the concept, 0 to 1, float64.
    """

    row: NDArray[np.int64]
    concept: NDArray[np.int64]
    probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ConceptLinker:
    """Links vectors of one encoder to the concepts of one catalogue.

    Attributes:
        concepts: Ids of the concepts, n of them.
        weights: One row per concept, and the topic's last; the last column is added as it is,
            (n + 1, d + 1) float32.
        calibration: a, b (above 0), c and g (0 or more), (4,) float64.
        threshold: Probability from which a pair is linked.
        facts: What it was made from and how it was measured.
    """

    concepts: tuple[str, ...]
    weights: NDArray[np.float32]
    calibration: NDArray[np.float64]
    threshold: float
    facts: Facts

    def place(self, concept_id: str) -> int | None:
        """Return where a concept stands in :attr:`concepts`; None if the catalogue lacks it."""
        return self.concepts.index(concept_id) if concept_id in self.concepts else None

    def links(
        self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = MOST
    ) -> Links:
        """Return every pair that is at least as probable as the threshold.

        Of equally probable concepts the one that stands first comes first.

        Args:
            vectors: Of the encoder that the linker was made for, (n_statements, d) float32.
            threshold: Another one, 0 to 1; a lower one gives suggestions to choose from.
            most: So many pairs per row, the likeliest.
        """
        least = self.threshold if threshold is None else threshold
        parts = [
            _likeliest(start + row, concept, probability, most)
            for start, row, concept, probability in self._pairs(vectors, least)
        ]
        if not parts:
            nothing = np.zeros(0, dtype=np.int64)
            return Links(nothing, nothing, np.zeros(0))
        rows, concepts, probabilities = zip(*parts, strict=True)
        return Links(np.concatenate(rows), np.concatenate(concepts), np.concatenate(probabilities))

    def _pairs(
        self, vectors: NDArray[np.float32], least: float
    ) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
        """Yield the pairs above the threshold, chunk by chunk, so that memory stays small."""
        for start in range(0, len(vectors), CHUNK):
            share, topic = shares(vectors[start : start + CHUNK], self.weights)
            row, concept = np.nonzero(share >= self._least_share(topic, least)[:, None])
            probability = calibrated(self.calibration, share[row, concept], topic[row])
            kept = probability >= least
            yield start, row[kept], concept[kept], probability[kept]

    def _least_share(self, topic: NDArray[np.float32], least: float) -> NDArray[np.float32]:
        """Return the p below which no pair of a row can reach a probability, (m,)."""
        if least <= SURE:
            return np.zeros_like(topic)
        a, b, c, g = self.calibration
        needed = np.minimum(least / _sigmoid(c + g * topic.astype(np.float64)), 1 - SURE**2)
        floor = (1 - ROOM) * _sigmoid((_log_odds(needed) - a) / b)
        return np.where(floor <= SURE, 0, floor).astype(np.float32)


def shares(
    vectors: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return p, (m, n), the softmax over the concepts, and t, (m,), for vectors (m, d)."""
    scores = vectors @ weights[:, :-1].T
    scores += weights[:, -1]
    share, topic = scores[:, :-1], scores[:, -1]
    share -= share.max(axis=1, keepdims=True)
    np.exp(share, out=share)
    share /= share.sum(axis=1, keepdims=True)
    return share, topic


def evidence(share: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the log-odds of p that the calibration weighs, of the same shape."""
    return _log_odds(np.clip(share.astype(np.float64), SURE, 1 - SURE))


def calibrated(
    calibration: NDArray[np.float64],
    share: NDArray[np.floating[Any]],
    topic: NDArray[np.floating[Any]],
) -> NDArray[np.float64]:
    """Return the probability that each pair is right, (m,) float64, for p and t of shape (m,)."""
    a, b, c, g = calibration
    return _sigmoid(c + g * topic.astype(np.float64)) * _sigmoid(a + b * evidence(share))


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(probability / (1 - probability))


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    probability: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -x))
    return probability


def write_linker(folder: Path, linker: ConceptLinker) -> None:
    """Write a linker as an artefact."""

    def write_weights(path: Path) -> None:
        np.save(path, linker.weights, allow_pickle=False)

    facts = {
        **linker.facts,
        "concepts": list(linker.concepts),
        "calibration": linker.calibration.tolist(),
        "threshold": linker.threshold,
    }
    write_artefact(folder, LINKER_KIND, LINKER_SCHEMA, facts, {WEIGHTS: write_weights})


def read_linker(folder: Path, encoder: str, catalogue: str) -> ConceptLinker:
    """Return the linker in ``folder`` after checking it.

    Args:
        folder: Where :func:`write_linker` wrote it.
        encoder: Digest of the encoder in use.
        catalogue: Digest of the catalogue in use.

    Raises:
        ArtefactRefused: if it is missing, damaged, or was made for another encoder or catalogue.
    """
    facts = read_artefact(folder, LINKER_KIND, LINKER_SCHEMA)
    for name, in_use in (("encoder", encoder), ("catalogue", catalogue)):
        if facts.get(name) != in_use:
            raise ArtefactRefused(
                f"{folder.name} was made for the {name} {facts.get(name)} where {in_use} is in "
                "use. Rebuild it."
            )
    try:
        weights = np.load(folder / WEIGHTS, allow_pickle=False)
        linker = ConceptLinker(
            tuple(facts.pop("concepts")),
            weights,
            np.array(facts.pop("calibration"), dtype=np.float64),
            float(facts.pop("threshold")),
            facts,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtefactRefused(f"{folder.name} cannot be read ({error}). Rebuild it.") from error
    if linker.calibration.shape != (4,):
        raise ArtefactRefused(
            f"{folder.name} has a calibration of the shape {linker.calibration.shape} where four "
            "numbers are expected. Rebuild it."
        )
    if weights.ndim != 2 or len(weights) != len(linker.concepts) + 1:
        raise ArtefactRefused(
            f"{folder.name}/{WEIGHTS} has the shape {weights.shape} where "
            f"{len(linker.concepts) + 1} rows are expected. Rebuild it."
        )
    return linker


def _likeliest(
    row: NDArray[np.int64],
    concept: NDArray[np.int64],
    probability: NDArray[np.float64],
    most: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Sort pairs by row and then the likeliest first, and keep the first few of each row."""
    order = np.lexsort((concept, -probability, row))
    row, concept, probability = row[order], concept[order], probability[order]
    first = np.searchsorted(row, row, side="left")
    kept = np.arange(len(row)) - first < most
    return row[kept], concept[kept], probability[kept]

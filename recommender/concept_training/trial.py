"""The linker on statements it has not seen: scores, calibration, and calibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.concept_training.fitting import fit_probes, softmax_regression
from recommender.concept_training.material import N_FOLDS, NEVER, Material
from recommender.concepts import MOST, calibrated, evidence, shares
from recommender.domain import Progress, silent

OFF_TOPIC_SHARE = 0.2
"""How many of all statements are taken to be off topic when probabilities are calibrated."""
CALIBRATION_PENALTY = 1e-6
UNCALIBRATED = np.array([0.0, 1.0, 0.0])
NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """The likeliest concepts of statements that were held out; s statements, k concepts each.

    Attributes:
        source: Row of the statement in the material, (s,) int64; −1: off topic.
        concept: The likeliest concepts, (s, k) int64.
        share: p of each, (s, k) float32.
        topic: t of each statement, (s,) float32.
        right: Whether the statement is of that concept, (s, k) bool.
        owner: Whose statement, (s,) int64; −1: off topic.
        unseen: Whether of a concept of which the bundled encoder saw no sentence, (s,) bool.
    """

    source: NDArray[np.int64]
    concept: NDArray[np.int64]
    share: NDArray[np.float32]
    topic: NDArray[np.float32]
    right: NDArray[np.bool_]
    owner: NDArray[np.int64]
    unseen: NDArray[np.bool_]

    def fit_calibration(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return a, b and g from the chosen statements and those that are off topic, (3,)."""
        off = self.owner == NOBODY
        used = np.flatnonzero(chosen | off)
        k = self.share.shape[1]
        n_off, n_on = int(off.sum()), int((chosen & ~off).sum())
        each_off = OFF_TOPIC_SHARE / (1 - OFF_TOPIC_SHARE) * n_on / max(1, n_off)
        weight = np.where(off[used], each_off, 1.0).repeat(k)
        right = self.right[used].ravel()
        if right.all() or not right.any():
            return UNCALIBRATED
        given = evidence(self.share[used].ravel(), self.topic[used].repeat(k))[:, 1:]
        no, yes = softmax_regression(
            given.astype(np.float32), right.astype(np.int64), 2, CALIBRATION_PENALTY, weight
        ).astype(np.float64)
        difference = yes - no
        fitted = np.array([difference[-1], *difference[:-1]])
        return fitted if fitted[1] > 0 else UNCALIBRATED

    def probabilities(self, calibration: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the calibrated probability of each pair, (s, k) float64."""
        k = self.share.shape[1]
        flat = calibrated(calibration, self.share.ravel(), self.topic.repeat(k))
        return flat.reshape(-1, k)

    @property
    def for_calibration(self) -> NDArray[np.bool_]:
        """Statements of unseen concepts, (s,) bool; of all, where a catalogue has none such."""
        return self.unseen if self.unseen.any() else self.owner != NOBODY

    def cross_fitted(self) -> NDArray[np.float64]:
        """Return probabilities of a calibration that saw no statement of the concept, (s, k).

        Each half of the unseen concepts is judged by the calibration of the other half; the
        other concepts and off-topic statements by that of all unseen ones.
        """
        half = np.zeros(int(self.owner.max(initial=0)) + 1, dtype=np.int64)
        concepts = np.unique(self.owner[self.for_calibration])
        half[concepts] = 1 + np.arange(len(concepts)) % 2
        side = np.where(self.owner == NOBODY, 0, half[self.owner])
        found = self.probabilities(self.fit_calibration(self.for_calibration))
        for judged, judge in ((1, 2), (2, 1)):
            other = self.probabilities(self.fit_calibration(side == judge))
            found[side == judged] = other[side == judged]
        return found


def hold_out(material: Material, progress: Progress = silent) -> Trial:
    """Score every held-out statement by probes that were fitted without it."""
    parts = []
    for fold in range(N_FOLDS):
        weights = fit_probes(material, fold)
        rows = np.flatnonzero(material.fold == fold)
        parts.append(scored(material, weights, material.vectors[rows], rows))
        off = material.off_topic[material.off_topic_fold == fold]
        parts.append(scored(material, weights, off, np.full(len(off), NOBODY)))
        progress("linking", fold + 1, N_FOLDS + 1)
    return _joined(parts)


def scored(
    material: Material,
    weights: NDArray[np.float32],
    vectors: NDArray[np.float32],
    source: NDArray[np.int64],
) -> Trial:
    """Return the likeliest concepts of some vectors (s, d) by some probes."""
    share, topic = shares(vectors, weights)
    concept = np.argsort(-share, axis=1, kind="stable")[:, :MOST]
    owner = np.where(source == NOBODY, NOBODY, material.concept[source])
    return Trial(
        source,
        concept,
        np.take_along_axis(share, concept, axis=1),
        topic,
        concept == owner[:, None],
        owner,
        material.unseen[source] & (source != NOBODY),
    )


def off_topic_trial(material: Material, weights: NDArray[np.float32]) -> Trial:
    """Score the off-topic statements that are kept for measuring."""
    off = material.off_topic[material.off_topic_fold == NEVER]
    return scored(material, weights, off, np.full(len(off), NOBODY))


def _joined(parts: list[Trial]) -> Trial:
    def joined(name: str) -> Iterator[NDArray[np.int64]]:
        return (getattr(part, name) for part in parts)

    return Trial(*(np.concatenate(list(joined(name))) for name in Trial.__slots__))

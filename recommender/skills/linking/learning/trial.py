"""The linker on statements it has not seen: scores, calibration, and calibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.skills.linking.learning.fitting import fit_probes, softmax_regression
from recommender.skills.linking.learning.material import ALWAYS, N_FOLDS, NEVER, Material
from recommender.skills.linking.linker import MOST, calibrated, evidence, shares

OFF_TOPIC_SHARE = 0.2
"""How many of all statements are taken to be off topic when probabilities are calibrated."""
PLAIN_SHARE = 0.5
"""How many of the others are taken to name plainly what they are about. Source: our own guess."""
CALIBRATION_PENALTY = 1e-6
CERTAIN = 20.0
"""The log-odds that a statement is on topic where nothing is known of others."""
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
        plain: Whether plainly worded, (s,) bool.
    """

    source: NDArray[np.int64]
    concept: NDArray[np.int64]
    share: NDArray[np.float32]
    topic: NDArray[np.float32]
    right: NDArray[np.bool_]
    owner: NDArray[np.int64]
    unseen: NDArray[np.bool_]
    plain: NDArray[np.bool_]

    def fit_calibration(self, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return a, b, c and g from statements ``rows`` and those that are off topic, (4,)."""
        off = self.owner == NOBODY
        on = rows & ~off
        k = self.share.shape[1]
        weight = self._weights(on, off)
        a, b = platt(
            evidence(self.share[on].ravel()), self.right[on].ravel(), weight[on].repeat(k)
        ) or (0.0, 1.0)
        judged = on | off
        c, g = platt(self.topic[judged], on[judged], weight[judged]) or (CERTAIN, 0.0)
        return np.array([a, b, c, g])

    def _weights(self, on: NDArray[np.bool_], off: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return how much each statement counts in the calibration, (s,)."""
        plain, oblique = on & self.plain, on & ~self.plain
        plain_share = PLAIN_SHARE if plain.any() and oblique.any() else float(plain.any())
        weight = np.zeros(len(on))
        for group, share in (
            (off, OFF_TOPIC_SHARE),
            (plain, (1 - OFF_TOPIC_SHARE) * plain_share),
            (oblique, (1 - OFF_TOPIC_SHARE) * (1 - plain_share)),
        ):
            weight[group] = share / max(1, int(group.sum()))
        return weight

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
        probability = self.probabilities(self.fit_calibration(self.for_calibration))
        for judged, judge in ((1, 2), (2, 1)):
            other = self.probabilities(self.fit_calibration(side == judge))
            probability[side == judged] = other[side == judged]
        return probability


def platt(
    signal: NDArray[np.floating[Any]], right: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Return the constant and the slope, above 0, of right given a signal; None if there is none.

    Args:
        signal: (n,).
        right: (n,).
        weight: How much each counts, (n,).
    """
    if not right.any() or right.all():
        return None
    no, yes = softmax_regression(
        signal.astype(np.float32)[:, None], right.astype(np.int64), 2, CALIBRATION_PENALTY, weight
    ).astype(np.float64)
    slope, constant = (yes - no).tolist()
    return (constant, slope) if slope > 0 else None


def hold_out(material: Material, final: NDArray[np.float32], progress: Progress = silent) -> Trial:
    """Score every held-out statement by probes that were fitted without it.

    Args:
        material: All sentences.
        final: The weights that are fitted on all that is learned from; they score the statements
            that no probe ever learns from.
        progress: Told how far the work is.
    """
    kept = np.flatnonzero(material.fold == ALWAYS)
    parts = [scored(material, final, material.vectors[kept], kept)]
    for fold in range(N_FOLDS):
        weights = fit_probes(material, fold)
        rows = np.flatnonzero(material.fold == fold)
        parts.append(scored(material, weights, material.vectors[rows], rows))
        off = material.off_topic[material.off_topic_fold == fold]
        parts.append(scored(material, weights, off, np.full(len(off), NOBODY)))
        progress("linking", fold + 2, N_FOLDS + 1)
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
        material.plain[source] & (source != NOBODY),
    )


def off_topic_trial(material: Material, weights: NDArray[np.float32]) -> Trial:
    """Score the off-topic statements that are kept for measuring."""
    off = material.off_topic[material.off_topic_fold == NEVER]
    return scored(material, weights, off, np.full(len(off), NOBODY))


def _joined(parts: list[Trial]) -> Trial:
    def joined(name: str) -> Iterator[NDArray[np.int64]]:
        return (getattr(part, name) for part in parts)

    return Trial(*(np.concatenate(list(joined(name))) for name in Trial.__slots__))

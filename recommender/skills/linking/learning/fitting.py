"""The probes: multinomial logistic regression over vectors, by L-BFGS.

Source: Hastie, Tibshirani and Friedman 2009, "The elements of statistical learning", section 4.4,
with a quadratic penalty on the weights and none on the constants.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.skills.linking.learning.material import NAMES, NEVER, Material

CONCEPT_PENALTY = 7.5e-7
TOPIC_PENALTY = 2e-5
STEPS = 60
NAMES_COUNT = 8.0
PLAIN_COUNTS = 4.0
"""A label, synonym or description counts as much as so many of the catalogue's sentences, measured
from 1 to 20, and a plain statement as much as so many, measured from 0 to 4."""
SCALE = np.float32(20.0)
"""Vectors are stretched for the search, so that weights and constants are of one size."""


def fit_probes(material: Material, fold: int = NEVER) -> NDArray[np.float32]:
    """Return the weights of a linker, (n_concepts + 1, d + 1) float32.

    Args:
        material: All sentences; off-topic statements that are kept for measuring are not used.
        fold: The round whose sentences and off-topic statements are left out; −1: none.
    """
    learned = material.learned(fold)
    off = (material.off_topic_fold != NEVER) & (material.off_topic_fold != fold)
    on, off_topic = material.vectors[learned], material.off_topic[off]
    counts = np.where(material.plain, PLAIN_COUNTS, 1.0)
    counts[material.kind == NAMES] = NAMES_COUNT
    rows = softmax_regression(
        on, material.concept[learned], material.n_concepts, CONCEPT_PENALTY, counts[learned]
    )
    topic_row = np.zeros((1, rows.shape[1]), np.float32)
    if len(off_topic):
        sizes = [len(on), len(off_topic)]
        off_row, on_row = softmax_regression(
            np.concatenate([on, off_topic]),
            np.repeat([1, 0], sizes),
            2,
            TOPIC_PENALTY,
            # Both sides count the same, though one has many more statements.
            np.repeat([1 / size for size in sizes], sizes),
        )
        topic_row[0] = on_row - off_row
    return np.concatenate([rows, topic_row])


def softmax_regression(
    vectors: NDArray[np.float32],
    label: NDArray[np.int64],
    n_labels: int,
    penalty: float,
    weight: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return one row of weights per label, its constant last, (n_labels, d + 1) float32.

    Args:
        vectors: (n, d) float32.
        label: 0 to n_labels − 1, (n,).
        n_labels: How many labels.
        penalty: Times half the sum of squared weights is added to the weighted mean loss.
        weight: How much each vector counts, above 0, (n,).
    """
    from scipy.optimize import minimize

    n, d = vectors.shape
    inputs = np.concatenate([vectors * SCALE, np.ones((n, 1), np.float32)], axis=1)
    share_of_loss = weight / weight.sum()
    counts = share_of_loss.astype(np.float32)[:, None]
    penalties = np.full(d + 1, penalty * float(SCALE) ** 2)
    penalties[-1] = 0.0
    rows = np.arange(n)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(n_labels, d + 1)
        scores = inputs @ weights.astype(np.float32).T
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[rows, label].astype(np.float64)
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        value = share_of_loss @ (np.log(total[:, 0]) - right) + (penalties * weights**2).sum() / 2
        scores *= counts / total
        scores[rows, label] -= counts[:, 0]
        gradient = (scores.T @ inputs).astype(np.float64) + penalties * weights
        return float(value), gradient.ravel()

    start = np.zeros(n_labels * (d + 1))
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    weights: NDArray[np.float32] = solution.x.reshape(n_labels, d + 1).astype(np.float32)
    weights[:, :-1] *= SCALE
    return weights

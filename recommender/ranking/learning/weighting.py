"""How far each example is to be trusted: by its cohort's age and by the place where it was shown.

Whoever is shown further down is seen less often: at position p with the probability p^−slope, the
position-based model. Source: Joachims, Swaminathan and Schnabel 2017, "Unbiased learning-to-rank
with biased feedback". Their slope is given; ours is estimated from the feedback itself.

- In training, "shown and not asked" counts as much as it is likely that the mentor was seen. Of two
  mentors of whom one was asked, each order of the two is then equally likely to be learned.
- In evaluation, each gain is divided by the probability that it was seen, clipped. A list counts
  as much as the gains in it are weighted on average, and the sum over lists is normalised by these
  weights.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import PoissonRegressor

from recommender.ranking.learning.examples import Examples

STEEPEST = 2.0
MOST_WEIGHT = 10.0
PENALTY = 1e-3
HALF_LIFE_COHORTS = 2.0
"""A cohort counts half as much as the one that is this many cohorts newer."""


def estimate_slope(examples: Examples) -> float:
    """Return how steeply attention falls with the position, 0 (not at all) to 2.

    How often a mentor was asked is explained by position and by what speaks for them, in a Poisson
    regression whose weight of log position is minus the slope; features count by how they differ
    within the list, the first of them also squared, since the best of a list stand out. One
    standard error is taken off: too small a slope favours the order in which mentors were shown,
    and so what is active already.

    Args:
        examples: Everything labelled, at least one mentor asked.
    """
    _, row, size = np.unique(examples.ranking, return_inverse=True, return_counts=True)
    means = np.column_stack([np.bincount(row, c) / size for c in examples.features.T])
    within = examples.features - means[row]
    spread = within.std(axis=0)
    within = within[:, spread > 0] / spread[spread > 0]
    inputs = np.column_stack([within, within[:, :1] ** 2, np.log(examples.position)])
    model = PoissonRegressor(alpha=PENALTY, solver="newton-cholesky", max_iter=200)
    model.fit(inputs, examples.asked.astype(np.float64))
    design = np.column_stack([np.ones(len(inputs)), inputs])
    information = (design * model.predict(inputs)[:, None]).T @ design
    error = float(np.sqrt(np.linalg.pinv(information)[-1, -1]))
    return float(np.clip(-model.coef_[-1] - error, 0.0, STEEPEST))


def seen(position: NDArray[np.int64], slope: float) -> NDArray[np.float64]:
    """Return the probability that a mentor at each 1-based position was seen, (n,), 0 to 1."""
    return np.asarray(position.astype(np.float64) ** -slope, np.float64)


def gain_weight(position: NDArray[np.int64], slope: float) -> NDArray[np.float64]:
    """Return the clipped inverse propensity of each position, (n,), 1 to MOST_WEIGHT."""
    return np.asarray(np.minimum(1.0 / seen(position, slope), MOST_WEIGHT), np.float64)


def list_weight(
    grade: NDArray[np.int64], ranking: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the mean weight of each list's gains, by ascending list, 1 where it has none.

    Args:
        grade: 0 to 3, (n,).
        ranking: Which list each row belongs to, (n,).
        weight: Of each row's gain, (n,).
    """
    gain = np.exp2(grade) - 1.0
    _, row = np.unique(ranking, return_inverse=True)
    total = np.bincount(row, gain)
    mean = np.ones(len(total))
    np.divide(np.bincount(row, gain * weight), total, out=mean, where=total > 0)
    return mean


def trust(examples: Examples, slope: float) -> NDArray[np.float64]:
    """Return each example's weight in training, (n,), above 0 and at most 1."""
    age = len(examples.cohorts) - 1 - examples.cohort
    recent = 0.5 ** (age / HALF_LIFE_COHORTS)
    evidence = np.where(examples.asked, 1.0, seen(examples.position, slope))
    return np.asarray(recent * evidence, np.float64)


def effective_sample_size(weight: NDArray[np.float64]) -> float:
    """Return how many equally weighted values say as much as these: (Σ w)² / Σ w².

    Source: Kish 1965, "Survey sampling".
    """
    return float(weight.sum() ** 2 / (weight**2).sum()) if len(weight) else 0.0

"""Whether one order is better than another: means over mentees, with their uncertainty.

A mentee who asked often must not count more than others, so each mentee's lists are averaged first
and mentees, not lists, are drawn for the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

N_RESAMPLES = 2_000
CONFIDENCE = 0.95
TIE = 1e-9
"""Values that differ by no more than this are equal; the rest is rounding."""
DRAWN_AT_ONCE = 2_000_000
"""Values that the bootstrap holds at once, about 16 bytes each."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over mentees and its interval.

    Attributes:
        mean: NaN without any mentee.
        low: Lower end of the interval; NaN with fewer than two mentees, for one says nothing about
            how much mentees differ.
        high: Upper end of it, likewise.
        n_mentees: How many mentees it is the mean of.
    """

    mean: float
    low: float
    high: float
    n_mentees: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the first order is than the second, mentee by mentee.

    Attributes:
        estimate: Of first minus second.
        wins: Mentees for whom the first is better.
        ties: Mentees for whom both are equal.
        losses: Mentees for whom the second is better.
    """

    estimate: Estimate
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True, eq=False)
class PerMentee:
    """One value and one weight per mentee, by ascending mentee, each (n_mentees,) float64."""

    value: NDArray[np.float64]
    weight: NDArray[np.float64]

    @classmethod
    def alike(cls, value: NDArray[np.float64]) -> PerMentee:
        """Return values (n,) that all count the same."""
        return cls(value, np.ones(len(value)))

    def __len__(self) -> int:
        return len(self.value)

    @property
    def mean(self) -> float:
        return float(np.average(self.value, weights=self.weight))


def per_mentee(
    value: NDArray[np.float64],
    mentee: NDArray[np.int64],
    weight: NDArray[np.float64] | None = None,
) -> PerMentee:
    """Return each mentee's mean over their lists, and the mean of these lists' weights.

    Lists whose value is NaN are left out, and so is a mentee who has no other. Which lists these
    are depends on the grades alone, so the means of several orders of the same lists pair up.

    Args:
        value: One per list, (n_lists,).
        mentee: Whose list it is, any whole numbers, (n_lists,).
        weight: What each list counts, above 0, (n_lists,); 1 if left out.
    """
    measured = ~np.isnan(value)
    counts = np.ones(len(value)) if weight is None else weight
    _, row, n_lists = np.unique(mentee[measured], return_inverse=True, return_counts=True)
    total = np.bincount(row, counts[measured])
    mean = np.bincount(row, (counts * value)[measured]) / total
    return PerMentee(np.asarray(mean), np.asarray(total / n_lists))


def interval(
    values: PerMentee,
    rng: np.random.Generator,
    n_resamples: int = N_RESAMPLES,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the weighted mean with its percentile bootstrap interval over mentees.

    Sources: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13; with
    weights by inverse propensity, this is the self-normalised estimator of Swaminathan and
    Joachims 2015, "The self-normalized estimator for counterfactual learning".

    Args:
        values: One per mentee, none of them NaN.
        rng: Draws the mentees.
        n_resamples: How often as many mentees as there are get drawn, with replacement.
        confidence: Share of such intervals that hold the true mean, between 0 and 1.
    """
    n = len(values)
    if n < 2:
        return Estimate(float(values.value[0]) if n else np.nan, np.nan, np.nan, n)
    ends = bootstrap(
        (values.weight * values.value, values.weight),
        _ratio_of_sums,
        n_resamples=n_resamples,
        batch=max(1, DRAWN_AT_ONCE // n),
        vectorized=True,
        paired=True,
        confidence_level=confidence,
        method="percentile",
        rng=rng,
    ).confidence_interval
    return Estimate(values.mean, float(ends.low), float(ends.high), n)


def _ratio_of_sums(
    above: NDArray[np.float64], below: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    ratio: NDArray[np.float64] = above.sum(axis=axis) / below.sum(axis=axis)
    return ratio


def difference(first: PerMentee, second: PerMentee, rng: np.random.Generator) -> Difference:
    """Compare two orders of the same lists, mentee by mentee.

    Args:
        first: One value per mentee.
        second: The same mentees' values under the other order, with the same weights.
        rng: Draws the mentees for the interval.
    """
    gain = first.value - second.value
    wins, losses = int((gain > TIE).sum()), int((gain < -TIE).sum())
    return Difference(
        interval(PerMentee(gain, first.weight), rng), wins, len(gain) - wins - losses, losses
    )

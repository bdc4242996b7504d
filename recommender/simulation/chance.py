"""Draws from small sets with fixed weights, faster than NumPy's for one draw at a time."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from numpy.random import Generator

T = TypeVar("T")


class Chances(Generic[T]):
    """Options with weights; ``pick`` draws one of them."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._options = tuple(weights)
        self._limits = tuple(accumulate(weights.values()))

    def pick(self, rng: Generator) -> T:
        place = bisect(self._limits, rng.random() * self._limits[-1])
        # Rounding may carry the product up to the last limit itself.
        return self._options[min(place, len(self._options) - 1)]


def happens(probability: float, rng: Generator) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def one_of(options: Sequence[T], rng: Generator) -> T:
    """Return any of the options."""
    return options[int(rng.random() * len(options))]

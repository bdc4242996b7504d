"""Tandem's rankers and LightGBM's LambdaMART: the same examples, weights and folds, one thread."""

from __future__ import annotations

import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import fmean, median, stdev
from typing import Any, NamedTuple

import numpy as np
from lightgbm import LGBMRanker

from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.selection import (
    MONOTONE,
    N_FOLDS,
    Contender,
    contenders,
    fitted,
    folds,
    mentee_ndcg,
)
from recommender.ranking.learning.weighting import estimate_slope, trust
from tests.worlds.worlds import Order, World, WorldKind, affinity

WORLDS = (WorldKind.LINEAR, WorldKind.NONLINEAR)
N_COHORTS = {240: 10, 1_000: 5, 10_000: 2}
"""How many cohorts of each size, by mentees in it."""
N_FRESH = 400
HEAD = (
    "world (simulated)",
    "mentees × cohorts",
    "order",
    "measured nDCG@5, unseen folds",
    "true nDCG@5, fresh mentees",
    "true, minus linear (± standard error)",
    "fitting s",
    "of linear's",
)
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "LightGBM, its defaults": {},
    "LightGBM, small and monotone": {
        "n_estimators": 60,
        "num_leaves": 3,
        "min_child_samples": 40,
        "reg_lambda": 1.0,
        "monotone_constraints": list(MONOTONE),
    },
}
Fit = Callable[[Examples, float], Order]
"""Trains on examples, given how attention falls, and returns the order that was learned."""


class Result(NamedTuple):
    """How good an order is on one cohort, and how long its training took."""

    measured: float
    true: float
    fitting_s: float


def measure() -> Iterator[list[str]]:
    """Return the rows of the table."""
    warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
    for kind in WORLDS:
        for n_mentees, n_cohorts in N_COHORTS.items():
            results: dict[str, list[Result]] = defaultdict(list)
            for seed in range(n_cohorts):
                for name, result in _compared(World(kind, seed), n_mentees, seed):
                    results[name].append(result)
            yield from _rows(f"{kind}", f"{n_mentees:,} × {n_cohorts}", results)


def _compared(world: World, n_mentees: int, seed: int) -> Iterator[tuple[str, Result]]:
    examples = world.cohort(np.random.default_rng(seed), n_mentees)
    slope = estimate_slope(examples)

    def true(order: Order) -> float:
        return world.true_ndcg(order, np.random.default_rng(seed + 1), N_FRESH)

    known: dict[str, Order] = {"affinity": affinity, "the truth but for chemistry": world.merit}
    for name, order in known.items():
        measured = mentee_ndcg(order(examples.features), examples, slope).mean
        yield name, Result(measured, true(order), np.nan)
    for name, fit in _fits().items():
        unseen = np.zeros(len(examples))
        for train, test in folds(examples, N_FOLDS):
            unseen[test] = fit(examples.where(train), slope)(examples.features[test])
        begin = time.perf_counter()
        order = fit(examples, slope)
        fitting_s = time.perf_counter() - begin
        yield name, Result(mentee_ndcg(unseen, examples, slope).mean, true(order), fitting_s)


def _fits() -> dict[str, Fit]:
    in_order = contenders()
    own = {"linear": in_order[1], "boosting": in_order[3]}
    fits: dict[str, Fit] = {name: partial(_tandem, contender) for name, contender in own.items()}
    return fits | {name: partial(_lightgbm, settings) for name, settings in SETTINGS.items()}


def _tandem(contender: Contender, examples: Examples, slope: float) -> Order:
    return fitted(contender, examples, slope).predict


def _lightgbm(settings: Mapping[str, Any], examples: Examples, slope: float) -> Order:
    ranker = LGBMRanker(
        objective="lambdarank",
        label_gain=[0, 1, 3, 7],
        random_state=0,
        n_jobs=1,
        verbosity=-1,
        **settings,
    )
    sizes = np.unique(examples.ranking, return_counts=True)[1]
    weight = trust(examples, slope)
    ranker.fit(examples.features, examples.grade, group=sizes, sample_weight=weight)
    return lambda features: np.asarray(ranker.predict(features), np.float64)


def _rows(kind: str, size: str, results: Mapping[str, list[Result]]) -> Iterator[list[str]]:
    linear = results["linear"]
    for name, own in results.items():
        gains = [result.true - other.true for result, other in zip(own, linear, strict=True)]
        error = stdev(gains) / len(gains) ** 0.5
        fitting_s = median(result.fitting_s for result in own)
        times = fitting_s / median(result.fitting_s for result in linear)
        yield [
            kind,
            size,
            name,
            f"{fmean(result.measured for result in own):.3f}",
            f"{fmean(result.true for result in own):.3f}",
            "–" if own is linear else f"{fmean(gains):+.3f} ± {error:.3f}",
            "–" if np.isnan(fitting_s) else f"{fitting_s:.3f}",
            "–" if np.isnan(fitting_s) else f"{times:.1f}",
        ]

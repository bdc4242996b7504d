"""Invented reports: one with every part, one of a retraining that could not train anything."""

from __future__ import annotations

from math import nan

import numpy as np

from recommender.matching.features import FEATURE_NAMES, FEATURES
from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.exposure import Exposure, GroupExposure
from recommender.ranking.reporting.report import (
    Acceptance,
    AcceptanceBand,
    AcceptanceModel,
    Comparison,
    KindMeasure,
    Order,
    OrderMeasures,
    RetrainingReport,
    Split,
)
from recommender.ranking.score import AdditiveScore, Steps

VERSION = "2026-spring-0a1b2c3d"
NOTHING = Estimate(nan, nan, nan, 0)


def measures(order: Order, mean: float, n_mentees: int = 61) -> OrderMeasures:
    ndcg = Estimate(mean, mean - 0.041, mean + 0.037, n_mentees)
    return OrderMeasures(
        order,
        ndcg,
        Estimate(mean - 0.1, mean - 0.17, mean - 0.05, n_mentees),
        Estimate(mean + 0.1, nan, nan, n_mentees),
    )


def compared(order: Order, mean: float, wins: int, ties: int, losses: int) -> Comparison:
    n_mentees = wins + ties + losses
    estimate = Estimate(mean, mean - 0.021, mean + 0.019, n_mentees)
    return Comparison(order, Difference(estimate, wins, ties, losses))


def full_report() -> RetrainingReport:
    return RetrainingReport(
        cohort="2026-spring",
        cohorts=("2025-autumn", "2026-spring"),
        simulated=False,
        seed=7,
        version=VERSION,
        kind="boosting",
        champion="2025-autumn-11223344",
        promoted=True,
        verdict={"en": "Shown to be better.", "de": "Nachweislich besser."},
        split=Split.COHORT,
        n_impressions=1234,
        n_asked=345,
        n_accepted=123,
        n_mentees=98,
        n_rated_mentees=61,
        left_out={
            "no_mentee": 11,
            "other_encoder": 12,
            "other_features": 13,
            "asked_elsewhere": 14,
            "unanswered": 15,
        },
        position_slope=0.83,
        effective_sample_size=87.6,
        kinds=(
            KindMeasure("linear", 0.701),
            KindMeasure("boosting", 0.715),
        ),
        orders=(
            measures(Order.CHALLENGER, 0.734),
            measures(Order.CHAMPION, 0.689),
            measures(Order.AFFINITY, 0.655),
            measures(Order.LEXICAL, 0.512),
            measures(Order.RANDOM, 0.444),
        ),
        comparisons=(
            compared(Order.CHAMPION, 0.045, 30, 20, 11),
            compared(Order.AFFINITY, -0.079, 35, 16, 10),
        ),
        acceptance=Acceptance(
            AcceptanceModel(-1.0, 0.5, -0.5),
            predicted=0.104,
            observed=0.1,
            brier=0.087,
            brier_constant=0.09,
            bands=tuple(
                AcceptanceBand(50, predicted, predicted - 0.011)
                for predicted in (0.021, 0.056, 0.101, 0.142, 0.2)
            ),
        ),
        exposure=Exposure(312, 57, 0.384),
        skew=(
            GroupExposure("Lab | <b>*North*</b>", 24, 0.55, 0.012, "shown less often"),
            GroupExposure("Works", None, None, None, "too few people"),
        ),
    )


def empty_report() -> RetrainingReport:
    return RetrainingReport(
        cohort="2026-spring",
        cohorts=("2026-spring",),
        simulated=False,
        seed=7,
        version=None,
        kind=None,
        champion=None,
        promoted=False,
        verdict={"en": "Not enough feedback yet.", "de": "Noch nicht genug Rückmeldungen."},
        split=None,
        n_impressions=0,
        n_asked=0,
        n_accepted=0,
        n_mentees=0,
        n_rated_mentees=0,
        left_out={},
        position_slope=None,
        effective_sample_size=None,
        kinds=(),
        orders=(),
        comparisons=(),
        acceptance=None,
        exposure=None,
        skew=(),
    )


def ranker(**weight: float) -> AdditiveScore:
    """Return a ranker with these weights, and one step: two languages in common add 0.75."""
    steps = [Steps.none() for _ in FEATURES]
    steps[FEATURE_NAMES.index("shared_languages")] = Steps(np.array([1.5]), np.array([0.0, 0.75]))
    return AdditiveScore(
        FEATURE_NAMES,
        np.full(len(FEATURES), 0.25),
        np.array([weight.get(name, 0.0) for name in FEATURE_NAMES]),
        tuple(steps),
    )

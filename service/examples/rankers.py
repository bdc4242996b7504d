"""A retraining that found its ranker to be better, and what is told of it."""

from __future__ import annotations

from typing import Any

from service.examples.feedback import COHORT_ID

RANKER_VERSION = "2026-autumn-0f3c9a1b"


def _estimate(mean: float, low: float, high: float) -> dict[str, Any]:
    return {"mean": mean, "low": low, "high": high, "n_mentees": 64}


def _measures(order: str, ndcg: float) -> dict[str, Any]:
    return {
        "order": order,
        "ndcg": _estimate(ndcg, ndcg - 0.05, ndcg + 0.05),
        "reciprocal_rank": _estimate(0.5, 0.42, 0.58),
        "hit": _estimate(0.75, 0.64, 0.86),
    }


RETRAINING_BODY: dict[str, Any] = {"cohort": COHORT_ID, "seed": 0}
RETRAINING_WITH_GROUPS: dict[str, Any] = {"groups": {"a.byrne": "Cork", "t.okafor": "Mannheim"}}
REPORT: dict[str, Any] = {
    "cohort": COHORT_ID,
    "cohorts": ["2026-spring", COHORT_ID],
    "simulated": False,
    "seed": 0,
    "version": RANKER_VERSION,
    "kind": "linear",
    "champion": None,
    "promoted": True,
    "verdict": {
        "de": "Die neue Reihenfolge ist nachweislich besser als die bisherige.",
        "en": "The new order was shown to be better than the present one.",
    },
    "split": "cohort",
    "n_impressions": 820,
    "n_asked": 210,
    "n_accepted": 141,
    "n_mentees": 96,
    "n_rated_mentees": 64,
    "left_out": {"other_encoder": 12},
    "position_slope": 0.6,
    "effective_sample_size": 49.5,
    "kinds": [{"kind": "linear", "ndcg": 0.71}],
    "orders": [_measures("challenger", 0.71), _measures("affinity", 0.62)],
    "comparisons": [
        {
            "order": "affinity",
            "ndcg": {
                "estimate": _estimate(0.09, 0.03, 0.15),
                "wins": 34,
                "ties": 12,
                "losses": 18,
            },
        }
    ],
    "acceptance": {
        "model": {"intercept": -1.9, "score": 0.8, "log_position": -0.6},
        "predicted": 0.17,
        "observed": 0.17,
        "brier": 0.13,
        "brier_constant": 0.14,
        "bands": [{"n_impressions": 164, "predicted": 0.06, "observed": 0.05}],
    },
    "exposure": {"n_mentors": 140, "n_never_shown": 31, "gini": 0.52},
    "skew": [
        {
            "label": "Cork",
            "n_people": 52,
            "ratio": 0.94,
            "p_value": 0.61,
            "verdict": "no difference found",
        }
    ],
}
RANKER: dict[str, Any] = {
    "version": RANKER_VERSION,
    "kind": "linear",
    "cohorts": ["2026-spring", COHORT_ID],
    "simulated": False,
    "promoted": True,
    "usable": True,
    "refusal": None,
}
RANKERS: dict[str, Any] = {"active": RANKER_VERSION, "rankers": [RANKER]}
RANKER_DETAIL: dict[str, Any] = {**RANKER, "report": REPORT}
ACTIVATION: dict[str, Any] = {"version": RANKER_VERSION}
ACTIVATION_DESPITE_REPORT: dict[str, Any] = {"version": RANKER_VERSION, "despite_report": True}
ACTIVE: dict[str, Any] = {"active": RANKER_VERSION}
AFFINITY: dict[str, Any] = {"active": None}
CARD = "# Ranker 2026-autumn-0f3c9a1b\n"

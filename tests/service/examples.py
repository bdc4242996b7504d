"""What two invented people send to the service, as /openapi.json shows it."""

from __future__ import annotations

from typing import Any

PROFILE_ID = "plant-manager"
CONCEPT_IDS = ("automation.workflow_automation", "manufacturing.predictive_maintenance")
RANKER_VERSION = "2026-autumn-0f3c9a1b"
JOB_ID = "6f1d3c9e-2b0a-4c58-9a77-0d5b7e1f4a21"
PERSON_ID = "m.keller"
MENTOR_ID = "a.byrne"

PERSON_BODY: dict[str, Any] = {
    "name": "Martina Keller",
    "department": "Logistics",
    "site": "Mannheim",
    "career_level": 7,
    "reports_to": None,
    "languages": ["de", "en"],
    "time_zone": "Europe/Berlin",
    "roles": "mentee",
    "capacity": 0,
    "hours_per_month": 2.5,
    "status": "active",
    "statements": [
        {
            "kind": "goal",
            "language": "de",
            "text": "Wochenberichte automatisch erstellen",
            "priority": 1,
        },
        {"kind": "skill", "language": "de", "text": "Große Lager planen", "level": 5},
    ],
}
PERSON: dict[str, Any] = {"id": PERSON_ID, **PERSON_BODY}
MENTOR_BODY: dict[str, Any] = {
    "name": "Aoife Byrne",
    "department": "Finance",
    "site": "Cork",
    "career_level": 2,
    "reports_to": None,
    "languages": ["en", "de"],
    "time_zone": "Europe/Dublin",
    "roles": "both",
    "capacity": 2,
    "hours_per_month": 4,
    "status": "active",
    "statements": [
        {
            "kind": "skill",
            "language": "de",
            "text": "Wochenberichte automatisch versenden",
            "level": 4,
        }
    ],
}

COHORT_ID = "2026-autumn"
COHORT_BODY: dict[str, Any] = {
    "name": "Autumn 2026",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
}

_PAIR = {"cohort": COHORT_ID, "mentor_id": MENTOR_ID, "mentee_id": PERSON_ID}
FEEDBACK_BODY: dict[str, Any] = {
    "feedback": [
        {**_PAIR, "side": "mentee", "kind": "asked", "given_at": "2026-09-07T10:00:00+02:00"},
        {**_PAIR, "side": "mentor", "kind": "accepted"},
        {**_PAIR, "side": "mentee", "kind": "fit", "value": "good"},
        {**_PAIR, "side": "mentee", "kind": "usefulness", "value": 4, "session": 1},
        {
            **_PAIR,
            "side": "mentee",
            "kind": "progress",
            "value": 2,
            "goal": "Wochenberichte automatisch erstellen",
        },
    ]
}

QUERY_BY_TEXT: dict[str, Any] = {
    "goals": [{"text": "Automate my weekly reports", "language": "en", "priority": 1}],
    "k": 3,
    "site": "Cork",
    "exclude": ["t.okafor"],
}
_GOAL, _SKILL = (statement["text"] for statement in PERSON_BODY["statements"])
ACTIVATION: dict[str, Any] = {"version": RANKER_VERSION}

BODIES: dict[str, dict[str, Any]] = {
    "recommend": {
        "stored_mentee": {"mentee_id": PERSON_ID, "k": 3},
        "goals_as_text": QUERY_BY_TEXT,
    },
    "put_person": {"mentor": MENTOR_BODY, "mentee": PERSON_BODY},
    "import_people": {"three_csv_files": {"files": ["people.csv", "statements.csv", "pairs.csv"]}},
    "choose_role_profile": {"chosen": {"profile": PROFILE_ID}, "taken_back": {"profile": None}},
    "correct_link": {
        "two_concepts": {"kind": "goal", "text": _GOAL, "concepts": [*CONCEPT_IDS]},
        "none": {"kind": "skill", "text": _SKILL, "concepts": []},
    },
    "put_cohort": {"autumn": COHORT_BODY},
    "post_feedback": {"one_pair": FEEDBACK_BODY},
    "import_feedback": {"two_csv_files": {"files": ["feedback.csv", "cohorts.csv"]}},
    "retrain": {
        "one_cohort": {"cohort": COHORT_ID, "seed": 0},
        "newest_with_groups": {"groups": {"a.byrne": "Cork", "t.okafor": "Mannheim"}},
    },
    "activate_ranker": {
        "promoted": ACTIVATION,
        "not_promoted": {**ACTIVATION, "despite_report": True},
    },
}


def _estimate(mean: float, low: float, high: float) -> dict[str, Any]:
    return {"mean": mean, "low": low, "high": high, "n_mentees": 64}


def _measures(order: str, ndcg: float) -> dict[str, Any]:
    return {
        "order": order,
        "ndcg": _estimate(ndcg, ndcg - 0.05, ndcg + 0.05),
        "reciprocal_rank": _estimate(0.5, 0.42, 0.58),
        "hit": _estimate(0.75, 0.64, 0.86),
    }


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

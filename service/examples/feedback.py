"""A cohort, and what both sides of one pair report in it."""

from __future__ import annotations

from typing import Any

from service.examples.people import MENTOR_ID, PERSON_ID

COHORT_ID = "2026-autumn"
COHORT_BODY: dict[str, Any] = {
    "name": "Autumn 2026",
    "starts_on": "2026-09-01",
    "ends_on": "2026-11-30",
}
COHORT: dict[str, Any] = {"id": COHORT_ID, **COHORT_BODY, "simulated": False}
COHORTS: dict[str, Any] = {"cohorts": [COHORT]}

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
FEEDBACK_REPORT: dict[str, Any] = {
    "cohorts_created": 0,
    "cohorts_updated": 0,
    "cohorts_unchanged": 0,
    "reports_created": 5,
    "reports_replaced": 0,
    "reports_unchanged": 0,
}
_USEFUL: dict[str, Any] = {
    **_PAIR,
    "side": "mentee",
    "kind": "usefulness",
    "session": 1,
    "goal": None,
}
GIVEN_FEEDBACK: dict[str, Any] = {
    "feedback": [
        {
            **_USEFUL,
            "value": 3,
            "given_at": "2026-09-21T08:00:00Z",
            "replaced_at": "2026-09-21T08:05:00Z",
        },
        {**_USEFUL, "value": 4, "given_at": "2026-09-21T08:05:00Z", "replaced_at": None},
    ]
}

"""A query and its answer."""

from __future__ import annotations

from typing import Any

from service.examples.people import MENTOR_ID, PERSON_ID

QUERY_OF_A_MENTEE: dict[str, Any] = {"mentee_id": PERSON_ID, "k": 3}
QUERY_BY_TEXT: dict[str, Any] = {
    "goals": [{"text": "Automate my weekly reports", "language": "en", "priority": 1}],
    "k": 3,
    "site": "Cork",
    "exclude": ["t.okafor"],
}

RANKING: dict[str, Any] = {
    "ranking_id": "0b0c2b8e-7a4e-4c0f-b6d5-1f1f5f8f7f10",
    "created_at": "2025-03-04T09:30:00Z",
    "mentee_id": PERSON_ID,
    "language": "de",
    "goals": ["Wochenberichte automatisch erstellen"],
    "recommendations": [
        {
            "position": 1,
            "rank": 1,
            "mentor_id": MENTOR_ID,
            "name": "Aoife Byrne",
            "department": "Finance",
            "site": "Cork",
            "score": 0.71,
            "affinity": 0.71,
            "contributions": {"affinity": 0.71},
            "matches": [
                {
                    "goal": "Wochenberichte automatisch erstellen",
                    "statement": "Automate weekly reports",
                    "level": 4,
                    "similarity": 0.71,
                    "affinity": 0.71,
                    "contribution": 0.71,
                    "covered": True,
                }
            ],
            "reasons": [{"feature": "hours_per_month", "text": "Hat 4 Stunden im Monat Zeit."}],
            "features": {"affinity": 0.71, "covered_goals": 1.0, "hours_per_month": 4.0},
        }
    ],
    "uncovered_goals": [],
    "kept_out": {"is_mentor": 1, "takes_part": 0, "not_oneself": 0, "reporting_chain": 0},
    "n_people": 2,
    "n_eligible": 1,
    "encoder": "b1c6b6f2c1f1cf5c5a2e3f6c9d5a0c3f1f7b0a4d2e8c6b9a7d5e3f1c2b4a6d8e",
    "ranker": None,
    "degraded": True,
    "notes": ["Sortiert nach inhaltlicher Nähe; ein gelerntes Ranking ist noch nicht aktiv."],
}

"""The examples in /openapi.json. Invented people; a test sends and receives every one of them."""

from __future__ import annotations

from typing import Any

TAGS: list[dict[str, Any]] = [
    {"name": "recommendations", "description": "The best mentors for a mentee, with reasons."},
    {"name": "people", "description": "Who takes part. Changes count in the very next answer."},
    {"name": "process", "description": "For whoever runs the service. Names nobody."},
]

PERSON_ID = "m.keller"
MENTOR_ID = "a.byrne"
JOB_ID = "6f1d3c9e-2b0a-4c58-9a77-0d5b7e1f4a21"

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
    "languages": ["en"],
    "time_zone": "Europe/Dublin",
    "roles": "both",
    "capacity": 2,
    "hours_per_month": 4,
    "status": "active",
    "statements": [
        {"kind": "skill", "language": "en", "text": "Automate weekly reports", "level": 4}
    ],
}

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

JOB: dict[str, Any] = {
    "id": JOB_ID,
    "kind": "import",
    "status": "done",
    "step": "storing",
    "done": 2,
    "total": 2,
    "result": {
        "people_created": 2,
        "people_updated": 0,
        "people_unchanged": 0,
        "pairs_created": 0,
        "pairs_updated": 0,
        "pairs_unchanged": 0,
        "texts_encoded": 3,
        "still_withdrawn": 0,
    },
    "problems": [],
    "created_at": "2025-03-04T09:12:01Z",
    "updated_at": "2025-03-04T09:12:04Z",
}
JOB_FAILED: dict[str, Any] = {
    **JOB,
    "status": "failed",
    "step": "reading",
    "result": None,
    "problems": [
        {
            "field": "level",
            "value": "9",
            "expected": "a whole number from 1 to 5",
            "remedy": "Say how well the person can do it.",
            "file": "statements.csv",
            "line": 12,
            "column": 5,
        }
    ],
}
JOB_WAITING: dict[str, Any] = {
    **JOB,
    "status": "waiting",
    "step": "waiting",
    "done": 0,
    "total": 0,
    "result": None,
}

METRICS = """\
# HELP tandem_people People stored.
# TYPE tandem_people gauge
tandem_people 2.0
"""

_RECOMMENDATIONS = "/v1/recommendations"
_PERSON = "/v1/people/{person_id}"
_IMPORT = "/v1/people/import"

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("post", _RECOMMENDATIONS): {
        "stored_mentee": QUERY_OF_A_MENTEE,
        "goals_as_text": QUERY_BY_TEXT,
    },
    ("put", _PERSON): {"mentee": PERSON_BODY, "mentor": MENTOR_BODY},
    ("post", _IMPORT): {
        "three_csv_files": {"files": ["people.csv", "statements.csv", "pairs.csv"]}
    },
}
ANSWERS: dict[tuple[str, str, int], dict[str, Any]] = {
    ("post", _RECOMMENDATIONS, 200): {"one_mentor": RANKING},
    ("put", _PERSON, 200): {"mentee": PERSON},
    ("put", _PERSON, 201): {"mentee": PERSON},
    ("get", _PERSON, 200): {"mentee": PERSON},
    ("post", _IMPORT, 202): {"waiting": JOB_WAITING},
    ("get", "/v1/jobs/{job_id}", 200): {"done": JOB, "failed": JOB_FAILED},
    ("get", "/healthz", 200): {"alive": {"status": "alive"}},
    ("get", "/readyz", 200): {"ready": {"status": "ready"}},
    ("get", "/metrics", 200): {"people": METRICS},
}

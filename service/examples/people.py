"""Two invented people."""

from __future__ import annotations

from typing import Any

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

"""What Martina Keller has yet to learn, what she says about it, and the organisation's picture."""

from __future__ import annotations

from typing import Any

PROFILE_ID = "plant-manager"
CONCEPT_IDS = ("automation.workflow_automation", "manufacturing.predictive_maintenance")
_WANTED, _EXPECTED = CONCEPT_IDS
_SUGGESTED = "automation.document_generation"
_DOCUMENTS = {"de": "Dokumente aus Vorlagen erzeugen", "en": "Document generation from templates"}
_AUTOMATION = {"de": "Workflow-Automatisierung", "en": "Workflow automation"}
_MAINTENANCE = {"de": "Vorausschauende Instandhaltung", "en": "Predictive maintenance"}

CONCEPTS: dict[str, Any] = {
    "concepts": [
        {"id": _WANTED, "area": "automation", "label": _AUTOMATION},
        {"id": _EXPECTED, "area": "manufacturing", "label": _MAINTENANCE},
    ]
}
ROLE_PROFILES: dict[str, Any] = {
    "profiles": [
        {
            "id": PROFILE_ID,
            "label": {"de": "Werkleitung", "en": "Plant manager"},
            "description": {
                "de": "Für Menschen, die ein Werk führen.",
                "en": "For people who run a plant.",
            },
            "expectations": [{"concept": _EXPECTED, "label": _MAINTENANCE, "level": 2}],
        }
    ]
}
PROFILE_CHOICE: dict[str, Any] = {"profile": PROFILE_ID}
NO_PROFILE: dict[str, Any] = {"profile": None}

_GOAL = "Wochenberichte automatisch erstellen"
LINK_CORRECTION: dict[str, Any] = {"kind": "goal", "text": _GOAL, "concepts": [*CONCEPT_IDS]}
LINK_TO_NOTHING: dict[str, Any] = {"kind": "skill", "text": "Große Lager planen", "concepts": []}
OWN_GAPS: dict[str, Any] = {
    "statements": [
        {
            "kind": "goal",
            "text": _GOAL,
            "language": "de",
            "level": None,
            "priority": 1,
            "concepts": [{"id": _WANTED, "label": _AUTOMATION, "probability": 0.81}],
            "suggestions": [{"id": _SUGGESTED, "label": _DOCUMENTS, "probability": 0.11}],
            "corrected": False,
        },
        {
            "kind": "skill",
            "text": "Große Lager planen",
            "language": "de",
            "level": 5,
            "priority": None,
            "concepts": [],
            "suggestions": [],
            "corrected": True,
        },
    ],
    "gaps": [
        {
            "concept": _WANTED,
            "label": _AUTOMATION,
            "goal": _GOAL,
            "wanted": 4,
            "present": 0,
            "distance": 4,
            "source": "goal",
            "n_mentors": 7,
            "closable": True,
        },
        {
            "concept": _EXPECTED,
            "label": _MAINTENANCE,
            "goal": None,
            "wanted": 2,
            "present": 0,
            "distance": 2,
            "source": "role_profile",
            "n_mentors": 0,
            "closable": False,
        },
    ],
    "profile": PROFILE_ID,
}

_AREA = {"area": "automation"}
_CONCEPT = {**_AREA, "concept": _WANTED}
_GROUP = {"people": 140, "want": 22, "can_teach": 9}
_FEW_TEACH = {"want": 61, "can_teach": 8}
ORGANISATION_GAPS: dict[str, Any] = {
    "language": "en",
    "withheld_below": 5,
    "people": 600,
    "concepts": [
        {
            **_CONCEPT,
            **_FEW_TEACH,
            "label": "Workflow automation",
            "level_1_2": 11,
            "level_3": None,
            "level_4_5": None,
            "free_places": 9,
            "coverage": 0.15,
            "hidden_experts": 6,
        }
    ],
    "areas": [
        {
            **_AREA,
            "want": 118,
            "can_teach": 44,
            "free_places": 51,
            "coverage": 0.43,
            "hidden_experts": 17,
        }
    ],
    "by_department": [{"department": "Logistics", **_CONCEPT, **_GROUP, "can_teach": None}],
    "by_site": [{"site": None, **_CONCEPT, **_GROUP, "can_teach": None}],
    "areas_by_department": [{"department": "Logistics", **_AREA, **_GROUP}],
    "areas_by_site": [{"site": "Mannheim", **_AREA, **_GROUP}],
    "bottlenecks": [{**_CONCEPT, **_FEW_TEACH, "sentence": "61 want it, 8 can teach it"}],
    "topics": [{"topic": 1, "words": ["drones", "stocktaking"], "people": 12}],
    "trends": [
        {"counted": "want", "id": _WANTED, "change": 14, "direction": "up"},
        {"counted": "can_teach", "id": _WANTED, "change": None, "direction": "about_the_same"},
    ],
}

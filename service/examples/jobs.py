"""Jobs of every kind, and how they can stand."""

from __future__ import annotations

from typing import Any

from service.examples.feedback import FEEDBACK_REPORT
from service.examples.rankers import REPORT

JOB_ID = "6f1d3c9e-2b0a-4c58-9a77-0d5b7e1f4a21"

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
FEEDBACK_JOB: dict[str, Any] = {**JOB, "kind": "feedback", "result": FEEDBACK_REPORT}
FEEDBACK_JOB_WAITING: dict[str, Any] = {**JOB_WAITING, "kind": "feedback"}
RETRAINING_JOB: dict[str, Any] = {
    **JOB,
    "kind": "retrain",
    "done": 1,
    "total": 1,
    "result": REPORT,
}
RETRAINING_JOB_WAITING: dict[str, Any] = {**JOB_WAITING, "kind": "retrain"}

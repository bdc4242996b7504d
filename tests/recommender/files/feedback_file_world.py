"""Small feedback files whose every cell can be changed, for the tests of feedback_file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from recommender.domain.errors import Problem
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.files.feedback import FeedbackFile, Known, read_feedback
from tests.recommender.files.people_file_world import csv_text, refused, written

COHORTS = ("id", "name", "starts_on", "ends_on", "simulated")
FEEDBACK = (
    "cohort",
    "mentor_id",
    "mentee_id",
    "side",
    "kind",
    "value",
    "session",
    "goal",
    "given_at",
)
SPRING = Cohort("spring", "Frühjahr 2026", date(2026, 3, 1), date(2026, 6, 30))
AUTUMN = Cohort("autumn", "Herbst 2026", date(2026, 9, 1), date(2026, 12, 31))
KNOWN = Known({"spring": SPRING}, frozenset({"anna", "rolf", "zoe"}))
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def report(kind: FeedbackKind, side: Side = Side.MENTEE, **changes: object) -> Feedback:
    """Return what Rolf, the mentee, or Anna, the mentor, reports; name what differs."""
    values: dict[str, object] = {
        "cohort": "autumn",
        "mentor_id": "anna",
        "mentee_id": "rolf",
        "side": side,
        "kind": kind,
        "given_at": NOON,
    }
    return Feedback(**{**values, **changes})  # type: ignore[arg-type]


REPORTS = (
    report(FeedbackKind.ASKED, given_at=datetime(2026, 9, 2, tzinfo=UTC)),
    report(FeedbackKind.ACCEPTED, Side.MENTOR, given_at=datetime(2026, 9, 3, 7, 30, tzinfo=UTC)),
    report(FeedbackKind.FIT, value="good"),
    report(FeedbackKind.USEFULNESS, value=5, session=1),
    report(FeedbackKind.USEFULNESS, Side.MENTOR, value=4, session=2),
    report(FeedbackKind.PROGRESS, value=-2, goal='Berichte; "automatisch", bitte'),
    report(FeedbackKind.COMMENT, value="=1+1 ergibt, wie immer, 2 😀"),
    report(FeedbackKind.DECLINED, Side.MENTOR, mentor_id="zoe", value="no_time"),
    report(FeedbackKind.DECLINED, Side.MENTOR, cohort="spring", mentor_id="zoe"),
)


def cohorts_csv(*changes: Mapping[str, str]) -> str:
    """Return a cohorts table with the autumn once per change."""
    usual = {"id": "autumn", "name": "Herbst", "starts_on": "2026-09-01", "ends_on": "2026-12-31"}
    return csv_text(COHORTS, [{**usual, **change} for change in changes])


def feedback_csv(*changes: Mapping[str, str]) -> str:
    """Return a feedback table with Rolf's fit of the spring once per change."""
    usual = {
        "cohort": "spring",
        "mentor_id": "anna",
        "mentee_id": "rolf",
        "side": "mentee",
        "kind": "fit",
        "value": "good",
        "given_at": "2026-04-01",
    }
    return csv_text(FEEDBACK, [{**usual, **change} for change in changes])


def read(folder: Path, **texts: str | bytes) -> FeedbackFile:
    """Read texts as files, with spring, Anna, Rolf and Zoe stored."""
    return read_feedback(written(folder, **texts), KNOWN)


def problems(folder: Path, **texts: str | bytes) -> tuple[Problem, ...]:
    """Return the problems of texts as files."""
    return refused(lambda: read(folder, **texts))

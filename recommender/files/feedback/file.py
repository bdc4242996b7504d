"""The feedback file: its two tables, one report or cohort from texts, and the way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from recommender.domain.feedback import FORMS as KINDS
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.domain.progress import Progress, silent
from recommender.files.feedback.checks import checked
from recommender.files.feedback.records import FeedbackFile, Known
from recommender.files.tables.cells import choice, optional_text, optional_whole, whole, yes_or_no
from recommender.files.tables.forms import Forms
from recommender.files.tables.layout import CODE, DAY, MOMENT, TEXT, Column, Layout, Table
from recommender.files.tables.problems import Place, Problems
from recommender.files.tables.reading import build

_SOUND = {
    "cohort": "c",
    "mentor_id": "a",
    "mentee_id": "b",
    "side": Side.MENTEE,
    "given_at": datetime(2000, 1, 1, tzinfo=UTC),
}
_ROOMIEST: Mapping[str, Mapping[str, object]] = {
    "value": {"kind": FeedbackKind.COMMENT},
    "session": {"kind": FeedbackKind.USEFULNESS, "value": 1},
    "goal": {"kind": FeedbackKind.PROGRESS, "value": 0},
}
"""Per field a report whose kind takes everything that any kind takes in this field."""


def _feedback(values: Mapping[str, Any], place: Place, problems: Problems) -> Feedback | None:
    """Make the report of a row; without a known kind, check what depends on it for itself."""
    if not isinstance(values["kind"], FeedbackKind):
        for field, others in _ROOMIEST.items():
            if values[field] is not None:
                build(Feedback, {**_SOUND, **others, field: values[field]}, place, problems)
    return build(Feedback, _with_value(values), place, problems)


def _with_value(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a report with a number for value where its kind has a scale."""
    kind, value = values["kind"], values["value"]
    if isinstance(kind, FeedbackKind) and KINDS[kind].scale and isinstance(value, str):
        value = whole(value)
    return {**values, "value": value}


COHORTS = Table(
    {
        "id": CODE,
        "name": TEXT,
        "starts_on": DAY,
        "ends_on": DAY,
        "simulated": Column(yes_or_no, False, optional=True),
    },
    partial(build, Cohort),
)
FEEDBACK = Table(
    {
        "cohort": CODE,
        "mentor_id": CODE,
        "mentee_id": CODE,
        "side": Column(choice(Side)),
        "kind": Column(choice(FeedbackKind)),
        "value": Column(optional_text, None, optional=True),
        "session": Column(optional_whole, None, optional=True),
        "goal": Column(optional_text, None, optional=True),
        "given_at": MOMENT,
    },
    _feedback,
)
FORMS = Forms(
    Layout({"cohorts": COHORTS, "feedback": FEEDBACK}, needed=("feedback", "cohorts")),
    "Name one or two CSV files (.csv, feedback and cohorts), or one Excel workbook (.xlsx).",
)


def feedback_of_texts(texts: Mapping[str, str]) -> Feedback:
    """Make a report of texts such as a row of a file has; it is given now unless they say when.

    Args:
        texts: A text per column of the feedback table. ``value``, ``session``, ``goal`` and
            ``given_at`` may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    values = FEEDBACK.values(texts)
    if "given_at" not in texts:
        values["given_at"] = datetime.now(UTC)
    return Feedback(**_with_value(values))


def cohort_of_texts(texts: Mapping[str, str]) -> Cohort:
    """Make a cohort of texts such as a row of a file has.

    Args:
        texts: A text per column of the cohorts table. ``simulated`` may be missing.

    Raises:
        InvalidInput: with everything that is wrong.
    """
    return Cohort(**COHORTS.values(texts))


def read_feedback(paths: Sequence[Path], known: Known, progress: Progress = silent) -> FeedbackFile:
    """Read and check cohorts and what was reported in them.

    Args:
        paths: One or two CSV files, or one Excel workbook.
        known: What is stored already. The files are checked as if they were laid over it.
        progress: Told now and then how many rows are read.

    Raises:
        InvalidInput: with every problem of all files.
    """
    return checked(FORMS.read(paths, progress), known)


def write_feedback(
    paths: Sequence[Path], cohorts: Iterable[Cohort], feedback: Iterable[Feedback]
) -> None:
    """Write cohorts by their start, and feedback by cohort, pair and time.

    Reading the files gives the same again. Each file is complete or as it was before, even if the
    program is killed, and only its owner may read it.

    Args:
        paths: A CSV file for feedback and, where cohorts are wanted, too, a second one for them; or
            one Excel workbook for both.
        cohorts: The cohorts, in any order.
        feedback: The feedback, in any order.

    Raises:
        InvalidInput: if the paths do not go together, or a file cannot be written.
    """
    runs = sorted(cohorts, key=lambda cohort: (cohort.starts_on, cohort.id))
    reports = sorted(feedback, key=_order)
    FORMS.write(paths, {"feedback": map(FEEDBACK.row, reports), "cohorts": map(COHORTS.row, runs)})


def _order(report: Feedback) -> tuple[object, ...]:
    pair = (report.cohort, report.mentor_id, report.mentee_id)
    step = (report.given_at, report.kind, report.side, report.session or 0, report.goal or "")
    return (*pair, *step)

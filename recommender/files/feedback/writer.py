"""Writing feedback files, in the same forms in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from recommender.domain.feedback import Cohort, Feedback
from recommender.files.feedback.forms import FORMS
from recommender.files.feedback.tables import Table, cohort_rows, feedback_rows
from recommender.files.tables.csv_file import write_csv
from recommender.files.tables.files import Writing, replace_files
from recommender.files.tables.forms import Form
from recommender.files.tables.workbook_export import write_workbook


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
    form = FORMS.of(paths)
    runs = sorted(cohorts, key=lambda cohort: (cohort.starts_on, cohort.id))
    reports = sorted(feedback, key=_order)
    writings: list[Writing]
    if form is Form.CSV:
        tables = (feedback_rows(reports), cohort_rows(runs))
        writings = [
            (path, partial(write_csv, rows=rows)) for path, rows in zip(paths, tables, strict=False)
        ]
    else:
        sheets = {
            Table.COHORTS.value: cohort_rows(runs),
            Table.FEEDBACK.value: feedback_rows(reports),
        }
        writings = [(paths[0], partial(write_workbook, tables=sheets))]
    replace_files(writings)


def _order(one: Feedback) -> tuple[object, ...]:
    pair = (one.cohort, one.mentor_id, one.mentee_id)
    return (*pair, one.given_at, one.kind, one.side, one.session or 0, one.goal or "")

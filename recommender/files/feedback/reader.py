"""Reading feedback files: which form they have, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recommender.domain.progress import Progress, silent
from recommender.files.feedback.checks import checked
from recommender.files.feedback.drafts import Drafts
from recommender.files.feedback.forms import FORMS
from recommender.files.feedback.records import FeedbackFile, Known
from recommender.files.feedback.tables import LAYOUT
from recommender.files.tables.csv_file import read_csv
from recommender.files.tables.forms import Form
from recommender.files.tables.places import Problems, Ticker
from recommender.files.tables.workbook import read_workbook


def read_feedback(paths: Sequence[Path], known: Known, progress: Progress = silent) -> FeedbackFile:
    """Read and check cohorts and what was reported in them.

    Args:
        paths: One or two CSV files, or one Excel workbook.
        known: What is stored already. The files are checked as if they were laid over it.
        progress: Told now and then how many rows are read.

    Raises:
        InvalidInput: with every problem of all files.
    """
    form = FORMS.of(paths)
    drafts = Drafts(Problems())
    ticker = Ticker(progress)
    if form is Form.CSV:
        read_csv(paths, LAYOUT, drafts, ticker)
    else:
        read_workbook(paths[0], LAYOUT, drafts, ticker)
    ticker.finish()
    return checked(drafts, known)

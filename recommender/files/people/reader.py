"""Reading people files: which form they have, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from recommender.domain.progress import Progress, silent
from recommender.files.people.checks import checked
from recommender.files.people.drafts import Drafts
from recommender.files.people.forms import FORMS
from recommender.files.people.json_lines import read_json_lines
from recommender.files.people.records import PeopleFile
from recommender.files.people.tables import LAYOUT
from recommender.files.tables.csv_file import read_csv
from recommender.files.tables.forms import Form
from recommender.files.tables.places import Problems, Ticker
from recommender.files.tables.workbook import read_workbook


def read_people(
    paths: Sequence[Path],
    known: Mapping[str, str | None] | None = None,
    progress: Progress = silent,
) -> PeopleFile:
    """Read and check people, their statements and their pairs.

    Args:
        paths: One to three CSV files, or one JSON Lines file, or one Excel workbook.
        known: The ids stored already, with the id that each reports to. The files are checked as
            if they were laid over these.
        progress: Told now and then how many rows are read.

    Raises:
        InvalidInput: with every problem of all files.
    """
    form = FORMS.of(paths)
    drafts = Drafts(Problems())
    ticker = Ticker(progress)
    if form is Form.CSV:
        read_csv(paths, LAYOUT, drafts, ticker)
    elif form is Form.JSON_LINES:
        read_json_lines(paths[0], drafts, ticker)
    else:
        read_workbook(paths[0], LAYOUT, drafts, ticker)
    ticker.finish()
    return checked(drafts, known or {})

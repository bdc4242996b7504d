"""Reading people files: which form they have, and what they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from recommender.domain import Progress, silent
from recommender.people_file.checks import checked
from recommender.people_file.drafts import Drafts
from recommender.people_file.forms import FORMS
from recommender.people_file.json_lines import read_json_lines
from recommender.people_file.records import PeopleFile
from recommender.people_file.tables import LAYOUT
from recommender.table_file.csv_file import read_csv
from recommender.table_file.forms import Form
from recommender.table_file.places import Problems, Ticker
from recommender.table_file.workbook import read_workbook


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

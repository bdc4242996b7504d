"""Writing people files, in the same forms in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from recommender.domain import Pair, Person
from recommender.people_file.cells import Table
from recommender.people_file.csv_file import write_csv
from recommender.people_file.files import Writing, replace_files
from recommender.people_file.forms import Form, form_of, refusal
from recommender.people_file.json_lines import write_json_lines
from recommender.people_file.workbook_export import write_workbook


def write_people(
    paths: Sequence[Path], people: Iterable[Person], pairs: Iterable[Pair] = ()
) -> None:
    """Write people by id, each with their statements in order, and pairs by ids.

    Reading the files gives the same people and pairs again. Each file is complete or as it was
    before, even if the program is killed, and only its owner may read it.

    Args:
        paths: CSV files for people, statements and (needed if there are any) pairs, in this order;
            or one JSON Lines file; or one Excel workbook.
        people: The people, in any order.
        pairs: The pairs, in any order.

    Raises:
        InvalidInput: if the paths do not go together, or a file cannot be written.
    """
    form = form_of(paths)
    persons = sorted(people, key=lambda person: person.id)
    couples = sorted(pairs, key=lambda pair: (pair.mentor_id, pair.mentee_id))
    writings: list[Writing]
    if form is Form.CSV:
        n_needed = 3 if couples else 2
        if len(paths) < n_needed:
            raise refusal(f"{len(paths)} CSV files", f"{n_needed} CSV files")
        writings = [
            (path, partial(write_csv, table=table, people=persons, pairs=couples))
            for path, table in zip(paths, Table, strict=False)
        ]
    else:
        write = write_json_lines if form is Form.JSON_LINES else write_workbook
        writings = [(paths[0], partial(write, people=persons, pairs=couples))]
    replace_files(writings)

"""Writing people files, in the same forms in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from recommender.domain.people import Pair, Person
from recommender.files.people.forms import FORMS
from recommender.files.people.json_lines import write_json_lines
from recommender.files.people.tables import Table, exported
from recommender.files.tables.csv_file import write_csv
from recommender.files.tables.files import Writing, replace_files
from recommender.files.tables.forms import Form
from recommender.files.tables.workbook_export import write_workbook


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
    form = FORMS.of(paths)
    persons = sorted(people, key=lambda person: person.id)
    couples = sorted(pairs, key=lambda pair: (pair.mentor_id, pair.mentee_id))
    tables = {table.value: exported(table, persons, couples) for table in Table}
    writings: list[Writing]
    if form is Form.CSV:
        n_needed = 3 if couples else 2
        if len(paths) < n_needed:
            raise FORMS.refusal(f"{len(paths)} CSV files", f"{n_needed} CSV files")
        writings = [
            (path, partial(write_csv, rows=tables[table]))
            for path, table in zip(paths, Table, strict=False)
        ]
    elif form is Form.JSON_LINES:
        writings = [(paths[0], partial(write_json_lines, people=persons, pairs=couples))]
    else:
        writings = [(paths[0], partial(write_workbook, tables=tables))]
    replace_files(writings)

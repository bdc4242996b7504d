"""A file of group labels, such as site or gender: read for one report and never stored.

Columns ``person_id`` and ``label``, as CSV. Labels are kept apart from everything a ranker sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from recommender.domain.checks import MAX_NAME
from recommender.files.tables.csv import read_csv
from recommender.files.tables.layout import CODE, Layout, Table
from recommender.files.tables.problems import Firsts, Place, Problems, is_id
from recommender.files.tables.reading import Reading

COLUMNS = {"person_id": CODE, "label": CODE}


def read_groups(path: Path) -> dict[str, str]:
    """Return the label of each person in a CSV file. Unknown people do no harm.

    Raises:
        InvalidInput: with every problem of the file.
    """
    problems = Problems()
    firsts = Firsts(problems, "person_id", "Remove one of the two lines.")
    layout = Layout({"groups": Table(COLUMNS, partial(_check, firsts))}, ("groups",))
    reading = Reading(layout, problems)
    read_csv([path], reading)
    problems.done()
    return {row.values["person_id"]: row.values["label"] for row in reading.rows["groups"]}


def _check(firsts: Firsts, values: Mapping[str, Any], place: Place, problems: Problems) -> None:
    person_id, label = values["person_id"], values["label"]
    remedy = "Correct it, or leave the line out."
    if not is_id(person_id) and not place.lacks("person_id"):
        problems.tell(place, "person_id", person_id, "the id of a person", remedy)
    elif isinstance(person_id, str):
        firsts.see(person_id, person_id, place, "each person")
    short = isinstance(label, str) and 1 <= len(label) <= MAX_NAME
    if not short and not place.lacks("label"):
        expected = f"a label of 1 to {MAX_NAME} characters"
        problems.tell(place, "label", label, expected, remedy)

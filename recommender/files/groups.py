"""A file of group labels, such as site or gender: read for one report and never stored.

Columns ``person_id`` and ``label``, as CSV. Labels are kept apart from everything a ranker sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recommender.domain.checks import MAX_NAME
from recommender.domain.errors import Problem, quoted
from recommender.files.tables.building import Firsts, is_id
from recommender.files.tables.cells import Column, Layout
from recommender.files.tables.csv_file import read_csv
from recommender.files.tables.places import Place, Problems, Ticker

COLUMNS = {"person_id": Column(str.strip), "label": Column(str.strip)}
LAYOUT = Layout({"groups": COLUMNS}, "groups", ("groups",))


class _Drafts:
    """Collects labels by person."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.labels: dict[str, str] = {}
        self._firsts = Firsts(self.problems, "person_id", "Remove one of the two lines.")

    def begin(self, found: Mapping[str, Path]) -> None:
        """Know already which table there is."""

    def add(self, table: str, given: dict[str, Any], place: Place) -> None:
        """Check one row and keep it."""
        person_id, label = given["person_id"], given["label"]
        if not is_id(person_id) and not place.lacks("person_id"):
            self._tell(place, "person_id", person_id, "the id of a person")
        elif isinstance(person_id, str):
            self._firsts.see(person_id, person_id, place, "each person")
        short = isinstance(label, str) and 1 <= len(label) <= MAX_NAME
        if not short and not place.lacks("label"):
            self._tell(place, "label", label, f"a label of 1 to {MAX_NAME} characters")
        self.labels[str(person_id)] = str(label)

    def lose_row(self, table: str, row_id: str, place: Place) -> None:
        """Note nothing: the problem is told, and no label will be used."""

    def lose(self, table: str | None) -> None:
        """Note nothing, likewise."""

    def _tell(self, place: Place, field: str, value: object, expected: str) -> None:
        problem = Problem(field, quoted(value), expected, "Correct it, or leave the line out.")
        self.problems.add(place.point(problem))


def read_groups(path: Path) -> dict[str, str]:
    """Return the label of each person in a CSV file. Unknown people do no harm.

    Raises:
        InvalidInput: with every problem of the file.
    """
    drafts = _Drafts()
    read_csv([path], LAYOUT, drafts, Ticker(lambda *_: None))
    drafts.problems.done()
    return drafts.labels

"""The forms of a people file, told by the ends of the file names."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from recommender.errors import InvalidInput, Problem, quoted

MAX_CSV_FILES = 3
_REMEDY = (
    "Name one to three CSV files (.csv, people and statements and pairs), or one JSON Lines file "
    "(.jsonl), or one Excel workbook (.xlsx)."
)


class Form(Enum):
    """A form with the ends of its file names."""

    CSV = (".csv", ".tsv", ".txt")
    JSON_LINES = (".jsonl", ".ndjson")
    WORKBOOK = (".xlsx",)


def form_of(paths: Sequence[Path]) -> Form:
    """Return the form that all the paths have.

    Raises:
        InvalidInput: if there is no path, a form is unknown, or these files do not go together.
    """
    forms = [_form(path) for path in paths]
    form = forms[0] if forms else None
    most = MAX_CSV_FILES if form is Form.CSV else 1
    if form is None or len(set(forms)) > 1 or len(forms) > most or len(set(paths)) < len(paths):
        names = ", ".join(path.name for path in paths) or "no file"
        raise refusal(names, "files that make one import or export")
    return form


def refusal(value: str, expected: str) -> InvalidInput:
    """Return the refusal of a set of paths."""
    return InvalidInput([Problem("paths", quoted(value), expected, _REMEDY)])


def _form(path: Path) -> Form:
    for form in Form:
        if path.suffix.lower() in form.value:
            return form
    problem = Problem("file", quoted(path.name), "a CSV, JSON Lines or .xlsx file", _REMEDY)
    raise InvalidInput([problem.at(path.name, None, None)])

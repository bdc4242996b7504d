"""The forms of files, told by the ends of their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem, quoted


class Form(Enum):
    """A form with the ends of its file names."""

    CSV = (".csv", ".tsv", ".txt")
    JSON_LINES = (".jsonl", ".ndjson")
    WORKBOOK = (".xlsx",)


@dataclass(frozen=True, slots=True)
class Forms:
    """Which files make one import or export.

    Args:
        forms: The forms that are read and written.
        max_csv_files: How many CSV files go together; of another form, there is one.
        expected: The forms as a message names them.
        remedy: What to name instead.
    """

    forms: tuple[Form, ...]
    max_csv_files: int
    expected: str
    remedy: str

    def of(self, paths: Sequence[Path]) -> Form:
        """Return the form that all the paths have.

        Raises:
            InvalidInput: if there is no path, a form is unknown, or these files do not go together.
        """
        found = [self._form(path) for path in paths]
        form = found[0] if found else None
        most = self.max_csv_files if form is Form.CSV else 1
        if form is None or len(set(found)) > 1 or len(found) > most or len(set(paths)) < len(paths):
            names = ", ".join(path.name for path in paths) or "no file"
            raise self.refusal(names, "files that make one import or export")
        return form

    def refusal(self, value: str, expected: str) -> InvalidInput:
        """Return the refusal of a set of paths."""
        return InvalidInput([Problem("paths", quoted(value), expected, self.remedy)])

    def _form(self, path: Path) -> Form:
        for form in self.forms:
            if path.suffix.lower() in form.value:
                return form
        problem = Problem("file", quoted(path.name), self.expected, self.remedy)
        raise InvalidInput([problem.at(path.name, None, None)])

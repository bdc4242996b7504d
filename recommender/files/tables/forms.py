"""The forms of files, told by the ends of their names, and the way in and out for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.domain.progress import Progress
from recommender.files.tables.cells import Value
from recommender.files.tables.csv import read_csv, write_csv
from recommender.files.tables.files import replace_files
from recommender.files.tables.layout import Layout
from recommender.files.tables.problems import Problems
from recommender.files.tables.reading import Reading


class Form(Enum):
    """A form with the ends of its file names."""

    CSV = (".csv", ".tsv", ".txt")
    WORKBOOK = (".xlsx",)


@dataclass(frozen=True, slots=True)
class Forms:
    """The files of one import or export: CSV files, at most one a table, or one Excel workbook.

    Args:
        layout: The tables that the files hold.
        remedy: Which files to name instead of those that do not go together.
    """

    layout: Layout
    remedy: str

    @property
    def max_csv_files(self) -> int:
        return len(self.layout.tables)

    def of(self, paths: Sequence[Path]) -> Form:
        """Return the form that all the paths have.

        Raises:
            InvalidInput: if there is no path, a form is unknown, or these files do not go together.
        """
        forms = [self._form(path) for path in paths]
        form = forms[0] if forms else None
        most = self.max_csv_files if form is Form.CSV else 1
        if form is None or len(set(forms)) > 1 or len(forms) > most or len(set(paths)) < len(paths):
            names = ", ".join(path.name for path in paths) or "no file"
            raise self.refusal(names, "files that make one import or export")
        return form

    def refusal(self, value: str, expected: str) -> InvalidInput:
        """Return the refusal of a set of paths."""
        return InvalidInput([Problem("paths", quoted(value), expected, self.remedy)])

    def read(self, paths: Sequence[Path], progress: Progress) -> Reading:
        """Return everything that the files hold, and what is wrong with each row by itself.

        Raises:
            InvalidInput: if the paths do not go together, or there are too many problems.
        """
        form = self.of(paths)
        reading = Reading(self.layout, Problems(), progress)
        if form is Form.CSV:
            read_csv(paths, reading)
        else:
            # Loaded here, because openpyxl takes longer to load than everything else.
            from recommender.files.tables.workbook import read_workbook

            read_workbook(paths[0], reading)
        reading.finish()
        return reading

    def write(self, paths: Sequence[Path], tables: Mapping[str, Iterable[Sequence[Value]]]) -> None:
        """Write tables, so that reading the files gives the same again.

        Each file is complete or as it was before, even if the program is killed, and only its
        owner may read it.

        Args:
            paths: CSV files for as many of the tables as there are files, or one workbook for all.
            tables: The rows of each table, in the order of the CSV files.

        Raises:
            InvalidInput: if the paths do not go together, or a file cannot be written.
        """
        if self.of(paths) is Form.CSV:
            files = zip(paths, tables, strict=False)
            replace_files(
                [(path, partial(write_csv, rows=self._rows(name, tables))) for path, name in files]
            )
        else:
            from recommender.files.tables.workbook import write_workbook

            sheets = {name: self._rows(name, tables) for name in self.layout.tables}
            replace_files([(paths[0], partial(write_workbook, tables=sheets))])

    def _rows(
        self, name: str, tables: Mapping[str, Iterable[Sequence[Value]]]
    ) -> Iterator[Sequence[Value]]:
        yield list(self.layout.tables[name].columns)
        yield from tables[name]

    def _form(self, path: Path) -> Form:
        for form in Form:
            if path.suffix.lower() in form.value:
                return form
        problem = Problem("file", quoted(path.name), "a CSV or .xlsx file", self.remedy)
        raise InvalidInput([problem.at(path.name, None, None)])

"""Where a value stands in a file, and the list of everything that is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.progress import Progress

MAX_PROBLEMS = 1000
ROWS_PER_TICK = 1000


def _letters(column: int) -> str:
    """Return a 1-based column as Excel names it."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@dataclass(frozen=True, slots=True)
class Source:
    """One table: its file, its sheet if the file has sheets, and the 1-based column per field.

    ``columns`` is None where fields have names instead of columns, as in JSON. ``missing`` are the
    fields that every row lacks, which has been told at the header.
    """

    file: str
    sheet: str | None = None
    columns: Mapping[str, int] | None = None
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a table, or one object of a JSON line (``path`` leads to it)."""

    source: Source
    line: int
    path: str = ""

    def lacks(self, field: str) -> bool:
        """Return whether the table has no such column, which has been told at its header."""
        return field in self.source.missing

    def point(self, problem: Problem) -> Problem:
        """Return the problem with file, line and, where its field has one, column."""
        column = problem.column or (self.source.columns or {}).get(problem.field)
        name = self.path + problem.field
        if self.source.sheet is not None:
            cell = f"{self.source.sheet}!{_letters(column or 0)}{self.line}"
            name = f"{name} ({cell})"
        return replace(problem, field=name, file=self.source.file, line=self.line, column=column)


class Problems:
    """Collects the problems of all files, so that all are told at once.

    Raises:
        InvalidInput: from :meth:`add`, when there are more than ``MAX_PROBLEMS``.
    """

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, problem: Problem) -> None:
        """Keep one problem, in text that every output can encode."""
        if len(self._found) == MAX_PROBLEMS:
            last = Problem(
                "file",
                f"more than {MAX_PROBLEMS} problems",
                "a file with few problems",
                "Repair these, then import again to see the others.",
            )
            raise InvalidInput([*self._found, last])
        self._found.append(
            replace(
                problem,
                field=_encodable(problem.field),
                value=_encodable(problem.value),
                file=None if problem.file is None else _encodable(problem.file),
            )
        )

    def done(self) -> None:
        """Raise InvalidInput if anything was wrong."""
        if self._found:
            raise InvalidInput(self._found)


def _encodable(text: str) -> str:
    """Return ``text`` with lone surrogates spelt out: no encoding can write them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Ticker:
    """Tells how many rows are read, at most once per ``ROWS_PER_TICK`` rows and at the end."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._done = 0
        self.total = 0

    def tick(self) -> None:
        """Count one row."""
        self._done += 1
        if self._done % ROWS_PER_TICK == 0:
            self._progress("reading", self._done, max(self._done, self.total))

    def finish(self) -> None:
        """Tell that every row is read."""
        self._progress("reading", self._done, self._done)

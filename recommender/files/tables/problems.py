"""Where a value stands in a file, and the list of everything that is wrong there."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from recommender.domain.checks import ID_PATTERN
from recommender.domain.errors import InvalidInput, Problem, quoted

MAX_PROBLEMS = 1000
_ID = re.compile(ID_PATTERN)


def is_id(value: object) -> bool:
    """Return whether the value is a well-formed id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _letters(column: int) -> str:
    """Return a 1-based column as Excel names it."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table.

    Args:
        table: Which table it is.
        file: The name of its file.
        sheet: Its sheet, if the file has sheets.
        n_cells: How many cells the header row has, and so every row.
        columns: The 1-based column of each field.
        nameless: 1-based columns without a name, which have to be empty in every row.
        missing: The fields that every row lacks, which has been told at the header.
    """

    table: str
    file: str
    sheet: str | None
    n_cells: int
    columns: Mapping[str, int]
    nameless: tuple[int, ...]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a table, by the 1-based line on which it starts."""

    header: Header
    line: int

    def lacks(self, field: str) -> bool:
        """Return whether the table has no such column, which has been told at its header."""
        return field in self.header.missing

    def point(self, problem: Problem) -> Problem:
        """Return the problem with file, line and, where its field has one, column."""
        column = problem.column or self.header.columns.get(problem.field)
        name = problem.field
        if self.header.sheet is not None:
            name = f"{name} ({self.header.sheet}!{_letters(column or 0)}{self.line})"
        return replace(problem, field=name, file=self.header.file, line=self.line, column=column)


class Problems:
    """Collects the problems of all files, so that all are told at once.

    Raises:
        InvalidInput: when there are more than ``MAX_PROBLEMS``.
    """

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._problems)

    def add(self, problem: Problem) -> None:
        """Keep one problem, in text that every output can encode."""
        if len(self._problems) == MAX_PROBLEMS:
            last = Problem(
                "file",
                f"more than {MAX_PROBLEMS} problems",
                "a file with few problems",
                "Repair these, then import again to see the others.",
            )
            raise InvalidInput([*self._problems, last])
        self._problems.append(
            replace(
                problem,
                field=_encodable(problem.field),
                value=_encodable(problem.value),
                file=None if problem.file is None else _encodable(problem.file),
            )
        )

    def tell(
        self,
        place: Place,
        field: str,
        value: object,
        expected: str,
        remedy: str,
        column: int | None = None,
    ) -> None:
        """Keep what is wrong with one field of a row, or with one column that is no field's."""
        problem = Problem(field, quoted(value), expected, remedy, column=column)
        self.add(place.point(problem))

    def done(self) -> None:
        """Raise InvalidInput if anything was wrong."""
        if self._problems:
            raise InvalidInput(self._problems)


def _encodable(text: str) -> str:
    """Return ``text`` with lone surrogates spelt out: no encoding can write them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class Firsts:
    """Remembers where each thing stands first, and tells its repetitions."""

    def __init__(self, problems: Problems, field: str, remedy: str) -> None:
        self._problems = problems
        self._field = field
        self._remedy = remedy
        self._places: dict[Hashable, Place] = {}

    def see(self, key: Hashable, value: str, place: Place, what: str) -> None:
        """Tell that ``what`` stands at a place again, if its key has been seen before."""
        first = self._places.setdefault(key, place)
        if first is not place:
            expected = f"{what} once, and line {first.line} has it already,"
            self._problems.tell(place, self._field, value, expected, self._remedy)

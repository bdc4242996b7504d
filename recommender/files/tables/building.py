"""Making domain objects of rows, and telling what stands there twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from recommender.domain.checks import ID_PATTERN
from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.files.tables.cells import Unusable
from recommender.files.tables.places import Place, Problems

Made = TypeVar("Made")
_ID = re.compile(ID_PATTERN)


def is_id(value: object) -> bool:
    """Return whether the value is a well-formed id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def build(
    make: Callable[..., Made], given: Mapping[str, Any], place: Place, problems: Problems
) -> Made | None:
    """Make a domain object, or tell each of its problems at the place of its field.

    A field whose column is missing has been told at the header, once for all rows.
    """
    try:
        return make(**given)
    except InvalidInput as refused:
        told = refused.problems
    for problem in told:
        if not place.lacks(problem.field):
            found = _as_in_the_file(problem, given.get(problem.field))
            problems.add(place.point(found))
    return None


def _as_in_the_file(problem: Problem, value: object) -> Problem:
    """Return the problem with what the file has, where the domain saw a substitute for it."""
    if isinstance(value, tuple) and value:
        value = value[0]
    if value is None:
        return replace(problem, value="")
    if isinstance(value, Unusable):
        return replace(problem, value=value.shown, remedy=value.remedy)
    return problem


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
            inside = f" ({first.path.rstrip('.')})" if first.path else ""
            expected = f"{what} once, and line {first.line}{inside} has it already,"
            problem = Problem(self._field, quoted(value), expected, self._remedy)
            self._problems.add(place.point(problem))

"""The parts that bodies and answers are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from recommender.domain.checks import ID_PATTERN, LANGUAGE_PATTERN, MAX_NAME
from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import MAX_TEXT

T = TypeVar("T")

PersonId = Annotated[
    str,
    Field(
        pattern=f"^(?:{ID_PATTERN})$",
        description="Staff number or account name, opaque to Tandem.",
    ),
]
CohortId = Annotated[
    str, Field(pattern=f"^(?:{ID_PATTERN})$", description="Id of a cohort, such as 2026-autumn.")
]
LanguageCode = Annotated[
    str, Field(pattern=f"^(?:{LANGUAGE_PATTERN})$", description="ISO 639-1, such as de.")
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_TEXT,
        description="One sentence or phrase, in the person's own words.",
    ),
]
Day = Annotated[str, Field(description="Such as 2026-11-25.", json_schema_extra={"format": "date"})]
Moment = Annotated[
    str,
    Field(
        description="Date and time with the time zone, such as 2026-11-25T14:30:00+01:00.",
        json_schema_extra={"format": "date-time"},
    ),
]


class Strict(BaseModel):
    """A body that takes no unknown field and no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Refused:
    """Collects what the domain refuses, with the place of each part."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def unless(self, path: str, make: Callable[[], T]) -> T | None:
        """Return what ``make`` makes, or None after noting why it cannot be made."""
        try:
            return make()
        except InvalidInput as refused:
            self._problems += [replace(p, field=path + p.field) for p in refused.problems]
            return None

    def done(self) -> None:
        """Raise InvalidInput if anything was refused."""
        if self._problems:
            raise InvalidInput(self._problems)


def utc_text(moment: datetime) -> str:
    """Return a moment in UTC as answers write it."""
    return moment.isoformat().replace("+00:00", "Z")

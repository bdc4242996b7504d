"""What has been read so far, good and bad, before the checks across rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.files.feedback.tables import Table
from recommender.files.feedback.texts import with_value
from recommender.files.tables.building import build
from recommender.files.tables.places import Place, Problems

_SOUND = {
    "cohort": "c",
    "mentor_id": "a",
    "mentee_id": "b",
    "side": Side.MENTEE,
    "given_at": datetime(2000, 1, 1, tzinfo=UTC),
}
_ROOMIEST: Mapping[str, Mapping[str, object]] = {
    "value": {"kind": FeedbackKind.COMMENT},
    "session": {"kind": FeedbackKind.USEFULNESS, "value": 1},
    "goal": {"kind": FeedbackKind.PROGRESS, "value": 0},
}
"""Per field a report whose kind takes everything that any kind takes in this field."""


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """A cohort whose row was read; ``cohort`` is None if something in it is wrong."""

    id: str
    cohort: Cohort | None
    place: Place


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """A report whose row was read, with its fields as they were read.

    ``feedback`` is None if something in it is wrong.
    """

    given: Mapping[str, Any]
    feedback: Feedback | None
    place: Place


class Drafts:
    """Everything that was read, in the order of the files.

    ``cohorts_complete`` turns False when the id of a cohort could not be read; an id that seems
    unknown may then be its own.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.cohorts: list[CohortDraft] = []
        self.feedback: list[FeedbackDraft] = []
        self.cohorts_complete = True

    def begin(self, found: Mapping[str, Path]) -> None:
        """Learn which tables there are: where something is wrong, it may be the cohorts table."""
        if self.problems and Table.COHORTS not in found:
            self.cohorts_complete = False

    def add(self, table: str, given: dict[str, Any], place: Place) -> None:
        """Check one row of a table and keep it."""
        if table == Table.COHORTS:
            cohort = build(Cohort, given, place, self.problems)
            if isinstance(given["id"], str) and given["id"]:
                self.cohorts.append(CohortDraft(given["id"], cohort, place))
            else:
                self.cohorts_complete = False
        else:
            self._add_feedback(given, place)

    def lose_row(self, table: str, row_id: str, place: Place) -> None:
        """Note a row of which no more can be read than perhaps the id."""
        if table == Table.COHORTS and row_id:
            self.cohorts.append(CohortDraft(row_id, None, place))
        else:
            self.lose(table)

    def lose(self, table: str | None) -> None:
        """Note that rows of a table, or of any table, cannot be read."""
        if table in (None, Table.COHORTS):
            self.cohorts_complete = False

    def _add_feedback(self, given: Mapping[str, Any], place: Place) -> None:
        if not isinstance(given["kind"], FeedbackKind):
            self._check_alone(given, place)
        feedback = build(Feedback, with_value(given), place, self.problems)
        self.feedback.append(FeedbackDraft(given, feedback, place))

    def _check_alone(self, given: Mapping[str, Any], place: Place) -> None:
        """Check for itself what depends on the report's kind, because the kind is unknown."""
        for field, rest in _ROOMIEST.items():
            if given[field] is not None:
                build(Feedback, {**_SOUND, **rest, field: given[field]}, place, self.problems)

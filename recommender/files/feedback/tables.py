"""The columns of the two tables, and the rows of an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.files.tables.cells import Column, Columns, Layout
from recommender.files.tables.converters import (
    CODE,
    DAY,
    MOMENT,
    TEXT,
    choice,
    optional_text,
    optional_whole,
    yes_or_no,
)
from recommender.files.tables.rows import Value


class Table(StrEnum):
    """The tables of a feedback file, in the order in which they are read."""

    COHORTS = "cohorts"
    FEEDBACK = "feedback"


COLUMNS: Mapping[str, Columns] = {
    Table.COHORTS: {
        "id": CODE,
        "name": TEXT,
        "starts_on": DAY,
        "ends_on": DAY,
        "simulated": Column(yes_or_no, False, optional=True),
    },
    Table.FEEDBACK: {
        "cohort": CODE,
        "mentor_id": CODE,
        "mentee_id": CODE,
        "side": Column(choice(Side)),
        "kind": Column(choice(FeedbackKind)),
        "value": Column(optional_text, None, optional=True),
        "session": Column(optional_whole, None, optional=True),
        "goal": Column(optional_text, None, optional=True),
        "given_at": MOMENT,
    },
}
LAYOUT = Layout(COLUMNS, Table.FEEDBACK, needed=(Table.FEEDBACK, Table.COHORTS))


def cohort_rows(cohorts: Iterable[Cohort]) -> Iterator[list[Value]]:
    """Yield the header and the rows of the cohorts."""
    yield list(COLUMNS[Table.COHORTS])
    for one in cohorts:
        days = one.starts_on.isoformat(), one.ends_on.isoformat()
        yield [one.id, one.name, *days, "yes" if one.simulated else "no"]


def feedback_rows(feedback: Iterable[Feedback]) -> Iterator[list[Value]]:
    """Yield the header and the rows of the feedback."""
    yield list(COLUMNS[Table.FEEDBACK])
    for one in feedback:
        yield [
            one.cohort,
            one.mentor_id,
            one.mentee_id,
            one.side.value,
            one.kind.value,
            "" if one.value is None else one.value,
            "" if one.session is None else one.session,
            one.goal or "",
            one.given_at.isoformat().replace("+00:00", "Z"),
        ]

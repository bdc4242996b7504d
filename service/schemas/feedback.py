"""Cohorts, and what both sides of pairs report in them."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from recommender.domain.feedback import MAX_SESSION, Cohort, Feedback, FeedbackKind, Side
from recommender.domain.people import MAX_TEXT
from recommender.files import day, moment
from recommender.programme import StoredFeedback
from service.schemas.fields import (
    CohortId,
    Day,
    Moment,
    Name,
    PersonId,
    Refused,
    Strict,
    utc_text,
)

MAX_REPORTS = 200


def _number_or_text(value: object) -> object:
    if value is not None and type(value) not in (int, str):
        raise ValueError("a whole number, a text, or null")
    return value


class CohortBody(Strict):
    """One run of the programme."""

    name: Name = Field(description="As people call it.")
    starts_on: Day = Field(description="First day, in UTC, such as 2026-09-01.")
    ends_on: Day = Field(description="Last day, included.")

    def cohort(self, cohort_id: str, simulated: bool) -> Cohort:
        """Return the domain's cohort.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        # What is no day stays a text, which the domain refuses in its own words.
        first: Any = day(self.starts_on)
        last: Any = day(self.ends_on)
        return Cohort(cohort_id, self.name, first, last, simulated)


class CohortAnswer(CohortBody):
    """A stored cohort."""

    id: CohortId
    simulated: bool = Field(
        description="Whether its feedback is invented; `tandem simulate` makes such cohorts."
    )


class CohortsAnswer(Strict):
    """Every cohort, the oldest first."""

    cohorts: list[CohortAnswer]


class FeedbackBody(Strict):
    """One report by one side of a pair. A later one about the same thing replaces it."""

    cohort: CohortId
    mentor_id: PersonId
    mentee_id: PersonId
    side: Side = Field(strict=False, description="Who reports.")
    kind: FeedbackKind = Field(
        strict=False,
        description="A step of the pair (asked, accepted, declined, active, ended), or how it went "
        "(fit, usefulness, progress, again, comment).",
    )
    value: Annotated[int | str | None, BeforeValidator(_number_or_text)] = Field(
        default=None,
        description="declined: no_time, other_topic, too_close, other, or nothing. fit: good, "
        "undecided, not_a_fit. usefulness: 1 to 5. progress: -2 to 2. again: yes, no. comment: a "
        "text. Else nothing.",
    )
    session: int | None = Field(
        default=None, ge=1, le=MAX_SESSION, description="Which session: for usefulness, and only."
    )
    goal: str | None = Field(
        default=None, max_length=MAX_TEXT, description="Which goal: for progress, and only."
    )
    given_at: Moment | None = Field(
        default=None, description="When it was reported, with the time zone; null for now."
    )

    def feedback(self, now: datetime) -> Feedback:
        """Return the domain's report.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        # What is no moment stays a text, which the domain refuses in its own words.
        given_at: Any = now if self.given_at is None else moment(self.given_at)
        return Feedback(
            cohort=self.cohort,
            mentor_id=self.mentor_id,
            mentee_id=self.mentee_id,
            side=self.side,
            kind=self.kind,
            given_at=given_at,
            value=self.value,
            session=self.session,
            goal=self.goal,
        )


class FeedbackRequest(Strict):
    """Reports that are stored together, or not at all."""

    feedback: list[FeedbackBody] = Field(min_length=1, max_length=MAX_REPORTS)

    def given(self, now: datetime) -> list[Feedback]:
        """Return the domain's reports.

        Raises:
            InvalidInput: with everything that the domain refuses.
        """
        refused = Refused()
        reports = [
            refused.unless(f"feedback[{place}].", partial(one.feedback, now))
            for place, one in enumerate(self.feedback)
        ]
        refused.done()
        return [report for report in reports if report is not None]


class FeedbackReportAnswer(Strict):
    """What came of cohorts and reports."""

    cohorts_created: int
    cohorts_updated: int
    cohorts_unchanged: int
    reports_created: int
    reports_replaced: int = Field(description="Reports about the same as an earlier one.")
    reports_unchanged: int


class GivenFeedbackAnswer(FeedbackBody):
    """One report as it is stored."""

    given_at: Moment
    replaced_at: Moment | None = Field(
        description="When a later report took its place; null while it counts."
    )


class GivenFeedbackListAnswer(Strict):
    """What one person reported themself, the oldest first, and nothing said about them."""

    feedback: list[GivenFeedbackAnswer]


def cohort_fields(cohort: Cohort) -> dict[str, Any]:
    """Return a cohort as JSON-serialisable fields."""
    return {
        "id": cohort.id,
        "name": cohort.name,
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "simulated": cohort.simulated,
    }


def feedback_fields(stored: StoredFeedback) -> dict[str, Any]:
    """Return a stored report as JSON-serialisable fields."""
    told = stored.feedback
    names = ("cohort", "mentor_id", "mentee_id", "side", "kind", "value", "session", "goal")
    return {
        **{name: getattr(told, name) for name in names},
        "given_at": utc_text(told.given_at),
        "replaced_at": None if stored.replaced_at is None else utc_text(stored.replaced_at),
    }

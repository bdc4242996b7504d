"""From reports to labels: two-sided, graded, and fair to strict raters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recommender.domain.feedback import Again, DeclineReason, FeedbackKind, Fit, Side
from recommender.ranking.learning.labels import Outcome, grade, outcomes
from recommender.store.feedback import FeedbackRow

START = datetime(2026, 3, 1, tzinfo=UTC)
PAIR = ("spring", 1, 100)
MENTEE, MENTOR = Side.MENTEE, Side.MENTOR
GOOD = Fit.GOOD

Said = tuple[Side, FeedbackKind, int | str | None]

ASKED: Said = (MENTEE, FeedbackKind.ASKED, None)
ACCEPTED: Said = (MENTOR, FeedbackKind.ACCEPTED, None)


def reports(*sayings: Said, mentor: int = 1, mentee: int = 100) -> list[FeedbackRow]:
    return [
        FeedbackRow("spring", mentor, mentee, side, kind, value, START + timedelta(days=day))
        for day, (side, kind, value) in enumerate(sayings)
    ]


def outcome(*sayings: Said) -> Outcome:
    return outcomes(reports(*sayings))[PAIR]


def fits(mentee: str, mentor: str) -> list[Said]:
    return [(MENTEE, FeedbackKind.FIT, mentee), (MENTOR, FeedbackKind.FIT, mentor)]


@pytest.mark.parametrize(
    ("sayings", "expected"),
    [
        ([ASKED], None),
        ([ASKED, (MENTOR, FeedbackKind.DECLINED, DeclineReason.NO_TIME)], None),
        ([ASKED, (MENTOR, FeedbackKind.DECLINED, DeclineReason.OTHER_TOPIC)], 0),
        ([ASKED, (MENTOR, FeedbackKind.DECLINED, None)], 0),
        ([ASKED, ACCEPTED], 1),
        ([ASKED, (MENTOR, FeedbackKind.DECLINED, None), ACCEPTED], 1),
        ([ASKED, ACCEPTED, (MENTOR, FeedbackKind.DECLINED, None)], 0),
        ([ASKED, ACCEPTED, (MENTEE, FeedbackKind.FIT, GOOD)], 2),
        ([ASKED, ACCEPTED, *fits(GOOD, GOOD)], 3),
        ([ASKED, ACCEPTED, *fits(GOOD, Fit.UNDECIDED)], 2),
        ([ASKED, ACCEPTED, *fits(GOOD, Fit.NOT_A_FIT)], 0),
        ([ASKED, ACCEPTED, *fits(Fit.NOT_A_FIT, GOOD)], 0),
        (fits(GOOD, GOOD), 3),
        ([(MENTEE, FeedbackKind.USEFULNESS, 5), (MENTOR, FeedbackKind.USEFULNESS, 5)], 3),
        ([(MENTEE, FeedbackKind.USEFULNESS, 5), (MENTOR, FeedbackKind.USEFULNESS, 1)], 0),
        ([*fits(GOOD, GOOD), (MENTOR, FeedbackKind.AGAIN, Again.NO)], 2),
        ([*fits(GOOD, GOOD), (MENTEE, FeedbackKind.PROGRESS, -2)], 2),
        ([*fits(GOOD, GOOD), (MENTEE, FeedbackKind.PROGRESS, 2)], 3),
    ],
)
def test_what_happened_has_one_grade(sayings: list[Said], expected: int | None) -> None:
    assert grade(outcome(*sayings)) == expected


def test_who_was_not_asked_has_grade_0() -> None:
    assert grade(None) == 0


def test_many_sessions_weigh_no_more_than_the_first_impression() -> None:
    sessions: list[Said] = [(MENTEE, FeedbackKind.USEFULNESS, 5)] * 9
    result = outcome((MENTEE, FeedbackKind.FIT, Fit.NOT_A_FIT), *sessions)
    assert result.mentee == pytest.approx((0.0 + 1.0) / 2)


def test_a_scale_runs_from_0_to_1() -> None:
    assert outcome((MENTEE, FeedbackKind.USEFULNESS, 4)).mentee == pytest.approx(0.75)
    assert outcome((MENTEE, FeedbackKind.PROGRESS, -1)).mentee == pytest.approx(0.25)


def test_whoever_rates_has_met_even_if_no_step_was_reported() -> None:
    result = outcome((MENTEE, FeedbackKind.FIT, GOOD))
    assert result.accepted
    assert result.asked_at == START


def ratings(mentor: int, *usefulness: int) -> list[FeedbackRow]:
    """Return what one mentor says about several mentees, of whom each is content."""
    return [
        row
        for mentee, value in enumerate(usefulness, start=100 * mentor)
        for row in reports(
            (MENTOR, FeedbackKind.USEFULNESS, value),
            (MENTEE, FeedbackKind.USEFULNESS, 4),
            mentor=mentor,
            mentee=mentee,
        )
    ]


def test_a_strict_rater_is_centred_on_the_others() -> None:
    """A strict mentor's best partner is as good as a lenient one's, whatever the numbers say."""
    by_pair = outcomes([*ratings(1, 1, 2, 3), *ratings(2, 3, 4, 5)])
    strict, lenient = by_pair["spring", 1, 102].mentor, by_pair["spring", 2, 202].mentor
    # Means 0.25 and 0.75, the middle 0.5; three of six counts are theirs: half of ±0.25.
    assert strict == pytest.approx(0.5 + 0.125)
    assert lenient == pytest.approx(1.0 - 0.125)


def test_with_few_partners_leniency_cannot_be_told_from_a_good_match() -> None:
    by_pair = outcomes([*ratings(1, 1, 2), *ratings(2, 4, 5)])
    assert by_pair["spring", 1, 101].mentor == pytest.approx(0.25)
    assert by_pair["spring", 2, 201].mentor == pytest.approx(1.0)

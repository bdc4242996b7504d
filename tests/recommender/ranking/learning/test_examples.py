"""Which impressions become examples, with which label, and what an erasure takes with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from recommender.app import Recommender
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Fit, Side
from recommender.domain.ranking import Query
from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.examples import Gathered, gather
from recommender.store import people

SPRING = Cohort("spring", "Spring", date(2026, 3, 1), date(2026, 8, 31))
AUTUMN = Cohort("autumn", "Autumn", date(2026, 9, 1), date(2027, 2, 28))
ASKING = datetime(2026, 3, 2, 9, tzinfo=UTC)


def show(recommender: Recommender, at: datetime = ASKING, mentee: str = "boss") -> list[str]:
    """Show a mentee two mentors, and return who."""
    recommender.clock = lambda: at
    answer = recommender.recommend(Query(mentee, k=2))
    return [item.mentor_id for item in answer.recommendations]


def report(
    kind: FeedbackKind,
    mentor: str = "flow",
    side: Side = Side.MENTEE,
    value: str | None = None,
    at: datetime = ASKING,
    cohort: str = "spring",
) -> Feedback:
    return Feedback(cohort, mentor, "boss", side, kind, at, value)


def both_content(mentor: str = "flow", cohort: str = "spring") -> list[Feedback]:
    return [
        report(FeedbackKind.ASKED, mentor, cohort=cohort),
        report(FeedbackKind.ACCEPTED, mentor, Side.MENTOR, cohort=cohort),
        report(FeedbackKind.FIT, mentor, Side.MENTEE, Fit.GOOD, cohort=cohort),
        report(FeedbackKind.FIT, mentor, Side.MENTOR, Fit.GOOD, cohort=cohort),
    ]


def gathered(recommender: Recommender, *cohorts: Cohort) -> Gathered:
    with recommender.store.read() as connection:
        return gather(connection, cohorts or (SPRING,), recommender.encoder.digest)


@pytest.fixture
def here(tiny_world: Recommender) -> Recommender:
    tiny_world.cohorts.put(SPRING)
    tiny_world.cohorts.put(AUTUMN)
    return tiny_world


def test_what_was_shown_is_labelled_with_the_logged_features(here: Recommender) -> None:
    assert show(here) == ["flow", "film"]
    answer = here.recommend(Query("boss", k=2))  # later changes must not count
    here.feedback.record(both_content())
    labelled = gathered(here)
    assert labelled.left_out == {"asked_elsewhere": 1}
    examples = labelled.examples
    with here.store.read() as connection:
        number = people.numbers(connection)
    assert examples.grade.tolist() == [0, 3, 0]
    assert examples.asked.tolist() == [False, True, False]
    assert examples.accepted.tolist() == [False, True, False]
    assert examples.position.tolist() == [2, 1, 2]
    assert examples.ranking.tolist() == [0, 1, 1]
    assert set(examples.mentee.tolist()) == {number["boss"]}
    assert examples.mentor.tolist() == [number["film"], number["flow"], number["film"]]
    logged = answer.recommendations[0].features
    assert examples.features[1].tolist() == [logged[name] for name in FEATURE_NAMES]


def test_asking_is_credited_to_the_last_list_before_it(here: Recommender) -> None:
    for days in (0, 1, 5):
        show(here, ASKING + timedelta(days=days))
    asked = ASKING + timedelta(days=2)
    here.feedback.record(
        [
            report(FeedbackKind.ASKED, at=asked),
            report(FeedbackKind.ACCEPTED, side=Side.MENTOR, at=asked),
        ]
    )
    examples = gathered(here).examples
    assert examples.ranking[examples.asked].tolist() == [1]
    assert gathered(here).left_out == {"asked_elsewhere": 2}


def test_a_day_without_a_time_counts_until_its_end(here: Recommender) -> None:
    show(here, datetime(2026, 3, 2, 15, tzinfo=UTC))
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    here.feedback.record(
        [
            report(FeedbackKind.ASKED, at=midnight),
            report(FeedbackKind.ACCEPTED, side=Side.MENTOR, at=midnight),
        ]
    )
    assert gathered(here).examples.grade.tolist() == [1, 0]


def test_what_says_nothing_is_left_out_and_counted(here: Recommender) -> None:
    show(here)
    here.recommend(Query(goals=here.people.get("boss").goals, k=2))
    here.feedback.record([report(FeedbackKind.ASKED)])
    labelled = gathered(here)
    assert labelled.left_out == {"unanswered": 1, "no_mentee": 2}
    assert labelled.examples.grade.tolist() == [0]


def test_cosines_of_another_encoder_are_left_out(here: Recommender) -> None:
    show(here)
    with here.store.read() as connection:
        labelled = gather(connection, [SPRING], "another")
    assert labelled.left_out == {"other_encoder": 2}
    assert len(labelled.examples) == 0
    assert labelled.examples.features.shape == (0, len(FEATURE_NAMES))


def test_each_cohort_has_its_own_lists_and_outcomes(here: Recommender) -> None:
    show(here)
    show(here, datetime(2027, 2, 28, 23, 59, tzinfo=UTC))
    show(here, datetime(2027, 3, 1, tzinfo=UTC))  # in none
    here.feedback.record(both_content(cohort="spring"))
    late = datetime(2027, 3, 5, tzinfo=UTC)
    here.feedback.record(
        [
            report(FeedbackKind.ASKED, "film", at=late, cohort="autumn"),
            report(FeedbackKind.DECLINED, "film", Side.MENTOR, at=late, cohort="autumn"),
        ]
    )
    examples = gathered(here, SPRING, AUTUMN).examples
    assert examples.cohort.tolist() == [0, 0, 1, 1]
    assert examples.grade.tolist() == [3, 0, 0, 0]
    assert examples.asked.tolist() == [True, False, False, True]
    assert examples.cohorts == ("spring", "autumn")


@pytest.mark.parametrize("gone", ["flow", "boss"])
def test_an_erased_person_leaves_no_example(here: Recommender, gone: str) -> None:
    show(here)
    here.feedback.record(both_content())
    assert len(gathered(here).examples) == 2
    here.people.erase(gone)
    left = gathered(here).examples
    assert len(left) == (1 if gone == "flow" else 0)
    assert not left.asked.any()

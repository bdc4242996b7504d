"""What the store keeps of feedback: what counts, what it replaced, and where pairs stand."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.domain.people import Pair, PairStatus
from recommender.store import Store, Written, cohorts, feedback, pairs, people, revision
from recommender.store.feedback import FeedbackRow, StoredFeedback
from tests.conftest import person

AUTUMN = Cohort("autumn", "Herbst", date(2026, 9, 1), date(2026, 12, 31))
SPRING = Cohort("spring", "Frühjahr", date(2026, 3, 1), date(2026, 6, 30), simulated=True)
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return datetime(2026, 9, 1, tzinfo=UTC) + timedelta(days=number)


def reported(
    kind: FeedbackKind, on: int = 1, side: Side = Side.MENTEE, **changes: object
) -> Feedback:
    """Return what Rolf, the mentee, or Anna, the mentor, reports; name what differs."""
    values: dict[str, object] = {
        "cohort": "autumn",
        "mentor_id": "anna",
        "mentee_id": "rolf",
        "side": side,
        "kind": kind,
        "given_at": day(on),
    }
    return Feedback(**{**values, **changes})  # type: ignore[arg-type]


ASKED = reported(FeedbackKind.ASKED)
ACCEPTED = reported(FeedbackKind.ACCEPTED, 2, Side.MENTOR)
DECLINED = reported(FeedbackKind.DECLINED, 2, Side.MENTOR, value="no_time")
ACTIVE = reported(FeedbackKind.ACTIVE, 3)
ENDED = reported(FeedbackKind.ENDED, 9, Side.MENTOR)
GOOD = reported(FeedbackKind.FIT, 4, value="good")
USEFUL = reported(FeedbackKind.USEFULNESS, 5, value=4, session=1)
PROGRESS = reported(FeedbackKind.PROGRESS, 6, value=0, goal="automate reports")
COMMENT = reported(FeedbackKind.COMMENT, 7, value="Thank you, Anna")


@pytest.fixture(autouse=True)
def _world(store: Store) -> None:
    with store.write() as connection:
        people.put(connection, [person("anna"), person("rolf"), person("zoe")])
        cohorts.put(connection, [AUTUMN, SPRING])


def record(store: Store, *reports: Feedback, now: datetime = NOW) -> Written:
    with store.write() as connection:
        return feedback.record(connection, reports, now)


def stored(store: Store) -> list[StoredFeedback]:
    with store.read() as connection:
        return feedback.get_all(connection)


def counting(store: Store) -> list[Feedback]:
    return [report.feedback for report in stored(store) if report.replaced_at is None]


def current(store: Store, *cohort_ids: str) -> list[FeedbackRow]:
    with store.read() as connection:
        return feedback.current_of(connection, cohort_ids)


def pair_of(store: Store, mentor: str = "anna", mentee: str = "rolf") -> PairStatus | None:
    with store.read() as connection:
        statuses = {(p.mentor_id, p.mentee_id): p.status for p in pairs.get_all(connection)}
    return statuses.get((mentor, mentee))


def test_cohorts_are_created_changed_and_left_alone(store: Store) -> None:
    moved = replace(AUTUMN, ends_on=date(2027, 1, 31))
    new = Cohort("winter", "Winter", date(2027, 2, 1), date(2027, 2, 2))
    with store.write() as connection:
        assert cohorts.put(connection, [moved, SPRING, new]) == Written(1, 1, 1)
    with store.read() as connection:
        stored_cohorts = cohorts.get_all(connection)
    assert list(stored_cohorts.values()) == [SPRING, moved, new]
    assert list(stored_cohorts) == ["spring", "autumn", "winter"]


def test_a_cohort_goes_only_without_feedback(store: Store) -> None:
    with store.write() as connection:
        assert cohorts.remove(connection, "spring")
        assert not cohorts.remove(connection, "spring")
    record(store, ASKED)
    with pytest.raises(Exception, match="FOREIGN KEY"), store.write() as connection:
        cohorts.remove(connection, "autumn")
    assert counting(store) == [ASKED]


def test_reports_come_back_as_they_were_given(store: Store) -> None:
    reports = [ASKED, DECLINED, GOOD, USEFUL, PROGRESS, COMMENT]
    precise = replace(ENDED, given_at=ENDED.given_at + timedelta(microseconds=1))
    assert record(store, *reports, precise) == Written(7, 0, 0)
    assert counting(store) == [*reports, precise]


def test_recording_again_changes_nothing(store: Store) -> None:
    reports = [ASKED, ACCEPTED, GOOD, reported(FeedbackKind.FIT, 8, value="not_a_fit"), COMMENT]
    record(store, *reports)
    before = stored(store)
    with store.read() as connection:
        revised = revision.current(connection)
    assert record(store, *reports, now=NOW + timedelta(days=1)) == Written(0, 0, 5)
    assert stored(store) == before
    with store.read() as connection:
        assert revision.current(connection) == revised


def test_a_correction_replaces_and_keeps_what_it_replaced(store: Store) -> None:
    better = replace(USEFUL, value=5, given_at=day(6))
    record(store, USEFUL)
    assert record(store, better) == Written(0, 1, 0)
    assert stored(store) == [StoredFeedback(USEFUL, NOW), StoredFeedback(better, None)]
    assert [row.value for row in current(store, "autumn")] == [5]


def test_other_sessions_goals_sides_and_pairs_are_no_corrections(store: Store) -> None:
    reports = [
        USEFUL,
        replace(USEFUL, session=2),
        replace(USEFUL, side=Side.MENTOR),
        replace(USEFUL, mentor_id="zoe"),
        replace(USEFUL, cohort="spring"),
        PROGRESS,
        replace(PROGRESS, goal="film clips"),
    ]
    assert record(store, *reports) == Written(7, 0, 0)
    assert len(counting(store)) == 7


def test_an_older_report_after_a_newer_keeps_the_newer(store: Store) -> None:
    newer = replace(GOOD, value="not_a_fit", given_at=day(8))
    record(store, newer)
    assert record(store, GOOD) == Written(0, 1, 0)
    assert counting(store) == [newer]
    assert stored(store) == [StoredFeedback(GOOD, NOW), StoredFeedback(newer, None)]
    assert record(store, GOOD) == Written(0, 0, 1)
    assert len(stored(store)) == 2


@pytest.mark.parametrize("together", [True, False])
def test_what_counts_does_not_depend_on_the_order(store: Store, together: bool) -> None:
    reports = [
        GOOD,
        replace(GOOD, value="undecided", given_at=day(6)),
        replace(GOOD, given_at=day(8)),
    ]
    for number, order in enumerate(permutations(reports)):
        mentee = f"m{number}"
        with store.write() as connection:
            people.put(connection, [person(mentee)])
        mine = [replace(report, mentee_id=mentee) for report in order]
        for batch in [mine] if together else [[report] for report in mine]:
            record(store, *batch)
        assert [report for report in counting(store) if report.mentee_id == mentee] == [
            replace(reports[2], mentee_id=mentee)
        ]


def test_of_two_at_the_same_time_the_one_recorded_later_counts(store: Store) -> None:
    other = replace(GOOD, value="undecided")
    record(store, GOOD)
    record(store, other)
    assert counting(store) == [other]
    record(store, GOOD)  # stored already, as history
    assert counting(store) == [other]


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([ASKED], PairStatus.ASKED),
        ([ASKED, ACCEPTED], PairStatus.ACCEPTED),
        ([ASKED, DECLINED], PairStatus.DECLINED),
        ([ASKED, ACCEPTED, ACTIVE], PairStatus.ACTIVE),
        ([ASKED, ACCEPTED, ACTIVE, ENDED], PairStatus.ENDED),
        ([ENDED], PairStatus.ENDED),
    ],
)
def test_the_last_step_moves_the_pair_in_whatever_order_it_is_told(
    store: Store, steps: Sequence[Feedback], status: PairStatus
) -> None:
    shuffled = random.Random(7).sample(steps, len(steps))
    for report in shuffled:
        record(store, report)
    assert pair_of(store) is status


def test_a_pair_that_is_asked_again_is_asked(store: Store) -> None:
    record(store, ASKED, DECLINED)
    again = replace(ASKED, given_at=day(5))
    record(store, again)
    assert pair_of(store) is PairStatus.ASKED
    assert counting(store) == [DECLINED, again]


def test_of_steps_on_the_same_day_the_one_further_on_is_the_last(store: Store) -> None:
    same = [replace(report, given_at=day(1)) for report in (ENDED, ACTIVE, ACCEPTED, ASKED)]
    record(store, *same)
    assert pair_of(store) is PairStatus.ENDED


def test_the_last_step_is_looked_for_in_all_cohorts(store: Store) -> None:
    record(store, ENDED, replace(ACTIVE, cohort="spring", given_at=day(-100)))
    assert pair_of(store) is PairStatus.ENDED


def test_what_is_no_step_moves_no_pair(store: Store) -> None:
    record(store, GOOD, USEFUL, PROGRESS, COMMENT)
    assert pair_of(store) is None


def test_each_pair_moves_for_itself_and_its_mentor_is_logged_as_changed(store: Store) -> None:
    with store.read() as connection:
        before = revision.current(connection)
        number_of = people.numbers(connection)
    record(
        store,
        ASKED,
        replace(ENDED, mentor_id="zoe"),
        replace(ASKED, mentor_id="rolf", mentee_id="anna"),
    )
    assert pair_of(store) is PairStatus.ASKED
    assert pair_of(store, "zoe") is PairStatus.ENDED
    assert pair_of(store, "rolf", "anna") is PairStatus.ASKED
    with store.read() as connection:
        changed = revision.changed_since(connection, before)
    assert sorted(changed) == sorted(number_of.values())


def test_a_step_moves_a_pair_that_a_people_file_brought(store: Store) -> None:
    with store.write() as connection:
        pairs.put(connection, [Pair("anna", "rolf", PairStatus.ACTIVE)])
    record(store, ENDED)
    assert pair_of(store) is PairStatus.ENDED


def test_comments_are_never_among_what_counts_for_labels(store: Store) -> None:
    reports = [ASKED, GOOD, USEFUL, PROGRESS]
    record(store, *reports, COMMENT, replace(COMMENT, side=Side.MENTOR))
    rows = current(store, "autumn", "spring")
    assert [(row.kind, row.value, row.given_at) for row in rows] == [
        (report.kind, report.value, report.given_at) for report in reports
    ]
    assert "Thank you" not in repr(rows)


def test_what_counts_is_told_per_cohort_without_history(store: Store) -> None:
    spring = replace(GOOD, cohort="spring", given_at=day(-90))
    record(store, GOOD, replace(GOOD, value="undecided", given_at=day(5)), spring)
    assert [(row.cohort, row.value) for row in current(store, "autumn")] == [
        ("autumn", "undecided")
    ]
    assert [row.cohort for row in current(store, "autumn", "spring")] == ["spring", "autumn"]
    assert current(store) == []


def test_everybody_is_told_what_they_reported_and_not_what_others_did(store: Store) -> None:
    corrected = replace(GOOD, value="undecided", given_at=day(5))
    reverse = replace(GOOD, mentor_id="rolf", mentee_id="zoe", side=Side.MENTOR)
    record(store, ASKED, ACCEPTED, GOOD, corrected, COMMENT, reverse)
    with store.read() as connection:
        number_of = people.numbers(connection)
        mine = {name: feedback.given_by(connection, n) for name, n in number_of.items()}
    assert [report.feedback for report in mine["rolf"]] == [
        ASKED,
        GOOD,
        reverse,
        corrected,
        COMMENT,
    ]
    assert [report.feedback for report in mine["anna"]] == [ACCEPTED]
    assert mine["zoe"] == []
    assert [report.replaced_at for report in mine["rolf"]] == [None, NOW, None, None, None]


def erase(store: Store, person_id: str) -> None:
    with store.write() as connection:
        assert people.erase(connection, person_id)
    store.forget_deleted()


@pytest.mark.parametrize("person_id", ["anna", "rolf"])
def test_erasing_a_person_erases_what_they_and_others_reported_about_the_pair(
    store: Store, workspace: Path, person_id: str
) -> None:
    others = replace(GOOD, mentor_id="zoe", mentee_id="anna" if person_id == "rolf" else "rolf")
    old = replace(COMMENT, value="An older secret", given_at=day(2))
    record(store, ASKED, ACCEPTED, USEFUL, old, COMMENT, others)
    erase(store, person_id)
    assert stored(store) == [StoredFeedback(others, None)]
    assert pair_of(store) is None
    store.close()
    for path in workspace.iterdir():
        if path.is_file():
            data = path.read_bytes()
            assert b"Thank you, Anna" not in data
            assert b"An older secret" not in data


def test_the_free_text_is_there_before_it_is_erased(store: Store, workspace: Path) -> None:
    record(store, COMMENT)
    store.close()
    with closing(sqlite3.connect(workspace / "tandem.db")) as plain:
        assert plain.execute("SELECT value FROM feedback").fetchall() == [("Thank you, Anna",)]


def test_nothing_is_written_when_a_report_fails(store: Store) -> None:
    stranger = replace(GOOD, mentor_id="nobody")
    with pytest.raises(KeyError):
        record(store, ASKED, stranger)
    assert stored(store) == []
    assert pair_of(store) is None


def many(n: int) -> Iterable[Feedback]:
    for number in range(n):
        yield replace(USEFUL, session=number % 200 + 1, given_at=day(number // 200))


def test_more_corrections_than_one_query_takes(store: Store) -> None:
    with store.write() as connection:
        people.put(connection, [person(f"p{n}") for n in range(30)])
    first = [replace(report, mentee_id=f"p{n}") for n in range(30) for report in many(200)]
    record(store, *first)
    later = [replace(report, value=1, given_at=day(99)) for report in first]
    assert record(store, *later) == Written(0, 6000, 0)
    assert {row.value for row in current(store, "autumn")} == {1}

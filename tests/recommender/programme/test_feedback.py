"""An import of feedback does everything that its file says, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from recommender.domain.errors import InvalidInput
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.domain.people import Pair, PairStatus, Status
from recommender.files.feedback import FeedbackFile, Known, read_feedback, write_feedback
from recommender.programme import Cohorts, FeedbackReport, Reports
from recommender.programme import feedback as feedback_import
from recommender.ranking import utc_now
from recommender.store import Store, cohorts, feedback, pairs, people
from recommender.store.feedback import StoredFeedback
from tests.conftest import person
from tests.recommender.files.feedback_file_world import AUTUMN, NOON, REPORTS, SPRING, report
from tests.recommender.files.people_file_world import refused

Files = Callable[..., list[Path]]
State = tuple[dict[str, Cohort], list[StoredFeedback], list[Pair]]
FIT = report(FeedbackKind.FIT, value="good")
NOTHING = FeedbackReport(0, 0, 0, 0, 0, 0)


@pytest.fixture(autouse=True)
def _everybody(store: Store) -> None:
    with store.write() as connection:
        people.put(connection, [person(name) for name in ("anna", "rolf", "zoe")])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def write(cohorts: Sequence[Cohort], reports: Sequence[Feedback]) -> list[Path]:
        paths = [tmp_path / "feedback.csv", tmp_path / "cohorts.csv"]
        write_feedback(paths, cohorts, reports)
        return paths

    return write


def state(store: Store) -> State:
    with store.read() as connection:
        return (
            cohorts.get_all(connection),
            feedback.get_all(connection),
            pairs.get_all(connection),
        )


def counting(store: Store) -> set[Feedback]:
    return {one.feedback for one in state(store)[1] if one.replaced_at is None}


def erase(store: Store, person_id: str) -> None:
    with store.write() as connection:
        assert people.erase(connection, person_id)


def test_a_file_is_imported_whole(store: Store, files: Files) -> None:
    told = Reports(store, utc_now).import_files(files([AUTUMN, SPRING], REPORTS))
    assert told == replace(NOTHING, cohorts_created=2, reports_created=len(REPORTS))
    assert list(state(store)[0].values()) == [SPRING, AUTUMN]
    assert counting(store) == set(REPORTS)
    assert state(store)[2] == [
        Pair("anna", "rolf", PairStatus.ACCEPTED),
        Pair("zoe", "rolf", PairStatus.DECLINED),
    ]


def test_importing_again_changes_nothing(store: Store, files: Files) -> None:
    paths = files([AUTUMN, SPRING], REPORTS)
    Reports(store, utc_now).import_files(paths)
    before = state(store)
    told = Reports(store, utc_now).import_files(paths)
    assert told == replace(NOTHING, cohorts_unchanged=2, reports_unchanged=len(REPORTS))
    assert state(store) == before


def test_a_newer_file_corrects_and_an_older_one_after_it_changes_nothing(
    store: Store, files: Files
) -> None:
    older = [FIT, report(FeedbackKind.ASKED)]
    newer = [replace(FIT, value="not_a_fit", given_at=NOON + timedelta(days=1)), older[1]]
    Reports(store, utc_now).import_files(files([AUTUMN], older))
    told = Reports(store, utc_now).import_files(files([AUTUMN], newer))
    assert told == replace(NOTHING, cohorts_unchanged=1, reports_replaced=1, reports_unchanged=1)
    assert counting(store) == set(newer)
    before = state(store)
    told = Reports(store, utc_now).import_files(files([AUTUMN], older))
    assert told == replace(NOTHING, cohorts_unchanged=1, reports_unchanged=2)
    assert state(store) == before
    assert {one.feedback for one in before[1] if one.replaced_at is not None} == {FIT}


def test_a_stored_cohort_is_moved_and_stays_simulated(store: Store, files: Files) -> None:
    Cohorts(store).put(replace(AUTUMN, simulated=True))
    moved = replace(AUTUMN, ends_on=date(2027, 1, 31))
    told = Reports(store, utc_now).import_files(files([moved], [FIT]))
    assert (told.cohorts_updated, told.reports_created) == (1, 1)
    assert state(store)[0] == {"autumn": replace(moved, simulated=True)}


def test_feedback_of_a_stored_cohort_needs_no_cohorts_table(store: Store, files: Files) -> None:
    Cohorts(store).put(AUTUMN)
    told = Reports(store, utc_now).import_files(files([], [FIT])[:1])
    assert told == replace(NOTHING, reports_created=1)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FIT, cohort="winter"),
        replace(FIT, mentor_id="nobody"),
        replace(FIT, mentee_id="nobody"),
    ],
    ids=["cohort", "mentor", "mentee"],
)
def test_one_wrong_line_stops_the_whole_file(store: Store, files: Files, wrong: Feedback) -> None:
    before = state(store)
    with pytest.raises(InvalidInput, match=r"feedback\.csv, line \d"):
        Reports(store, utc_now).import_files(files([AUTUMN, SPRING], [*REPORTS, wrong]))
    assert state(store) == before


def test_a_failure_at_the_very_end_changes_nothing(
    store: Store, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    before = state(store)
    monkeypatch.setattr(pairs, "put", fail)
    with pytest.raises(OSError, match="disk full"):
        Reports(store, utc_now).import_files(files([AUTUMN, SPRING], REPORTS))
    assert state(store) == before


def test_a_withdrawal_is_no_reason_to_refuse_what_was(store: Store, files: Files) -> None:
    with store.write() as connection:
        gone = [person(name, status=Status.WITHDRAWN) for name in ("anna", "rolf")]
        people.put(connection, gone)
    assert Reports(store, utc_now).import_files(files([AUTUMN], [FIT])).reports_created == 1
    assert Reports(store, utc_now).record([report(FeedbackKind.ENDED)]).reports_created == 1
    with store.read() as connection:
        assert people.with_status(connection, Status.WITHDRAWN) == {"anna", "rolf"}


def test_feedback_about_an_erased_person_is_refused(store: Store, files: Files) -> None:
    paths = files([AUTUMN], [FIT])
    Reports(store, utc_now).import_files(paths)
    erase(store, "anna")
    found = refused(lambda: Reports(store, utc_now).import_files(paths))
    assert [(p.field, p.value) for p in found] == [("mentor_id", "anna")]
    assert state(store)[1] == []


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something else happen between reading a file and writing what it says."""

    def arrange(happens: Callable[[], object]) -> None:
        waiting = [happens]

        def read(paths: Sequence[Path], known: Known, *rest: object) -> FeedbackFile:
            found = read_feedback(paths, known, *rest)  # type: ignore[arg-type]
            if waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(feedback_import, "read_feedback", read)

    return arrange


def test_who_is_erased_while_the_file_is_read_stops_the_import(
    store: Store, files: Files, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    meanwhile(lambda: erase(store, "rolf"))
    with pytest.raises(InvalidInput, match="'rolf'"):
        Reports(store, utc_now).import_files(files([AUTUMN], [FIT]))
    assert state(store) == ({}, [], [])


def test_a_cohort_stored_while_the_file_is_read_is_not_overlapped(
    store: Store, files: Files, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    other = Cohort("other", "Other", date(2026, 12, 31), date(2027, 1, 31))
    meanwhile(lambda: Cohorts(store).put(other))
    with pytest.raises(InvalidInput, match="other"):
        Reports(store, utc_now).import_files(files([AUTUMN], [FIT]))
    assert state(store) == ({"other": other}, [], [])


def test_other_changes_while_the_file_is_read_are_kept(
    store: Store, files: Files, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    meanwhile(lambda: Cohorts(store).put(replace(AUTUMN, name="Old", simulated=True)))
    told = Reports(store, utc_now).import_files(files([AUTUMN], [FIT]))
    assert told == replace(NOTHING, cohorts_updated=1, reports_created=1)
    assert state(store)[0] == {"autumn": replace(AUTUMN, simulated=True)}


def test_every_step_of_an_import_is_told(store: Store, files: Files) -> None:
    told: list[tuple[str, int, int]] = []
    Reports(store, utc_now).import_files(
        files([AUTUMN, SPRING], REPORTS), lambda *step: told.append(step)
    )
    n_rows = len(REPORTS) + 2
    assert told == [
        ("reading", n_rows, n_rows),
        ("storing", 0, n_rows),
        ("storing", n_rows, n_rows),
    ]


def test_reports_are_recorded_and_corrected(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    asked = report(FeedbackKind.ASKED)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert Reports(store, lambda: now).record([asked, FIT]) == replace(NOTHING, reports_created=2)
    better = replace(FIT, value="undecided", given_at=NOON + timedelta(seconds=1))
    assert Reports(store, lambda: now).record([asked, better]) == replace(
        NOTHING, reports_replaced=1, reports_unchanged=1
    )
    assert counting(store) == {asked, better}
    assert [one.replaced_at for one in state(store)[1] if one.feedback == FIT] == [now]
    assert state(store)[2] == [Pair("anna", "rolf", PairStatus.ASKED)]


def test_without_a_time_this_moment_is_when_a_correction_came(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    Reports(store, utc_now).record([FIT])
    before = datetime.now(UTC)
    Reports(store, utc_now).record(
        [replace(FIT, value="undecided", given_at=NOON + timedelta(days=1))]
    )
    replaced = next(one.replaced_at for one in state(store)[1] if one.feedback == FIT)
    assert replaced is not None
    assert before <= replaced <= datetime.now(UTC)


def test_every_unknown_id_is_named_by_its_place(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    given = [
        FIT,
        replace(FIT, cohort="winter"),
        replace(FIT, mentor_id="nobody", mentee_id="somebody"),
    ]
    found = refused(lambda: Reports(store, utc_now).record(given))
    assert [(problem.field, problem.value) for problem in found] == [
        ("feedback[1].cohort", "winter"),
        ("feedback[2].mentor_id", "nobody"),
        ("feedback[2].mentee_id", "somebody"),
    ]
    assert all("Store the" in problem.remedy for problem in found)
    assert state(store)[1] == []


def test_putting_a_cohort_says_whether_it_is_new(store: Store) -> None:
    invented = replace(AUTUMN, simulated=True)
    assert Cohorts(store).put(invented)
    assert not Cohorts(store).put(invented)
    assert state(store)[0] == {"autumn": invented}
    assert not Cohorts(store).put(replace(invented, name="Herbst, erfunden"))
    assert state(store)[0] == {"autumn": replace(invented, name="Herbst, erfunden")}


def test_what_is_invented_and_what_is_real_stay_apart(store: Store, files: Files) -> None:
    Cohorts(store).put(replace(AUTUMN, simulated=True))
    Cohorts(store).put(SPRING)
    Cohorts(store).put(AUTUMN)
    before = state(store)
    assert before[0]["autumn"].simulated
    invented = replace(SPRING, simulated=True)
    for check in (Cohorts(store).put, Cohorts(store).check):
        with pytest.raises(InvalidInput, match="cohort of its own"):
            check(invented)
    with pytest.raises(InvalidInput, match=r"cohorts\.csv, line 2, column 5: simulated"):
        Reports(store, utc_now).import_files(files([invented], REPORTS))
    assert state(store) == before


@pytest.mark.parametrize("names", [["f.csv", "c.csv"], ["f.xlsx"]])
def test_an_exported_simulated_cohort_is_simulated_elsewhere(
    store: Store, tmp_path: Path, names: list[str]
) -> None:
    Cohorts(store).put(replace(AUTUMN, simulated=True))
    paths = [tmp_path / name for name in names]
    Reports(store, utc_now).export_files(paths)
    with closing(Store.in_folder(tmp_path / "elsewhere")) as elsewhere:
        Reports(elsewhere, utc_now).import_files(paths)
        assert state(elsewhere)[0] == state(store)[0]


def test_a_cohort_that_overlaps_is_refused(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    Cohorts(store).put(SPRING)
    before = state(store)
    for start, end in (("2026-12-31", "2027-01-01"), ("2026-01-01", "2027-12-31")):
        wrong = Cohort("new", "New", date.fromisoformat(start), date.fromisoformat(end))
        with pytest.raises(InvalidInput, match="Let one cohort end before the next starts"):
            Cohorts(store).put(wrong)
    assert state(store) == before
    assert Cohorts(store).put(Cohort("new", "New", date(2027, 1, 1), date(2027, 1, 1)))


@pytest.mark.parametrize("names", [["f.csv", "c.csv"], ["f.xlsx"]])
def test_an_export_holds_what_counts_and_imports_unchanged(
    store: Store, tmp_path: Path, workspace: Path, names: list[str]
) -> None:
    for cohort in (AUTUMN, SPRING):
        Cohorts(store).put(cohort)
    better = replace(FIT, value="undecided", given_at=NOON + timedelta(days=1))
    Reports(store, utc_now).record(REPORTS)
    Reports(store, utc_now).record([better])
    counts = {*REPORTS, better} - {FIT}
    paths = [tmp_path / name for name in names]
    assert Reports(store, utc_now).export_files(paths) == len(counts)
    told = Reports(store, utc_now).import_files(paths)
    assert told == replace(NOTHING, cohorts_unchanged=2, reports_unchanged=len(counts))
    other = Store.in_folder(workspace / "other")
    with other.write() as connection:
        people.put(connection, [person(name) for name in ("anna", "rolf", "zoe")])
    Reports(other, utc_now).import_files(paths)
    assert counting(other) == counts
    assert state(other)[0] == state(store)[0]
    assert state(other)[2] == state(store)[2]
    other.close()


def test_both_sides_are_exported(store: Store, tmp_path: Path) -> None:
    Cohorts(store).put(AUTUMN)
    both = [replace(FIT, side=side) for side in Side]
    Reports(store, utc_now).record(both)
    path = tmp_path / "f.csv"
    assert Reports(store, utc_now).export_files([path]) == 2
    found = read_feedback([path], Known({"autumn": AUTUMN}, {"anna", "rolf"}))
    assert set(found.feedback) == set(both)

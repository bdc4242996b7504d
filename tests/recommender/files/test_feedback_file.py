"""Feedback files of any form: what is written reads the same, and the checks across rows."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from recommender.domain.checks import canonical_text
from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.feedback import FORMS as KINDS
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind
from recommender.files.feedback import Known, feedback_of_texts, read_feedback, write_feedback
from tests.recommender.files.feedback_file_world import (
    AUTUMN,
    FEEDBACK,
    KNOWN,
    REPORTS,
    SPRING,
    cohorts_csv,
    feedback_csv,
    problems,
    read,
)
from tests.recommender.files.people_file_world import csv_text, places, refused, written

FORMS = [["feedback.csv", "cohorts.csv"], ["feedback.xlsx"]]
SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
EVERYBODY = Known({}, KNOWN.people)


def by_key(reports: Sequence[Feedback]) -> list[Feedback]:
    return sorted(reports, key=lambda one: (str(one.key), one.given_at))


@pytest.mark.parametrize("names", FORMS)
def test_what_is_written_reads_the_same(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    invented = replace(AUTUMN, simulated=True)
    write_feedback(paths, [invented, SPRING], REPORTS)
    found = read_feedback(paths, EVERYBODY)
    assert found.cohorts == (SPRING, invented)
    assert by_key(found.feedback) == by_key(REPORTS)


@pytest.mark.parametrize("names", FORMS)
def test_nothing_at_all_can_be_written_and_read(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    write_feedback(paths, [], [])
    found = read_feedback(paths, EVERYBODY)
    assert (found.cohorts, found.feedback) == ((), ())


def test_feedback_alone_is_one_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    write_feedback([path], [SPRING], REPORTS[-1:])
    assert read_feedback([path], KNOWN).feedback == REPORTS[-1:]


def test_the_same_feedback_makes_the_same_bytes(tmp_path: Path) -> None:
    first, again = tmp_path / "a.csv", tmp_path / "b.csv"
    write_feedback([first], [], REPORTS)
    write_feedback([again], [], reversed(REPORTS))
    assert first.read_bytes() == again.read_bytes()


def test_csv_is_as_excel_opens_it(tmp_path: Path) -> None:
    paths = [tmp_path / "f.csv", tmp_path / "c.csv"]
    write_feedback(paths, [SPRING, replace(AUTUMN, simulated=True)], [REPORTS[1], REPORTS[6]])
    assert paths[0].read_bytes().decode("utf-8").split("\r\n") == [
        "\ufeffcohort,mentor_id,mentee_id,side,kind,value,session,goal,given_at",
        "autumn,anna,rolf,mentor,accepted,,,,2026-09-03T07:30:00Z",
        'autumn,anna,rolf,mentee,comment,"\'=1+1 ergibt, wie immer, 2 😀",,,2026-11-25T12:00:00Z',
        "",
    ]
    assert paths[1].read_bytes().decode("utf-8").split("\r\n") == [
        "\ufeffid,name,starts_on,ends_on,simulated",
        "spring,Frühjahr 2026,2026-03-01,2026-06-30,no",
        "autumn,Herbst 2026,2026-09-01,2026-12-31,yes",
        "",
    ]


@pytest.mark.parametrize("names", FORMS)
def test_only_the_owner_may_read_what_is_written(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("old")
        path.chmod(0o644)
    write_feedback(paths, [SPRING], REPORTS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


@pytest.mark.parametrize("names", FORMS)
def test_a_failed_write_leaves_the_old_files(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in refused(lambda: write_feedback(paths, [SPRING], REPORTS))[0].value
    assert {path.read_text() for path in paths} == {"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["f.csv", "f.csv"],
        ["f.csv", "c.csv", "x.csv"],
        ["f.jsonl"],
        ["f.xlsx", "c.csv"],
        ["f.xls"],
    ],
)
def test_files_that_do_not_go_together_are_refused(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    for found in (
        refused(lambda: write_feedback(paths, [], [])),
        refused(lambda: read_feedback(paths, KNOWN)),
    ):
        assert "one or two CSV files" in found[0].remedy
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told(tmp_path: Path) -> None:
    changes = [{"given_at": f"2026-04-01T00:{n // 60:02}:{n % 60:02}Z"} for n in range(1500)]
    paths = written(tmp_path, f_csv=feedback_csv(*changes))
    told: list[tuple[str, int, int]] = []
    read_feedback(paths, KNOWN, lambda *step: told.append(step))
    assert [step[:2] for step in told] == [("reading", 1000), ("reading", 1500)]


def test_unknown_cohorts_and_people_are_told(tmp_path: Path) -> None:
    text = feedback_csv(
        {"cohort": "winter"},
        {"mentor_id": "gone", "mentee_id": "lost"},
        {"cohort": "autumn", "mentor_id": "a b"},
    )
    found = problems(tmp_path, f_csv=text, c_csv=cohorts_csv({}))
    assert places(found) == [
        ("mentor_id", 4, 2),
        ("cohort", 2, 1),
        ("mentor_id", 3, 2),
        ("mentee_id", 3, 3),
    ]
    assert [problem.value for problem in found] == ["a b", "winter", "gone", "lost"]


def test_a_cohort_with_a_bad_row_is_not_unknown(tmp_path: Path) -> None:
    lines = cohorts_csv({}, {"id": "winter", "ends_on": "never"}).replace("Herbst", "H,H", 1)
    feedback = feedback_csv({"cohort": "autumn"}, {"cohort": "winter"}, {"cohort": "next"})
    found = problems(tmp_path, c_csv=lines, f_csv=feedback)
    assert places(found) == [("row", 2, 6), ("ends_on", 3, 4), ("cohort", 4, 1)]


@pytest.mark.parametrize(
    "cohorts",
    [
        cohorts_csv({"id": ""}),
        cohorts_csv({"name": '"Her"bst'}),
        cohorts_csv({}).replace("id,", "name,"),
        "\n",
        b"id,name\xff",
    ],
)
def test_a_cohort_that_cannot_be_read_may_be_any(tmp_path: Path, cohorts: str | bytes) -> None:
    found = problems(tmp_path, c_csv=cohorts, f_csv=feedback_csv({"cohort": "autumn"}))
    assert {problem.file for problem in found} == {"c.csv"}


def test_a_repeated_cohort_names_both_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, c_csv=cohorts_csv({}, {"name": "Again"}))
    assert places(found) == [("id", 3, 1)]
    assert "line 2" in found[0].expected


def test_cohorts_do_not_overlap_each_other_or_those_stored(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        c_csv=cohorts_csv(
            {"starts_on": "2026-06-30"},
            {"id": "last day", "starts_on": "2026-01-01", "ends_on": "2026-01-02"},
            {"id": "winter", "starts_on": "2026-12-31", "ends_on": "2027-01-31"},
            {"id": "before", "starts_on": "2026-02-01", "ends_on": "2026-03-01"},
        ),
    )
    assert places(found) == [
        ("id", 3, 1),
        ("ends_on", 5, 4),
        ("starts_on", 2, 3),
        ("starts_on", 4, 3),
    ]
    assert "2026-06-30, when spring ends" in found[2].expected
    assert "2026-12-31, when autumn ends" in found[3].expected


def test_a_long_cohort_overlaps_all_that_start_in_it(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        c_csv=cohorts_csv(
            {"starts_on": "2027-01-01", "ends_on": "2027-12-31"},
            {"id": "b", "starts_on": "2027-02-01", "ends_on": "2027-02-02"},
            {"id": "c", "starts_on": "2027-05-01", "ends_on": "2027-05-02"},
        ),
    )
    assert places(found) == [("starts_on", 3, 3), ("starts_on", 4, 3)]


def test_a_stored_cohort_is_replaced_and_stays_simulated(tmp_path: Path) -> None:
    known = Known({"spring": replace(SPRING, simulated=True), "autumn": AUTUMN}, frozenset())
    moved = {"id": "spring", "name": "Lenz", "starts_on": "2026-02-01", "ends_on": "2026-08-31"}
    paths = written(
        tmp_path,
        c_csv=cohorts_csv(moved, {"id": "new", "starts_on": "2027-01-01", "ends_on": "2027-01-01"}),
    )
    assert read_feedback(paths, known).cohorts == (
        Cohort("spring", "Lenz", date(2026, 2, 1), date(2026, 8, 31), simulated=True),
        Cohort("new", "Herbst", date(2027, 1, 1), date(2027, 1, 1)),
    )
    later = written(tmp_path, c_csv=cohorts_csv({**moved, "ends_on": "2026-09-01"}))
    assert places(refused(lambda: read_feedback(later, known))) == [("ends_on", 2, 4)]


def test_a_real_cohort_does_not_become_simulated(tmp_path: Path) -> None:
    rows = ({"id": "spring", "starts_on": "2026-03-01", "ends_on": "2026-06-30"}, {"id": "new"})
    text = cohorts_csv(*({**row, "simulated": "yes"} for row in rows))
    found = problems(tmp_path, c_csv=text)
    assert places(found) == [("simulated", 2, 5)]
    assert "cohort of its own" in found[0].remedy


def test_reports_of_the_same_moment_are_repetitions(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        f_csv=feedback_csv(
            {},
            {"side": "mentor"},
            {"value": "undecided", "given_at": "2026-04-02"},
            {"given_at": "2026-04-01T02:00:00+02:00"},
            {"value": "not_a_fit"},
        ),
    )
    assert places(found) == [("given_at", 5, 9), ("given_at", 6, 9)]
    assert all("line 2" in problem.expected for problem in found)


def test_reports_of_other_sessions_and_goals_are_no_repetitions(tmp_path: Path) -> None:
    rated = {"kind": "usefulness", "value": "3"}
    moved = {"kind": "progress", "value": "1"}
    text = feedback_csv(
        {**rated, "session": "1"},
        {**rated, "session": "2"},
        {**moved, "goal": "A"},
        {**moved, "goal": "B"},
    )
    assert len(read(tmp_path, f_csv=text).feedback) == 4


def test_a_report_may_be_typed() -> None:
    usual = {"cohort": "autumn", "mentor_id": "anna", "mentee_id": "rolf", "side": "mentee"}
    before = datetime.now(UTC)
    found = feedback_of_texts(
        {**usual, "kind": "usefulness", "value": "4", "session": "2", "goal": ""}
    )
    assert before <= found.given_at <= datetime.now(UTC)
    assert (found.value, found.session, found.goal) == (4, 2, None)
    dated = feedback_of_texts({**usual, "kind": "asked", "given_at": "2026-09-02"})
    assert dated == REPORTS[0]
    wrong = {**usual, "kind": "usefulness", "value": "nine", "side": "boss"}
    found_wrong = refused(lambda: feedback_of_texts(wrong))
    assert [problem.field for problem in found_wrong] == ["side", "value", "session"]


def texts(longest: int) -> st.SearchStrategy[str]:
    """Canonical text that starts like a formula more often than people do."""
    hostile = st.lists(
        st.sampled_from(("=", "+", "-", "@", "'", '"', ",", ";", "ä", "😀", "\u202eא", "5", " ")),
        min_size=1,
        max_size=12,
    ).map("".join)
    # Two characters cannot stand in a workbook; test_people_file_workbook has them.
    anything = st.text(
        st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=40,
    )
    return (hostile | anything).map(canonical_text).filter(lambda text: 0 < len(text) <= longest)


IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,8}", fullmatch=True)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))


@st.composite
def reports(draw: st.DrawFn, cohort: str, people: list[str]) -> Feedback:
    kind = draw(st.sampled_from(FeedbackKind))
    form = KINDS[kind]
    value: int | str | None = None
    if form.words is not None:
        value = draw(st.sampled_from(list(form.words)))
    elif form.scale is not None:
        value = draw(st.integers(*form.scale))
    elif form.text:
        value = draw(texts(2000))
    mentor, mentee = draw(st.permutations(people))[:2]
    return Feedback(
        cohort=cohort,
        mentor_id=mentor,
        mentee_id=mentee,
        side=draw(st.sampled_from(form.sides)),
        kind=kind,
        given_at=draw(MOMENTS),
        value=None if form.optional and draw(st.booleans()) else value,
        session=draw(st.integers(1, 200)) if form.per_session else None,
        goal=draw(texts(1000)) if form.per_goal else None,
    )


@st.composite
def programmes(draw: st.DrawFn) -> tuple[list[Cohort], list[Feedback], list[str]]:
    people = draw(st.lists(IDS, min_size=2, max_size=4, unique=True))
    ids = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    start = draw(st.dates(date(1, 1, 1), date(9000, 1, 1)))
    cohorts = []
    for cohort_id in ids:
        end = start + timedelta(days=draw(st.integers(0, 400)))
        cohorts.append(Cohort(cohort_id, draw(texts(200)), start, end, draw(st.booleans())))
        start = end + timedelta(days=draw(st.integers(1, 30)))
    told = st.sampled_from(ids).flatmap(lambda cohort: reports(cohort, people))
    return (
        cohorts,
        draw(st.lists(told, max_size=5, unique_by=lambda one: (one.key, one.given_at))),
        people,
    )


@SLOW
@given(programmes())
def test_feedback_comes_back_as_it_went_out(
    programme: tuple[list[Cohort], list[Feedback], list[str]],
) -> None:
    cohorts, feedback, people = programme
    with tempfile.TemporaryDirectory() as folder:
        for names in FORMS:
            paths = [Path(folder) / name for name in names]
            write_feedback(paths, cohorts, feedback)
            found = read_feedback(paths, Known({}, people))
            assert list(found.cohorts) == cohorts
            assert by_key(found.feedback) == by_key(feedback)


def read_or_refuse(folder: Path, names: Sequence[str], contents: Sequence[bytes]) -> None:
    """Read bytes as a feedback file; anything but a result or InvalidInput is a failure."""
    paths = [folder / name for name in names]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    told: Sequence[Problem] | None = None
    try:
        read_feedback(paths, KNOWN)
    except InvalidInput as refusal:
        told = refusal.problems
    if told is not None:
        assert told
        for problem in told:
            str(problem).encode()
            assert problem.remedy
            assert problem.expected


CELLS = st.text(max_size=8) | st.sampled_from(
    (
        *FeedbackKind,
        *("mentee", "mentor", "anna", "rolf", "spring", "good", "3", "-2", "1e9", "", "\ud800"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30", "2026-04-01"),
    )
)


@SLOW
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(FEEDBACK, CELLS)), max_size=4))
def test_no_cell_crashes_the_reader(rows: list[dict[str, str]]) -> None:
    quoted = [
        {name: '"' + cell.replace('"', '""') + '"' for name, cell in row.items()} for row in rows
    ]
    text = csv_text(FEEDBACK, quoted)
    with tempfile.TemporaryDirectory() as folder:
        read_or_refuse(Path(folder), ["f.csv"], [text.encode("utf-8", "surrogatepass")])


@SLOW
@given(st.floats(0, 1), st.integers(0, 30), st.binary(max_size=4))
@example(0.0, 0, b"\xef\xbb\xbf")
def test_no_change_crashes_the_reader(at: float, n_removed: int, added: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_feedback([folder / "f.csv", folder / "c.csv"], [AUTUMN, SPRING], REPORTS)
        write_feedback([folder / "f.xlsx"], [AUTUMN, SPRING], REPORTS)
        for names in (["f.csv", "c.csv"], ["f.xlsx"]):
            contents = [(folder / one).read_bytes() for one in names]
            position = int(at * len(contents[0]))
            contents[0] = contents[0][:position] + added + contents[0][position + n_removed :]
            read_or_refuse(folder, names, contents)

"""Feedback files as CSV: what a cell may hold, and what is told about what is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recommender.domain.feedback import Cohort, FeedbackKind, Side
from tests.recommender.files.feedback_file_world import (
    COHORTS,
    FEEDBACK,
    cohorts_csv,
    feedback_csv,
    problems,
    read,
    report,
)
from tests.recommender.files.people_file_world import csv_text, places


def test_tables_are_recognised_by_their_header_in_any_order(tmp_path: Path) -> None:
    found = read(tmp_path, a_csv=feedback_csv({"cohort": "autumn"}), b_csv=cohorts_csv({}))
    assert found.cohorts == (Cohort("autumn", "Herbst", date(2026, 9, 1), date(2026, 12, 31)),)
    assert found.feedback == (
        report(FeedbackKind.FIT, value="good", given_at=datetime(2026, 4, 1, tzinfo=UTC)),
    )


def test_cohorts_alone_are_an_import(tmp_path: Path) -> None:
    found = read(tmp_path, c_csv=cohorts_csv({}))
    assert (len(found.cohorts), found.feedback) == (1, ())


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("usefulness", " 4 ", 4),
        ("usefulness", "4.0", 4),
        ("progress", "-2", -2),
        ("progress", "+1", 1),
        ("progress", "0", 0),
        ("again", "yes", "yes"),
        ("comment", "'=2*3", "=2*3"),
        ("comment", "'-gut", "-gut"),
        ("comment", "'@anna", "@anna"),
        ("comment", "''+1", "'+1"),
        ("comment", "7", "7"),
        ("asked", "", None),
    ],
)
def test_values_become_what_their_kind_demands(
    tmp_path: Path, kind: str, given: str, value: int | str | None
) -> None:
    row = {"kind": kind, "value": given}
    row |= {"session": "3.0"} if kind == "usefulness" else {}
    row |= {"goal": "'=Ziel"} if kind == "progress" else {}
    found = read(tmp_path, f_csv=feedback_csv(row)).feedback[0]
    assert found.value == value
    assert type(found.value) is type(value)
    assert found.session == (3 if kind == "usefulness" else None)
    assert found.goal == ("=Ziel" if kind == "progress" else None)


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-11-25", datetime(2026, 11, 25, tzinfo=UTC)),
        (" 2026-11-25 ", datetime(2026, 11, 25, tzinfo=UTC)),
        ("2026-11-25T14:30:00+01:00", datetime(2026, 11, 25, 13, 30, tzinfo=UTC)),
        ("2026-11-25T14:30:00Z", datetime(2026, 11, 25, 14, 30, tzinfo=UTC)),
        ("2026-11-25 14:30-05:00", datetime(2026, 11, 25, 19, 30, tzinfo=UTC)),
        ("2026-11-25T14:30:00.25Z", datetime(2026, 11, 25, 14, 30, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_moments_are_kept_in_utc(tmp_path: Path, given: str, moment: datetime) -> None:
    found = read(tmp_path, f_csv=feedback_csv({"given_at": given})).feedback[0]
    assert found.given_at == moment
    assert found.given_at.tzinfo is UTC


@pytest.mark.parametrize(
    "given",
    [
        "2026-11-25T14:30:00",
        "2026-11-25 14:30",
        "25.11.2026",
        "20261125",
        "2026-W48-3",
        "2026-02-30",
        "2026-11-25T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "",
    ],
)
def test_what_is_no_moment_is_refused_with_a_remedy(tmp_path: Path, given: str) -> None:
    found = problems(tmp_path, f_csv=feedback_csv({"given_at": given}))
    assert places(found) == [("given_at", 2, 9)]
    assert found[0].value == given
    assert found[0].expected == "a date and time with its time zone, from 2000 to 2100"
    assert "2026-11-25T14:30:00+01:00" in found[0].remedy


@pytest.mark.parametrize("given", ["2026-11-25T00:00:00Z", "25.11.2026", "2026-13-01", "soon", ""])
def test_what_is_no_day_is_refused_with_a_remedy(tmp_path: Path, given: str) -> None:
    found = problems(tmp_path, c_csv=cohorts_csv({"starts_on": given}))
    assert [(p.field, p.value, p.column) for p in found] == [("starts_on", given, 3)]
    assert "2026-11-25" in found[0].remedy


def test_every_problem_of_every_row_is_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        f_csv=feedback_csv(
            {"side": "boss", "kind": "fit", "value": "great", "session": "1"},
            {"kind": "usefulness", "value": "6"},
            {"kind": "progress", "side": "mentor", "value": "often", "goal": ""},
            {"kind": "comment", "value": "", "given_at": "now"},
            {"kind": "asked", "value": "please", "goal": "Nähen"},
            {"kind": "usefulness", "value": "2.5", "session": "201"},
            {"mentor_id": "rolf"},
        ),
        c_csv=cohorts_csv({"starts_on": "2027-01-01"}, {"id": "a b", "name": ""}),
    )
    assert [(p.file, p.line, p.field, p.column, p.value) for p in found] == [
        ("c.csv", 2, "ends_on", 4, "2026-12-31"),
        ("c.csv", 3, "id", 1, "a b"),
        ("c.csv", 3, "name", 2, ""),
        ("f.csv", 2, "side", 4, "boss"),
        ("f.csv", 2, "value", 6, "great"),
        ("f.csv", 2, "session", 7, "1"),
        ("f.csv", 3, "value", 6, "6"),
        ("f.csv", 3, "session", 7, ""),
        ("f.csv", 4, "side", 4, "mentor"),
        ("f.csv", 4, "value", 6, "often"),
        ("f.csv", 4, "goal", 8, ""),
        ("f.csv", 5, "given_at", 9, "now"),
        ("f.csv", 5, "value", 6, ""),
        ("f.csv", 6, "value", 6, "please"),
        ("f.csv", 6, "goal", 8, "Nähen"),
        ("f.csv", 7, "value", 6, "2.5"),
        ("f.csv", 7, "session", 7, "201"),
        ("f.csv", 8, "mentee_id", 3, "rolf"),
    ]
    assert all(problem.expected and problem.remedy for problem in found)


def test_what_no_kind_takes_is_told_beside_an_unknown_kind(tmp_path: Path) -> None:
    wrong = {"kind": "gut", "value": "x" * 2001, "session": "0", "goal": "\x01"}
    found = problems(tmp_path, f_csv=feedback_csv(wrong, {"kind": "gut", "session": "9"}))
    assert places(found) == [
        ("value", 2, 6),
        ("session", 2, 7),
        ("goal", 2, 8),
        ("kind", 2, 5),
        ("kind", 3, 5),
    ]


@pytest.mark.parametrize("missing", ["value", "session", "goal"])
def test_a_column_that_no_row_needs_may_be_missing(tmp_path: Path, missing: str) -> None:
    columns = [name for name in FEEDBACK if name not in (missing, "kind")]
    text = csv_text(["kind", *columns], [{"kind": "ended", **SAID}])
    assert read(tmp_path, f_csv=text).feedback[0].kind is FeedbackKind.ENDED


SAID = {
    "cohort": "spring",
    "mentor_id": "anna",
    "mentee_id": "rolf",
    "side": "mentee",
    "given_at": "2026-04-01",
}


@pytest.mark.parametrize(
    ("missing", "kind"), [("value", "fit"), ("session", "usefulness"), ("goal", "progress")]
)
def test_a_column_that_a_row_needs_is_told_in_that_row(
    tmp_path: Path, missing: str, kind: str
) -> None:
    row = {**SAID, "kind": kind, "value": "1", "session": "", "goal": ""}
    columns = [name for name in FEEDBACK if name != missing]
    found = problems(
        tmp_path, f_csv=csv_text(columns, [row, {**row, "kind": "ended", "value": ""}])
    )
    assert places(found) == [(missing, 2, None)]
    assert found[0].value == ""


@pytest.mark.parametrize(
    "missing", ["cohort", "mentor_id", "mentee_id", "side", "kind", "given_at"]
)
def test_a_missing_column_of_feedback_is_told_once(tmp_path: Path, missing: str) -> None:
    row = {**SAID, "kind": "ended"}
    columns = [name for name in FEEDBACK if name != missing]
    found = problems(tmp_path, f_csv=csv_text(columns, [row, {**row, "side": "mentor"}]))
    assert places(found) == [(missing, 1, None)]


@pytest.mark.parametrize("missing", ["id", "name", "starts_on", "ends_on"])
def test_a_missing_column_of_cohorts_is_told_once(tmp_path: Path, missing: str) -> None:
    row = {"id": "x", "name": "X", "starts_on": "2027-01-01", "ends_on": "2027-01-02"}
    columns = [name for name in COHORTS if name != missing]
    assert places(problems(tmp_path, c_csv=csv_text(columns, [row]))) == [(missing, 1, None)]


@pytest.mark.parametrize(
    ("cell", "simulated"), [("yes", True), (" yes ", True), ("no", False), ("", False)]
)
def test_a_cohort_may_be_simulated(tmp_path: Path, cell: str, simulated: bool) -> None:
    found = read(tmp_path, c_csv=cohorts_csv({"simulated": cell}))
    assert [cohort.simulated for cohort in found.cohorts] == [simulated]


def test_without_the_column_a_cohort_is_real(tmp_path: Path) -> None:
    row = {"id": "x", "name": "X", "starts_on": "2027-01-01", "ends_on": "2027-01-02"}
    found = read(tmp_path, c_csv=csv_text(COHORTS[:4], [row]))
    assert [cohort.simulated for cohort in found.cohorts] == [False]


@pytest.mark.parametrize("cell", ["true", "Yes", "ja", "1"])
def test_what_is_neither_yes_nor_no_is_refused(tmp_path: Path, cell: str) -> None:
    found = problems(tmp_path, c_csv=cohorts_csv({"simulated": cell}))
    assert [(p.value, p.column, p.expected) for p in found] == [(cell, 5, "yes or no")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\n", "\ufeffsep={}\r\n", "\n\n"])
def test_separators_marks_and_blank_rows_are_as_in_people_files(
    tmp_path: Path, separator: str, start: str
) -> None:
    text = feedback_csv({}).replace(",", separator) + separator * 8 + "\n\n"
    found = read(tmp_path, f_csv=start.format(separator) + text)
    assert [one.side for one in found.feedback] == [Side.MENTEE]


def test_lone_surrogates_and_other_encodings_are_refused(tmp_path: Path) -> None:
    data = feedback_csv({"kind": "comment", "value": "gut\ud800"}).encode("utf-8", "surrogatepass")
    assert [(p.field, p.line) for p in problems(tmp_path, f_csv=data)] == [("file", 2)]
    latin = feedback_csv({"kind": "comment", "value": "schön"}).encode("latin-1")
    assert "CSV UTF-8" in problems(tmp_path, f_csv=latin)[0].remedy


def test_files_without_a_known_header_are_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, f_csv="foo,bar\n1,2\n")
    assert places(found) == [("header", 1, None)]
    assert found[0].expected == "the header of a cohorts or feedback table"
    assert "cohort, mentor_id, mentee_id, side, kind" in found[0].remedy


def test_a_table_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, f_csv=feedback_csv({}), g_csv=feedback_csv({}))
    assert [(p.file, p.value) for p in found] == [("g.csv", "a second table of feedback")]


def test_a_huge_cell_is_refused_with_its_column(tmp_path: Path) -> None:
    found = problems(tmp_path, f_csv=feedback_csv({"kind": "comment", "value": "ß" * 20_001}))
    assert places(found) == [("value", 2, 6)]
    assert "20000" in found[0].remedy


def test_after_a_thousand_problems_one_says_so(tmp_path: Path) -> None:
    found = problems(tmp_path, f_csv=feedback_csv(*[{"value": "x"}] * 1001))
    assert len(found) == 1001
    assert "more than 1000" in found[-1].value

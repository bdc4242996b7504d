"""Feedback files as Excel workbooks: sheets by name, and cells that hold dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from recommender.domain.feedback import Cohort, Feedback, FeedbackKind
from recommender.files.feedback import read_feedback, write_feedback
from tests.recommender.files.feedback_file_world import (
    AUTUMN,
    COHORTS,
    FEEDBACK,
    KNOWN,
    REPORTS,
    problems,
    report,
)
from tests.recommender.files.people_file_world import places, refused

FIT: dict[str, object] = {
    "cohort": "spring",
    "mentor_id": "anna",
    "mentee_id": "rolf",
    "side": "mentee",
    "kind": "fit",
    "value": "good",
    "given_at": "2026-04-01",
}


def row(**changes: object) -> list[object]:
    return [{**FIT, **changes}.get(name) for name in FEEDBACK]


def saved(folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    path = folder / "Rückmeldungen.xlsx"
    book.save(path)
    return path


def only(folder: Path, **changes: object) -> Feedback:
    path = saved(folder, {"feedback": [FEEDBACK, row(**changes)]})
    return read_feedback([path], KNOWN).feedback[0]


def test_reads_sheets_of_any_case_and_ignores_others(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {
            "Notizen": [["x"]],
            "Feedback": [[], FEEDBACK, [None], row(cohort="autumn")],
            "COHORTS": [COHORTS, ["autumn", "Herbst", "2026-09-01", "2026-12-31"]],
        },
    )
    found = read_feedback([path], KNOWN)
    assert found.cohorts == (Cohort("autumn", "Herbst", date(2026, 9, 1), date(2026, 12, 31)),)
    assert [one.cohort for one in found.feedback] == ["autumn"]


@pytest.mark.parametrize("day", [date(2026, 9, 1), datetime(2026, 9, 1), "2026-09-01"])
def test_days_may_be_date_cells(tmp_path: Path, day: object) -> None:
    path = saved(tmp_path, {"cohorts": [COHORTS, ["autumn", "Herbst", day, date(2026, 12, 31)]]})
    found = read_feedback([path], KNOWN)
    assert found.cohorts == (Cohort("autumn", "Herbst", date(2026, 9, 1), date(2026, 12, 31)),)


def test_a_day_with_a_time_is_refused(tmp_path: Path) -> None:
    start = datetime(2026, 9, 1, 8, 30)
    path = saved(tmp_path, {"cohorts": [COHORTS, ["autumn", "H", start, "2026-12-31"]]})
    found = refused(lambda: read_feedback([path], KNOWN))
    assert [(p.field, p.value) for p in found] == [("starts_on (cohorts!C2)", str(start))]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        (date(2026, 4, 2), datetime(2026, 4, 2, tzinfo=UTC)),
        (datetime(2026, 4, 2, 14, 30), datetime(2026, 4, 2, 14, 30, tzinfo=UTC)),
        ("2026-04-02T14:30:00+02:00", datetime(2026, 4, 2, 12, 30, tzinfo=UTC)),
    ],
)
def test_moments_may_be_date_cells_in_utc(tmp_path: Path, cell: object, moment: datetime) -> None:
    assert only(tmp_path, given_at=cell).given_at == moment


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"kind": "usefulness", "value": 4.0, "session": 2}, 4),
        ({"kind": "progress", "value": -2, "goal": "=Ziel"}, -2),
        ({"kind": "comment", "value": 7}, "7"),
        ({"kind": "comment", "value": "=1+1"}, "=1+1"),
    ],
)
def test_numbers_and_formulas_are_read_as_they_stand(
    tmp_path: Path, changes: dict[str, object], value: int | str
) -> None:
    found = only(tmp_path, **changes).value
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "cell", [date(2026, 4, 2), datetime(2026, 4, 2, 1), time(3, 4), timedelta(days=3), True, "#N/A"]
)
@pytest.mark.parametrize("kind", ["comment", "usefulness", "asked", "unknown"])
def test_dates_truth_and_failed_formulas_are_no_values(
    tmp_path: Path, cell: object, kind: str
) -> None:
    session = 1 if kind == "usefulness" else None
    path = saved(tmp_path, {"feedback": [FEEDBACK, row(kind=kind, value=cell, session=session)]})
    found = {p.field: p for p in refused(lambda: read_feedback([path], KNOWN))}
    assert "again" in (told := found.pop("value (feedback!F2)")).remedy or "formula" in told.remedy
    assert list(found) == (["kind (feedback!E2)"] if kind == "unknown" else [])


@pytest.mark.parametrize("cell", [time(3, 4), timedelta(days=3), True, 46000])
def test_what_is_no_date_is_no_moment(tmp_path: Path, cell: object) -> None:
    path = saved(tmp_path, {"feedback": [FEEDBACK, row(given_at=cell)]})
    found = refused(lambda: read_feedback([path], KNOWN))
    assert places(found) == [("given_at (feedback!I2)", 2, 9)]


def test_every_cell_may_hold_a_date_without_a_crash(tmp_path: Path) -> None:
    day = datetime(2024, 3, 4)
    sheets = {"feedback": [FEEDBACK, [day] * 9], "cohorts": [COHORTS, [day] * 4]}
    path = saved(tmp_path, sheets)
    found = refused(lambda: read_feedback([path], KNOWN))
    fields = [p.field.split(" ")[0] for p in found]
    assert fields == [
        *("id", "name"),
        *("value", "session", "goal", "cohort", "mentor_id", "mentee_id", "side", "kind"),
    ]


def test_a_workbook_needs_one_of_the_sheets(tmp_path: Path) -> None:
    found = refused(lambda: read_feedback([saved(tmp_path, {"Tabelle1": [FEEDBACK]})], KNOWN))
    assert [p.value for p in found] == ["no sheet feedback or cohorts"]
    assert found[0].remedy == "Give the sheet with the feedback the name feedback."


def test_an_empty_sheet_of_cohorts_makes_no_cohort_unknown(tmp_path: Path) -> None:
    path = saved(tmp_path, {"cohorts": [], "feedback": [FEEDBACK, row(cohort="winter")]})
    assert [p.value for p in refused(lambda: read_feedback([path], KNOWN))] == [
        "an empty sheet cohorts"
    ]


@pytest.mark.parametrize("data", [b"", b"PK", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    found = problems(tmp_path, f_xlsx=data)
    assert [".xlsx" in p.remedy for p in found] == [True]


def test_text_is_exported_as_text_however_it_looks(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    comments = [
        report(FeedbackKind.COMMENT, value=text, given_at=REPORTS[0].given_at + timedelta(days=n))
        for n, text in enumerate(("=1+1", "+1", "-1", "@x", "5", "2026-01-01", "#N/A"))
    ]
    write_feedback([path], [AUTUMN], comments)
    sheet = openpyxl.load_workbook(path)["feedback"]
    for number, one in enumerate(comments, 2):
        cell = sheet.cell(row=number, column=6)
        assert (cell.value, cell.data_type) == (one.value, "s")
        assert bool(cell.quotePrefix) == (str(one.value)[0] in "=+-@")
    assert list(read_feedback([path], KNOWN).feedback) == comments

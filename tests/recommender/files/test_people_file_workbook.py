"""People files as Excel workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Statement, Status
from recommender.files.people import read_people, write_people
from recommender.files.tables import workbook
from recommender.files.tables.workbook import MAX_COLUMNS
from tests.recommender.files.people_file_world import (
    PAIRS,
    PEOPLE,
    STATEMENTS,
    WORLD,
    places,
    problems,
    refused,
)

ANNA: list[object] = [
    "anna",
    "Anna",
    "Einkauf",
    "Köln",
    3,
    None,
    "de en",
    "Europe/Berlin",
    "both",
    2.0,
    2.5,
    "active",
]


def anna(**changes: object) -> list[object]:
    return [changes.get(name, value) for name, value in zip(PEOPLE, ANNA, strict=True)]


def saved(folder: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "Leute.xlsx"
    book.save(path)
    return path


def test_reads_sheets_of_any_case_and_ignores_others(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {
            "Notes": [["whatever", 1]],
            "Pairs": [PAIRS, ["1001", "anna", "ended"]],
            "STATEMENTS": [STATEMENTS, [1001, "skill", "de", "Nähen", 3.0, None]],
            "People": [[], PEOPLE, anna(), [None], anna(id=1001, reports_to="anna")],
        },
    )
    found = read_people([path])
    assert [(r.person.id, r.line, r.statements_given) for r in found.people] == [
        ("anna", 3, True),
        ("1001", 5, True),
    ]
    first, second = (record.person for record in found.people)
    assert (first.capacity, first.career_level, first.hours_per_month) == (2, 3, 2.5)
    assert second.statements == (Statement(Kind.SKILL, "Nähen", "de", level=3),)
    assert [(r.pair, r.line) for r in found.pairs] == [(Pair("1001", "anna", PairStatus.ENDED), 2)]


def test_people_alone_keep_the_statements_stored_earlier(tmp_path: Path) -> None:
    found = read_people([saved(tmp_path, {"people": [PEOPLE, anna()]})])
    assert not found.people[0].statements_given


def test_a_formula_is_its_own_text(tmp_path: Path) -> None:
    path = saved(tmp_path, {"people": [PEOPLE, anna(site="=1+1")]})
    assert read_people([path]).people[0].person.site == "=1+1"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (datetime(2024, 3, 4), "2024-03-04"),
        (date(2024, 3, 4), "2024-03-04"),
        (time(3, 4), "03:04"),
        (timedelta(days=3), "3 days"),
        (True, "True"),
        ("#N/A", "#N/A"),
        (ArrayFormula("D2", "=A1:A2"), "formula"),
    ],
)
def test_cells_that_are_neither_text_nor_number_are_refused(
    tmp_path: Path, value: object, shown: str
) -> None:
    path = saved(tmp_path, {"people": [PEOPLE, anna(site=value)]})
    found = refused(lambda: read_people([path]))
    assert places(found) == [("site (people!D2)", 2, 4)]
    assert shown in found[0].value
    assert "Format the cell" in found[0].remedy or "formula" in found[0].remedy


def test_every_cell_may_hold_a_date_without_a_crash(tmp_path: Path) -> None:
    day = datetime(2024, 3, 4)
    path = saved(
        tmp_path,
        {
            "people": [PEOPLE, [day] * len(PEOPLE)],
            "statements": [STATEMENTS, [day] * len(STATEMENTS)],
            "pairs": [PAIRS, [day] * len(PAIRS)],
        },
    )
    found = refused(lambda: read_people([path]))
    assert sorted(problem.field.split(" ")[0] for problem in found) == sorted(
        [*PEOPLE, *STATEMENTS, *PAIRS]
    )


def test_problems_name_the_cell(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {
            "people": [PEOPLE, anna(capacity="x"), [*anna(id="b"), "more"]],
            "statements": [[*STATEMENTS, "mood"], ["zoe", "goal", "de", "T", None, 9]],
        },
    )
    found = refused(lambda: read_people([path]))
    assert places(found) == [
        ("capacity (people!J2)", 2, 10),
        ("row (people!M3)", 3, 13),
        ("header (statements!G1)", 1, 7),
        ("priority (statements!F2)", 2, 6),
        ("person_id (statements!A2)", 2, 1),
    ]
    assert {problem.file for problem in found} == {"Leute.xlsx"}


def test_missing_and_empty_sheets_are_told_beside_the_others(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        {"statements": [], "pairs": [PAIRS, ["a b", "c", "active"]], "Tabelle1": [PEOPLE]},
    )
    found = refused(lambda: read_people([path]))
    assert [problem.value for problem in found] == [
        "no sheet people",
        "an empty sheet statements",
        "a b",
    ]


def rezipped(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(name, data))


def test_a_wrong_size_in_the_sheet_is_not_believed(tmp_path: Path) -> None:
    path = saved(tmp_path, {"people": [PEOPLE, anna(), anna(id="b")]})
    rezipped(path, lambda _name, data: data.replace(b'ref="A1:L3"', b'ref="A1"'))
    assert len(read_people([path]).people) == 2


def test_a_row_at_the_end_of_the_world_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_ROWS", 1000)
    path = saved(tmp_path, {"people": [PEOPLE, anna()]})
    rezipped(
        path,
        lambda _name, data: (
            data.replace(b'<row r="2">', b'<row r="99999999999">')
            if b'<row r="2">' in data
            else data
        ),
    )
    assert read_people([path]).people == ()


def test_cells_far_to_the_right_are_ignored(tmp_path: Path) -> None:
    far: list[object] = [None] * (MAX_COLUMNS - len(PEOPLE))
    path = saved(tmp_path, {"people": [[*PEOPLE, *far, "note"], [*anna(), *far, "note"]]})
    assert len(read_people([path]).people) == 1


def test_drop_down_lists_do_not_disturb(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "people"
    sheet.append(PEOPLE)
    sheet.append(anna())
    rule = DataValidation(type="list", formula1='"mentor,mentee,both"')
    sheet.add_data_validation(rule)
    rule.add("I2:I100")
    path = tmp_path / "p.xlsx"
    book.save(path)
    extension = b'<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    rezipped(path, lambda _name, data: data.replace(b"</worksheet>", extension))
    assert len(read_people([path]).people) == 1


@pytest.mark.parametrize("data", [b"", b"PK", b"id,name\n", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    found = problems(tmp_path, p_xlsx=data)
    assert len(found) == 1
    assert ".xlsx" in found[0].remedy


def test_an_encrypted_workbook_has_its_own_remedy(tmp_path: Path) -> None:
    found = problems(tmp_path, p_xlsx=b"\xd0\xcf\x11\xe0" + bytes(600))
    assert "password" in found[0].remedy


def test_damaged_parts_are_refused(tmp_path: Path) -> None:
    def foreign() -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("hello.txt", "hello")
        return stream.getvalue()

    assert "damaged" in problems(tmp_path, p_xlsx=foreign())[0].value
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        path = saved(tmp_path, {"people": [PEOPLE, anna()]})
        rezipped(path, lambda name, data, part=part: b"<x" if name == part else data)  # type: ignore[misc]
        assert "damaged" in refused(lambda path=path: read_people([path]))[0].value  # type: ignore[misc]


def test_damage_in_the_middle_of_a_sheet_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, {"people": [PEOPLE, *[anna(id=f"p{i}") for i in range(3000)]]})
    rezipped(
        path, lambda name, data: data[: len(data) // 2] if name.endswith("sheet1.xml") else data
    )
    found = refused(lambda: read_people([path]))
    assert [problem.value for problem in found] == ["a damaged workbook (ParseError)"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, {"people": [PEOPLE, anna()]})
    with zipfile.ZipFile(path) as archive:
        n_bytes = sum(member.file_size for member in archive.infolist())
    monkeypatch.setattr(workbook, "MAX_UNCOMPRESSED_BYTES", n_bytes)
    assert len(read_people([path]).people) == 1
    monkeypatch.setattr(workbook, "MAX_UNCOMPRESSED_BYTES", n_bytes - 1)
    assert f"{n_bytes} bytes" in refused(lambda: read_people([path]))[0].value


def test_text_is_exported_as_text_however_it_looks(tmp_path: Path) -> None:
    texts = ("=1+1", "+1", "-1", "@x", "'=1", "#N/A", "5", "TRUE", "2024-01-01")
    people = [
        Person(
            id=f"p{number}",
            name=text,
            department="D",
            site="S",
            career_level=1,
            reports_to=None,
            languages=("de",),
            time_zone="UTC",
            roles=Roles.BOTH,
            capacity=1,
            hours_per_month=1.5,
            status=Status.ACTIVE,
        )
        for number, text in enumerate(texts)
    ]
    path = tmp_path / "out.xlsx"
    write_people([path], people)
    sheet = openpyxl.load_workbook(path)["people"]
    for number, text in enumerate(texts):
        cell = sheet.cell(row=number + 2, column=2)
        assert (cell.value, cell.data_type) == (text, "s")
        assert bool(cell.quotePrefix) == (text[0] in "=+-@")
    assert (sheet["E2"].value, sheet["K2"].data_type) == (1, "n")
    assert [record.person for record in read_people([path]).people] == people


def test_characters_that_xml_cannot_hold_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    said = Statement(Kind.SKILL, "a\uffffb\ufffec\U0001ffff", "de", level=1)
    person = WORLD[2]
    write_people(
        [path],
        [
            Person(
                **{name: getattr(person, name) for name in (*PEOPLE,)},
                statements=(said,),
            )
        ],
    )
    found = read_people([path]).people[0].person.statements[0].text
    assert found == "a\ufffdb\ufffdc\U0001ffff"

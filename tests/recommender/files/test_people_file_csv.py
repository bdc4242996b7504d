"""People files as CSV: forms of the text, and what is told about what is wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from recommender.domain.people import Kind, PairStatus, Roles, Status
from recommender.files.tables.csv_text import neutralised, restored, split_rows
from tests.recommender.files.people_file_world import (
    ANNA,
    PAIRS,
    PEOPLE,
    STATEMENTS,
    csv_text,
    people_csv,
    places,
    problems,
    read,
    statements_csv,
)


def test_reads_people_statements_and_pairs_in_any_order_of_files(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        x_csv=csv_text(PAIRS, [{"mentor_id": "ben", "mentee_id": "anna", "status": "ended"}]),
        y_csv=csv_text(
            STATEMENTS,
            [
                {
                    "person_id": "ben",
                    "kind": "goal",
                    "language": "en",
                    "text": "Weld",
                    "priority": "2",
                },
                {
                    "person_id": "anna",
                    "kind": "skill",
                    "language": "de",
                    "text": "Nähen",
                    "level": "4",
                },
                {
                    "person_id": "ben",
                    "kind": "skill",
                    "language": "en",
                    "text": "Excel",
                    "level": "5",
                },
            ],
        ),
        z_csv=people_csv({}, {"id": "ben", "reports_to": "anna", "roles": "mentor"}),
    )
    anna, ben = (record.person for record in found.people)
    assert (anna.id, anna.name, anna.site, anna.career_level) == ("anna", "Anna Übel", "Köln", 3)
    assert (anna.languages, anna.time_zone) == (("de", "en"), "Europe/Berlin")
    assert (anna.capacity, anna.hours_per_month, anna.reports_to) == (2, 2.5, None)
    assert (ben.reports_to, ben.roles, ben.status) == ("anna", Roles.MENTOR, Status.ACTIVE)
    assert [said.text for said in ben.statements] == ["Weld", "Excel"]
    assert [said.kind for said in ben.statements] == [Kind.GOAL, Kind.SKILL]
    assert (ben.statements[0].priority, anna.statements[0].level) == (2, 4)
    assert [(r.file, r.line, r.statements_given) for r in found.people] == [
        ("z.csv", 2, True),
        ("z.csv", 3, True),
    ]
    assert [(r.pair.mentor_id, r.pair.status, r.file, r.line) for r in found.pairs] == [
        ("ben", PairStatus.ENDED, "x.csv", 2)
    ]


def test_people_alone_keep_the_statements_stored_earlier(tmp_path: Path) -> None:
    assert not read(tmp_path, p_csv=people_csv({})).people[0].statements_given


def test_a_file_with_only_a_header_brings_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, p_csv=people_csv()).people == ()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff", "sep={}\r\n", "\ufeffSEP={}\n", "\n\n"])
def test_separator_and_start_are_found_out(tmp_path: Path, separator: str, start: str) -> None:
    text = start.format(separator) + csv_text(PEOPLE, [ANNA], separator)
    found = read(tmp_path, p_csv=text).people
    assert [record.person.name for record in found] == ["Anna Übel"]
    assert found[0].line == start.count("\n") + 2


def test_names_of_columns_are_trimmed_and_their_case_and_order_are_free(tmp_path: Path) -> None:
    text = csv_text(tuple(reversed(PEOPLE)), [ANNA])
    head, row = text.splitlines()
    head = ",".join(f" {name.upper()} " for name in head.split(","))
    assert read(tmp_path, p_csv=f"{head}\n{row}\n").people[0].person.id == "anna"


@pytest.mark.parametrize("missing", ["status", "reports_to"])
def test_optional_columns_have_defaults(tmp_path: Path, missing: str) -> None:
    columns = [column for column in PEOPLE if column != missing]
    person = read(tmp_path, p_csv=csv_text(columns, [ANNA])).people[0].person
    assert (person.status, person.reports_to) == (Status.ACTIVE, None)


@pytest.mark.parametrize("cell", ["de en", "de;en", "de|en", " de ; en ", '"de, en"'])
def test_languages_are_separated_by_any_usual_character(tmp_path: Path, cell: str) -> None:
    person = read(tmp_path, p_csv=people_csv({"languages": cell})).people[0].person
    assert person.languages == ("de", "en")


@pytest.mark.parametrize(
    ("cell", "hours"), [('"2,5"', 2.5), ("2.5", 2.5), ("3", 3.0), (" 3.0 ", 3.0), ("1e-3", 0.001)]
)
def test_hours_may_have_a_decimal_comma(tmp_path: Path, cell: str, hours: float) -> None:
    person = read(tmp_path, p_csv=people_csv({"hours_per_month": cell})).people[0].person
    assert person.hours_per_month == hours


@pytest.mark.parametrize("cell", ["3", "3.0", '"3,0"', " 3 ", "3.00", "+3"])
def test_whole_numbers_may_look_as_excel_writes_them(tmp_path: Path, cell: str) -> None:
    row = people_csv({"career_level": cell, "capacity": cell})
    person = read(tmp_path, p_csv=row).people[0].person
    assert (person.career_level, person.capacity) == (3, 3)
    assert isinstance(person.career_level, int)


@pytest.mark.parametrize("cell", ["3.5", "x", "", "1e1", "٣", "9" * 5000, "1_0", "nan"])
def test_other_numbers_are_refused(tmp_path: Path, cell: str) -> None:
    assert places(problems(tmp_path, p_csv=people_csv({"capacity": cell}))) == [("capacity", 2, 10)]


@pytest.mark.parametrize("cell", ["x", "", "nan", "inf", "1e999", "1.000,5", "-1", "200.5", "1_0"])
def test_other_hours_are_refused(tmp_path: Path, cell: str) -> None:
    text = people_csv({"hours_per_month": f'"{cell}"'})
    assert places(problems(tmp_path, p_csv=text)) == [("hours_per_month", 2, 11)]


def test_the_line_of_a_row_is_the_line_on_which_it_starts(tmp_path: Path) -> None:
    text = people_csv(
        {"name": '"Anna\r\nmaria\n\n ""Ännchen"" "'},
        {"id": "ben", "name": '"Ben, der\rKleine"', "capacity": "x"},
        {"id": "cleo", "capacity": "y"},
    )
    found = problems(tmp_path, p_csv=text.replace("active\n", "active\r\n"))
    assert places(found) == [("capacity", 6, 10), ("capacity", 8, 10)]
    good = read(tmp_path, p_csv=text.replace(",x,", ",1,").replace(",y,", ",1,"))
    assert [record.person.name for record in good.people] == [
        'Anna maria "Ännchen"',
        "Ben, der Kleine",
        "Anna Übel",
    ]


def test_every_problem_of_a_row_and_of_other_rows_is_told(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        p_csv=people_csv(
            {"career_level": "abc", "time_zone": "Berlin", "roles": "boss"},
            {"id": "b c", "languages": "de xx1"},
        ),
        s_csv=statements_csv(
            {"level": "9"},
            {"person_id": "b c", "text": "", "language": "deu"},
            {"kind": "habit", "level": "7", "priority": "0", "text": "Anderes"},
        ),
    )
    assert [problem.file for problem in found] == ["p.csv"] * 5 + ["s.csv"] * 6
    assert places(found) == [
        ("career_level", 2, 5),
        ("time_zone", 2, 8),
        ("roles", 2, 9),
        ("id", 3, 1),
        ("languages", 3, 7),
        ("level", 2, 5),
        ("text", 3, 4),
        ("language", 3, 3),
        ("kind", 4, 2),
        ("level", 4, 5),
        ("priority", 4, 6),
    ]
    assert found[0].value == "abc"
    assert "whole number from 0 to 99" in found[0].expected
    assert (found[4].value, found[7].value) == ("xx1", "deu")


def test_an_empty_level_is_told_as_empty(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({}), s_csv=statements_csv({"level": ""}))
    assert [(problem.field, problem.value) for problem in found] == [("level", "")]


def test_unknown_missing_and_repeated_columns_are_told(tmp_path: Path) -> None:
    text = people_csv({"capacity": "x"}).replace("time_zone", "zone").replace("site", "name")
    found = problems(tmp_path, p_csv=text)
    assert places(found) == [
        ("header", 1, 4),
        ("header", 1, 8),
        ("site", 1, None),
        ("time_zone", 1, None),
        ("capacity", 2, 10),
    ]
    assert [problem.value for problem in found[:2]] == ["name", "zone"]
    assert found[0].expected == "each column once"


@pytest.mark.parametrize("column", ["person_id", "kind", "language", "text", "level", "priority"])
def test_a_missing_column_of_statements_is_told_once(tmp_path: Path, column: str) -> None:
    columns = [name for name in STATEMENTS if name != column]
    rows = [{"person_id": "anna", "kind": "skill", "language": "de", "text": "A", "level": "1"}]
    found = problems(tmp_path, p_csv=people_csv({}), s_csv=csv_text(columns, rows))
    assert places(found) == [(column, 1, None)]


@pytest.mark.parametrize("column", ["id", "name", "languages", "hours_per_month"])
def test_a_missing_column_of_people_is_told_once(tmp_path: Path, column: str) -> None:
    columns = [name for name in PEOPLE if name != column]
    text = csv_text(columns, [ANNA, {**ANNA, "id": "ben"}])
    found = problems(tmp_path, p_csv=text, s_csv=statements_csv({}))
    assert places(found) == [(column, 1, None)]


def test_a_missing_column_of_pairs_is_told_once(tmp_path: Path) -> None:
    rows = [{"mentor_id": "anna"}, {"mentor_id": "anna"}]
    found = problems(tmp_path, p_csv=people_csv({}), x_csv=csv_text(["mentor_id"], rows))
    assert places(found) == [("mentee_id", 1, None)]


def test_rows_of_another_width_are_refused_and_their_people_known(tmp_path: Path) -> None:
    text = people_csv({}, {"id": "ben"}, {"id": "cleo", "reports_to": "ben"}, {"id": "dan"})
    lines = text.splitlines()
    lines[2] += ",more"
    lines[4] = "dan,Dan"
    found = problems(tmp_path, p_csv="\n".join(lines), s_csv=statements_csv({"person_id": "dan"}))
    assert places(found) == [("row", 3, 13), ("row", 5, 3)]
    assert [problem.value for problem in found] == ["13 cells", "2 cells"]


def test_blank_rows_and_columns_without_a_name_are_skipped(tmp_path: Path) -> None:
    text = people_csv({}).replace("\n", ",,\n") + "\n" + "," * 13 + "\n"
    assert len(read(tmp_path, p_csv=text).people) == 1
    found = problems(tmp_path, p_csv=text.replace("active,", "active,?"))
    assert places(found) == [("row", 2, 13)]


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("size", [20_001, 1_000_000])
def test_a_huge_cell_is_refused_with_its_column(tmp_path: Path, size: int, quote: str) -> None:
    limit = csv.field_size_limit()
    for column, text in (("site", "ß" * size), ("capacity", "1" * size), ("languages", "x" * size)):
        found = problems(tmp_path, p_csv=people_csv({column: quote + text + quote}, {"id": "b"}))
        assert places(found) == [(column, 2, PEOPLE.index(column) + 1)]
        assert len(found[0].value) < 200
        assert "20000" in found[0].remedy
    assert csv.field_size_limit() == limit


def test_nul_bytes_are_refused_with_their_column(tmp_path: Path) -> None:
    assert places(problems(tmp_path, p_csv=people_csv({"site": "K\0ln"}))) == [("site", 2, 4)]


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    data = people_csv({}, {"id": "b", "site": "Köln"}).encode("utf-8")
    at = data.rindex("ö".encode())
    found = problems(tmp_path, p_csv=data[:at] + b"\xf6" + data[at + 2 :])
    assert [problem.line for problem in found] == [3]
    assert "0xF6" in found[0].value
    assert f"the {at - data.rindex(b'b,') + 1}. of its line" in found[0].value
    assert "CSV UTF-8" in found[0].remedy


def test_utf16_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, p_csv=people_csv({}).encode("utf-16"))[0].line == 1
    assert problems(tmp_path, p_csv=people_csv({}).encode("utf-16-le"))


def test_a_misplaced_quote_costs_only_its_line(tmp_path: Path) -> None:
    text = people_csv({"name": '"An"na'}, {"id": "ben", "reports_to": "zoe", "capacity": "x"})
    found = problems(tmp_path, p_csv=text)
    assert places(found) == [("row", 2, 2), ("capacity", 3, 10)]


def test_a_quote_that_is_never_closed_is_told_where_it_opens(tmp_path: Path) -> None:
    text = people_csv({}, {"id": "ben", "site": '"Köln'}, {"id": "c"})
    found = problems(tmp_path, p_csv=text)
    assert places(found) == [("row", 3, 4)]
    assert len(found[0].value) < 120


def test_a_quote_within_an_unquoted_cell_is_text(tmp_path: Path) -> None:
    person = read(tmp_path, p_csv=people_csv({"site": 'Halle 5"'})).people[0].person
    assert person.site == 'Halle 5"'


def test_files_without_a_known_header_are_refused(tmp_path: Path) -> None:
    assert [p.value for p in problems(tmp_path, p_csv="")] == ["an empty file"]
    assert [p.value for p in problems(tmp_path, p_csv="\ufeff\n\n ,\n")] == ["an empty file"]
    assert places(problems(tmp_path, p_csv="\nfoo,bar\n1,2\n")) == [("header", 2, None)]
    assert places(problems(tmp_path, p_csv='"id\n')) == [("row", 1, 1)]


def test_a_table_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({}), q_csv=people_csv({}))
    assert [(problem.file, problem.value) for problem in found] == [
        ("q.csv", "a second table of people")
    ]
    assert "p.csv" in found[0].expected


def test_statements_without_people_are_refused_once(tmp_path: Path) -> None:
    found = problems(tmp_path, s_csv=statements_csv({}, {"text": "B", "level": "x"}))
    assert places(found) == [("file", None, None), ("level", 3, 5)]


def test_an_unreadable_people_table_makes_nobody_unknown(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=b"id,name\xff", s_csv=statements_csv({}, {"level": "x"}))
    assert places(found) == [("file", 1, None), ("level", 3, 5), ("text", 3, 4)]


def test_an_unreadable_statements_table_hides_no_stranger(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({"reports_to": "zoe"}), s_csv=b"person_id\xff")
    assert [(problem.field, problem.value) for problem in found][1:] == [("reports_to", "zoe")]


def test_splitting_is_linear_in_broken_text() -> None:
    text = '"""\n' * 50_001 + 'x"\n' + '"a"b"\n' * 50_000
    rows = list(split_rows(text, ",", 1))
    assert rows[-1][0] == 100_002
    assert len(rows) > 1000


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 221", "'+49 221"),
        ("-", "'-"),
        ("@home", "'@home"),
        ("'=1", "''=1"),
        ("\tx", "'\tx"),
        ("'tis", "'tis"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_formulas_are_neutralised_and_restored(text: str, cell: str) -> None:
    assert neutralised(text) == cell
    assert restored(cell) == text


def test_exactly_one_apostrophe_is_removed_on_import(tmp_path: Path) -> None:
    text = people_csv({"name": "''=x", "site": "'-x", "department": "'tis"})
    person = read(tmp_path, p_csv=text).people[0].person
    assert (person.name, person.site, person.department) == ("'=x", "-x", "'tis")

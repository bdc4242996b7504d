"""People files as JSON Lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from recommender.domain.people import PairStatus, Status
from tests.recommender.files.people_file_world import places, problems, read

ANNA: dict[str, Any] = {
    "id": "anna",
    "name": "Anna",
    "department": "Einkauf",
    "site": "Köln",
    "career_level": 3,
    "reports_to": None,
    "languages": ["de", "en"],
    "time_zone": "Europe/Berlin",
    "roles": "both",
    "capacity": 2,
    "hours_per_month": 2.5,
    "status": "paused",
}
SKILL: dict[str, Any] = {"kind": "skill", "language": "de", "text": "Nähen", "level": 3}


def line(**changes: object) -> str:
    return json.dumps({**ANNA, **changes}) + "\n"


def test_reads_people_with_and_without_statements_and_pairs(tmp_path: Path) -> None:
    goal = {"kind": "goal", "language": "en", "text": "Weld", "priority": 2, "level": None}
    text = (
        line()
        + "\r\n"
        + line(id="ben", reports_to="anna", statements=[goal, SKILL])
        + line(id="cleo", statements=[])
        + '{"mentor_id": "anna", "mentee_id": "ben"}\r\n'
        + '{"mentor_id": "ben", "mentee_id": "cleo", "status": "ended"}'
    )
    found = read(tmp_path, p_jsonl=b"\xef\xbb\xbf" + text.encode())
    assert [(r.person.id, r.line, r.statements_given) for r in found.people] == [
        ("anna", 1, False),
        ("ben", 3, True),
        ("cleo", 4, True),
    ]
    anna, ben, _ = (record.person for record in found.people)
    assert (anna.status, anna.languages, ben.reports_to) == (Status.PAUSED, ("de", "en"), "anna")
    assert [(s.text, s.level, s.priority) for s in ben.statements] == [
        ("Weld", None, 2),
        ("Nähen", 3, None),
    ]
    assert [(r.pair.mentee_id, r.pair.status, r.line) for r in found.pairs] == [
        ("ben", PairStatus.ACTIVE, 5),
        ("cleo", PairStatus.ENDED, 6),
    ]


def test_the_other_ending_and_an_empty_file_are_fine(tmp_path: Path) -> None:
    assert read(tmp_path, p_ndjson="").people == ()


def test_status_and_manager_may_be_missing(tmp_path: Path) -> None:
    given = {key: value for key, value in ANNA.items() if key not in ("status", "reports_to")}
    person = read(tmp_path, p_jsonl=json.dumps(given)).people[0].person
    assert (person.status, person.reports_to) == (Status.ACTIVE, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 5),
        ("id", None),
        ("id", {}),
        ("id", " anna"),
        ("name", 5),
        ("name", None),
        ("name", ["A"]),
        ("name", "\ud800"),
        ("name", "x" * 30_000),
        ("career_level", "3"),
        ("career_level", 3.5),
        ("career_level", True),
        ("career_level", None),
        ("career_level", [[]]),
        ("reports_to", 5),
        ("reports_to", []),
        ("reports_to", {}),
        ("reports_to", ""),
        ("languages", "de en"),
        ("languages", []),
        ("languages", None),
        ("languages", [5]),
        ("languages", [None]),
        ("languages", [["de"]]),
        ("languages", {"de": 1}),
        ("time_zone", ["UTC"]),
        ("time_zone", {"a": "UTC"}),
        ("time_zone", None),
        ("roles", 1),
        ("roles", []),
        ("capacity", 1e300),
        ("hours_per_month", "2"),
        ("hours_per_month", 10**400),
        ("hours_per_month", False),
        ("hours_per_month", []),
        ("status", None),
        ("status", {}),
        ("statements", None),
        ("statements", {}),
        ("statements", "Nähen"),
        ("colour", "red"),
        ("\ud800", "\ud800"),
    ],
)
def test_wrong_types_are_refused_by_the_name_of_the_field(
    tmp_path: Path, field: str, value: object
) -> None:
    found = problems(tmp_path, p_jsonl="\n" + line(**{field: value}))
    name = "\\ud800" if field == "\ud800" else field
    assert places(found) == [(name, 2, None)]
    str(found[0]).encode("utf-8")
    found[0].value.encode("utf-8")


@pytest.mark.parametrize("key", sorted(set(ANNA) - {"status", "reports_to"}))
def test_a_missing_key_is_told(tmp_path: Path, key: str) -> None:
    given = {name: value for name, value in ANNA.items() if name != key}
    found = problems(tmp_path, p_jsonl=json.dumps(given))
    assert places(found) == [(key, 1, None)]
    assert found[0].remedy == f"Add the key {key}."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": 9}, "statements[1].level"),
        ({"level": "3"}, "statements[1].level"),
        ({"level": {}}, "statements[1].level"),
        ({"priority": []}, "statements[1].priority"),
        ({"priority": 1}, "statements[1].priority"),
        ({"text": ""}, "statements[1].text"),
        ({"text": 5}, "statements[1].text"),
        ({"text": []}, "statements[1].text"),
        ({"kind": []}, "statements[1].kind"),
        ({"kind": "habit"}, "statements[1].kind"),
        ({"language": "deu"}, "statements[1].language"),
        ({"person_id": "anna"}, "statements[1].person_id"),
    ],
)
def test_problems_of_statements_have_a_path(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    statements = [{**SKILL, "text": "A"}, {**SKILL, **changes}]
    assert places(problems(tmp_path, p_jsonl=line(statements=statements))) == [(field, 1, None)]


def test_a_missing_level_and_a_statement_that_is_none_are_told(tmp_path: Path) -> None:
    given = {key: value for key, value in SKILL.items() if key != "level"}
    found = problems(tmp_path, p_jsonl=line(statements=[given, "Nähen", [SKILL]]))
    assert [problem.field for problem in found] == [
        "statements[0].level",
        "statements[1]",
        "statements[2]",
    ]
    assert found[0].value == ""


def test_statements_of_a_bad_person_are_checked(tmp_path: Path) -> None:
    found = problems(tmp_path, p_jsonl=line(id=7, capacity=-1, statements=[{**SKILL, "level": 0}]))
    assert [p.field for p in found] == ["id", "capacity", "statements[0].level"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"id": "ä", }', 13),
        ('{"id": "ä" "name": 1}', 12),
        ("{", 2),
        ("nothing", 1),
        ('{"id": "a\tb"}', 10),
        ("{} {}", 4),
        ("[1]", None),
        ('"anna"', None),
        ("5", None),
        ("null", None),
        ('{"id": NaN}', None),
        ('{"id": -Infinity}', None),
        ('{"id": "a", "name": "b", "id": "a"}', None),
        ('{"id": {"x": 1, "x": 2}}', None),
        ("[" * 100_000, None),
        ('{"a":' * 100_000, None),
    ],
)
def test_lines_that_are_no_plain_object_are_refused(
    tmp_path: Path, text: str, column: int | None
) -> None:
    before = sys.getrecursionlimit()
    found = problems(tmp_path, p_jsonl=line() + text + "\r\n" + line(id="b", capacity=99))
    assert places(found) == [("line", 2, column), ("capacity", 3, None)]
    assert sys.getrecursionlimit() == before


def test_endless_numbers_are_refused(tmp_path: Path) -> None:
    text = line().replace(": 3", ": " + "3" * 10_000)
    assert places(problems(tmp_path, p_jsonl=text)) == [("career_level", 1, None)]


def test_a_line_that_is_not_utf8_is_told_beside_the_others(tmp_path: Path) -> None:
    data = line().encode() + b'{"id": "\xfc"}\n' + line(id="b", capacity=99).encode()
    found = problems(tmp_path, p_jsonl=data)
    assert places(found) == [("file", 2, None), ("capacity", 3, None)]
    assert "0xFC, the 9. of its line" in found[0].value


def test_an_unreadable_line_makes_nobody_unknown(tmp_path: Path) -> None:
    found = problems(tmp_path, p_jsonl="{\n" + line(reports_to="ben"))
    assert [problem.field for problem in found] == ["line"]


def test_a_pair_has_no_other_keys(tmp_path: Path) -> None:
    text = line() + '{"mentor_id": "anna", "mentee": "ben", "status": 1}'
    found = problems(tmp_path, p_jsonl=text)
    assert [problem.field for problem in found] == ["mentee", "mentee_id", "status"]

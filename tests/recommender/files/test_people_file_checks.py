"""The checks across the rows of people files."""

from __future__ import annotations

import time
from pathlib import Path

from recommender.files.people import read_people
from tests.recommender.files.people_file_world import (
    PAIRS,
    csv_text,
    people_csv,
    places,
    problems,
    read,
    refused,
    statements_csv,
    written,
)


def test_a_repeated_id_names_both_lines(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({}, {"id": "b"}, {}, {}))
    assert places(found) == [("id", 4, 1), ("id", 5, 1)]
    assert all("line 2" in problem.expected for problem in found)
    assert found[0].value == "anna"


def test_ids_differ_by_case(tmp_path: Path) -> None:
    assert len(read(tmp_path, p_csv=people_csv({}, {"id": "Anna"})).people) == 2


def test_managers_may_stand_anywhere_in_the_file_or_in_the_store(tmp_path: Path) -> None:
    text = people_csv({"reports_to": "b"}, {"id": "b", "reports_to": "old"})
    paths = written(tmp_path, p_csv=text)
    assert len(read_people(paths, known={"old": None}).people) == 2
    found = refused(lambda: read_people(paths, known={"new": None}))
    assert places(found) == [("reports_to", 3, 6)]
    assert found[0].value == "old"


def test_unknown_managers_are_told_beside_other_problems_of_the_row(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({"reports_to": "zoe", "capacity": "x"}))
    assert places(found) == [("capacity", 2, 10), ("reports_to", 2, 6)]


def test_a_bad_row_makes_nobody_unknown(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        p_csv=people_csv(
            {"id": "b c"},
            {"id": "d", "capacity": "x"},
            {"id": "e", "reports_to": "d"},
            {"id": "f", "reports_to": "b c"},
        ),
        s_csv=statements_csv({"person_id": "b c"}, {"person_id": "d"}),
        x_csv=csv_text(PAIRS, [{"mentor_id": "d", "mentee_id": "e"}]),
    )
    assert places(found) == [("id", 2, 1), ("capacity", 3, 10), ("reports_to", 5, 6)]


def test_a_row_without_an_id_may_be_anybody(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        p_csv=people_csv({"id": ""}, {"id": "e", "reports_to": "zoe"}),
        s_csv=statements_csv({"person_id": "zoe"}),
    )
    assert places(found) == [("id", 2, 1)]


def test_nobody_reports_to_themselves_and_it_is_told_once(tmp_path: Path) -> None:
    found = problems(tmp_path, p_csv=people_csv({"reports_to": "anna"}))
    assert [(problem.field, problem.expected) for problem in found] == [
        ("reports_to", "somebody else's id")
    ]


def test_each_circle_is_told_once_with_its_chain(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        p_csv=people_csv(
            {"id": "tail", "reports_to": "a"},
            {"id": "a", "reports_to": "b"},
            {"id": "b", "reports_to": "c"},
            {"id": "c", "reports_to": "a"},
            {"id": "x", "reports_to": "y"},
            {"id": "y", "reports_to": "x"},
        ),
    )
    assert places(found) == [("reports_to", 3, 6), ("reports_to", 6, 6)]
    assert "a → b → c → a" in found[0].expected
    assert "x → y → x" in found[1].expected


def test_circles_through_the_store_are_found_and_old_managers_replaced(tmp_path: Path) -> None:
    paths = written(tmp_path, p_csv=people_csv({"reports_to": "b"}))
    found = refused(lambda: read_people(paths, known={"anna": None, "b": "c", "c": "anna"}))
    assert "anna → b → c → anna" in found[0].expected
    assert read_people(paths, known={"anna": "c", "b": None, "c": "b"}).people


def test_a_circle_of_others_is_no_matter_of_this_file(tmp_path: Path) -> None:
    paths = written(tmp_path, p_csv=people_csv({}))
    assert read_people(paths, known={"x": "y", "y": "x"}).people


def test_deep_chains_and_long_circles_take_linear_time(tmp_path: Path) -> None:
    known: dict[str, str | None] = {f"k{i}": f"k{i + 1}" for i in range(100_000)}
    known["k100000"] = None
    paths = written(tmp_path, p_csv=people_csv({"id": "k100000", "reports_to": "top"}))
    start = time.monotonic()
    assert read_people(paths, known={**known, "top": None}).people
    found = refused(lambda: read_people(paths, known={**known, "top": "k0"}))
    assert time.monotonic() - start < 5
    assert len(found) == 1
    assert "(99990 more)" in found[0].expected


def test_statements_of_strangers_are_told_even_if_the_store_knows_them(tmp_path: Path) -> None:
    paths = written(
        tmp_path, p_csv=people_csv({}), s_csv=statements_csv({"person_id": "old"}, {"level": "x"})
    )
    found = refused(lambda: read_people(paths, known={"old": None}))
    assert places(found) == [("level", 3, 5), ("person_id", 2, 1)]
    assert found[1].value == "old"


def test_repeated_statements_name_both_lines(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        p_csv=people_csv({}, {"id": "b"}),
        s_csv=statements_csv(
            {},
            {"person_id": "b"},
            {"kind": "goal", "level": "", "priority": "1"},
            {"text": "  Ich kann  na\u0308hen", "level": "1"},
            {"level": "7"},
        ),
    )
    assert places(found) == [("level", 6, 5), ("text", 5, 4), ("text", 6, 4)]
    assert "line 2" in found[1].expected


def test_more_than_sixty_statements_are_told_once(tmp_path: Path) -> None:
    sixty = [{"text": f"T{number}"} for number in range(60)]
    people = people_csv({})
    assert len(read(tmp_path, p_csv=people, s_csv=statements_csv(*sixty)).people) == 1
    more = [*sixty, {"text": "T60"}, {"text": "T61"}]
    found = problems(tmp_path, p_csv=people, s_csv=statements_csv(*more))
    assert places(found) == [("statements", 62, None)]


def test_pairs_need_known_people_and_stand_there_once(tmp_path: Path) -> None:
    pairs = [
        {"mentor_id": "anna", "mentee_id": "old"},
        {"mentor_id": "old", "mentee_id": "anna"},
        {"mentor_id": "anna", "mentee_id": "old", "status": "ended"},
        {"mentor_id": "zoe", "mentee_id": "yan"},
        {"mentor_id": "anna", "mentee_id": "anna"},
        {"mentor_id": "a b", "mentee_id": "anna", "status": "over"},
    ]
    paths = written(tmp_path, p_csv=people_csv({}), x_csv=csv_text(PAIRS, pairs))
    found = refused(lambda: read_people(paths, known={"old": None}))
    assert places(found) == [
        ("mentee_id", 6, 2),
        ("mentor_id", 7, 1),
        ("status", 7, 3),
        ("mentee_id", 4, 2),
        ("mentor_id", 5, 1),
        ("mentee_id", 5, 2),
    ]
    assert "line 2" in found[3].expected


def test_pairs_alone_may_be_of_people_imported_earlier(tmp_path: Path) -> None:
    text = csv_text(PAIRS, [{"mentor_id": "a", "mentee_id": "b"}])
    paths = written(tmp_path, x_csv=text)
    found = read_people(paths, known={"a": None, "b": None})
    assert (len(found.people), len(found.pairs)) == (0, 1)


def test_after_a_thousand_problems_one_says_so(tmp_path: Path) -> None:
    rows = [{"id": f"p{number}", "capacity": "x"} for number in range(1000)]
    assert len(problems(tmp_path, p_csv=people_csv(*rows))) == 1000
    found = problems(tmp_path, p_csv=people_csv(*rows, {"id": "p1000", "capacity": "x"}))
    assert len(found) == 1001
    assert "more than 1000" in found[-1].value
    assert found[-2].line == 1001

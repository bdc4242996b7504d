"""The examples in docs/people-file.md are read as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.recommender.files.people_file_world import PAIRS, PEOPLE, STATEMENTS, problems, read

PAGE = (Path(__file__).parents[3] / "docs" / "people-file.md").read_text("utf-8")
BLOCKS = [match[1] for match in re.finditer(r"^```(?:csv|json)\n(.*?)^```$", PAGE, re.M | re.S)]
MESSAGE = re.search(r"^```text\n(.*?)\n```$", PAGE, re.M | re.S)


def test_the_examples_hold_the_same_people(tmp_path: Path) -> None:
    people, statements, pairs, lines = BLOCKS
    table = read(tmp_path, people_csv=people, statements_csv=statements, pairs_csv=pairs)
    objects = read(tmp_path, people_jsonl=lines)
    rolf, anna = (record.person for record in table.people)
    assert rolf == objects.people[0].person
    assert anna.reports_to == objects.people[1].person.reports_to == "p1000"
    assert [record.pair for record in table.pairs] == [record.pair for record in objects.pairs]


def test_the_message_is_the_one_that_is_told(tmp_path: Path) -> None:
    assert MESSAGE is not None
    found = problems(tmp_path, people_csv=BLOCKS[0].replace("Köln,3", "Köln,high"))
    assert [str(problem) for problem in found] == [MESSAGE[1]]


def test_every_column_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert described == [*PEOPLE, *STATEMENTS, *PAIRS]

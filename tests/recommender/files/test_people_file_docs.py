"""The examples in docs/people-file.md are read as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

from recommender.domain.people import Pair, PairStatus
from recommender.files.people.file import PAIRS, PEOPLE, STATEMENTS
from tests.recommender.files.people_file_world import problems, read

PAGE = (Path(__file__).parents[3] / "docs" / "people-file.md").read_text("utf-8")
BLOCKS = [match[1] for match in re.finditer(r"^```csv\n(.*?)^```$", PAGE, re.M | re.S)]
MESSAGE = re.search(r"^```text\n(.*?)\n```$", PAGE, re.M | re.S)


def test_the_examples_are_read(tmp_path: Path) -> None:
    people, statements, pairs = BLOCKS
    file = read(tmp_path, people_csv=people, statements_csv=statements, pairs_csv=pairs)
    rolf, anna = (record.person for record in file.people)
    assert (rolf.id, rolf.reports_to, rolf.languages) == ("p1000", None, ("de", "en"))
    assert (anna.id, anna.reports_to, anna.hours_per_month) == ("p1001", "p1000", 2.5)
    assert [said.text for said in rolf.goals] == [
        "Ich will verstehen, was KI für den Vertrieb heißt"
    ]
    assert [said.level for said in anna.skills] == [4]
    assert [record.pair for record in file.pairs] == [Pair("p1001", "p1000", PairStatus.ENDED)]


def test_the_message_is_the_one_that_is_told(tmp_path: Path) -> None:
    assert MESSAGE is not None
    found = problems(tmp_path, people_csv=BLOCKS[0].replace("Köln,3", "Köln,high"))
    assert [str(problem) for problem in found] == [MESSAGE[1]]


def test_every_column_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE, re.M)
    assert described == [*PEOPLE.columns, *STATEMENTS.columns, *PAIRS.columns]

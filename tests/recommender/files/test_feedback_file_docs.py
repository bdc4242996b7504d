"""The examples in docs/feedback-file.md are read as they stand there."""

from __future__ import annotations

import re
from dataclasses import astuple
from datetime import UTC, date, datetime
from pathlib import Path

from recommender.domain.feedback import FORMS, Cohort, FeedbackKind, Side
from recommender.files.feedback import FeedbackFile, Known, read_feedback
from recommender.files.people import read_people
from tests.recommender.files.feedback_file_world import COHORTS, FEEDBACK
from tests.recommender.files.people_file_world import refused, written

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "feedback-file.md").read_text("utf-8")
EXAMPLES = re.findall(r"^`(\w+)\.csv`:\n\n```csv\n(.*?)^```$", PAGE, re.M | re.S)
MESSAGE = re.search(r"^```text\n(.*?)\n```$", PAGE, re.M | re.S)
KINDS = re.findall(r"^\| `(\w+)` \| (\w+) \|(.*?)\|", PAGE.split("### Kinds")[1], re.M)


def known(folder: Path) -> Known:
    """Return the people of the examples in docs/people-file.md."""
    page = (DOCS / "people-file.md").read_text("utf-8")
    people = re.search(r"^`people\.csv`:\n\n```csv\n(.*?)^```$", page, re.M | re.S)
    assert people is not None
    found = read_people(written(folder, people_csv=people[1])).people
    return Known({}, {record.person.id for record in found})


def read(folder: Path, **changed: str) -> FeedbackFile:
    examples = {f"{name}_csv": text for name, text in EXAMPLES}
    return read_feedback(written(folder, **{**examples, **changed}), known(folder))


def test_the_examples_are_read(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.cohorts == (
        Cohort("2026-autumn", "Herbst 2026", date(2026, 9, 1), date(2026, 12, 18)),
    )
    said = {(one.side, one.kind): one for one in found.feedback}
    assert len(said) == 7
    progress = said[Side.MENTEE, FeedbackKind.PROGRESS]
    assert astuple(progress)[5:] == (
        datetime(2026, 11, 25, 13, 30, tzinfo=UTC),
        2,
        None,
        "Berichte automatisieren, ohne Hilfe",
    )
    assert said[Side.MENTEE, FeedbackKind.COMMENT].value == "+1 für Annas Geduld"


def test_the_message_is_the_one_that_is_told(tmp_path: Path) -> None:
    assert MESSAGE is not None
    wrong = dict(EXAMPLES)["feedback"].replace("usefulness,4", "usefulness,7")
    found = refused(lambda: read(tmp_path, feedback_csv=wrong))
    assert [str(problem) for problem in found] == [MESSAGE[1]]


def test_every_column_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE.split("### Kinds")[0], re.M)
    assert described == [*COHORTS, *FEEDBACK]


def test_every_kind_is_described_with_its_sides_and_values() -> None:
    assert [kind for kind, _, _ in KINDS] == list(FeedbackKind)
    for kind, sides, value in KINDS:
        form = FORMS[FeedbackKind(kind)]
        assert sides == ("both" if form.sides == tuple(Side) else form.sides[0])
        words = re.findall(r"`(\w+)`", value)
        assert words == list(form.words or ())
        numbers = [int(number) for number in re.findall(r"-?\d+", value)]
        limit = [2000] if form.text else []
        assert numbers == [*(form.scale or ()), *limit]
        assert ("empty" in value) == form.optional
        assert (value.strip() == "") == form.without_value

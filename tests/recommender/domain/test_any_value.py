"""Whatever stands where a value belongs is refused as such, never with a bare TypeError."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest

from recommender import InvalidInput, Query, Recommender
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.domain.people import Kind, Pair, PairStatus, Statement
from recommender.matching import EligibilityRules, RecommenderConfig
from tests.conftest import goal, person, skill

GOOD = (
    skill("automate weekly reports"),
    goal("film short clips"),
    person("boss", goal("film short clips")),
    Pair("anna", "rolf", PairStatus.ACTIVE),
    Query("boss", goals=(goal("film"),), language="de", site="Cork", exclude=frozenset({"anna"})),
    Cohort("spring", "Spring", date(2026, 3, 1), date(2026, 8, 31)),
    Feedback(
        cohort="spring",
        mentor_id="anna",
        mentee_id="rolf",
        side=Side.MENTEE,
        kind=FeedbackKind.FIT,
        given_at=datetime(2026, 4, 1, tzinfo=UTC),
        value="good",
    ),
    EligibilityRules(),
    RecommenderConfig(),
)
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    5,
    2.5,
    float("nan"),
    "",
    "text",
    "a\0b",
    b"bytes",
    (),
    ("text",),
    [None],
    [["nested"]],
    {},
    {"a": 1},
    {1, 2},
    object(),
    date(2026, 1, 1),
    datetime(2026, 1, 1),
    Kind.GOAL,
    PairStatus.ENDED,
    Statement,
    (skill("knit"),),
    iter(()),
)


@pytest.mark.parametrize("good", GOOD, ids=lambda good: type(good).__name__)
def test_a_wrong_value_is_invalid_input_and_is_named(good: object) -> None:
    n_refused = 0
    for field in fields(good):  # type: ignore[arg-type]
        for value in ODD:
            with suppress(InvalidInput):
                replace(good, **{field.name: value})  # type: ignore[type-var]
                continue
            n_refused += 1
    assert n_refused > len(fields(good))  # type: ignore[arg-type]


def test_goals_may_be_written_as_a_person_would_write_them() -> None:
    query = Query(goals=["Power BI lernen", goal("film short clips")])  # type: ignore[arg-type]
    assert [(g.kind, g.text, g.priority) for g in query.goals] == [
        (Kind.GOAL, "Power BI lernen", 2),
        (Kind.GOAL, "film short clips", 2),
    ]
    assert query == Query(goals=("Power BI  lernen", goal("film short clips")))  # type: ignore[arg-type]
    assert hash(query) == hash(replace(query))
    exclude = ["anna"]
    assert Query("boss", exclude=exclude).exclude == frozenset(exclude)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=r"goals\[0\]\.text"):
        Query(goals=["!"])  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="a list of goals"):
        Query(goals="Power BI lernen")  # type: ignore[arg-type]


def test_the_facade_takes_an_id_or_a_query(tiny_world: Recommender) -> None:
    mentors = [one.mentor_id for one in tiny_world.recommend("boss").recommendations]
    assert mentors[0] == "flow"
    for wrong in (5, None, ["boss"], b"boss"):
        with pytest.raises(InvalidInput, match="mentee_id"):
            tiny_world.recommend(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "arguments", [{"workspace": 5}, {"workspace": None}, {"encoder": 5}, {"config": {}}]
)
def test_a_workspace_is_a_path(arguments: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(arguments))):
        Recommender.open(**arguments)  # type: ignore[arg-type]


def test_a_workspace_may_be_text(tmp_path: object) -> None:
    with Recommender.open(f"{tmp_path}/workspace") as tandem:
        assert tandem.people.all() == ()

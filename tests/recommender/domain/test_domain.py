"""Canonical text, and what every constructor refuses: all of it, at once, and with a remedy."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain.checks import MAX_NAME, canonical_text
from recommender.domain.errors import LONGEST_QUOTED_VALUE, InvalidInput, Problem
from recommender.domain.feedback import Feedback, FeedbackKind, Side
from recommender.domain.people import (
    MAX_LANGUAGES,
    MAX_STATEMENTS,
    MAX_TEXT,
    Kind,
    Pair,
    PairStatus,
    Person,
    Roles,
    Statement,
    Status,
    time_zone_names,
)
from recommender.domain.ranking import MAX_GOALS, Query
from tests.conftest import goal, person, skill

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
HOSTILE = (
    " ",
    "\t",
    "\n",
    "\u00a0",
    "\u2028",
    "\x85",
    "\x00",
    "\x1b",
    "\ud800",
    "\u0308",
    "u",
    "ﬁ",
)
NUL, SURROGATE = "nul\x00", "half \ud800"

ANY_TEXT = st.text() | st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)
GOOD_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}", fullmatch=True)
BAD_IDS = st.sampled_from(["", "-a", ".a", "a b", "ä", "a" * 65, "a\n", " a", SURROGATE])
BAD_LANGUAGES = st.sampled_from(["", "d", "DE", "deu", "d1", "de\n", "ß"])
BAD_NUMBERS = st.sampled_from([None, True, 1.0, "1", -1, 10**400])

Choice = tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]


def names() -> Choice:
    """Names at and just beyond the limits."""
    return st.sampled_from(["Ö", "a b", "n" * MAX_NAME]), st.sampled_from(
        ["", " \n", "n" * (MAX_NAME + 1), NUL, SURROGATE, None, 7]
    )


def numbers(low: int, high: int) -> Choice:
    return st.sampled_from([low, high]), BAD_NUMBERS | st.sampled_from([low - 1, high + 1])


def one_of(kinds: type[Roles] | type[Status] | type[PairStatus]) -> Choice:
    return st.sampled_from(list(kinds)), st.sampled_from([None, "both!", kinds.__name__])


def skills(n: int) -> tuple[Statement, ...]:
    return tuple(skill(f"skill {i}") for i in range(n))


def goals(n: int) -> tuple[Statement, ...]:
    return tuple(goal(f"goal {i}") for i in range(n))


CODES = tuple(f"{a}{b}" for a in "abcd" for b in "efgh")
PERSON: Mapping[str, Choice] = {
    "id": (GOOD_IDS.map(lambda name: f"p{name}"[:64]), BAD_IDS),
    "name": names(),
    "department": names(),
    "site": names(),
    "career_level": numbers(0, 99),
    "reports_to": (st.none() | st.just("boss"), BAD_IDS),
    "languages": (
        st.sampled_from([("de",), ("en", "de"), CODES[:MAX_LANGUAGES]]),
        st.sampled_from([(), ("de", "de"), ("DE",), ("de", ""), CODES[: MAX_LANGUAGES + 1]]),
    ),
    "time_zone": (
        st.sampled_from(sorted(time_zone_names())),
        st.sampled_from(["", "Berlin", "europe/berlin", "UTC+1", SURROGATE]),
    ),
    "roles": one_of(Roles),
    "capacity": numbers(0, 50),
    "hours_per_month": (
        st.sampled_from([0, 0.0, 2.5, 200, 200.0]),
        st.sampled_from([-0.1, 200.1, float("nan"), float("inf"), True, "3", None, 10**400]),
    ),
    "status": one_of(Status),
    "statements": (
        st.sampled_from([(), skills(MAX_STATEMENTS), (skill("both"), goal("both"))]),
        st.sampled_from([skills(MAX_STATEMENTS + 1), (skill("a"), skill(" a ", level=1))]),
    ),
}
SKILL: Mapping[str, Choice] = {
    "kind": (st.just(Kind.SKILL), st.nothing()),
    "text": (st.sampled_from(["x", "x" * MAX_TEXT]), st.sampled_from(["", "x" * 1001, NUL, None])),
    "language": (st.sampled_from(["de", "en", "zh"]), BAD_LANGUAGES),
    "level": numbers(1, 5),
    "priority": (st.none(), st.sampled_from([0, 1, 3])),
}
GOAL = {
    **SKILL,
    "kind": (st.just(Kind.GOAL), st.nothing()),
    "level": (st.none(), st.sampled_from([0, 1, 5])),
    "priority": numbers(1, 3),
}
PAIR: Mapping[str, Choice] = {
    "mentor_id": (GOOD_IDS.map(lambda name: f"r{name}"[:64]), BAD_IDS),
    "mentee_id": (GOOD_IDS.map(lambda name: f"e{name}"[:64]), BAD_IDS),
    "status": one_of(PairStatus),
}
QUERY: Mapping[str, Choice] = {
    "mentee_id": (GOOD_IDS, BAD_IDS),
    "goals": (
        st.sampled_from([(), goals(1), goals(MAX_GOALS)]),
        st.sampled_from([goals(MAX_GOALS + 1), (goal("a"), skill("b"))]),
    ),
    "k": numbers(1, 100),
    "language": (st.none() | st.just("de"), BAD_LANGUAGES),
    "site": (st.none() | st.just("Köln"), st.sampled_from(["", " ", "n" * (MAX_NAME + 1), NUL])),
    "exclude": (st.frozensets(GOOD_IDS, max_size=3), st.nothing()),
}
EVERY_WORD = pytest.mark.parametrize(
    ("word", "fields"),
    [(Person, PERSON), (Statement, SKILL), (Statement, GOAL), (Pair, PAIR), (Query, QUERY)],
    ids=["person", "skill", "goal", "pair", "query"],
)


def problems_of(build: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        build()
    except InvalidInput as refusal:
        return refusal.problems
    return ()


def problem_fields(build: Callable[[], object]) -> list[str]:
    """Return the fields that a constructor refuses, after checking that each is told well."""
    problems = problems_of(build)
    for problem in problems:
        assert problem.expected
        assert problem.remedy
        assert len(problem.value) < LONGEST_QUOTED_VALUE + 30
    return [problem.field for problem in problems]


def test_a_refusal_tells_every_problem_in_words() -> None:
    with pytest.raises(InvalidInput) as refusal:
        person("-", name="", capacity=51)
    assert [problem.field for problem in refusal.value.problems] == ["id", "name", "capacity"]
    assert str(refusal.value).splitlines() == [str(one) for one in refusal.value.problems]
    assert "capacity: '51' where a whole number from 0 to 50 is expected. 0 means no" in str(
        refusal.value
    )


@EVERY_WORD
@given(data=st.data())
@STEADY
def test_every_bad_field_is_reported_and_no_good_one(
    word: type[Any], fields: Mapping[str, Choice], data: st.DataObject
) -> None:
    breakable = [name for name, (_, bad) in fields.items() if not bad.is_empty]
    broken = data.draw(st.sets(st.sampled_from(breakable)), label="broken")
    values = {
        name: data.draw(bad if name in broken else good, label=name)
        for name, (good, bad) in fields.items()
    }
    assert set(problem_fields(lambda: word(**values))) == broken


@given(ANY_TEXT)
@STEADY
def test_canonical_text_is_composed_single_spaced_and_stays(text: str) -> None:
    canonical = canonical_text(text)
    assert canonical_text(canonical) == canonical
    assert unicodedata.is_normalized("NFC", canonical)
    assert canonical.split() == canonical.split(" ") or canonical == ""


def is_fine(text: str, longest: int) -> bool:
    canonical = canonical_text(text)
    plain = not any(unicodedata.category(char) in ("Cc", "Cs") for char in canonical)
    return plain and 1 <= len(canonical) <= longest


@given(name=ANY_TEXT, words=ANY_TEXT)
@STEADY
def test_any_text_becomes_canonical_or_is_refused(name: str, words: str) -> None:
    says_something = any(char.isalnum() for char in words)
    if not (is_fine(name, MAX_NAME) and is_fine(words, MAX_TEXT) and says_something):
        with pytest.raises(InvalidInput):
            person("p", skill(words), name=name)
        return
    built = person("p", skill(words), name=name, department=name, site=name)
    asked = Query(goals=(goal(words),), site=name)
    for text in (built.name, built.department, built.site, asked.site):
        assert text == canonical_text(name)
    assert built.skills[0].text == asked.goals[0].text == canonical_text(words)
    assert replace(built) == built


@pytest.mark.parametrize("signs", ["🎉", "!?", "– –", "🚀 📊 🎉"])
def test_signs_alone_are_no_statement(signs: str) -> None:
    for make in (skill, goal):
        with pytest.raises(InvalidInput, match=r"a letter or a digit.*Say it in words"):
            make(signs)
    assert skill("3D").text == "3D"


def test_differently_typed_text_makes_equal_objects() -> None:
    typed = person("p", skill(" u\u0308ber\n Zahlen  reden "), name="Mu\u0308ller\u00a0")
    clean = person("p", skill("über Zahlen reden"), name="Müller")
    assert typed == clean
    assert hash(typed) == hash(clean)
    assert Query("p", site="Mu\u0308nchen ") == Query("p", site="München")


def test_a_repetition_is_found_after_the_text_became_canonical() -> None:
    assert problem_fields(lambda: person("p", goal("u\u0308ben"), goal(" üben"))) == ["statements"]


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (skill("a"), "text"),
        (person("p"), "status"),
        (Pair("a", "b", PairStatus.ACTIVE), "status"),
        (Query("p"), "k"),
    ],
)
def test_nothing_can_be_assigned(word: object, field: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(word, field, None)


def test_who_differs_in_one_field_is_not_equal() -> None:
    one = person("p", skill("a"), goal("b"))
    changes: dict[str, object] = {
        "id": "q",
        "name": "N",
        "department": "D",
        "site": "S",
        "career_level": 4,
        "reports_to": "boss",
        "languages": ("de",),
        "time_zone": "UTC",
        "roles": Roles.MENTOR,
        "capacity": 3,
        "hours_per_month": 1.5,
        "status": Status.PAUSED,
        "statements": (goal("b"), skill("a")),
    }
    assert changes.keys() == PERSON.keys()
    for field, value in changes.items():
        assert replace(one, **{field: value}) != one  # type: ignore[arg-type]


def test_skills_and_goals_keep_their_order() -> None:
    one = person("p", goal("g1"), skill("s1"), goal("g2"), skill("s2"))
    assert [s.text for s in one.skills] == ["s1", "s2"]
    assert [s.text for s in one.goals] == ["g1", "g2"]


def test_nobody_reports_to_or_mentors_themselves() -> None:
    assert problem_fields(lambda: person("p", reports_to="p")) == ["reports_to"]
    assert problem_fields(lambda: Pair("p", "p", PairStatus.ENDED)) == ["mentee_id"]


def test_the_largest_values_are_allowed() -> None:
    asked = Query("a" * 64, goals(MAX_GOALS), 100, "de", "n" * MAX_NAME)
    assert len(asked.goals) == MAX_GOALS
    largest = person(
        "a" * 64,
        *skills(MAX_STATEMENTS),
        name="n" * MAX_NAME,
        career_level=99,
        languages=CODES[:MAX_LANGUAGES],
        capacity=50,
        hours_per_month=200,
    )
    assert len(largest.statements) == MAX_STATEMENTS
    assert len(goal("x" * MAX_TEXT, priority=3).text) == MAX_TEXT


def test_a_query_needs_a_mentee_or_a_goal() -> None:
    assert problem_fields(lambda: Query()) == ["goals"]
    assert problem_fields(lambda: Query("p")) == problem_fields(lambda: Query(goals=goals(1))) == []


@pytest.mark.parametrize("value", [None, "skill", "talent"])
def test_a_kind_is_a_kind_and_not_its_word(value: object) -> None:
    assert problem_fields(lambda: Statement(value, "a", "en")) == ["kind"]  # type: ignore[arg-type]


EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=EAST),
        datetime(2000, 1, 1, tzinfo=EAST),
        datetime(2100, 12, 31, 12, tzinfo=WEST),
        datetime(9999, 12, 31, 23, tzinfo=WEST),
        datetime(2026, 1, 1),
        date(2026, 1, 1),
        "2026-01-01",
    ],
)
def test_feedback_is_given_in_this_century(moment: Any) -> None:  # noqa: ANN401 - any wrong value
    usual = ("spring", "a", "b", Side.MENTEE, FeedbackKind.ASKED)
    assert problem_fields(lambda: Feedback(*usual, moment)) == ["given_at"]
    for good in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=EAST)):
        assert Feedback(*usual, good).given_at == good


def test_only_mentees_do_not_mentor() -> None:
    assert [role for role in Roles if role.may_mentor] == [Roles.MENTOR, Roles.BOTH]

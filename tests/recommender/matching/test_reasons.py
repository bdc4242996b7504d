"""Reasons: only what is true, in the mentee's language, and nothing of the mentor's own goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nextafter

import numpy as np
import pytest

from recommender.app import Recommender
from recommender.domain.ranking import Query, Recommendation
from recommender.matching.features import FEATURE_NAMES, FEATURES
from recommender.matching.reasons import feature_reasons, goal_matches
from recommender.matching.roster import Roster
from tests.conftest import goal, person, skill
from tests.recommender.matching.questions import NOTHING_ASKED
from tests.recommender.matching.test_roster import entry, roster_of

SPEAKING = [(f.name, f.speaks_at) for f in FEATURES if f.speaks_at is not None]
WELD_AND_SOLDER = replace(
    NOTHING_ASKED,
    goals=(goal("weld"), goal("solder")),
    weights=np.array([0.75, 0.25]),
    coverage=np.array([0.4, 0.4]),
)
SILENT = dict.fromkeys(FEATURE_NAMES, 0.0)


@pytest.fixture
def two() -> Roster:
    """Return a mentee (1) and a mentor (2) with two languages in common."""
    return roster_of(
        entry(1, languages=("de", "en", "pl")),
        entry(2, department="Lab {value}", site="Köln", languages=("en", "hi", "de")),
    )


def reason_texts(
    roster: Roster, language: str, values: dict[str, float], mentee: int | None = 1
) -> list[str]:
    reasons = feature_reasons(roster, mentee, 2, {**SILENT, **values}, language)
    return [reason.text for reason in reasons]


@pytest.mark.parametrize(
    ("feature", "value", "german", "english"),
    [
        ("same_department", 1.0, "Lab {value} von innen", "Knows Lab {value} from the inside"),
        ("same_site", 1.0, "Am selben Standort: Köln", "At the same site: Köln"),
        (
            "shared_languages",
            2.0,
            "Gemeinsame Sprachen: Deutsch, Englisch",
            "Languages in common: English, German",
        ),
        ("hours_per_month", 6.0, "6 Stunden im Monat", "6 hours a month"),
        ("hours_per_month", 4.5, "4,5 Stunden im Monat", "4.5 hours a month"),
    ],
)
def test_a_reason_names_what_it_speaks_of(
    two: Roster, feature: str, value: float, german: str, english: str
) -> None:
    for language, words in (("de", german), ("en", english)):
        (reason,) = reason_texts(two, language, {feature: value})
        assert words in reason


@pytest.mark.parametrize(("name", "speaks_at"), SPEAKING)
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_feature_speaks_from_its_threshold_on(
    two: Roster, name: str, speaks_at: float, language: str
) -> None:
    assert reason_texts(two, language, {name: nextafter(speaks_at, -inf)}) == []
    (reason,) = feature_reasons(two, 1, 2, {**SILENT, name: speaks_at}, language)
    assert reason.feature == name
    assert "{" not in reason.text.replace("Lab {value}", "")


def test_reasons_come_in_the_order_of_the_table(two: Roster) -> None:
    high = {feature.name: feature.speaks_at or 0.0 for feature in reversed(FEATURES)}
    reasons = feature_reasons(two, 1, 2, high, "en")
    assert [reason.feature for reason in reasons] == [name for name, _ in SPEAKING]


def test_where_nothing_speaks_there_is_no_reason(two: Roster) -> None:
    assert reason_texts(two, "de", {}) == []
    assert reason_texts(two, "en", {}, mentee=None) == []


def test_how_the_goals_are_answered_by_hand() -> None:
    matches = goal_matches(
        WELD_AND_SOLDER,
        statements=["I weld", "I glue"],
        levels=np.array([5, 2], dtype=np.int8),
        similarity=np.array([0.9, 0.4]),
        affinity=np.array([0.6, 0.2]),
    )
    assert [(m.goal, m.statement, m.level) for m in matches] == [
        ("weld", "I weld", 5),
        ("solder", "I glue", 2),
    ]
    assert [m.contribution for m in matches] == pytest.approx([0.45, 0.05])
    assert [m.covered for m in matches] == [True, True]  # 0.4 is just enough


def test_just_below_the_threshold_a_goal_is_not_covered() -> None:
    (match,) = goal_matches(
        replace(WELD_AND_SOLDER, goals=(goal("weld"),), weights=np.ones(1)),
        ["I glue"],
        np.array([1], dtype=np.int8),
        np.array([0.399999]),
        np.array([0.3]),
    )
    assert not match.covered


def test_matches_and_goals_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter"):
        goal_matches(
            WELD_AND_SOLDER,
            ["I glue"],
            np.array([1], dtype=np.int8),
            np.array([0.3]),
            np.array([0.3]),
        )


def recommended(recommender: Recommender, query: Query) -> tuple[Recommendation, ...]:
    recommendations = recommender.recommend(query).recommendations
    assert recommendations
    return recommendations


def test_the_contributions_add_up_to_the_affinity(tiny_world: Recommender) -> None:
    queries = (
        Query("boss"),
        Query("boss", goals=(goal("bake bread", 1), goal("film", 2), goal("reports", 3))),
        Query(goals=(goal("lead teams"),)),
    )
    for query in queries:
        for item in recommended(tiny_world, query):
            assert sum(m.contribution for m in item.matches) == pytest.approx(
                item.affinity, abs=1e-6
            )
            assert item.affinity == pytest.approx(item.features["affinity"], abs=1e-6)


def test_only_what_somebody_states_as_a_skill_is_quoted(tiny_world: Recommender) -> None:
    for item in recommended(tiny_world, Query("boss")):
        skills = {
            statement.text: statement.level
            for statement in tiny_world.people.get(item.mentor_id).skills
        }
        for match in item.matches:
            assert match.level == skills[match.statement]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_mentors_goals_are_never_told(
    open_recommender: Callable[[], Recommender], language: str
) -> None:
    recommender = open_recommender()
    mentee = person(
        "mentee", goal("pitch ideas"), skill("sing arias"), languages=(language, "it", "fr")
    )
    mentor = person(
        "mentor",
        skill("pitch ideas"),
        goal("sing arias"),
        goal("juggle"),
        languages=("it", "fr", language),
        hours_per_month=9.0,
    )
    for member in (mentee, mentor):
        recommender.people.put(member)
    (answer,) = recommended(recommender, Query("mentee"))
    assert {"reciprocal_covered", "same_site"} <= {reason.feature for reason in answer.reasons}
    words = " ".join(
        [
            *(reason.text for reason in answer.reasons),
            *(match.statement for match in answer.matches),
        ]
    )
    for word in ("sing", "arias", "juggle"):
        assert word not in words

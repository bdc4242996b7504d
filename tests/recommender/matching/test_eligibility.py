"""The rules: each one alone, all together by a slow reference, and the counts they leave."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain.people import Roles, Status
from recommender.domain.ranking import Query
from recommender.matching.asking import Asked
from recommender.matching.eligibility import Eligibility, EligibilityRules, decide
from recommender.matching.roster import Roster
from recommender.store.people import RosterRow
from tests.conftest import goal
from tests.recommender.matching.questions import NOTHING_ASKED
from tests.recommender.matching.test_roster import entry, roster_of

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
NO_RULES = EligibilityRules(
    reporting_chain=False,
    free_capacity=False,
    not_paired_before=False,
    common_language=False,
    max_time_zone_hours=None,
)
MENTEE, MENTOR = 1, 2
ANYBODY = Query(goals=(goal("anything"),))
OFFSETS = {
    "Europe/Berlin": 1.5,
    "Europe/Dublin": 0.5,
    "Asia/Kolkata": 5.5,
    "Pacific/Kiritimati": 14.0,
    "Pacific/Pago_Pago": -11.0,
}


def asked_by(mentee: int | None = MENTEE, *partners: int) -> Asked:
    """Return a question of which the rules see who asks and whom they know."""
    return replace(NOTHING_ASKED, mentee=mentee, partners=partners)


def decided(
    roster: Roster,
    asked: Asked | None = None,
    rules: EligibilityRules | None = None,
    query: Query = ANYBODY,
    mute: tuple[int, ...] = (),
) -> Eligibility:
    describes_skill = ~np.isin(np.arange(roster.n_rows), mute)
    return decide(roster, describes_skill, query, asked or asked_by(), rules or NO_RULES)


def eligible(outcome: Eligibility) -> list[int]:
    return np.flatnonzero(outcome.mask).tolist()


def pair_of(**mentor: object) -> Roster:
    """Return a world of a mentee and one mentor, who differs from them as told."""
    return roster_of(entry(MENTEE, roles=Roles.MENTEE), entry(MENTOR, **mentor))


def test_who_breaks_no_rule_is_eligible() -> None:
    outcome = decided(pair_of(), rules=EligibilityRules())
    assert eligible(outcome) == [MENTOR]
    assert (outcome.n_eligible, outcome.n_people) == (1, 2)
    assert {rule: n for rule, n in outcome.kept_out.items() if n} == {"is_mentor": 1}


@pytest.mark.parametrize(
    ("rule", "mentor", "mute"),
    [
        ("is_mentor", {"roles": Roles.MENTEE}, ()),
        ("takes_part", {"status": Status.PAUSED}, ()),
        ("takes_part", {"status": Status.WITHDRAWN}, ()),
        ("describes_skill", {}, (MENTOR,)),
    ],
)
def test_what_no_configuration_switches_off(
    rule: str, mentor: dict[str, object], mute: tuple[int, ...]
) -> None:
    # The mentee may mentor here: they are kept out for being themselves.
    roster = roster_of(entry(MENTEE), entry(MENTOR, **mentor))
    outcome = decided(roster, mute=mute)
    assert eligible(outcome) == []
    counted = {name: n for name, n in outcome.kept_out.items() if n}
    assert counted == {rule: 1, "not_oneself": 1}


@pytest.mark.parametrize(
    ("rule", "switched_on", "mentor", "partners"),
    [
        ("reporting_chain", {"reporting_chain": True}, {"manager": MENTEE}, ()),
        ("free_capacity", {"free_capacity": True}, {"capacity": 0}, ()),
        ("free_capacity", {"free_capacity": True}, {"active_mentees": 2}, ()),
        ("not_paired_before", {"not_paired_before": True}, {}, (7, MENTOR)),
        ("common_language", {"common_language": True}, {"languages": ("de", "hi")}, ()),
        # Dublin 0.5 and Kolkata 5.5 are five hours apart.
        ("time_zone", {"max_time_zone_hours": 4.0}, {"time_zone": "Asia/Kolkata"}, ()),
    ],
)
def test_each_rule_alone_keeps_out_and_switched_off_lets_in(
    rule: str,
    switched_on: dict[str, bool | float],
    mentor: dict[str, object],
    partners: tuple[int, ...],
) -> None:
    roster, asked = pair_of(**mentor), asked_by(MENTEE, *partners)
    with_rule = decided(roster, asked, replace(NO_RULES, **switched_on))  # type: ignore[arg-type]
    assert eligible(with_rule) == []
    assert with_rule.kept_out[rule] == 1
    without = decided(roster, asked, NO_RULES)
    assert eligible(without) == [MENTOR]
    assert rule not in without.kept_out


def test_the_reporting_line_is_kept_out_in_both_directions() -> None:
    # 3 leads 2, 2 leads 1, 1 leads 4; 5 reports to 3 and is nobody's manager.
    managers = {1: 2, 2: 3, 3: 0, 4: 1, 5: 3}
    roster = roster_of(*(entry(person, manager=above) for person, above in managers.items()))
    outcome = decided(roster, rules=replace(NO_RULES, reporting_chain=True))
    assert eligible(outcome) == [5]
    assert outcome.kept_out["reporting_chain"] == 3


def test_a_clock_just_at_the_limit_is_near_enough() -> None:
    roster = roster_of(
        entry(1, time_zone="Europe/Berlin"),
        entry(2, time_zone="Asia/Kolkata"),  # 4 hours
    )
    assert eligible(decided(roster, rules=replace(NO_RULES, max_time_zone_hours=4.0))) == [2]
    assert eligible(decided(roster, rules=replace(NO_RULES, max_time_zone_hours=3.5))) == []
    assert eligible(decided(roster, rules=replace(NO_RULES, max_time_zone_hours=0.0))) == []


@pytest.mark.parametrize(
    ("rule", "query", "left"),
    [
        ("query_language", Query(goals=ANYBODY.goals, language="de"), [2, 4]),
        ("query_language", Query(goals=ANYBODY.goals, language="sv"), []),
        ("query_site", Query(goals=ANYBODY.goals, site="Pune"), [3, 4]),
        ("query_site", Query(goals=ANYBODY.goals, site=" Pune\n"), [3, 4]),
        ("query_site", Query(goals=ANYBODY.goals, site="pune"), []),
        ("query_exclude", Query(goals=ANYBODY.goals, exclude=frozenset({"p2", "p4", "no"})), [3]),
        ("query_exclude", Query(goals=ANYBODY.goals, exclude=frozenset({"no"})), [2, 3, 4]),
    ],
)
def test_filters_count_as_rules(rule: str, query: Query, left: list[int]) -> None:
    roster = roster_of(
        entry(1),
        entry(2, languages=("de",)),
        entry(3, site="Pune"),
        entry(4, site="Pune", languages=("en", "de")),
    )
    outcome = decided(roster, query=query)
    assert eligible(outcome) == left
    assert outcome.kept_out[rule] == 3 - len(left)
    assert rule not in decided(roster).kept_out


def test_several_filters_must_all_hold() -> None:
    roster = roster_of(entry(1), entry(2, site="Pune"), entry(3, languages=("de",)), entry(4))
    query = Query("p1", language="en", site="Cork", exclude=frozenset({"p4"}))
    outcome = decided(roster, query=query)
    assert eligible(outcome) == []
    filters = ("query_language", "query_site", "query_exclude")
    assert [outcome.kept_out[name] for name in filters] == [1, 1, 1]


def test_a_query_by_text_alone_compares_with_nobody() -> None:
    roster = roster_of(entry(1), entry(2, manager=1, languages=("zh",), time_zone="Asia/Shanghai"))
    outcome = decided(roster, asked_by(None, 2), EligibilityRules())
    assert eligible(outcome) == [1, 2]
    assert list(outcome.kept_out) == ["is_mentor", "takes_part", "describes_skill", "free_capacity"]


def test_only_the_first_rule_counts_whoever_breaks_several() -> None:
    breaks_all = {
        "roles": Roles.MENTEE,
        "status": Status.PAUSED,
        "manager": 1,
        "capacity": 0,
        "languages": ("de",),
        "time_zone": "Asia/Kolkata",
    }
    rules = EligibilityRules()
    outcome = decided(pair_of(**breaks_all), asked_by(1, 2), rules, mute=(2,))
    assert outcome.kept_out["is_mentor"] == 2  # the mentee of the world is no mentor either
    assert sum(outcome.kept_out.values()) == 2
    breaks_all["roles"] = Roles.MENTOR
    outcome = decided(pair_of(**breaks_all), asked_by(1, 2), rules, mute=(2,))
    assert outcome.kept_out["takes_part"] == 1


def test_the_rules_come_in_a_fixed_order() -> None:
    query = Query("p1", language="en", site="Cork", exclude=frozenset({"x"}))
    assert list(decided(pair_of(), rules=EligibilityRules(), query=query).kept_out) == [
        "is_mentor",
        "takes_part",
        "not_oneself",
        "reporting_chain",
        "describes_skill",
        "free_capacity",
        "not_paired_before",
        "common_language",
        "time_zone",
        "query_language",
        "query_site",
        "query_exclude",
    ]


def test_a_removed_person_is_neither_counted_nor_eligible() -> None:
    roster = roster_of(entry(1), entry(2), entry(3))
    roster.remove([2])
    outcome = decided(roster, rules=EligibilityRules())
    assert eligible(outcome) == [3]
    assert outcome.n_people == 2


def test_free_rows_are_nobody_even_where_a_filter_would_let_them_pass() -> None:
    # Free rows have site code 0, which is also somebody's.
    roster = roster_of(entry(1))
    outcome = decided(roster, asked_by(None), query=Query(goals=ANYBODY.goals, site="Cork"))
    assert eligible(outcome) == [1]


ROWS = st.fixed_dictionaries(
    {
        "manager": st.integers(0, 7),
        "roles": st.sampled_from([Roles.BOTH, Roles.MENTOR, Roles.MENTEE]),
        "status": st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.PAUSED]),
        "languages": st.sampled_from([("en",), ("de",), ("en", "de"), ("hi", "en")]),
        "time_zone": st.sampled_from(sorted(OFFSETS)),
        "site": st.sampled_from(["Cork", "Pune"]),
        "capacity": st.integers(0, 2),
        "active_mentees": st.integers(0, 1),
    }
)
ANY_RULES = st.builds(
    EligibilityRules,
    reporting_chain=st.booleans(),
    free_capacity=st.booleans(),
    not_paired_before=st.booleans(),
    common_language=st.booleans(),
    max_time_zone_hours=st.sampled_from([None, 0.0, 1.0, 4.0, 6.0]),
)
QUERIES = st.builds(
    Query,
    mentee_id=st.just("p1"),
    language=st.sampled_from([None, None, "de", "sv"]),
    site=st.sampled_from([None, None, "Pune", "Rome"]),
    exclude=st.sampled_from([frozenset[str](), frozenset({"p3", "p4"}), frozenset({"gone"})]),
)


def above(people: dict[int, RosterRow], person: int) -> set[int]:
    line: set[int] = set()
    place = people[person].manager
    while place in people and place not in line:
        line.add(place)
        place = people[place].manager
    return line


def allowed(
    people: dict[int, RosterRow],
    mentor: RosterRow,
    asked: Asked,
    query: Query,
    rules: EligibilityRules,
    mute: tuple[int, ...],
) -> bool:
    """Judge one person in plain words."""
    if mentor.roles is Roles.MENTEE or mentor.status is not Status.ACTIVE or mentor.number in mute:
        return False
    if rules.free_capacity and mentor.active_mentees >= mentor.capacity:
        return False
    if query.language is not None and query.language not in mentor.languages:
        return False
    if query.site is not None and query.site != mentor.site:
        return False
    if mentor.id in query.exclude:
        return False
    if asked.mentee is None:
        return True
    mentee = people[asked.mentee]
    apart = abs(OFFSETS[mentee.time_zone] - OFFSETS[mentor.time_zone]) % 24
    related = above(people, mentee.number) | {
        p for p in people if mentee.number in above(people, p)
    }
    return not (
        mentor.number == mentee.number
        or (rules.reporting_chain and mentor.number in related)
        or (rules.not_paired_before and mentor.number in asked.partners)
        or (rules.common_language and not set(mentor.languages) & set(mentee.languages))
        or (
            rules.max_time_zone_hours is not None
            and min(apart, 24 - apart) > rules.max_time_zone_hours
        )
    )


@given(
    worlds=st.lists(ROWS, min_size=1, max_size=8),
    partners=st.sets(st.integers(1, 8)),
    mute=st.sets(st.integers(1, 8), max_size=3),
    by_text=st.booleans(),
    rules=ANY_RULES,
    query=QUERIES,
)
@STEADY
def test_the_mask_holds_exactly_those_who_break_no_rule(
    worlds: list[dict[str, object]],
    partners: set[int],
    mute: set[int],
    by_text: bool,
    rules: EligibilityRules,
    query: Query,
) -> None:
    people = {}
    for number, values in enumerate(worlds, start=1):
        # Nobody reports to themselves or to a stranger.
        known = values["manager"] != number and int(str(values["manager"])) <= len(worlds)
        people[number] = entry(number, **(values if known else {**values, "manager": 0}))
    asked = asked_by(None if by_text else 1, *(p for p in sorted(partners) if p in people))
    outcome = decided(roster_of(*people.values()), asked, rules, query, tuple(mute))
    right = [
        number
        for number, mentor in people.items()
        if allowed(people, mentor, asked, query, rules, tuple(mute))
    ]
    assert eligible(outcome) == right
    assert outcome.n_eligible == len(right)
    assert outcome.n_people == len(people)
    assert sum(outcome.kept_out.values()) + outcome.n_eligible == outcome.n_people
    assert all(n >= 0 for n in outcome.kept_out.values())


def test_fewer_rules_never_keep_out_more() -> None:
    roster = roster_of(
        entry(1),
        entry(2, manager=1),
        entry(3, capacity=0),
        entry(4, languages=("de",)),
        entry(5, time_zone="Asia/Kolkata"),
        entry(6),
    )
    strict = decided(roster, asked_by(1, 6), EligibilityRules())
    assert eligible(strict) == []
    for chain, room, pairs, language, hours in product(*[[True, False]] * 4, [4.0, None]):
        rules = EligibilityRules(bool(chain), bool(room), bool(pairs), bool(language), hours)
        n_off = [chain, room, pairs, language, hours].count(False) + (hours is None)
        assert decided(roster, asked_by(1, 6), rules).n_eligible == n_off

"""The roster: reporting lines, distances and languages, by hand and against slow references."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain.people import Roles, Status, time_zone_names
from recommender.matching.roster import START_ROWS, Roster, utc_offset_hours
from recommender.store.people import RosterRow

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
ROOT = 0
PLAIN = RosterRow(
    number=0,
    id="",
    name="",
    department="Production",
    site="Cork",
    career_level=3,
    manager=0,
    languages=("en",),
    time_zone="Europe/Dublin",
    roles=Roles.BOTH,
    capacity=2,
    hours_per_month=3.0,
    status=Status.ACTIVE,
    active_mentees=0,
)


def entry(number: int, **changes: object) -> RosterRow:
    """Return the row of an active person of both roles; name what differs."""
    values = {"number": number, "id": f"p{number}", "name": f"Name {number}", **changes}
    return PLAIN._replace(**values)  # type: ignore[arg-type]


def roster_of(*rows: RosterRow) -> Roster:
    roster = Roster()
    roster.put(rows)
    return roster


def reporting(managers: dict[int, int]) -> Roster:
    """Return a roster in which each key reports to its value, 0 for nobody."""
    return roster_of(*(entry(number, manager=manager) for number, manager in managers.items()))


def chain(roster: Roster, row: int) -> list[int]:
    return np.flatnonzero(roster.chain_of(row)).tolist()


def steps(roster: Roster, row: int, *others: int) -> list[float]:
    distances = roster.organisational_distance(row, np.array(others, dtype=np.int64))
    return [float(n_steps) for n_steps in distances]


def hours_apart(first: str, other: str) -> float:
    roster = roster_of(entry(1, time_zone=first), entry(2, time_zone=other))
    distance = float(roster.time_zone_distance(1, np.array([2]))[0])
    assert distance == roster.time_zone_distance(2, np.array([1]))[0]
    return distance


@st.composite
def forests(draw: st.DrawFn) -> dict[int, int]:
    """Draw managers without a cycle; numbers say nothing about who is above whom."""
    n = draw(st.integers(1, 25))
    numbers = draw(st.permutations(range(1, n + 1)))
    above = [draw(st.integers(-1, place - 1)) for place in range(n)]
    return {numbers[i]: ROOT if above[i] < 0 else numbers[above[i]] for i in range(n)}


def line_up(managers: dict[int, int], person: int) -> list[int]:
    line = []
    while managers[person] != ROOT:
        person = managers[person]
        line.append(person)
    return line


def walk(managers: dict[int, int], start: int) -> dict[int, int]:
    """Return the steps from one person to everybody, breadth first; all trees hang from ROOT."""
    near: dict[int, list[int]] = {ROOT: []}
    for person, manager in managers.items():
        near.setdefault(person, []).append(manager)
        near.setdefault(manager, []).append(person)
    steps_to = {start: 0}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        for other in near[place]:
            if other not in steps_to:
                steps_to[other] = steps_to[place] + 1
                waiting.append(other)
    return steps_to


SEVEN_LEVELS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6}


@pytest.mark.parametrize("row", list(SEVEN_LEVELS))
def test_the_chain_reaches_over_seven_levels_up_and_down(row: int) -> None:
    assert chain(reporting(SEVEN_LEVELS), row) == [level for level in SEVEN_LEVELS if level != row]


def test_the_chain_leaves_out_colleagues_and_other_trees() -> None:
    # 1 leads 2 and 3; 2 leads 4 and 5; 9 stands alone.
    roster = reporting({1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 9: 0})
    assert chain(roster, 2) == [1, 4, 5]
    assert chain(roster, 4) == [1, 2]
    assert chain(roster, 1) == [2, 3, 4, 5]
    assert chain(roster, 9) == []


def test_a_circle_of_managers_does_not_hang() -> None:
    roster = reporting({1: 3, 2: 1, 3: 2, 4: 1, 5: 0})
    assert chain(roster, 4) == [1, 2, 3]
    assert chain(roster, 1) == [2, 3, 4]
    assert steps(roster, 4, 4, 1, 3) == [0, 1, 2]
    assert len(steps(roster, 5, 1, 4)) == 2


@given(forests())
@STEADY
def test_the_chain_is_everybody_above_and_below(managers: dict[int, int]) -> None:
    roster = reporting(managers)
    for person in managers:
        below = {other for other in managers if person in line_up(managers, other)}
        assert set(chain(roster, person)) == below | set(line_up(managers, person))


def test_steps_go_through_the_nearest_common_manager() -> None:
    # 1 leads 2 and 3; 2 leads 4 and 5; 3 leads 6. 8 leads 9 in a tree of their own.
    roster = reporting({1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 8: 0, 9: 8})
    assert steps(roster, 4, 4, 2, 5, 1, 3, 6) == [0, 1, 2, 2, 3, 4]
    # From 4 over 2 and 1 to the step above (3 steps), then down to 8 (1) and 9 (2).
    assert steps(roster, 4, 8, 9) == [4, 5]
    assert steps(roster, 9, 4) == [5]


@given(forests())
@STEADY
def test_steps_equal_a_walk_through_the_tree(managers: dict[int, int]) -> None:
    roster = reporting(managers)
    for person in managers:
        steps_to = walk(managers, person)
        assert steps(roster, person, *managers) == [steps_to[other] for other in managers]


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Europe/Dublin", 0.5),  # 0 in January, 1 in July
        ("Europe/Berlin", 1.5),  # 1, 2
        ("Asia/Kolkata", 5.5),
        ("Asia/Kathmandu", 5.75),
        ("Australia/Sydney", 10.5),  # 11, 10
        ("America/New_York", -4.5),  # −5, −4
    ],
)
def test_a_zone_is_the_mean_of_january_and_july(zone: str, hours: float) -> None:
    assert utc_offset_hours(zone) == hours


@pytest.mark.parametrize(
    ("first", "other", "hours"),
    [
        ("Europe/Berlin", "Europe/Berlin", 0.0),
        ("Europe/Berlin", "Europe/Dublin", 1.0),
        ("Europe/Berlin", "Asia/Kolkata", 4.0),  # 5.5 − (1 + 2) / 2
        ("Europe/London", "Australia/Sydney", 10.0),
        # Over the date line: 12.5 − (−10) = 22.5 hours one way, 1.5 the other.
        ("Pacific/Auckland", "Pacific/Honolulu", 1.5),
        # 14 − (−11) = 25 hours: a day and an hour, so the clocks differ by one.
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", 1.0),
        ("Etc/GMT+12", "Etc/GMT-12", 0.0),
    ],
)
def test_zones_are_as_far_apart_as_their_clocks(first: str, other: str, hours: float) -> None:
    assert hours_apart(first, other) == hours


def test_no_two_zones_are_more_than_half_a_day_apart() -> None:
    zones = sorted(time_zone_names())
    roster = roster_of(*(entry(i, time_zone=zone) for i, zone in enumerate(zones, start=1)))
    rows = np.arange(1, len(zones) + 1)
    table = np.stack([roster.time_zone_distance(int(row), rows) for row in rows])
    assert table.min() == 0
    assert table.max() <= 12
    np.testing.assert_array_equal(table, table.T)


def test_a_language_that_comes_later_finds_its_speakers() -> None:
    roster = roster_of(entry(1, languages=("de",)), entry(2, languages=("de", "en")))
    assert not roster.speakers_of("pl").any()
    roster.put([entry(3, languages=("pl", "de", "en"))])
    assert np.flatnonzero(roster.speakers_of("pl")).tolist() == [3]
    assert np.flatnonzero(roster.speakers_of("de")).tolist() == [1, 2, 3]
    assert roster.n_shared_languages(3, np.array([1, 2, 3])).tolist() == [1, 2, 3]
    assert roster.n_shared_languages(1, np.array([2, 3])).tolist() == [1, 1]


def test_a_language_given_up_is_forgotten() -> None:
    roster = roster_of(entry(1, languages=("de", "en")), entry(2, languages=("en",)))
    roster.put([entry(1, languages=("de",))])
    assert roster.n_shared_languages(2, np.array([1])).tolist() == [0]


def test_growing_keeps_what_was_there() -> None:
    roster = roster_of(entry(5, languages=("ga",), site="Cork", hours_per_month=7.5, manager=6))
    last = 3 * START_ROWS
    roster.put([entry(last, languages=("en", "hi"), site="Pune", time_zone="Asia/Kolkata")])
    assert len(roster) == 2
    assert roster.n_rows > last
    assert np.flatnonzero(roster.present).tolist() == [5, last]
    assert roster.hours_per_month[5] == 7.5
    assert roster.manager[5] == 6
    assert np.flatnonzero(roster.speakers_of("ga")).tolist() == [5]
    assert np.flatnonzero(roster.site == roster.site_code("Pune")).tolist() == [last]
    assert (roster.ids[5], roster.ids[last]) == ("p5", f"p{last}")


def test_who_fills_the_last_row_is_there() -> None:
    rows = [START_ROWS - 1, START_ROWS]
    assert np.flatnonzero(roster_of(*map(entry, rows)).present).tolist() == rows


def test_sites_and_departments_are_compared_by_name() -> None:
    same = {"site": "Cork", "department": "Cork"}
    roster = roster_of(entry(1, **same), entry(2, **same), entry(3, site="Pune"))
    assert roster.site[1] == roster.site[2] == roster.site_code("Cork") != roster.site[3]
    assert roster.department[1] == roster.department[2] != roster.department[3]
    assert roster.site_code("Rome") not in roster.site


def test_free_places_are_what_active_pairs_leave_and_never_negative() -> None:
    roster = roster_of(
        entry(1, capacity=3, active_mentees=1),
        entry(2, capacity=1, active_mentees=1),
        entry(3, capacity=0, active_mentees=2),
    )
    assert roster.free_capacity[1:4].tolist() == [2, 0, 0]


def test_only_active_people_take_part_and_mentees_do_not_mentor() -> None:
    roster = roster_of(
        *(entry(i, status=status) for i, status in enumerate(Status, start=1)),
        *(entry(i, roles=roles) for i, roles in enumerate(Roles, start=4)),
    )
    assert [list(Status)[i - 1] for i in (1, 2, 3) if roster.takes_part[i]] == [Status.ACTIVE]
    assert [list(Roles)[i - 4] for i in (4, 5, 6) if roster.may_mentor[i]] == [
        Roles.MENTOR,
        Roles.BOTH,
    ]


def test_a_removed_person_leaves_no_trace() -> None:
    roster = roster_of(entry(1), entry(2, manager=1, name="Ada", site="Rome", department="Lab"))
    roster.remove([2, 2, 7, 10**6])
    assert len(roster) == 1
    assert "p2" not in roster.row_of
    assert not {"p2", "Ada", "Rome", "Lab"} & {
        *roster.ids,
        *roster.names,
        *roster.sites,
        *roster.departments,
    }
    assert not any(mask[2] for mask in (roster.present, roster.takes_part, roster.may_mentor))
    assert chain(roster, 1) == []


def test_nothing_to_put_changes_nothing() -> None:
    roster = roster_of(entry(1))
    roster.put([])
    assert len(roster) == 1


def seen(roster: Roster, numbers: Sequence[int]) -> list[object]:
    """Return what rules and features can see of these people."""
    return [
        (
            roster.ids[i],
            roster.sites[i],
            roster.row_of.get(roster.ids[i]) == i,
            bool(roster.takes_part[i]),
            bool(roster.may_mentor[i]),
            int(roster.free_capacity[i]),
            float(roster.hours_per_month[i]),
            float(roster.utc_offset[i]),
            chain(roster, i),
            steps(roster, i, *numbers),
            roster.n_shared_languages(i, np.array(numbers)).tolist(),
            (roster.site[list(numbers)] == roster.site[i]).tolist(),
        )
        for i in numbers
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.booleans(),
            st.integers(0, 6),
            st.sampled_from(["Cork", "Pune"]),
            st.sampled_from([("en",), ("de", "en"), ("pl",)]),
            st.sampled_from(list(Status)),
        ),
        max_size=15,
    )
)
@STEADY
def test_any_history_equals_a_roster_made_at_once(
    history: list[tuple[int, bool, int, str, tuple[str, ...], Status]],
) -> None:
    roster = Roster()
    people: dict[int, RosterRow] = {}
    for number, leaves, manager, site, languages, status in history:
        if leaves:
            roster.remove([number])
            people.pop(number, None)
            # The store sets the managers of those who reported to them to nobody.
            for orphan in [p for p in people.values() if p.manager == number]:
                people[orphan.number] = orphan._replace(manager=0)
                roster.put([people[orphan.number]])
        else:
            known = manager if manager in people and manager != number else 0
            people[number] = entry(
                number, manager=known, site=site, languages=languages, status=status
            )
            roster.put([people[number]])
    rebuilt = roster_of(*people.values())
    assert len(roster) == len(rebuilt) == len(people)
    np.testing.assert_array_equal(roster.present, rebuilt.present)
    assert seen(roster, list(people)) == seen(rebuilt, list(people))


def test_everybody_above_is_one_step_further() -> None:
    roster = reporting(SEVEN_LEVELS)
    far = steps(roster, 7, *range(1, 8))
    assert all(upper - lower == 1 for upper, lower in pairwise(far))

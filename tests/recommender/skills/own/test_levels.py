"""Levels: what is wanted, what is there, and from where somebody can help."""

from __future__ import annotations

import pytest

from recommender.skills.own.levels import distance, present_level, teaching_level, wanted_level


def test_what_matters_more_is_to_go_further() -> None:
    assert [wanted_level(priority) for priority in (1, 2, 3)] == [4, 3, 2]


@pytest.mark.parametrize(("stated", "level"), [((), 0), ((2,), 2), ((1, 4, 2), 4)])
def test_the_highest_level_counts(stated: tuple[int, ...], level: int) -> None:
    assert present_level(stated) == level


@pytest.mark.parametrize(
    ("wanted", "present", "missing", "teacher"),
    [(4, 0, 4, 1), (4, 2, 2, 3), (4, 3, 1, 4), (4, 4, 0, 4), (2, 5, 0, 2)],
)
def test_a_teacher_is_one_step_ahead_or_has_all_that_is_wanted(
    wanted: int, present: int, missing: int, teacher: int
) -> None:
    assert distance(wanted, present) == missing
    assert teaching_level(wanted, present) == teacher

from __future__ import annotations

from recommender.skills.picture.trends import trends


def test_a_change_is_told_from_five_people_on() -> None:
    before = {"want": {"a": 20, "b": 20, "c": 20, "d": 20}}
    now = {"want": {"a": 25, "b": 24, "c": 15, "d": 16}}
    table = trends(now, before)
    assert table["id"].to_list() == ["a", "b", "c", "d"]
    assert table["change"].to_list() == [5, None, -5, None]
    assert table["direction"].to_list() == ["up", "about_the_same", "down", "about_the_same"]


def test_only_what_both_publish_is_compared() -> None:
    now = {"want": {"a": 10, "new": 90}, "can_teach": {"a": 9}}
    table = trends(now, {"want": {"a": 40, "gone": 7}})
    assert table.rows() == [("want", "a", -30, "down")]


def test_without_an_earlier_cohort_there_is_no_trend() -> None:
    table = trends({"want": {"a": 10}}, {})
    assert table.height == 0
    assert table.columns == ["counted", "id", "change", "direction"]

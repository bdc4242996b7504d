from __future__ import annotations

from dataclasses import fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recommender.skills.picture.organisation import OrganisationGaps, snapshot
from tests.recommender.skills.picture.organisation_world import picture_of, somebody

NAMES = ["a.x", "a.y", "b.z"]


def big() -> OrganisationGaps:
    """A hundred people: 50 want a.x, 40 a.y, 14 of them both; 12 can teach a.x, and 18 a.y."""
    people = [
        somebody(i, "IT" if i % 2 else "HR", "Bonn" if i % 4 < 2 else "Cork", i < 60, i % 3)
        for i in range(100)
    ]
    wants = np.zeros((100, 3), dtype=np.bool_)
    wants[:50, 0] = True
    wants[36:76, 1] = True
    level = np.zeros((100, 3), dtype=np.int8)
    level[:6, 0], level[6:12, 0], level[12:20, 0] = 3, 5, 2
    level[6:14, 1] = 3
    level[14:24, 1] = 4
    level[60:70, 0] = 4  # they do not mentor
    level[70:76, 1] = 5
    return picture_of(people, NAMES, wants, level)


def teachers() -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """Forty people who want nothing: 9 teach a.x, 11 a.y, 5 of them both, and 8 teach a.z."""
    level = np.zeros((40, 3), dtype=np.int8)
    level[:7, 0], level[7:9, 0] = 3, 5
    level[4:9, 1], level[9:15, 1] = 3, 4
    level[20:28, 2] = 3
    return np.zeros((40, 3), dtype=np.bool_), level


def row(frame: pl.DataFrame, **keys: str) -> dict[str, object]:
    return frame.row(
        by_predicate=pl.all_horizontal(pl.col(k) == v for k, v in keys.items()), named=True
    )


def test_counts_who_wants_who_can_teach_and_who_hides() -> None:
    assert row(big().concepts, concept="a.x") == {
        "area": "a",
        "concept": "a.x",
        "label_de": "a.x (de)",
        "label_en": "a.x (en)",
        "want": 50,
        "can_teach": 12,
        "level_1_2": 8,
        "level_3": 6,
        "level_4_5": 6,
        "free_places": 12,
        "coverage": 0.24,
        "hidden_experts": 10,
    }


def test_a_person_counts_once_in_an_area() -> None:
    assert row(big().areas, area="a")["want"] == 76


def test_departments_and_sites_add_up() -> None:
    picture = big()
    for frame, name in ((picture.by_department, "department"), (picture.by_site, "site")):
        assert frame[name].unique().sort().to_list() == (
            ["HR", "IT"] if name == "department" else ["Bonn", "Cork"]
        )
        assert frame.filter(concept="a.x")["want"].sum() == 50
        assert frame.filter(concept="a.x")["people"].to_list() == [50, 50]


def test_what_nobody_wants_is_withheld_like_any_count_under_five() -> None:
    numbers = row(big().concepts, concept="b.z")
    assert [numbers[column] for column in ("want", "can_teach", "free_places", "coverage")] == [
        None
    ] * 4


def test_places_that_mostly_one_person_holds_are_not_summed() -> None:
    people = [somebody(i, free_places=1 + 9 * (i == 0)) for i in range(40)]
    picture = picture_of(people, ["a.x", "a.y", "a.z"], *teachers())
    assert picture.concepts["can_teach"].to_list() == [9, 11, 8]
    assert picture.concepts["free_places"].to_list() == [None, 11, 8]


def test_levels_that_add_up_to_the_teachers_are_withheld_together() -> None:
    gaps = picture_of([somebody(i) for i in range(40)], ["a.x", "a.y", "a.z"], *teachers())
    assert gaps.concepts.select("can_teach", "level_3", "level_4_5").rows() == [
        (9, None, None),
        (11, 5, 6),
        (8, None, None),
    ]


def test_a_bottleneck_says_how_many_want_it_and_hides_a_handful_of_teachers() -> None:
    people = [somebody(i) for i in range(100)]
    wants = np.zeros((100, 4), dtype=np.bool_)
    wants[:48, 0] = True
    wants[40:90, 1] = True
    wants[50:80, 2] = True
    wants[90:, 3] = True
    level = np.zeros((100, 4), dtype=np.int8)
    level[:3, 0] = 4
    level[3:11, 1] = 3
    level[20:50, 2] = 3
    table = picture_of(people, ["a.many", "a.some", "a.fine", "a.none"], wants, level).bottlenecks
    assert table["concept"].to_list() == ["a.some", "a.many", "a.none"]
    assert table["can_teach"].to_list() == [8, None, None]
    assert table["sentence_en"].to_list() == [
        "50 want it, 8 can teach it",
        "48 want it, fewer than 5 can teach it",
        "10 want it, fewer than 5 can teach it",
    ]
    assert table["sentence_de"][1] == ("48 wollen es lernen, weniger als 5 können es vermitteln")


def test_no_sentence_from_which_the_number_under_five_would_follow() -> None:
    """Of area a 24 can teach something, 10 of them a.y and 10 a.z: at least four teach a.x."""
    people = [somebody(i) for i in range(100)]
    wants = np.zeros((100, 3), dtype=np.bool_)
    wants[:48, 0] = True
    wants[40:90, 1] = True
    level = np.zeros((100, 3), dtype=np.int8)
    level[:4, 0], level[4:14, 1], level[14:24, 2] = 4, 3, 3
    gaps = picture_of(people, ["a.x", "a.y", "a.z"], wants, level)
    assert gaps.areas["can_teach"].to_list() == [24]
    assert gaps.concepts["can_teach"].to_list() == [None, 10, 10]
    assert gaps.bottlenecks["concept"].to_list() == ["a.y"]


def test_an_organisation_of_nobody_one_or_four_shows_no_number() -> None:
    for n_people in (0, 1, 4):
        wants = np.ones((n_people, 3), dtype=np.bool_)
        picture = picture_of([somebody(i) for i in range(n_people)], NAMES, wants)
        assert picture.people is None
        assert picture.concepts["concept"].to_list() == NAMES
        for table in fields(picture)[1:]:
            frame = getattr(picture, table.name)
            numbers = frame.select(pl.col(pl.Int64, pl.Float64))
            assert numbers.null_count().sum_horizontal().sum() == numbers.width * numbers.height


def test_an_organisation_without_goals_or_without_a_catalogue_has_its_tables() -> None:
    people = [somebody(i, f"d{i % 2}") for i in range(30)]
    without_goals = picture_of(people, NAMES, np.zeros((30, 3), dtype=np.bool_))
    assert without_goals.areas_by_department.height == 4
    assert without_goals.concepts["want"].null_count() == 3
    without_concepts = picture_of(people, [], np.zeros((30, 0), dtype=np.bool_))
    assert without_concepts.concepts.height == without_concepts.by_department.height == 0
    assert without_concepts.concepts.columns == without_goals.concepts.columns


def test_the_same_material_gives_the_same_picture() -> None:
    first, second = big(), big()
    for table in fields(first)[1:]:
        assert getattr(first, table.name).equals(getattr(second, table.name))


def test_a_snapshot_holds_the_published_totals_alone() -> None:
    assert snapshot(big()) == {
        "want": {"a.x": 50, "a.y": 40},
        "can_teach": {"a.x": 12, "a.y": 18},
        "want_area": {"a": 76},
        "can_teach_area": {"a": 24},
    }

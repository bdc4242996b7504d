"""An attacker with all published tables tries to find groups under five people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.domain.disclosure import FEWEST
from recommender.skills.picture.organisation import OrganisationGaps
from tests.recommender.skills.picture.attack import tables_of, weaknesses
from tests.recommender.skills.picture.organisation_world import picture_of, somebody

COUNTED = ("want", "can_teach", "hidden_experts")


@st.composite
def organisations(draw: st.DrawFn) -> OrganisationGaps:
    """Invent 10 to 60 people in 1 to 5 departments and 1 to 3 sites, 2 areas of 1 to 3 concepts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_people = draw(st.integers(2 * FEWEST, 60))
    names = [f"{area}.{i}" for area in "ab" for i in range(draw(st.integers(1, 3)))]
    popularity = draw(st.sampled_from([0.2, 0.5, 0.8, 1.0]))
    one_each = draw(st.booleans())  # in some organisations nobody wants two things of one area
    wants = _chosen(rng, n_people, names, popularity, one_each)
    knows = _chosen(rng, n_people, names, draw(st.sampled_from([0.1, 0.5, 1.0])), one_each)
    level = (knows * rng.integers(1, 6, size=knows.shape)).astype(np.int8)
    shares = rng.dirichlet(np.ones(draw(st.integers(1, 5))) * draw(st.sampled_from([1, 5])))
    department = rng.choice(len(shares), n_people, p=shares)
    site = rng.integers(draw(st.integers(1, 3)), size=n_people)
    people = [
        somebody(i, f"d{department[i]}", f"s{site[i]}", bool(rng.random() < 0.7))
        for i in range(n_people)
    ]
    return picture_of(people, names, wants, level)


def _chosen(
    rng: np.random.Generator, n_people: int, names: list[str], popularity: float, one_each: bool
) -> NDArray[np.bool_]:
    member = rng.random((n_people, len(names))) < rng.uniform(0, popularity, len(names))
    if one_each:
        for area in "ab":
            columns = [place for place, name in enumerate(names) if name.startswith(area)]
            only = rng.integers(len(columns), size=n_people)
            member[:, columns] &= np.arange(len(columns)) == only[:, None]
    return member


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(organisations(), st.sampled_from(COUNTED))
def test_who_combines_all_tables_derives_no_count_under_five(
    picture: OrganisationGaps, counted: str
) -> None:
    assert weaknesses(tables_of(picture, counted)) == []


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(organisations(), st.sampled_from(COUNTED))
def test_no_shown_counts_differ_by_less_than_five(picture: OrganisationGaps, counted: str) -> None:
    tables = tables_of(picture, counted)
    whole = (np.array([tables.n_people]), tables.concept[:, None], tables.area[:, None])
    for people, concept, area in (whole, *tables.cuts):
        assert not (concept < FEWEST).any()
        assert not (people - area < FEWEST).any()
        for row, union in enumerate(area):
            members = concept[tables.area_of == row]
            if len(members) > 1:
                assert not (union - members < FEWEST).any()
                assert not (members.sum(axis=0) - union < FEWEST).any()


def three_departments() -> OrganisationGaps:
    """Thirty people: of three departments 2, 6 and 5 want a.x; area a has much else to want."""
    people = [somebody(i, f"d{i // 10}") for i in range(30)]
    wants = np.zeros((30, 2), dtype=np.bool_)
    for department, n in enumerate((2, 6, 5)):
        wants[10 * department : 10 * department + n, 0] = True
    wants[[*range(5), *range(10, 15), *range(20, 25)], 1] = True
    return picture_of(people, ["a.x", "b.y"], wants)


def test_the_count_that_would_give_a_withheld_one_away_is_withheld_too() -> None:
    frame = three_departments().by_department.filter(concept="a.x")
    assert frame["department"].to_list() == ["d0", "d1", "d2"]
    assert frame["people"].to_list() == [10, 10, 10]
    assert frame["want"].to_list() == [None, None, 5]


def test_the_attacker_would_find_a_count_that_can_be_computed() -> None:
    tables = tables_of(three_departments(), "want")
    [(people, concept, area)] = tables.cuts
    table = np.array([[np.nan, 6, 5], concept[1]])
    assert area.shape == table.shape
    careless = replace(tables, cuts=[(people, table, table)])
    assert "concept of cut 0 0, group 0: 2 to 2" in weaknesses(careless)

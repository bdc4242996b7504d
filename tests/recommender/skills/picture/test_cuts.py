from __future__ import annotations

from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.domain.disclosure import FEWEST
from recommender.skills.picture.cuts import fixed_cuts


def test_groups_are_named_from_five_people_on_and_sorted() -> None:
    by_department, _ = fixed_cuts(
        ["HR"] * 5 + ["IT"] * 9 + ["Law"] * 4 + ["Art"] * 3, ["Bonn"] * 21
    )
    assert by_department.names == ("HR", "IT", None)
    assert by_department.people.tolist() == [5, 9, 7]
    assert by_department.group.tolist() == [0] * 5 + [1] * 9 + [2] * 7


def test_all_others_are_filled_up_to_five_with_the_smallest_named_group() -> None:
    by_department, _ = fixed_cuts(["HR"] * 6 + ["IT"] * 9 + ["Law"] * 2, ["Bonn"] * 17)
    assert by_department.names == ("IT", None)
    assert by_department.people.tolist() == [9, 8]


def test_a_site_that_is_a_department_but_for_one_person_is_not_told_apart() -> None:
    departments = ["IT"] * 20 + ["HR"] * 11
    sites = ["Bonn"] * 20 + ["Cork"] * 10 + ["Bonn"]
    by_department, by_site = fixed_cuts(departments, sites)
    assert by_department.names == ("HR", "IT")
    assert by_site.names == (None,)


def test_sites_that_every_department_shares_stay() -> None:
    departments = ["IT"] * 20 + ["HR"] * 20
    sites = (["Bonn"] * 10 + ["Cork"] * 10) * 2
    assert fixed_cuts(departments, sites)[1].names == ("Bonn", "Cork")


def test_nobody_and_a_handful_make_no_groups_to_compare() -> None:
    assert [len(cut) for cut in fixed_cuts([], [])] == [0, 0]
    assert [len(cut) for cut in fixed_cuts(["IT", "HR"], ["Bonn", "Cork"])] == [1, 1]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=5, max_size=60)
)
def test_no_department_without_sites_leaves_one_to_four_people(
    people: list[tuple[str, str]],
) -> None:
    """Try every union of departments that contains a union of sites, and the reverse."""
    cuts = fixed_cuts([who for who, _ in people], [other for _, other in people])
    for cut in cuts:
        assert cut.people.min() >= FEWEST
        assert cut.people.sum() == len(people)
    unions = []
    for cut in cuts:
        groups = range(len(cut))
        subsets = chain.from_iterable(combinations(groups, n) for n in range(len(cut) + 1))
        unions.append([np.isin(cut.group, subset) for subset in subsets])
    for union in unions[0]:
        for other in unions[1]:
            for larger, smaller in ((union, other), (other, union)):
                if not (smaller & ~larger).any():
                    assert np.count_nonzero(larger & ~smaller) not in range(1, FEWEST)

"""When HR sees a new picture: never after one person's change alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from recommender.app import Recommender
from recommender.domain.feedback import Cohort
from recommender.skills.picture.organisation import OrganisationGaps
from recommender.store.picture import snapshot_of
from tests.conftest import goal, person
from tests.recommender.skills.knowledge_world import REPORTS, WORD, knowledge

Opened = Callable[[], Recommender]
SPRING = Cohort("spring", "Spring", date(2026, 3, 1), date(2026, 8, 31))
AUTUMN = Cohort("autumn", "Autumn", date(2026, 9, 1), date(2027, 2, 28))


def known(recommender: Recommender, catalogue: Sequence[str] = tuple(WORD)) -> Recommender:
    recommender.gaps.knowledge = knowledge(catalogue)
    return recommender


def join(recommender: Recommender, *names: str) -> None:
    for name in names:
        recommender.people.put(person(name, goal("reports")))


def want(picture: OrganisationGaps, concept: str) -> int | None:
    (row,) = picture.concepts.filter(concept=concept)["want"].to_list()
    return None if row is None else int(row)


@pytest.fixture
def here(open_recommender: Opened) -> Recommender:
    recommender = known(open_recommender())
    join(recommender, *(f"p{n}" for n in range(6)))
    return recommender


def test_four_changes_show_nothing_and_the_fifth_shows_all(here: Recommender) -> None:
    first = here.gaps.picture()
    for n in range(6, 10):
        join(here, f"p{n}")
        assert here.gaps.picture() is first
    join(here, "p10")
    assert here.gaps.picture().people == 11


def test_every_process_shows_the_same_picture(here: Recommender, open_recommender: Opened) -> None:
    first = here.gaps.picture()
    join(here, "p6")
    there = known(open_recommender()).gaps.picture()
    assert there.people == first.people == 6
    for name in ("concepts", "areas", "by_department", "bottlenecks", "topics", "trends"):
        assert getattr(there, name).equals(getattr(first, name))
        assert getattr(there, name).schema == getattr(first, name).schema


def test_another_catalogue_makes_a_new_picture(here: Recommender, open_recommender: Opened) -> None:
    assert len(here.gaps.picture().concepts) == len(WORD)
    there = known(open_recommender(), catalogue=(REPORTS,)).gaps.picture()
    assert there.concepts["concept"].to_list() == [REPORTS]


def test_trends_compare_with_the_cohort_before(here: Recommender) -> None:
    for n in range(6):
        here.people.put(person(f"other{n}", goal("clips")))  # all or nobody would be withheld
    here.cohorts.put(SPRING)
    here.cohorts.put(AUTUMN)
    here.clock = lambda: datetime(2026, 5, 1, tzinfo=UTC)
    assert here.gaps.picture().trends.is_empty()
    join(here, *(f"q{n}" for n in range(7)))
    here.clock = lambda: datetime(2026, 10, 1, tzinfo=UTC)
    picture = here.gaps.picture()
    assert want(picture, REPORTS) == 13
    trend = picture.trends.filter(counted="want", id=REPORTS).row(0, named=True)
    assert (trend["change"], trend["direction"]) == (7, "up")
    with here.store.read() as connection:
        stored = snapshot_of(connection, "autumn")
    assert stored is not None
    assert stored.content["want"][REPORTS] == 13


def test_an_empty_organisation_has_a_picture(open_recommender: Opened) -> None:
    picture = known(open_recommender()).gaps.picture()
    assert picture.people is None
    assert picture.concepts["want"].to_list() == [None] * len(WORD)

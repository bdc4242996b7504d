from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Status
from recommender.skills.knowledge import Knowledge
from recommender.skills.picture import material as module
from recommender.skills.picture.material import Material, read_material
from recommender.skills.picture.organisation import organisation_gaps
from recommender.store import Store, own_gaps, pairs, people, vectors
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.skills.knowledge_world import CLIPS, REPORTS, TEAMS, knowledge

ENCODER = HashEncoder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.in_folder(tmp_path)
    yield opened
    opened.close()


def fill(store: Store, *everybody: Person) -> None:
    with store.write() as connection:
        people.put(connection, everybody)
        texts = sorted({statement.text for who in everybody for statement in who.statements})
        if texts:
            vectors.put(connection, ENCODER.digest, "hash", texts, ENCODER.encode(texts))


def correct(store: Store, who: str, kind: Kind, text: str, *concepts: str) -> None:
    with store.write() as connection:
        number = people.numbers(connection)[who]
        assert own_gaps.correct(connection, number, kind, text, concepts)


def read(store: Store, known: Knowledge | None = None) -> Material:
    with store.read() as connection:
        return read_material(connection, ENCODER.digest, known or knowledge())


def wishes(material: Material, known: Knowledge | None = None) -> list[tuple[int, str]]:
    concepts = list((known or knowledge()).concepts)
    pairs_found = zip(material.wish_person.tolist(), material.wish_concept.tolist(), strict=True)
    return [(who, concepts[place]) for who, place in pairs_found]


def test_reads_who_wants_and_who_knows_how_well(store: Store) -> None:
    fill(
        store,
        person("a", goal("reports"), goal("weekly reports"), skill("clips", level=2)),
        person("b", goal("clips"), skill("teams", level=3), skill("big teams", level=5)),
    )
    content = read(store)
    assert wishes(content) == [(0, REPORTS), (1, CLIPS)]
    order = list(knowledge().concepts)
    assert content.skill_person.tolist() == [0, 1]
    assert [order[place] for place in content.skill_concept] == [CLIPS, TEAMS]
    assert content.skill_level.tolist() == [2, 5]


def test_only_active_people_count(store: Store) -> None:
    fill(
        store,
        person("a", goal("reports"), status=Status.PAUSED),
        person("b", goal("reports"), status=Status.WITHDRAWN),
        person("c", goal("clips")),
    )
    content = read(store)
    assert len(content.people) == 1
    assert wishes(content) == [(0, CLIPS)]


def test_places_are_those_of_mentors_that_nobody_has_taken(store: Store) -> None:
    fill(
        store,
        person("a", capacity=3),
        person("b", roles=Roles.MENTEE, capacity=3),
        person("c", roles=Roles.MENTOR, capacity=0),
    )
    with store.write() as connection:
        pairs.put(connection, [Pair("a", "b", PairStatus.ACTIVE)])
    offers = [(who.mentors, who.free_places) for who in read(store).people]
    assert offers == [(True, 2), (False, 0), (False, 0)]


def test_a_correction_wins_for_its_own_statement_alone(store: Store) -> None:
    fill(store, person("a", goal("reports")), person("b", goal("reports")))
    correct(store, "a", Kind.GOAL, "reports", CLIPS, TEAMS, "gone.concept")
    assert wishes(read(store)) == [(0, CLIPS), (0, TEAMS), (1, REPORTS)]


def test_what_belongs_to_no_concept_is_outside(store: Store) -> None:
    fill(store, person("a", goal("reports"), goal("bees")), person("b", skill("bees")))
    outside = read(store).outside
    assert outside.texts == ["bees"]
    assert outside.person.tolist() == [0, 1]
    assert outside.text.tolist() == [0, 0]
    assert outside.vectors.shape == (1, ENCODER.dimension)
    assert sorted(outside.background) == ["bees", "reports"]


def test_who_says_that_it_belongs_to_no_concept_is_believed(store: Store) -> None:
    fill(store, person("a", goal("reports")), person("b", goal("reports")))
    correct(store, "a", Kind.GOAL, "reports")
    content = read(store)
    assert wishes(content) == [(1, REPORTS)]
    assert content.outside.person.tolist() == [0]


def test_a_concept_removed_from_the_catalogue_is_outside(store: Store) -> None:
    fill(store, person("a", goal("reports"), goal("clips")))
    known = knowledge((REPORTS,))
    content = read(store, known)
    assert wishes(content, known) == [(0, REPORTS)]
    assert content.outside.texts == ["clips"]


def test_an_empty_catalogue_leaves_everything_outside(store: Store) -> None:
    fill(store, person("a", goal("reports"), skill("clips")))
    content = read(store, knowledge(()))
    assert len(content.wish_person) == len(content.skill_person) == 0
    assert len(content.outside.texts) == 2


def test_more_texts_outside_than_are_looked_at_are_sampled_the_same_way_each_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OUTSIDE_AT_MOST", 4)
    fill(store, person("a", *(goal(f"bees {n}") for n in range(30))))
    first, second = read(store).outside, read(store).outside
    assert len(first.texts) == 4
    assert first.texts == second.texts


def test_an_empty_store_has_an_empty_picture(store: Store) -> None:
    with store.read() as connection:
        gaps = organisation_gaps(connection, ENCODER.digest, knowledge())
    assert gaps.people is None
    assert gaps.topics.height == 0


def test_the_picture_is_told_from_the_store(store: Store) -> None:
    fill(
        store,
        *(
            person(f"w{n}", goal("reports"), goal(f"keeping bees in hives {n % 3}"))
            for n in range(12)
        ),
        *(person(f"k{n}", skill("reports", level=4)) for n in range(3)),
    )
    with store.read() as connection:
        gaps = organisation_gaps(connection, ENCODER.digest, knowledge())
    assert gaps.people == 15
    assert gaps.topics.rows() == [(1, ["bees", "hives", "keeping"], 12)]

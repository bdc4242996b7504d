"""What the store keeps of gaps: corrections, chosen profiles and snapshots, and when they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from recommender.domain.feedback import Cohort
from recommender.domain.people import Kind, Person
from recommender.store import Store, cohorts, own_gaps, people, picture, revision
from recommender.store.engine import MIGRATIONS
from recommender.store.picture import Snapshot
from tests.conftest import goal, person, skill

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
AUTUMN = Cohort("autumn", "Herbst", date(2026, 9, 1), date(2026, 12, 31))
ANNA = person("anna", skill("build flows"), goal("film clips"), goal("build flows"))
BEN = person("ben", skill("build flows"))


@pytest.fixture(autouse=True)
def _world(store: Store) -> None:
    put_people(store, ANNA, BEN)


def put_people(store: Store, *everybody: Person) -> None:
    with store.write() as connection:
        people.put(connection, everybody)


def number(store: Store, person_id: str) -> int:
    with store.read() as connection:
        return people.numbers(connection)[person_id]


def correct(store: Store, person_id: str, kind: Kind, words: str, *concepts: str) -> bool:
    with store.write() as connection:
        return own_gaps.correct(
            connection, people.numbers(connection)[person_id], kind, words, concepts
        )


def corrections(store: Store, person_id: str) -> dict[tuple[Kind, str], tuple[str, ...]]:
    with store.read() as connection:
        return own_gaps.corrections_of(connection, people.numbers(connection)[person_id])


def all_corrections(store: Store) -> list[tuple[str, ...]]:
    with store.read() as connection:
        return list(own_gaps.corrections(connection).values())


def profile_of(store: Store, person_id: str) -> str | None:
    with store.read() as connection:
        return own_gaps.chosen_profile(connection, people.numbers(connection)[person_id])


def choose(store: Store, person_id: str, profile: str | None) -> None:
    with store.write() as connection:
        own_gaps.choose_profile(connection, people.numbers(connection)[person_id], profile)


def test_a_correction_belongs_to_one_statement_of_one_person(store: Store) -> None:
    assert correct(store, "anna", Kind.SKILL, "build flows", "b.two", "a.one", "b.two")
    assert corrections(store, "anna") == {(Kind.SKILL, "build flows"): ("a.one", "b.two")}
    assert corrections(store, "ben") == {}


def test_a_later_correction_takes_the_place_of_an_earlier_one(store: Store) -> None:
    correct(store, "anna", Kind.SKILL, "build flows", "a.one", "b.two")
    correct(store, "anna", Kind.SKILL, "build flows", "c.three")
    assert corrections(store, "anna") == {(Kind.SKILL, "build flows"): ("c.three",)}


def test_in_no_concept_is_something_else_than_not_corrected(store: Store) -> None:
    correct(store, "anna", Kind.GOAL, "film clips")
    assert corrections(store, "anna") == {(Kind.GOAL, "film clips"): ()}
    assert all_corrections(store) == [()]


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.SKILL, "film clips"), (Kind.GOAL, "film"), (Kind.GOAL, "Film clips")]
)
def test_what_a_person_does_not_state_cannot_be_corrected(
    store: Store, kind: Kind, words: str
) -> None:
    assert not correct(store, "anna", kind, words, "a.one")
    assert not correct(store, "ben", Kind.GOAL, "film clips", "a.one")  # it is Anna's
    with store.write() as connection:
        assert not own_gaps.forget_correction(connection, 1, kind, words)
    assert all_corrections(store) == []


def test_a_forgotten_correction_is_gone_and_the_others_stay(store: Store) -> None:
    correct(store, "anna", Kind.SKILL, "build flows", "a.one")
    correct(store, "ben", Kind.SKILL, "build flows", "b.two")
    with store.write() as connection:
        number_of_anna = people.numbers(connection)["anna"]
        assert own_gaps.forget_correction(connection, number_of_anna, Kind.SKILL, "build flows")
    assert corrections(store, "anna") == {}
    assert corrections(store, "ben") == {(Kind.SKILL, "build flows"): ("b.two",)}


def test_corrections_of_everybody_come_by_the_id_of_the_statement(store: Store) -> None:
    correct(store, "ben", Kind.SKILL, "build flows", "b.two", "c.three")
    with store.read() as connection:
        query = text("SELECT id FROM statements WHERE person = :ben")
        statement = connection.execute(query, {"ben": number(store, "ben")}).scalar_one()
        assert own_gaps.corrections(connection) == {statement: ("b.two", "c.three")}


def test_a_correction_is_kept_while_the_statement_stays(store: Store) -> None:
    correct(store, "anna", Kind.SKILL, "build flows", "a.one")
    changed = (goal("film clips", 1), skill("build flows", level=1, language="de"))
    put_people(store, replace(ANNA, name="Anna B.", statements=changed))
    assert corrections(store, "anna") == {(Kind.SKILL, "build flows"): ("a.one",)}


def test_a_correction_goes_with_its_statement(store: Store) -> None:
    correct(store, "anna", Kind.SKILL, "build flows", "a.one")
    put_people(store, replace(ANNA, statements=(skill("build flows well"),)))
    put_people(store, ANNA)
    assert corrections(store, "anna") == {}


def test_every_process_learns_of_a_correction(store: Store) -> None:
    with store.read() as connection:
        before = revision.current(connection)
    correct(store, "anna", Kind.SKILL, "build flows", "a.one")
    with store.read() as connection:
        assert revision.changed_since(connection, before) == [number(store, "anna")]
        before = revision.current(connection)
    with store.write() as connection:
        own_gaps.forget_correction(connection, number(store, "anna"), Kind.SKILL, "build flows")
    with store.read() as connection:
        assert revision.changed_since(connection, before) == [number(store, "anna")]


def test_a_person_has_one_profile_or_none(store: Store) -> None:
    assert profile_of(store, "anna") is None
    choose(store, "anna", "plant-manager")
    choose(store, "ben", "office-lead")
    choose(store, "anna", "sales-lead")
    assert (profile_of(store, "anna"), profile_of(store, "ben")) == ("sales-lead", "office-lead")
    choose(store, "anna", None)
    assert (profile_of(store, "anna"), profile_of(store, "ben")) == (None, "office-lead")


def test_nothing_of_the_erased_stays(store: Store) -> None:
    correct(store, "anna", Kind.SKILL, "build flows", "a.one")
    correct(store, "ben", Kind.SKILL, "build flows", "b.two")
    choose(store, "anna", "plant-manager")
    choose(store, "ben", "office-lead")
    with store.write() as connection:
        people.erase(connection, "anna")
    assert all_corrections(store) == [("b.two",)]
    with store.read() as connection:
        left = connection.execute(text("SELECT profile FROM chosen_profiles")).scalars().all()
    assert left == ["office-lead"]


def test_a_snapshot_comes_back_and_is_replaced(store: Store) -> None:
    first, second = {"wanted": {"a.one": 7}, "none": None}, {"wanted": {"a.one": 8}}
    later = datetime(2026, 11, 1, tzinfo=UTC)
    with store.write() as connection:
        cohorts.put(connection, [AUTUMN])
        assert picture.snapshot_of(connection, "autumn") is None
        picture.keep_snapshot(connection, "autumn", first, NOW)
        assert picture.snapshot_of(connection, "autumn") == Snapshot(first, NOW)
        picture.keep_snapshot(connection, "autumn", second, later)
    with store.read() as connection:
        assert picture.snapshot_of(connection, "autumn") == Snapshot(second, later)


def test_a_snapshot_needs_its_cohort_and_goes_with_it(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as connection:
        picture.keep_snapshot(connection, "autumn", {}, NOW)
    with store.write() as connection:
        cohorts.put(connection, [AUTUMN])
        picture.keep_snapshot(connection, "autumn", {}, NOW)
        assert cohorts.remove(connection, "autumn")
        assert picture.snapshot_of(connection, "autumn") is None


def test_a_database_from_before_gaps_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text("INSERT INTO cohorts VALUES ('autumn', 'Herbst', '2026-09-01', '2026-12-31', 0)")
        )
    engine.dispose()
    store = Store(url)
    with store.write() as connection:
        picture.keep_snapshot(connection, "autumn", {"kept": True}, NOW)
        assert cohorts.get_all(connection) == {"autumn": AUTUMN}
    store.close()

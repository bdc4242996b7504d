"""The database: what goes in comes out, whole or not at all, and what is erased is gone."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError, OperationalError

from recommender.app import Recommender
from recommender.domain.errors import (
    EncoderUnavailable,
    StoreUnavailable,
    TandemError,
    UnknownJob,
    UnknownPerson,
    WorkspaceUnusable,
)
from recommender.domain.people import Kind, Pair, PairStatus, Person, Roles, Status
from recommender.domain.ranking import Query
from recommender.store import Store, Transaction, Written, jobs, pairs, people, revision, vectors
from recommender.store.jobs import JobStatus
from recommender.store.tables import statements
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.store.impressions import impressions_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def put(store: Store, *everybody: Person) -> Written:
    with store.write() as connection:
        return people.put(connection, everybody)


def put_pairs(store: Store, *changes: Pair) -> Written:
    with store.write() as connection:
        return pairs.put(connection, changes)


def erase(store: Store, person_id: str) -> bool:
    with store.write() as connection:
        return people.erase(connection, person_id)


def stored(store: Store) -> dict[str, Person]:
    with store.read() as connection:
        return {key: record for key, (_, record) in people.get_many(connection).items()}


def revision_now(store: Store) -> int:
    with store.read() as connection:
        return revision.current(connection)


def changed(store: Store, since: int) -> set[str | int]:
    """Return the ids of people changed since a revision; the number of whom is no longer there."""
    with store.read() as connection:
        id_of = {number: key for key, number in people.numbers(connection).items()}
        numbers = revision.changed_since(connection, since)
    assert len(numbers) == len(set(numbers))
    return {id_of.get(number, number) for number in numbers}


def number_of(store: Store, person_id: str) -> int:
    with store.read() as connection:
        return people.numbers(connection)[person_id]


def statement_ids(store: Store) -> dict[tuple[Kind, str], int]:
    with store.read() as connection:
        rows = connection.execute(select(statements.c.id, statements.c.kind, statements.c.text))
        return {(Kind(row.kind), row.text): row.id for row in rows}


# People


def test_people_come_back_as_they_were_put(store: Store) -> None:
    ann = person(
        "ann",
        goal("zebra", priority=3, language="de"),
        skill("mango", level=1),
        goal("apple", priority=1),
        skill("apple", level=5),
        name="Ann Ó Briain",
        languages=("ga", "en", "de"),
        hours_per_month=2.25,
        roles=Roles.MENTEE,
        status=Status.PAUSED,
        capacity=0,
    )
    assert put(store, ann) == Written(1, 0, 0)
    assert stored(store) == {"ann": ann}
    with store.read() as connection:
        assert people.get(connection, "ann") == (number_of(store, "ann"), ann)
        with pytest.raises(UnknownPerson, match="'Ann'"):
            people.get(connection, "Ann")


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    both = [person("ann", skill("knit"), goal("sew")), person("ben", reports_to="ann")]
    put(store, *both)
    ids, before = statement_ids(store), revision_now(store)
    assert put(store, *both) == Written(0, 0, 2)
    assert (statement_ids(store), revision_now(store)) == (ids, before)


def test_a_statement_keeps_its_id_while_its_text_stays(store: Store) -> None:
    put(store, person("ann", skill("knit", level=1), goal("sew", priority=1), skill("bake")))
    ids = statement_ids(store)
    after = person("ann", goal("knit"), skill("bake", language="de"), skill("knit", level=5))
    assert put(store, after) == Written(0, 1, 0, (people.text_digest("sew"),))
    assert stored(store)["ann"] == after
    after_ids = statement_ids(store)
    assert after_ids[Kind.SKILL, "knit"] == ids[Kind.SKILL, "knit"]
    assert after_ids[Kind.SKILL, "bake"] == ids[Kind.SKILL, "bake"]
    assert after_ids[Kind.GOAL, "knit"] > max(ids.values())
    assert (Kind.GOAL, "sew") not in after_ids


def test_the_order_of_statements_is_kept(store: Store) -> None:
    words = [skill(text) for text in ("pear", "fig", "apple", "date")]
    put(store, person("ann", *words))
    for seed in range(4):
        random.Random(seed).shuffle(words)
        put(store, person("ann", *words))
        assert list(stored(store)["ann"].statements) == words


def test_managers_may_come_in_any_order(store: Store) -> None:
    put(
        store,
        person("leaf", reports_to="middle"),
        person("middle", reports_to="top"),
        person("top"),
    )
    with store.read() as connection:
        assert people.line_up(connection, "leaf") == ["leaf", "middle", "top"]
        assert people.line_up(connection, "nobody") == []
        assert people.managers(connection) == {"leaf": "middle", "middle": "top", "top": None}


def test_two_people_may_swap_places(store: Store) -> None:
    put(store, person("ann"), person("ben", reports_to="ann"))
    put(store, person("ann", reports_to="ben"), person("ben"))
    with store.read() as connection:
        assert people.line_up(connection, "ann") == ["ann", "ben"]


def test_twelve_thousand_people_go_in_at_once(store: Store) -> None:
    n = 12_000
    crowd = [
        person(
            f"p{i}", skill(f"skill {i}"), goal(f"goal {i}"), reports_to=f"p{i // 9}" if i else None
        )
        for i in reversed(range(n))
    ]
    with store.read() as connection:  # few: the builds of SQLite differ in how many they take
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 6_000)
    started = time.perf_counter()
    assert put(store, *crowd) == Written(n, 0, 0)
    assert put(store, *crowd) == Written(0, 0, n)
    moved = [replace(record, site="Galway") for record in crowd]
    assert put(store, *moved) == Written(0, n, 0)
    assert time.perf_counter() - started < 30
    with store.read() as connection:
        assert people.counts(connection) == (n, 2 * n)
        assert people.line_up(connection, "p11999")[-1] == "p0"
        numbers = revision.changed_since(connection, 0)
        assert len(people.roster_rows(connection, numbers)) == n
        assert len(vectors.texts_without_vector(connection, "any", numbers)) == 2 * n


def test_a_write_that_fails_changes_nothing(store: Store) -> None:
    put(store, person("ann", skill("knit")))
    before = (stored(store), revision_now(store))
    stray = person("stray", reports_to="nobody")
    with pytest.raises(KeyError):
        put(store, person("ann", skill("sew")), person("new", skill("dig")), stray)
    with pytest.raises(IntegrityError):
        put(store, person("ann", skill("sew")), person("twice"), person("twice"))
    assert (stored(store), revision_now(store)) == before


def test_a_statement_needs_a_level_or_a_priority(store: Store) -> None:
    put(store, person("ann", skill("knit")))
    with pytest.raises(IntegrityError, match="level_or_priority"), store.write() as connection:
        connection.exec_driver_sql("UPDATE statements SET priority = 1")


def test_people_of_one_status_are_found(store: Store) -> None:
    put(store, person("ann"), person("ben", status=Status.WITHDRAWN))
    with store.read() as connection:
        assert people.with_status(connection, Status.WITHDRAWN) == {"ben"}


# Pairs


def test_pairs_are_created_changed_and_left_alone(store: Store) -> None:
    put(store, person("ann"), person("ben"), person("cat"))
    first = [Pair("ben", "ann", PairStatus.ACTIVE), Pair("ann", "cat", PairStatus.ENDED)]
    assert put_pairs(store, *first) == Written(2, 0, 0)
    then = [replace(first[0], status=PairStatus.ENDED), first[1]]
    before = revision_now(store)
    assert put_pairs(store, *then) == Written(0, 1, 1)
    assert changed(store, before) == {"ben"}  # a mentor whose place is free again
    with store.read() as connection:
        assert pairs.get_all(connection) == [then[1], then[0]]
        numbers = people.numbers(connection)
        partners = pairs.partners_of(connection, numbers["ann"])
        assert sorted(partners) == sorted([numbers["ben"], numbers["cat"]])


def test_one_pair_is_written_without_reading_everybody(store: Store) -> None:
    put(store, person("ann"), person("ben"))
    queries: list[str] = []
    with store.write() as connection:
        listen(connection, "before_cursor_execute", lambda *event: queries.append(event[2]))
        pairs.put(connection, [Pair("ben", "ann", PairStatus.ACTIVE)])
    reads = [text for text in queries if re.search(r"FROM (people|pairs)\b", text)]
    assert len(reads) == 2
    assert all("WHERE" in text for text in reads)


def test_only_active_pairs_take_a_place(store: Store) -> None:
    put(store, person("ann"), person("ben"), person("cat"))
    put_pairs(
        store,
        Pair("ann", "ben", PairStatus.ACTIVE),
        Pair("ann", "cat", PairStatus.ENDED),
        Pair("ben", "ann", PairStatus.ENDED),
    )
    with store.read() as connection:
        taken = {row.id: row.active_mentees for row in people.roster_rows(connection)}
    assert taken == {"ann": 1, "ben": 0, "cat": 0}


# Revisions


def test_each_write_counts_once_and_names_whom_it_changed(store: Store) -> None:
    start = revision_now(store)
    put(store, person("ann"), person("ben"))
    first = revision_now(store)
    put(store, person("ben", site="Galway"), person("ann"))
    second = revision_now(store)
    assert (first, second) == (start + 1, start + 2)
    assert changed(store, start) == {"ann", "ben"}
    assert changed(store, first) == {"ben"}
    assert changed(store, second) == set()


def test_the_erased_are_told_as_changed_and_their_number_is_never_given_again(
    store: Store,
) -> None:
    put(store, person("ann"), person("ben"))
    gone, before = number_of(store, "ben"), revision_now(store)
    assert erase(store, "ben")
    assert changed(store, before) == {gone}
    put(store, person("ben"))
    assert number_of(store, "ben") > gone
    assert changed(store, before) == {gone, "ben"}


def test_an_erasure_tells_reports_and_mentors_as_changed(store: Store) -> None:
    put(store, person("top"), person("mid", reports_to="top"), person("low", reports_to="mid"))
    put(store, person("mentor"), person("mentee"), person("other"))
    put_pairs(
        store, Pair("mentor", "mid", PairStatus.ACTIVE), Pair("mid", "mentee", PairStatus.ACTIVE)
    )
    gone, before = number_of(store, "mid"), revision_now(store)
    erase(store, "mid")
    assert changed(store, before) == {gone, "low", "mentor"}


def test_every_database_has_an_id_of_its_own(store: Store, tmp_path: Path) -> None:
    other = Store.in_folder(tmp_path / "other")
    with store.read() as here, other.read() as there:
        assert revision.store_id(here) != revision.store_id(there)
    other.close()


# Erasure


def test_reports_of_the_erased_report_to_their_manager(store: Store) -> None:
    put(
        store,
        person("top"),
        person("mid", reports_to="top"),
        person("low", reports_to="mid"),
        person("leaf", reports_to="low"),
    )
    assert erase(store, "mid")
    with store.read() as connection:
        assert people.managers(connection) == {"top": None, "low": "top", "leaf": "low"}
    assert erase(store, "top")
    assert not erase(store, "top")
    with store.read() as connection:
        assert people.managers(connection) == {"low": None, "leaf": "low"}


def test_pairs_impressions_and_rankings_go_with_the_person(tiny_world: Recommender) -> None:
    store = tiny_world.store
    put_pairs(store, Pair("cook", "flow", PairStatus.ENDED), Pair("film", "cook", PairStatus.ENDED))
    by_boss = tiny_world.recommend(Query(mentee_id="boss"))
    by_flow = tiny_world.recommend(Query(mentee_id="flow"))
    assert "flow" in [item.mentor_id for item in by_boss.recommendations]
    tiny_world.people.erase("flow")
    with store.read() as connection:
        assert pairs.get_all(connection) == [Pair("film", "cook", PairStatus.ENDED)]
        left = impressions_of(connection)
        assert impressions_of(connection, by_flow.ranking_id) == []
    shown = [item.mentor_id for item in by_boss.recommendations if item.mentor_id != "flow"]
    assert [impression.mentor_id for impression in left] == shown
    assert {impression.ranking_id for impression in left} == {by_boss.ranking_id}


def test_a_vector_stays_while_somebody_states_its_text(
    tiny_world: Recommender, encoder: HashEncoder
) -> None:
    shared, own = "automate weekly reports", "automate reports quickly"
    tiny_world.people.erase("flow")
    with tiny_world.store.read() as connection:
        assert set(vectors.get(connection, encoder.digest, [shared, own])) == {shared}
    tiny_world.people.erase("near")
    tiny_world.people.erase("boss")
    with tiny_world.store.read() as connection:
        assert vectors.get(connection, encoder.digest, [shared, own]) == {}


def traces(workspace: Path, needles: Sequence[bytes]) -> set[tuple[str, bytes]]:
    """Return where in the files of a workspace any of these bytes stand."""
    files = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    assert any(path.name == "tandem.db" for path in files)
    return {
        (str(path.relative_to(workspace)), needle)
        for path, content in files.items()
        for needle in needles
        if needle in content
    }


def marks(gone: Person, encoder: HashEncoder) -> list[bytes]:
    """Return the bytes by which a person could be known; of a vector a part is enough."""
    texts = [statement.text for statement in gone.statements]
    rows = encoder.encode(texts)
    words = [gone.id, gone.name, gone.department, *texts]
    return [text.encode() for text in words] + [row.tobytes()[16:80] for row in rows]


SECRET = person(
    "gone-4711",
    skill("juggle flaming torches secretly"),
    goal("escape from the circus quietly"),
    name="Erika Mustermann",
    department="Circus Arts",
    reports_to="boss",
)


def test_no_byte_of_the_erased_is_left_in_any_file(
    tiny_world: Recommender, workspace: Path, encoder: HashEncoder
) -> None:
    tiny_world.people.put(SECRET)
    tiny_world.people.put(person("under", reports_to=SECRET.id))
    put_pairs(tiny_world.store, Pair(SECRET.id, "cook", PairStatus.ACTIVE))
    tiny_world.recommend(Query(mentee_id=SECRET.id))
    tiny_world.recommend(Query(mentee_id="flow", goals=(goal("juggle torches"),)))
    with tiny_world.store.write() as connection:
        job = jobs.create(connection, "import", NOW)
        jobs.finish(connection, job, JobStatus.FAILED, {"problems": [SECRET.name]})
    tiny_world.mirror.save()
    needles = marks(SECRET, encoder)
    assert {needle for _, needle in traces(workspace, needles)} == set(needles)
    assert "index/skill/vector.npy" in {name for name, _ in traces(workspace, needles)}
    tiny_world.people.erase(SECRET.id)
    assert traces(workspace, needles) == set()
    tiny_world.mirror.save()
    assert traces(workspace, needles) == set()
    tiny_world.close()
    assert traces(workspace, needles) == set()


def test_no_copy_stays_behind_in_pages_that_were_split(
    open_recommender: Callable[[], Recommender], workspace: Path, encoder: HashEncoder
) -> None:
    """secure_delete overwrites a row where it is, not where it was before its page was split."""
    rng = random.Random(5)

    def invented(number: int) -> Person:
        texts = [
            f"secret{number}n{i} " + " ".join(rng.choices("abcdefgh", k=rng.randint(1, 150)))
            for i in range(rng.randint(2, 6))
        ]
        name = f"Nomen{number}n " + "y" * rng.randint(1, 120)
        return person(f"id{number}n", *map(skill, texts), name=name, department=f"Dep{number}n")

    recommender = open_recommender()
    versions = [invented(number) for number in range(150)]
    for start in range(0, len(versions), 10):
        put(recommender.store, *versions[start : start + 10])
    for number in rng.sample(range(150), 75):  # what they said before is to go as well
        versions.append(invented(number))
        put(recommender.store, versions[-1])
    recommender.mirror.refresh()
    gone = {f"id{number}n" for number in rng.sample(range(150), 40)}
    for person_id in sorted(gone):
        erase(recommender.store, person_id)
    with recommender.store.write() as connection:
        people.put(connection, [person("last")])
    recommender.people.erase("last")
    needles = [
        mark for version in versions if version.id in gone for mark in marks(version, encoder)
    ]
    assert traces(workspace, needles) == set()


def test_what_is_erased_is_gone_even_if_the_encoder_is(
    tiny_world: Recommender, workspace: Path, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise EncoderUnavailable("The model is gone. Fetch it again.")

    tiny_world.people.put(SECRET)
    tiny_world.mirror.save()
    needles = marks(SECRET, encoder)
    put(tiny_world.store, person("new", skill("a text without a vector")))
    with monkeypatch.context() as patch:
        patch.setattr(encoder, "encode", refuse)
        with pytest.raises(EncoderUnavailable):
            tiny_world.people.erase(SECRET.id)
    assert traces(workspace, needles) == set()
    with pytest.raises(UnknownPerson):
        tiny_world.people.get(SECRET.id)


def test_an_index_saved_while_another_process_erases_is_thrown_away(
    tiny_world: Recommender,
    open_recommender: Callable[[], Recommender],
    workspace: Path,
    encoder: HashEncoder,
) -> None:
    tiny_world.people.put(SECRET)
    other = open_recommender()
    tiny_world.people.erase(SECRET.id)
    other.mirror.save()  # it has not heard of the erasure
    assert traces(workspace, marks(SECRET, encoder)) == set()


# Vectors


def test_vectors_are_kept_per_encoder_and_text(store: Store) -> None:
    rows = np.eye(3, dtype=np.float32)
    put(store, person("ann", skill("a"), skill("b")))
    with store.write() as connection:
        vectors.put(connection, "one", "One", ["a", "b"], rows[:2])
        vectors.put(connection, "one", "One", ["b", "c"], rows[[2, 2]])  # b is there already
        vectors.put(connection, "two", "Two", ["a"], rows[2:])
    with store.read() as connection:
        assert vectors.dimension(connection, "one") == 3
        assert vectors.dimension(connection, "none") is None
        stored_vectors = vectors.get(connection, "one", ["a", "b", "c", "d"])
        assert {text: row.tolist() for text, row in stored_vectors.items()} == {
            "a": [1, 0, 0],
            "b": [0, 1, 0],
            "c": [0, 0, 1],
        }
        assert vectors.texts_missing(connection, "two", ["d", "a", "b", "d"]) == ["b", "d"]
        assert vectors.texts_without_vector(connection, "two") == ["b"]


def test_vectors_of_texts_that_nobody_states_are_pruned(store: Store) -> None:
    put(store, person("ann", skill("a"), goal("b")), person("ben", skill("b"), skill("c")))

    def prune(unstated: Sequence[bytes] | None) -> str:
        with store.write() as connection:
            vectors.prune(connection, unstated)
            return "".join(sorted(vectors.get(connection, "one", "abcdef")))

    with store.write() as connection:
        vectors.put(connection, "one", "One", list("abcdef"), np.eye(6, dtype=np.float32))
    assert prune([]) == "abcdef"
    assert prune([people.text_digest(text) for text in "bd"]) == "abcef"
    assert prune(put(store, person("ben", skill("b"), goal("e"))).unstated) == "abef"
    erase(store, "ann")
    assert prune(None) == "be"


def test_the_rows_of_the_index_are_those_of_people_who_may_teach(store: Store) -> None:
    put(
        store,
        person("ann", skill("a", level=5), goal("b", priority=1), skill("no vector")),
        person("ben", skill("a", level=2), goal("b", priority=3), roles=Roles.MENTEE),
    )
    with store.write() as connection:
        vectors.put(connection, "one", "One", ["a", "b"], np.eye(2, dtype=np.float32))
    ann, ben = number_of(store, "ann"), number_of(store, "ben")
    with store.read() as connection:
        skills = vectors.statement_rows(connection, "one", Kind.SKILL)
        goals = vectors.statement_rows(connection, "one", Kind.GOAL)
        of_ben = vectors.statement_rows(connection, "one", Kind.GOAL, [ben])
        none = vectors.statement_rows(connection, "two", Kind.GOAL)
    assert (skills.person.tolist(), skills.rating.tolist()) == ([ann], [5])
    assert skills.vector.tolist() == [[1, 0]]
    assert (goals.person.tolist(), goals.rating.tolist()) == ([ann, ben], [1, 3])
    assert (of_ben.person.tolist(), of_ben.vector.tolist()) == ([ben], [[0, 1]])
    assert len(none.statement) == 0


# Jobs


def look(store: Store, job_id: str, now: datetime | None = None) -> jobs.Job:
    with store.read() as connection:
        return jobs.get(connection, job_id, now or datetime.now(UTC))


def test_a_job_tells_how_far_it_is_and_what_came_of_it(store: Store) -> None:
    with store.write() as connection:
        job_id = jobs.create(connection, "import", NOW)
    waiting = look(store, job_id, NOW)
    assert (waiting.status, waiting.kind, waiting.result) == (JobStatus.WAITING, "import", None)
    assert waiting.created_at == waiting.updated_at == NOW
    with store.write() as connection:
        jobs.report(connection, job_id, "encoding", 3, 9)
    running = look(store, job_id)
    assert (running.status, running.step, running.done, running.total) == (
        JobStatus.RUNNING,
        "encoding",
        3,
        9,
    )
    assert datetime.now(UTC) - running.updated_at < timedelta(minutes=1)
    with store.write() as connection:
        jobs.finish(connection, job_id, JobStatus.DONE, {"people": [1, "ä"]})
    done = look(store, job_id)
    assert (done.status, done.result) == (JobStatus.DONE, {"people": [1, "ä"]})
    with store.write() as connection:
        jobs.forget_results(connection)
    forgotten = look(store, job_id)
    assert (forgotten.status, forgotten.result) == (JobStatus.DONE, None)


def test_a_job_that_is_silent_for_two_minutes_was_interrupted(store: Store) -> None:
    with store.write() as connection:
        waiting = jobs.create(connection, "import", NOW)
        done = jobs.create(connection, "import", NOW)
        jobs.finish(connection, done, JobStatus.DONE, {})
    assert look(store, waiting, NOW + timedelta(minutes=2)).status is JobStatus.WAITING
    late = NOW + timedelta(minutes=2, seconds=1)
    assert look(store, waiting, late).status is JobStatus.INTERRUPTED
    assert look(store, done, late + timedelta(days=400)).status is JobStatus.DONE
    with store.write() as connection:
        jobs.sign_of_life(connection, [waiting])
    assert look(store, waiting).status is JobStatus.WAITING


def test_jobs_are_forgotten_after_thirty_days(store: Store) -> None:
    with store.write() as connection:
        old = jobs.create(connection, "import", NOW)
        jobs.create(connection, "import", NOW + timedelta(days=30))
    assert look(store, old, NOW).id == old
    with store.write() as connection:
        jobs.create(connection, "import", NOW + timedelta(days=30, seconds=1))
    with pytest.raises(UnknownJob, match="30 days"):
        look(store, old, NOW)


def test_an_unknown_job_is_told(store: Store) -> None:
    with pytest.raises(UnknownJob, match="'nothing'"):
        look(store, "nothing")


# The file


def test_sqlite_keeps_what_it_is_told_to_keep(store: Store) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
    with store.read() as first, store.write() as second:  # two connections, set up alike
        for connection in (first, second):
            settings = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in expected
            }
            assert settings == expected


@pytest.mark.parametrize("way", [Store.read, Store.write])
def test_a_database_that_does_not_answer_is_a_fault_that_says_so(
    store: Store, way: Callable[[Store], AbstractContextManager[Transaction]]
) -> None:
    with pytest.raises(StoreUnavailable, match="does not answer") as fault, way(store) as opened:
        opened.exec_driver_sql("SELECT * FROM a_table_that_is_gone")
    assert isinstance(fault.value.__cause__, OperationalError)
    assert not isinstance(fault.value, TandemError)  # nobody is told more than of any fault
    assert revision_now(store) == 0


def test_an_open_database_that_breaks_does_not_answer(store: Store, workspace: Path) -> None:
    put(store, person("ann"))
    store.close()
    (workspace / "tandem.db").write_bytes(b"no database, only text. " * 500)
    with pytest.raises(StoreUnavailable), store.read() as connection:
        people.counts(connection)


def test_only_the_owner_may_read_the_database(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened = Store.in_folder(tmp_path / "deep" / "workspace")
        put(opened, person("ann"))
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "deep").rglob("*")}
        opened.close()
    finally:
        os.umask(before)
    assert modes.pop("workspace") == 0o700
    assert set(modes) == {"tandem.db", "tandem.db-wal", "tandem.db-shm"}
    assert set(modes.values()) == {0o600}


def test_a_commit_stands_after_reopening(workspace: Path) -> None:
    first = Store.in_folder(workspace)
    put(first, person("ann", skill("knit")))
    first.close()
    second = Store.in_folder(workspace)
    assert stored(second) == {"ann": person("ann", skill("knit"))}
    second.close()


@pytest.mark.parametrize("name", ["plain", "a b", "what?mode=ro", "100%25", "tag#1", "größe"])
def test_a_workspace_may_have_any_name(tmp_path: Path, name: str) -> None:
    opened = Store.in_folder(tmp_path / name)
    put(opened, person("ann"))
    opened.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert [path.name for path in (tmp_path / name).iterdir()] == ["tandem.db"]


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    put(store, person("ann"))
    with store.read() as connection:
        before = people.managers(connection)
        put(store, person("ben"))
        assert people.managers(connection) == before
    assert set(stored(store)) == {"ann", "ben"}


def test_first_comers_wait_for_each_other(workspace: Path) -> None:
    """SQLite refuses at once, without waiting, who turns on its log while another one does."""
    for _ in range(30):
        shutil.rmtree(workspace, ignore_errors=True)
        start = threading.Barrier(6)

        def come(start: threading.Barrier = start) -> None:
            start.wait()
            Store.in_folder(workspace).close()

        with ThreadPoolExecutor(6) as pool:
            for coming in [pool.submit(come) for _ in range(6)]:
                coming.result()
        opened = Store.in_folder(workspace)
        assert revision_now(opened) == 0
        opened.close()


def test_two_processes_write_at_once(workspace: Path) -> None:
    """Each thread has a store of its own: to SQLite they are as strange as two processes."""
    n_each = 25
    start = threading.Barrier(4)

    def write(writer: int) -> None:
        start.wait()
        own = Store.in_folder(workspace)  # whoever comes first makes the tables
        for i in range(n_each):
            with own.write() as connection:
                known = len(people.managers(connection))
                people.put(connection, [person(f"w{writer}-{i}", skill(f"number {known}"))])
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    opened = Store.in_folder(workspace)
    everybody = stored(opened)
    assert len(everybody) == 4 * n_each
    # Nobody counted the same crowd: each write saw all that were before it.
    assert len({record.skills[0].text for record in everybody.values()}) == 4 * n_each
    assert revision_now(opened) == 4 * n_each
    opened.close()


def test_a_database_of_a_newer_tandem_is_refused(store: Store, workspace: Path) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(WorkspaceUnusable, match=r"'9999'.*newer Tandem"):
        Store.in_folder(workspace)


@pytest.mark.parametrize("content", [b"hello", b"no database, only text. " * 500])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    database = tmp_path / "tandem.db"
    database.write_bytes(content)
    with pytest.raises(WorkspaceUnusable, match=r"tandem\.db cannot be used"):
        Store.in_folder(tmp_path)
    assert database.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = Store.in_folder(tmp_path)
    with foreign.write() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")  # its tables have our names
    foreign.close()
    with pytest.raises(WorkspaceUnusable, match="already exists"):
        Store.in_folder(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceUnusable, match="a writable folder is expected"):
        Store.in_folder(tmp_path / "file" / "workspace")


def test_a_folder_in_place_of_the_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "tandem.db").mkdir()
    with pytest.raises(WorkspaceUnusable):
        Store.in_folder(tmp_path)

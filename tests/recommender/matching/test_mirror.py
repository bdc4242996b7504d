"""What one process writes shows in the next answer of every other; saved indexes only save time."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from recommender.app import Recommender
from recommender.domain.people import Kind, Pair, PairStatus, Roles, Statement, Status
from recommender.domain.ranking import Query, Ranking
from recommender.store import Store, pairs, people, vectors
from recommender.store.vectors import StatementRows
from tests.conftest import HashEncoder, goal, person, skill

Opened = Callable[[], Recommender]
BOSS = Query(mentee_id="boss", k=100)


def shown(recommender: Recommender, query: Query = BOSS) -> list[str]:
    return [item.mentor_id for item in recommender.recommend(query).recommendations]


def answer(recommender: Recommender, query: Query = BOSS) -> Ranking:
    """Return the answer without what is new in each."""
    ranking = recommender.recommend(query)
    return replace(ranking, ranking_id="", created_at=ranking.created_at.min)


def put_pairs(recommender: Recommender, *new_pairs: Pair) -> None:
    with recommender.store.write() as connection:
        pairs.put(connection, new_pairs)


@pytest.fixture
def here(tiny_world: Recommender) -> Recommender:
    return tiny_world


@pytest.fixture
def there(here: Recommender, open_recommender: Opened) -> Recommender:
    """Return another process on the same workspace, which has answered before."""
    other = open_recommender()
    assert shown(other) == shown(here)
    return other


# Changes by others


def test_a_new_person_shows(here: Recommender, there: Recommender) -> None:
    here.people.put(person("newcomer", skill("automate weekly reports"), skill("film clips")))
    assert "newcomer" in shown(there)


@pytest.mark.parametrize("status", [Status.PAUSED, Status.WITHDRAWN])
def test_who_stops_taking_part_shows_no_longer_and_again_on_return(
    here: Recommender, there: Recommender, status: Status
) -> None:
    flow = here.people.get("flow")
    here.people.put(replace(flow, status=status))
    assert "flow" not in shown(there)
    assert there.recommend(BOSS).kept_out["takes_part"] == 1
    here.people.put(flow)
    assert shown(there)[0] == "flow"


def test_a_removed_statement_is_not_matched(here: Recommender, there: Recommender) -> None:
    flow = here.people.get("flow")
    assert there.recommend(BOSS).recommendations[0].matches[0].statement == flow.skills[0].text
    here.people.put(replace(flow, statements=flow.statements[1:]))
    (match, _) = next(
        r for r in there.recommend(BOSS).recommendations if r.mentor_id == "flow"
    ).matches
    assert match.statement == "automate reports quickly"
    here.people.put(replace(flow, statements=flow.goals))
    assert "flow" not in shown(there)
    assert there.recommend(BOSS).kept_out["describes_skill"] == 2


def test_another_level_of_the_same_statement_shows(here: Recommender, there: Recommender) -> None:
    flow = here.people.get("flow")
    first, *others = flow.statements
    here.people.put(replace(flow, statements=(replace(first, level=1), *others)))
    assert there.recommend(BOSS).recommendations[0].matches[0].level == 1


def test_a_mentor_who_becomes_a_mentee_shows_no_longer(
    here: Recommender, there: Recommender
) -> None:
    flow = here.people.get("flow")
    here.people.put(replace(flow, roles=Roles.MENTEE))
    assert "flow" not in shown(there)
    here.people.put(flow)
    assert shown(there)[0] == "flow"


def test_a_mentor_whose_last_place_is_taken_shows_no_longer(
    here: Recommender, there: Recommender
) -> None:
    taken = [Pair("flow", mentee, PairStatus.ACTIVE) for mentee in ("film", "cook")]
    put_pairs(here, taken[0])
    assert "flow" in shown(there)
    put_pairs(here, taken[1])
    assert "flow" not in shown(there)
    put_pairs(here, replace(taken[0], status=PairStatus.ENDED))
    assert "flow" in shown(there)


def test_erasing_a_mentee_frees_their_mentors_place(here: Recommender, there: Recommender) -> None:
    put_pairs(here, *(Pair("flow", mentee, PairStatus.ACTIVE) for mentee in ("film", "cook")))
    assert "flow" not in shown(there)
    here.people.erase("cook")
    assert "flow" in shown(there)


def test_the_erased_show_no_longer(here: Recommender, there: Recommender) -> None:
    here.people.erase("flow")
    assert "flow" not in shown(there)
    assert there.recommend(BOSS).n_people == 5
    here.people.put(person("flow", skill("bake sourdough bread")))  # a new person by an old id
    flow = next(r for r in there.recommend(BOSS).recommendations if r.mentor_id == "flow")
    assert {match.statement for match in flow.matches} == {"bake sourdough bread"}


def test_a_new_reporting_line_shows(here: Recommender, there: Recommender) -> None:
    here.people.put(replace(here.people.get("cook"), reports_to="near"))
    assert "cook" not in shown(there)
    here.people.erase("near")  # cook now reports to boss, who is the one asking
    assert "cook" not in shown(there)
    assert there.recommend(BOSS).kept_out["reporting_chain"] == 1


def test_a_new_name_and_department_show(here: Recommender, there: Recommender) -> None:
    here.people.put(replace(here.people.get("flow"), name="Flo", department="Legal", site="Galway"))
    first = there.recommend(BOSS).recommendations[0]
    assert (first.name, first.department, first.site) == ("Flo", "Legal", "Galway")


def test_texts_that_another_program_stored_without_vectors_are_encoded(
    here: Recommender, there: Recommender, encoder: HashEncoder
) -> None:
    with here.store.write() as connection:
        people.put(connection, [person("raw", skill("automate weekly reports by hand"))])
    before = encoder.n_encoded
    assert "raw" in shown(there)
    assert encoder.n_encoded == before + 1


# Saved indexes


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[int] | None]:
    """Note whose vectors are read from the store: None stands for everybody's."""
    noted: list[Sequence[int] | None] = []
    genuine = vectors.statement_rows

    def noting(
        connection: Connection, encoder: str, kind: Kind, numbers: Sequence[int] | None = None
    ) -> StatementRows:
        noted.append(numbers)
        return genuine(connection, encoder, kind, numbers)

    monkeypatch.setattr(vectors, "statement_rows", noting)
    return noted


@pytest.fixture
def refusals(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING, logger="recommender")
    return lambda: [record.getMessage() for record in caplog.records]


def test_a_saved_index_is_loaded_instead_of_the_vectors(
    here: Recommender,
    open_recommender: Opened,
    reads: list[Sequence[int] | None],
    refusals: Callable[[], list[str]],
) -> None:
    here.mirror.save()
    expected = answer(here)
    reads.clear()
    later = open_recommender()
    assert reads == []
    assert answer(later) == expected
    assert refusals() == []


def test_without_a_saved_index_every_vector_is_read(
    here: Recommender, open_recommender: Opened, reads: list[Sequence[int] | None]
) -> None:
    expected = answer(here)
    reads.clear()
    assert answer(open_recommender()) == expected
    assert reads == [None, None]


@pytest.mark.parametrize("kind", ["skill", "goal"])
@pytest.mark.parametrize("name", ["vector.npy", "person.npy", "manifest.json"])
def test_a_damaged_index_is_refused_and_rebuilt(
    here: Recommender,
    open_recommender: Opened,
    workspace: Path,
    refusals: Callable[[], list[str]],
    kind: str,
    name: str,
) -> None:
    here.mirror.save()
    file = workspace / "index" / kind / name
    content = bytearray(file.read_bytes())
    content[-9] ^= 1
    file.write_bytes(content)
    assert answer(open_recommender()) == answer(here)
    (refusal,) = refusals()
    assert "refused and is rebuilt" in refusal


def test_the_index_of_another_store_is_refused(
    here: Recommender,
    open_recommender: Opened,
    workspace: Path,
    tmp_path: Path,
    encoder: HashEncoder,
    refusals: Callable[[], list[str]],
) -> None:
    with Recommender(
        Store.in_folder(tmp_path / "other"), lambda: encoder, tmp_path / "other"
    ) as other:
        other.people.put(person("stranger", skill("automate weekly reports")))
        other.mirror.save()
    shutil.copytree(tmp_path / "other" / "index", workspace / "index")
    assert answer(open_recommender()) == answer(here)
    assert ["store_id" in refusal for refusal in refusals()] == [True, True]


def test_the_index_of_another_encoder_is_refused(
    here: Recommender, workspace: Path, refusals: Callable[[], list[str]]
) -> None:
    here.mirror.save()
    with Recommender(
        Store.in_folder(workspace), lambda: HashEncoder("other", 16), workspace
    ) as other:
        assert shown(other)[0] == "flow"
        assert other.mirror.skills.dimension == 16
    assert ["has the encoder" in refusal for refusal in refusals()] == [True, True]


def test_an_index_saved_before_others_wrote_catches_up(
    here: Recommender,
    open_recommender: Opened,
    workspace: Path,
    reads: list[Sequence[int] | None],
    refusals: Callable[[], list[str]],
) -> None:
    here.mirror.save()
    shutil.copytree(workspace / "index", workspace / "kept")
    flow = here.people.get("flow")
    here.people.put(replace(flow, statements=(*flow.statements, skill("film short clips"))))
    here.people.put(person("newcomer", skill("film clips")))
    here.people.put(replace(here.people.get("cook"), roles=Roles.MENTEE))
    here.people.erase("film")
    shutil.copytree(
        workspace / "kept", workspace / "index", dirs_exist_ok=True
    )  # the erasure threw it away
    reads.clear()
    later = open_recommender()
    assert all(numbers is not None and len(numbers) == 4 for numbers in reads)
    assert answer(later) == answer(here)
    assert refusals() == []


def test_an_index_newer_than_the_database_is_refused(
    here: Recommender,
    workspace: Path,
    tmp_path: Path,
    encoder: HashEncoder,
    refusals: Callable[[], list[str]],
) -> None:
    """Somebody has put back an older copy of the database."""
    here.store.forget_deleted()
    backup = shutil.copy(workspace / "tandem.db", tmp_path / "backup.db")
    here.people.put(person("newcomer", skill("automate weekly reports")))
    here.mirror.save()
    here.close()
    shutil.copy(backup, workspace / "tandem.db")
    with Recommender(Store.in_folder(workspace), lambda: encoder, workspace) as later:
        assert "newcomer" not in shown(later)
    assert ["shows revision" in refusal for refusal in refusals()] == [True, True]


def test_an_index_that_cannot_be_saved_is_only_told(
    here: Recommender,
    open_recommender: Opened,
    workspace: Path,
    refusals: Callable[[], list[str]],
) -> None:
    (workspace / "index").write_text("in the way")
    here.mirror.save()
    (refusal,) = refusals()
    assert "not saved" in refusal
    (workspace / "index").unlink()
    assert answer(open_recommender()) == answer(here)


def test_rebuilding_changes_no_answer_and_saves_the_index(
    here: Recommender, open_recommender: Opened, reads: list[Sequence[int] | None]
) -> None:
    here.people.erase("cook")
    expected = answer(here)
    here.rebuild_index()
    assert answer(here) == expected
    reads.clear()
    assert answer(open_recommender()) == expected
    assert reads == []


def test_rebuilding_takes_in_what_others_wrote(here: Recommender, there: Recommender) -> None:
    here.people.put(person("newcomer", skill("automate weekly reports")))
    there.rebuild_index()
    assert "newcomer" in there.mirror.roster.row_of


def test_refreshing_without_a_change_reads_nobody(
    here: Recommender, there: Recommender, reads: list[Sequence[int] | None]
) -> None:
    here.people.put(here.people.get("flow"))
    there.mirror.refresh()
    assert reads == []


# Any history ends in the same state


WORDS = ("automate", "weekly", "reports", "film", "clips", "bake", "bread", "lead", "teams")


class History:
    """Makes random changes, each through the recommender that it is given."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.ids = [f"p{i}" for i in range(14)]

    def step(self, recommender: Recommender) -> None:
        change = self._rng.choice([self._put, self._put, self._put, self._pair, self._erase])
        change(recommender)

    def _put(self, recommender: Recommender) -> None:
        rng = self._rng
        changed = rng.choice(self.ids)
        with recommender.store.read() as connection:
            managers = people.managers(connection)
            others = [other for other in sorted(managers) if other != changed]
            reports_to = rng.choice([None, None, *others])
            if reports_to and changed in people.line_up(connection, reports_to):
                reports_to = managers[changed]
        recommender.people.put(
            person(
                changed,
                *self._statements(changed),
                reports_to=reports_to,
                roles=rng.choice([*Roles, Roles.BOTH]),
                status=rng.choice([Status.ACTIVE] * 5 + [Status.PAUSED]),
                capacity=rng.randint(0, 3),
                career_level=rng.randint(1, 9),
                languages=rng.choice([("en",), ("de", "en"), ("fr",)]),
                site=rng.choice(["Cork", "Galway"]),
                time_zone=rng.choice(["Europe/Dublin", "Asia/Tokyo"]),
            )
        )

    def _statements(self, owner: str) -> Iterator[Statement]:
        """Yield up to three skills and goals; the owner's id in each leaves no two people equal."""
        rng = self._rng
        for make in (skill, goal):
            texts = {" ".join(sorted(rng.sample(WORDS, rng.randint(1, 4)))) for _ in range(3)}
            for text in sorted(texts)[: rng.randint(0, 3)]:
                yield make(f"{text} {owner}", rng.randint(1, 3))

    def _pair(self, recommender: Recommender) -> None:
        with recommender.store.write() as connection:
            known = sorted(people.managers(connection))
            if len(known) > 1:
                mentor, mentee = self._rng.sample(known, 2)
                status = self._rng.choice(list(PairStatus))
                pairs.put(connection, [Pair(mentor, mentee, status)])

    def _erase(self, recommender: Recommender) -> None:
        with recommender.store.read() as connection:
            known = sorted(people.managers(connection))
        if known:
            recommender.people.erase(self._rng.choice(known))


def alike(first: object, other: object) -> bool:
    """Return whether two answers are the same but for the last digits of their numbers."""
    if isinstance(first, float) and isinstance(other, float):
        return abs(first - other) < 1e-5
    if isinstance(first, dict) and isinstance(other, dict):
        return first.keys() == other.keys() and all(alike(first[key], other[key]) for key in first)
    if isinstance(first, list | tuple) and isinstance(other, list | tuple):
        return len(first) == len(other) and all(map(alike, first, other))
    return first == other


def answers(recommender: Recommender) -> list[dict[str, Any]]:
    with recommender.store.read() as connection:
        everybody = [member for _, member in people.get_many(connection).values()]
    queries = [Query(goals=(goal("automate weekly reports"), goal("bake bread", 1)), k=100)]
    for member in everybody:
        if member.goals and member.status is Status.ACTIVE:
            queries.append(Query(mentee_id=member.id, k=3))
            queries.append(Query(mentee_id=member.id, goals=(goal("film clips"),), site="Cork"))
    return [asdict(answer(recommender, query)) for query in queries]


@pytest.mark.parametrize("seed", range(2))
def test_any_history_ends_in_the_state_of_a_fresh_start(
    open_recommender: Opened, workspace: Path, tmp_path: Path, encoder: HashEncoder, seed: int
) -> None:
    history, chance = History(seed), random.Random(seed)
    processes = [open_recommender(), open_recommender()]
    for round_number in range(4):
        for _ in range(12):
            history.step(chance.choice(processes))
            if chance.random() < 0.1:
                chance.choice(processes).mirror.save()
        elsewhere = tmp_path / f"no index {round_number}"
        with Recommender(Store.in_folder(workspace), lambda: encoder, elsewhere) as fresh:
            expected = answers(fresh)
        assert expected
        for process in (*processes, open_recommender()):
            assert alike(answers(process), expected)
            assert len(process.mirror.skills) == len(fresh.mirror.skills)
            assert len(process.mirror.goals) == len(fresh.mirror.goals)

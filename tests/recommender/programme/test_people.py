"""An import does everything that its file says, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable, InvalidInput
from recommender.domain.people import Pair, PairStatus, Person, Status
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query
from recommender.encoding import Encoder
from recommender.encoding import missing as encoding
from recommender.files.people import write_people
from recommender.matching import Mirror
from recommender.programme import ImportReport, People
from recommender.store import Store, pairs, people, revision, vectors
from tests.conftest import HashEncoder, goal, person, skill

WORLD = (
    person("top", goal("automate reports")),
    person("mid", skill("automate reports"), skill("bake bread"), reports_to="top"),
    person("low", skill("film clips"), goal("bake bread"), reports_to="mid"),
)
PAIR = Pair("mid", "low", PairStatus.ACTIVE)

Files = Callable[..., list[Path]]
State = tuple[int, dict[str, Person], list[Pair]]


class Interrupted(HashEncoder):
    """Does something else in the middle of encoding, once, when so many texts are encoded."""

    def __init__(self, meanwhile: Callable[[], object], after: int = 0) -> None:
        super().__init__()
        self._meanwhile: Callable[[], object] | None = meanwhile
        self._after = after

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        if self.n_encoded >= self._after and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return super().encode(texts, progress)


def import_people(
    store: Store, encoder: Encoder, paths: Sequence[Path], progress: Progress = silent
) -> ImportReport:
    with TemporaryDirectory() as folder:
        mirror = Mirror(store, encoder, Path(folder))
        return People(store, lambda: mirror).import_files(paths, progress)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def write(given: Iterable[Person], pairs: Iterable[Pair] = ()) -> list[Path]:
        paths = [tmp_path / "people.xlsx"]
        write_people(paths, given, pairs)
        return paths

    return write


@pytest.fixture
def without_statements(tmp_path: Path) -> Files:
    """Write a people table alone, as HR exports it."""

    def write(given: Iterable[Person]) -> list[Path]:
        paths = [tmp_path / name for name in ("people.csv", "statements.csv")]
        write_people(paths, given)
        return paths[:1]

    return write


def state(store: Store) -> State:
    with store.read() as connection:
        everybody = {key: one for key, (_, one) in people.get_many(connection).items()}
        return revision.current(connection), everybody, pairs.get_all(connection)


def put(store: Store, *given: Person) -> None:
    with store.write() as connection:
        people.put(connection, given)


def erase(store: Store, person_id: str) -> None:
    with store.write() as connection:
        assert people.erase(connection, person_id)


def report(**counts: int) -> ImportReport:
    names = ("people", "pairs")
    kinds = ("created", "updated", "unchanged")
    fields = dict.fromkeys([f"{name}_{kind}" for name in names for kind in kinds], 0)
    return ImportReport(**{**fields, "texts_encoded": 0, "still_withdrawn": 0, **counts})


def test_a_file_is_imported_whole(store: Store, encoder: HashEncoder, files: Files) -> None:
    told = import_people(store, encoder, files(WORLD[::-1], [PAIR]))
    # Five statements, and two texts that stand there twice.
    assert told == report(people_created=3, pairs_created=1, texts_encoded=3)
    _, everybody, pairs = state(store)
    assert everybody == {one.id: one for one in WORLD}
    assert pairs == [PAIR]
    with store.read() as connection:
        assert vectors.texts_without_vector(connection, encoder.digest) == []


def test_importing_again_changes_and_encodes_nothing(
    store: Store, encoder: HashEncoder, files: Files
) -> None:
    paths = files(WORLD, [PAIR])
    import_people(store, encoder, paths)
    before, n_encoded = state(store), encoder.n_encoded
    told = import_people(store, encoder, paths)
    assert told == report(people_unchanged=3, pairs_unchanged=1)
    assert (state(store), encoder.n_encoded) == (before, n_encoded)


def test_only_what_differs_is_changed(store: Store, encoder: HashEncoder, files: Files) -> None:
    import_people(store, encoder, files(WORLD, [PAIR]))
    changed = [
        replace(WORLD[0], site="Galway"),
        WORLD[1],
        replace(WORLD[2], statements=(skill("weld pipes"),)),
        person("new", reports_to="low"),
    ]
    told = import_people(store, encoder, files(changed, [replace(PAIR, status=PairStatus.ENDED)]))
    assert told == report(
        people_created=1, people_updated=2, people_unchanged=1, pairs_updated=1, texts_encoded=1
    )
    assert state(store)[1] == {one.id: one for one in changed}
    with store.read() as connection:
        stated_no_more = vectors.get(connection, encoder.digest, ["film clips"])
    assert stated_no_more == {}


def test_who_is_not_in_the_file_stays(store: Store, encoder: HashEncoder, files: Files) -> None:
    import_people(store, encoder, files(WORLD, [PAIR]))
    import_people(store, encoder, files([person("new", reports_to="mid")]))
    _, everybody, pairs = state(store)
    assert set(everybody) == {"top", "mid", "low", "new"}
    assert everybody["mid"] == WORLD[1]
    assert pairs == [PAIR]


@pytest.mark.parametrize(
    "wrong",
    [
        person("stray", reports_to="nobody"),
        person("top", reports_to="low"),
    ],
    ids=["unknown manager", "circle"],
)
def test_one_wrong_line_stops_the_whole_file(
    store: Store, encoder: HashEncoder, files: Files, wrong: Person
) -> None:
    import_people(store, encoder, files(WORLD))
    before, n_encoded = state(store), encoder.n_encoded
    with pytest.raises(InvalidInput, match="reports_to"):
        import_people(store, encoder, files([person("fine", skill("knit")), wrong]))
    assert (state(store), encoder.n_encoded) == (before, n_encoded)


def test_a_failure_at_the_very_end_changes_nothing(
    store: Store, encoder: HashEncoder, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> int:
        raise OSError("disk full")

    before = state(store)
    monkeypatch.setattr(vectors, "prune", fail)
    with pytest.raises(OSError, match="disk full"):
        import_people(store, encoder, files(WORLD, [PAIR]))
    assert state(store) == before


def test_an_encoder_that_fails_changes_nothing(store: Store, files: Files) -> None:
    def fail() -> None:
        raise EncoderUnavailable("The model is gone. Fetch it again.")

    before = state(store)
    with pytest.raises(EncoderUnavailable):
        import_people(store, Interrupted(fail), files(WORLD))
    assert state(store) == before


def test_a_file_without_statements_leaves_them_as_they_are(
    store: Store, encoder: HashEncoder, files: Files, without_statements: Files
) -> None:
    import_people(store, encoder, files(WORLD))
    moved = [replace(one, site="Galway", statements=()) for one in WORLD]
    told = import_people(store, encoder, without_statements([*moved, person("new")]))
    assert told == report(people_created=1, people_updated=3)
    _, everybody, _ = state(store)
    assert [everybody[one.id] for one in WORLD] == [replace(one, site="Galway") for one in WORLD]
    assert everybody["new"].statements == ()


def test_a_file_that_gives_no_statements_removes_them(
    store: Store, encoder: HashEncoder, files: Files
) -> None:
    import_people(store, encoder, files(WORLD))
    silent_one = replace(WORLD[1], statements=())
    import_people(store, encoder, files([silent_one]))
    assert state(store)[1]["mid"] == silent_one


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PAUSED])
def test_a_withdrawal_stands(
    store: Store, encoder: HashEncoder, files: Files, status: Status
) -> None:
    import_people(store, encoder, files(WORLD))
    put(store, replace(WORLD[1], status=Status.WITHDRAWN))
    before = state(store)
    told = import_people(store, encoder, files([replace(one, status=status) for one in WORLD[1:]]))
    assert told.still_withdrawn == 1
    assert state(store)[1]["mid"] == before[1]["mid"]
    assert state(store)[1]["low"].status is status


def test_a_file_may_withdraw_and_what_else_it_says_of_the_withdrawn_counts(
    store: Store, encoder: HashEncoder, files: Files
) -> None:
    import_people(store, encoder, files([replace(WORLD[0], status=Status.WITHDRAWN)]))
    told = import_people(store, encoder, files([replace(WORLD[0], site="Galway")]))
    assert told == report(people_updated=1, still_withdrawn=1)
    found = state(store)[1]["top"]
    assert (found.status, found.site) == (Status.WITHDRAWN, "Galway")


def test_who_withdraws_while_the_file_is_encoded_stays_withdrawn(
    store: Store, encoder: HashEncoder, workspace: Path, files: Files
) -> None:
    put(store, WORLD[0])
    other = Store.in_folder(workspace)
    withdrawing = Interrupted(lambda: put(other, replace(WORLD[0], status=Status.WITHDRAWN)))
    told = import_people(store, withdrawing, files(WORLD))
    assert told.still_withdrawn == 1
    assert state(store)[1]["top"].status is Status.WITHDRAWN
    other.close()


def test_a_manager_who_is_erased_during_encoding_stops_the_import(
    store: Store, workspace: Path, files: Files
) -> None:
    put(store, person("chief"), person("deputy", reports_to="chief"))
    other = Store.in_folder(workspace)
    erasing = Interrupted(lambda: erase(other, "deputy"))
    paths = files([person("new", skill("knit"), reports_to="deputy"), person("fine", skill("sew"))])
    with pytest.raises(InvalidInput, match="'deputy'"):
        import_people(store, erasing, paths)
    assert set(state(store)[1]) == {"chief"}
    other.close()


def test_a_circle_that_closes_during_encoding_stops_the_import(
    store: Store, workspace: Path, files: Files
) -> None:
    put(store, person("ann"), person("ben"))
    other = Store.in_folder(workspace)
    turning = Interrupted(lambda: put(other, person("ann", reports_to="ben")))
    with pytest.raises(InvalidInput, match="chain of managers"):
        import_people(store, turning, files([person("ben", skill("knit"), reports_to="ann")]))
    assert {key: one.reports_to for key, one in state(store)[1].items()} == {
        "ann": "ben",
        "ben": None,
    }
    other.close()


def test_a_partner_who_is_erased_during_encoding_stops_the_import(
    store: Store, workspace: Path, files: Files
) -> None:
    put(store, person("old"))
    other = Store.in_folder(workspace)
    erasing = Interrupted(lambda: erase(other, "old"))
    pair = Pair("old", "new", PairStatus.ACTIVE)
    with pytest.raises(InvalidInput, match="'old'"):
        import_people(store, erasing, files([person("new", skill("knit"))], [pair]))
    assert state(store)[1:] == ({}, [])
    other.close()


def test_other_changes_during_encoding_are_kept(
    store: Store, workspace: Path, files: Files
) -> None:
    other = Store.in_folder(workspace)
    adding = Interrupted(lambda: put(other, person("another", goal("sing"))))
    import_people(store, adding, files(WORLD))
    assert set(state(store)[1]) == {"top", "mid", "low", "another"}
    other.close()


def test_every_step_of_an_import_is_told(store: Store, encoder: HashEncoder, files: Files) -> None:
    told: list[tuple[str, int, int]] = []
    import_people(store, encoder, files(WORLD, [PAIR]), lambda *step: told.append(step))
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["reading", "encoding", "storing"]
    assert told[-1] == ("storing", 3, 3)
    assert all(0 <= done <= total for _, done, total in told)


def test_pairs_of_an_import_count_in_the_next_answer(tiny_world: Recommender, files: Files) -> None:
    query = Query(mentee_id="boss")
    taken = [Pair("flow", one, PairStatus.ACTIVE) for one in ("film", "cook")]
    assert tiny_world.recommend(query).recommendations[0].mentor_id == "flow"
    told = tiny_world.people.import_files(files([], taken))
    assert told == report(pairs_created=2)
    ranking = tiny_world.recommend(query)
    assert "flow" not in [item.mentor_id for item in ranking.recommendations]
    assert ranking.kept_out["free_capacity"] == 1


def test_an_import_saves_the_index(tiny_world: Recommender, files: Files, workspace: Path) -> None:
    tiny_world.people.import_files(files(WORLD))
    assert {path.name for path in (workspace / "index").iterdir()} == {"skill", "goal"}


def test_a_single_person_needs_a_manager_that_closes_no_circle(tiny_world: Recommender) -> None:
    before = state(tiny_world.store)
    for manager, expected in (("nobody", "a stored id"), ("near", "does not report to this")):
        boss = replace(tiny_world.people.get("boss"), reports_to=manager)
        with pytest.raises(InvalidInput, match=expected):
            tiny_world.people.put(boss)
    assert state(tiny_world.store) == before


def test_putting_a_person_says_whether_they_are_new(tiny_world: Recommender) -> None:
    newcomer = person("newcomer", skill("knit"), reports_to="near")
    assert tiny_world.people.put(newcomer)
    assert not tiny_world.people.put(replace(newcomer, site="Galway"))
    assert tiny_world.people.get("newcomer").site == "Galway"


@pytest.mark.parametrize("manager", ["nobody", "near"])
def test_a_refused_person_leaves_no_vector_behind(
    tiny_world: Recommender, encoder: HashEncoder, manager: str
) -> None:
    boss = replace(tiny_world.people.get("boss"), reports_to=manager, statements=(skill("secret"),))
    with pytest.raises(InvalidInput):
        tiny_world.people.put(boss)
    with tiny_world.store.read() as connection:
        assert vectors.get(connection, encoder.digest, ["secret"]) == {}


def test_what_an_import_has_encoded_survives_a_change_by_others(
    tiny_world: Recommender, workspace: Path, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "CHUNK", 1)
    changed = replace(tiny_world.people.get("cook"), statements=(skill("boil eggs"),))
    slow = Interrupted(lambda: tiny_world.people.put(changed), after=1)
    with Recommender(Store.in_folder(workspace), lambda: slow, workspace) as recommender:
        told = recommender.people.import_files(files(WORLD))
    assert told.texts_encoded == slow.n_encoded == 2  # film has said "film clips" before

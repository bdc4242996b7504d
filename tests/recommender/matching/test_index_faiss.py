"""The index: equal to brute force in NumPy, whatever happened to it, and never read damaged."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused
from recommender.matching.index_faiss import COLUMNS, START_ROWS, StatementIndex
from recommender.store.artefacts import MANIFEST, file_digest
from recommender.store.vectors import StatementRows

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
DIMENSION = 16
N_PEOPLE_ROWS = 12
ENCODER, STORE, REVISION = "encoder-digest", "store-id", 41

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


def unit_rows(rng: np.random.Generator, n: int) -> Floats:
    rows = rng.standard_normal((n, DIMENSION))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32)


def stated(*statements: tuple[int, int]) -> StatementRows:
    """Return rows of (statement id, person); a statement's vector follows from its id."""
    ids = [statement for statement, _ in statements]
    vectors = [unit_rows(np.random.default_rng(statement), 1) for statement in ids]
    return StatementRows(
        statement=np.array(ids, dtype=np.int64),
        person=np.array([person for _, person in statements], dtype=np.int64),
        rating=np.array([statement % 5 + 1 for statement in ids], dtype=np.int8),
        vector=np.vstack([np.zeros((0, DIMENSION), dtype=np.float32), *vectors]),
    )


def crowd(n: int, n_people: int = N_PEOPLE_ROWS - 1) -> list[tuple[int, int]]:
    rng = np.random.default_rng(n)
    return [(i + 1, int(rng.integers(1, n_people + 1))) for i in range(n)]


def index_of(statements: Sequence[tuple[int, int]], n_rows: int = 4) -> StatementIndex:
    index = StatementIndex(DIMENSION, n_rows)
    index.add(stated(*statements))
    return index


def everybody(n: int = N_PEOPLE_ROWS) -> Mask:
    return np.ones(n, dtype=np.bool_)


def only(*people: int) -> Mask:
    return np.isin(np.arange(N_PEOPLE_ROWS), people)


def brute_force(
    statements: Sequence[tuple[int, int]], queries: Floats, depth: int, eligible: Mask
) -> list[list[tuple[int, float]]]:
    """Return (statement, cosine) per query, best first, from all cosines."""
    mine = [statement for statement in statements if eligible[statement[1]]]
    cosines = queries.astype(np.float64) @ stated(*mine).vector.T.astype(np.float64)
    return [[(mine[i][0], float(row[i])) for i in np.argsort(-row)[:depth]] for row in cosines]


def searched(
    index: StatementIndex, queries: Floats, depth: int, eligible: Mask
) -> list[list[tuple[int, float]]]:
    """Search, check the padding, and return (statement, cosine) per query."""
    rows, cosines = index.search(queries, depth, eligible)
    assert rows.shape == cosines.shape == (len(queries), depth)
    np.testing.assert_array_equal(rows < 0, np.isneginf(cosines))
    np.testing.assert_array_equal(rows < 0, np.sort(rows < 0, axis=1))
    return [
        [
            (int(index.statement[row]), float(cosine))
            for row, cosine in zip(*pair, strict=True)
            if row >= 0
        ]
        for pair in zip(rows, cosines, strict=True)
    ]


def assert_same(first: list[list[tuple[int, float]]], other: list[list[tuple[int, float]]]) -> None:
    """Compare answers; statements whose cosines differ by rounding alone may change places."""
    for mine, theirs in zip(first, other, strict=True):
        assert [cosine for _, cosine in mine] == pytest.approx([c for _, c in theirs], abs=1e-6)
        assert len(dict(mine)) == len(mine)
        last = theirs[-1][1] if theirs else 0.0
        assert {s for s, c in mine if c > last + 1e-6} == {s for s, c in theirs if c > last + 1e-6}
        known = dict(theirs)
        assert all(c == pytest.approx(known.get(s, last), abs=1e-6) for s, c in mine)


@pytest.mark.parametrize("depth", [1, 7, 300, 5000])
@pytest.mark.parametrize("n", [1, 300, 1500])
def test_search_equals_brute_force_under_random_masks(n: int, depth: int) -> None:
    rng = np.random.default_rng(n + depth)
    statements = crowd(n)
    index = index_of(statements)
    for share in (0.0, 0.2, 0.7, 1.0):
        eligible = rng.random(N_PEOPLE_ROWS) < share
        # 25 queries: FAISS computes few and many of them in different ways.
        for n_queries in (1, 25):
            queries = unit_rows(rng, n_queries)
            assert_same(
                searched(index, queries, depth, eligible),
                brute_force(statements, queries, depth, eligible),
            )


def test_more_than_there_is_comes_padded() -> None:
    index = index_of([(1, 1), (2, 2), (3, 2)])
    rows, cosines = index.search(unit_rows(np.random.default_rng(0), 2), 5, only(2))
    assert (rows >= 0).sum(axis=1).tolist() == [2, 2]
    assert rows[:, 2:].tolist() == [[-1] * 3] * 2
    assert np.isneginf(cosines[:, 2:]).all()


@pytest.mark.parametrize("eligible", [only(), only(0), only(9)], ids=["no one", "row 0", "mute"])
def test_nobody_eligible_finds_nothing(eligible: Mask) -> None:
    index = index_of([(1, 1), (2, 2)])
    rows, _ = index.search(unit_rows(np.random.default_rng(0), 2), 3, eligible)
    assert (rows == -1).all()
    assert index.count(eligible) == len(index.rows_of(eligible)) == 0


def test_no_query_and_no_statement_find_nothing() -> None:
    nothing = np.zeros((0, DIMENSION), dtype=np.float32)
    assert index_of([(1, 1)]).search(nothing, 3, everybody())[0].shape == (0, 3)
    empty = StatementIndex(DIMENSION)
    assert (empty.search(unit_rows(np.random.default_rng(0), 1), 3, everybody())[0] == -1).all()
    assert len(empty) == 0


def test_free_rows_are_never_found_however_bad_the_others_are() -> None:
    index = index_of([(1, 1)], n_rows=64)
    opposite = -stated((1, 1)).vector  # A free row's cosine would be 0, the statement's is −1.
    ((statement, cosine),) = searched(index, opposite, 10, everybody())[0]
    assert statement == 1
    assert cosine == pytest.approx(-1)


def test_the_number_of_statements_is_known_per_person() -> None:
    index = index_of([(1, 3), (2, 3), (3, 5), (4, 7)])
    assert index.count(only(3, 5)) == len(index.rows_of(only(3, 5))) == 3
    assert np.flatnonzero(index.who_states(N_PEOPLE_ROWS)).tolist() == [3, 5, 7]
    assert np.flatnonzero(index.who_states(4)).tolist() == [3]
    index.remove(np.array([3]))
    assert np.flatnonzero(index.who_states(N_PEOPLE_ROWS)).tolist() == [5, 7]


def test_a_freed_row_is_overwritten_and_used_again() -> None:
    index = index_of([(1, 1), (2, 2), (3, 1), (4, 3)], n_rows=4)
    freed = index.rows_of(only(1))
    index.remove(np.array([1]))
    assert not index.vector[freed].any()
    assert not index.statement[freed].any()
    assert not index.person[freed].any()
    assert len(index) == 2
    index.add(stated((5, 6), (6, 6)))
    assert len(index.person) == 4
    assert set(index.rows_of(only(6))) == set(freed)


def test_removing_a_stranger_changes_nothing() -> None:
    index = index_of([(1, 1)], n_rows=8)
    index.remove(np.array([0, 9, 10**6]))
    index.remove(np.zeros(0, dtype=np.int64))
    assert len(index) == 1
    index.add(stated(*((i, 2) for i in range(2, 9))))
    assert len(index.person) == 8


def test_growing_keeps_what_was_there() -> None:
    statements = crowd(START_ROWS + 500)
    index = StatementIndex(DIMENSION)
    for start in range(0, len(statements), 400):
        index.add(stated(*statements[start : start + 400]))
    assert len(index) == len(statements)
    queries = unit_rows(np.random.default_rng(1), 3)
    assert_same(
        searched(index, queries, 50, everybody()),
        brute_force(statements, queries, 50, everybody()),
    )


def test_vectors_of_another_length_are_not_added() -> None:
    index = index_of([(1, 1)])
    rows = stated((2, 2))
    short = StatementRows(rows.statement, rows.person, rows.rating, rows.vector[:, :-1])
    with pytest.raises(ValueError, match=r"\(1, 15\) where \(1, 16\)"):
        index.add(short)
    assert len(index) == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "remove", "reload"]),
        st.integers(1, N_PEOPLE_ROWS - 1),
        st.integers(0, 6),
    ),
    max_size=20,
)


@given(steps=STEPS, eligible=st.sets(st.integers(0, N_PEOPLE_ROWS - 1)))
@STEADY
def test_any_history_equals_a_rebuilt_index(
    steps: list[tuple[str, int, int]],
    eligible: set[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    index = StatementIndex(DIMENSION, 2)
    truth: dict[int, list[tuple[int, int]]] = {}
    next_id = 1
    for what, person, n in steps:
        if what == "reload":
            folder = tmp_path_factory.mktemp("history") / "index"
            index.save(folder, ENCODER, STORE, REVISION)
            index, _ = StatementIndex.load(folder, ENCODER, STORE)
            continue
        if what != "add":
            index.remove(np.array([person]))
            truth.pop(person, None)
        if what != "remove":
            new = [(next_id + i, person) for i in range(n)]
            next_id += n
            index.add(stated(*new))
            truth.setdefault(person, []).extend(new)
    remaining = [statement for statements in truth.values() for statement in statements]
    rebuilt = index_of(remaining)
    mask = only(*eligible)
    assert len(index) == len(rebuilt) == len(remaining)
    assert index.count(mask) == rebuilt.count(mask) == len(index.rows_of(mask))
    np.testing.assert_array_equal(
        index.who_states(N_PEOPLE_ROWS), rebuilt.who_states(N_PEOPLE_ROWS)
    )
    queries = unit_rows(np.random.default_rng(7), 2)
    answers = searched(index, queries, 8, mask)
    assert_same(answers, searched(rebuilt, queries, 8, mask))
    assert_same(answers, brute_force(remaining, queries, 8, mask))
    for row in index.rows_of(everybody()):
        assert index.rating[row] == index.statement[row] % 5 + 1


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return a folder with an index of thirty statements, some of them written late."""
    index = index_of(crowd(30))
    index.remove(np.array([2]))
    index.add(stated((31, 2), (32, 11)))
    index.save(tmp_path / "skill", ENCODER, STORE, REVISION)
    return tmp_path / "skill"


def load(folder: Path) -> StatementIndex:
    index, revision = StatementIndex.load(folder, ENCODER, STORE)
    assert revision == REVISION
    return index


def answers(index: StatementIndex) -> list[list[tuple[int, float]]]:
    return searched(index, unit_rows(np.random.default_rng(3), 4), 100, only(1, 2, 3, 5, 8, 11))


def test_a_loaded_index_gives_identical_answers(saved: Path, tmp_path: Path) -> None:
    index = load(saved)
    index.save(tmp_path / "again", ENCODER, STORE, REVISION)
    assert answers(load(tmp_path / "again")) == answers(index)
    for name in COLUMNS:
        assert file_digest(saved / f"{name}.npy") == file_digest(tmp_path / "again" / f"{name}.npy")
    left = [statement for statement in crowd(30) if statement[1] != 2] + [(31, 2), (32, 11)]
    assert_same(answers(index), answers(index_of(left)))


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    StatementIndex(DIMENSION).save(tmp_path / "goal", ENCODER, STORE, REVISION)
    assert len(load(tmp_path / "goal")) == 0


def test_a_loaded_index_can_be_changed(saved: Path) -> None:
    index = load(saved)
    n = len(index)
    index.add(stated(*((100 + i, 4) for i in range(2 * START_ROWS))))
    assert len(index) == n + 2 * START_ROWS


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def sign(folder: Path, name: str) -> None:
    """Make the manifest vouch for a file as it is now, as a forger would."""
    digest = file_digest(folder / name)
    edit_manifest(folder, lambda manifest: manifest["files"].update({name: digest}))


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("damage", ["first", "last", "short", "empty", "gone"])
def test_a_damaged_file_is_refused(saved: Path, column: str, damage: str) -> None:
    path = saved / f"{column}.npy"
    if damage == "first":
        flip(path, 0)
    elif damage == "last":
        flip(path, -1)
    elif damage == "short":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    with pytest.raises(ArtefactRefused, match="Rebuild it"):
        load(saved)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"kind": 1}'])
def test_a_damaged_manifest_is_refused(saved: Path, content: bytes) -> None:
    (saved / MANIFEST).write_bytes(content)
    with pytest.raises(ArtefactRefused, match="Rebuild it"):
        load(saved)


@pytest.mark.parametrize("gone", [MANIFEST, ""])
def test_a_missing_manifest_or_folder_is_refused(saved: Path, gone: str) -> None:
    (saved / MANIFEST).unlink()
    with pytest.raises(ArtefactRefused):
        load(saved if gone else saved / "nowhere")


def test_an_index_of_another_encoder_or_store_is_refused(saved: Path) -> None:
    with pytest.raises(ArtefactRefused, match=f"'{ENCODER}' where 'other'"):
        StatementIndex.load(saved, "other", STORE)
    with pytest.raises(ArtefactRefused, match=f"'{STORE}' where 'other'"):
        StatementIndex.load(saved, ENCODER, "other")


@pytest.mark.parametrize("change", [{"schema": 2}, {"schema": "1"}, {"kind": "ranker"}])
def test_another_schema_or_kind_is_refused(saved: Path, change: dict[str, Any]) -> None:
    edit_manifest(saved, lambda manifest: manifest.update(change))
    with pytest.raises(ArtefactRefused, match="is expected"):
        load(saved)


@pytest.mark.parametrize("fact", ["encoder", "store_id", "dimension", "revision"])
@pytest.mark.parametrize("value", ["gone", None, "x", []], ids=repr)
def test_a_fact_that_is_missing_or_senseless_is_refused(
    saved: Path, fact: str, value: object
) -> None:
    def change(manifest: dict[str, Any]) -> None:
        if value == "gone":
            del manifest["facts"][fact]
        else:
            manifest["facts"][fact] = value

    edit_manifest(saved, change)
    with pytest.raises(ArtefactRefused):
        load(saved)


class Trap:
    """Unpickling this would leave a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.mark,)


def test_a_pickled_array_is_refused_and_not_run(saved: Path, tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    np.save(saved / "person.npy", np.array([Trap(mark)], dtype=object), allow_pickle=True)
    sign(saved, "person.npy")
    with pytest.raises(ArtefactRefused, match="Rebuild it"):
        load(saved)
    assert not mark.exists()


@pytest.mark.parametrize("content", ["empty", "text", "short column", "wide vectors", "words"])
def test_a_signed_file_with_senseless_content_is_refused(saved: Path, content: str) -> None:
    if content == "empty":
        (saved / "person.npy").write_bytes(b"")
    elif content == "text":
        (saved / "person.npy").write_text("person")
    elif content == "short column":
        np.save(saved / "person.npy", np.load(saved / "person.npy")[:-1])
    elif content == "words":
        np.save(saved / "person.npy", np.load(saved / "person.npy").astype("U3"))
    else:
        n = len(np.load(saved / "person.npy"))
        np.save(saved / "vector.npy", np.ones((n, DIMENSION + 1), dtype=np.float32))
        sign(saved, "vector.npy")
    sign(saved, "person.npy")
    with pytest.raises(ArtefactRefused, match="Rebuild it"):
        load(saved)


@pytest.mark.parametrize("n_files", [0, 1, 3])
def test_a_save_that_dies_half_way_leaves_the_old_index(
    saved: Path, n_files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(load(saved))
    written = 0
    save = np.save

    def die(path: Path, array: NDArray[np.generic], allow_pickle: bool) -> None:
        nonlocal written
        if written == n_files:
            path.write_bytes(b"half")
            raise OSError("No space left on device")
        written += 1
        save(path, array, allow_pickle=allow_pickle)

    with monkeypatch.context() as patched:
        patched.setattr(np, "save", die)
        with pytest.raises(OSError, match="No space left"):
            index_of([(1, 1)]).save(saved, ENCODER, STORE, REVISION)
    assert answers(load(saved)) == before
    index_of([(1, 1)]).save(saved, ENCODER, STORE, REVISION)
    assert len(load(saved)) == 1

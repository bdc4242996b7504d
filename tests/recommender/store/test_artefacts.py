"""Folders that are written whole or not at all, and read only if unchanged."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recommender.domain.errors import ArtefactRefused
from recommender.store.artefacts import (
    MANIFEST,
    STALE_AFTER_S,
    Write,
    discard_artefact,
    file_digest,
    read_artefact,
    write_artefact,
)

OLD = {"a.txt": "old a", "b.txt": "old b"}
NEW = {"a.txt": "new a", "c.txt": "new c"}


def text_writer(content: str) -> Write:
    def write(path: Path) -> None:
        path.write_text(content, encoding="utf-8")

    return write


def put(folder: Path, contents: dict[str, str], **facts: object) -> None:
    files = {name: text_writer(content) for name, content in contents.items()}
    write_artefact(folder, "toy", 3, facts, files)


def contents(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text("utf-8") for p in folder.iterdir() if p.name != MANIFEST}


def change_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "artefact"


def test_what_was_written_is_read_back(folder: Path) -> None:
    put(folder, OLD, answer=42, name="Zoë")
    assert read_artefact(folder, "toy", 3) == {"answer": 42, "name": "Zoë"}
    assert contents(folder) == OLD


def test_a_second_one_replaces_the_first_whole(folder: Path) -> None:
    put(folder, OLD, n=1)
    put(folder, NEW, n=2)
    assert read_artefact(folder, "toy", 3) == {"n": 2}
    assert contents(folder) == NEW
    assert names(folder.parent) == {folder.name}


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_writer_that_raises_changes_nothing(folder: Path, error: BaseException) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise error

    put(folder, OLD, n=1)
    with pytest.raises(type(error)):
        write_artefact(folder, "toy", 3, {"n": 2}, {"a.txt": text_writer("new"), "b.txt": fail})
    assert read_artefact(folder, "toy", 3) == {"n": 1}
    assert contents(folder) == OLD
    assert names(folder.parent) == {folder.name}  # no draft is left to stand in the way
    put(folder, NEW, n=3)
    assert read_artefact(folder, "toy", 3) == {"n": 3}


def test_facts_that_are_not_json_change_nothing(folder: Path) -> None:
    put(folder, OLD)
    with pytest.raises(TypeError):
        put(folder, NEW, path=folder)
    assert contents(folder) == OLD


def test_the_leftovers_of_a_killed_process_do_not_stand_in_the_way(folder: Path) -> None:
    """In a container every process may have the same id, so a name by id alone is not free."""
    put(folder, OLD)
    for end in ("new", "old"):
        left = folder.parent / f".{folder.name}.{os.getpid()}.{end}"
        left.mkdir()
        (left / "half").touch()
    put(folder, NEW)
    assert contents(folder) == NEW


@pytest.mark.parametrize("name", sorted(OLD))
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    put(folder, OLD)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(ArtefactRefused, match=f"{name} does not have the SHA-256"):
        read_artefact(folder, "toy", 3)


def test_a_missing_file_is_refused(folder: Path) -> None:
    put(folder, OLD)
    (folder / "b.txt").unlink()
    with pytest.raises(ArtefactRefused, match=r"b\.txt"):
        read_artefact(folder, "toy", 3)


@pytest.mark.parametrize(("kind", "schema"), [("other", 3), ("toy", 2), ("toy", 4)])
def test_another_kind_or_schema_is_refused(folder: Path, kind: str, schema: int) -> None:
    put(folder, OLD)
    with pytest.raises(ArtefactRefused, match="'toy' of schema 3 where"):
        read_artefact(folder, kind, schema)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", "null", '{"kind": "toy", "schema": 3}'])
def test_a_manifest_that_is_none_is_refused(folder: Path, manifest: str) -> None:
    put(folder, OLD)
    (folder / MANIFEST).write_text(manifest)
    with pytest.raises(ArtefactRefused, match="no readable manifest"):
        read_artefact(folder, "toy", 3)


def test_a_missing_folder_is_refused(folder: Path) -> None:
    with pytest.raises(ArtefactRefused, match="no readable manifest"):
        read_artefact(folder, "toy", 3)


def test_a_manifest_cannot_vouch_for_files_elsewhere(folder: Path) -> None:
    put(folder, OLD)
    outside = folder.parent / "outside.txt"
    outside.write_text("anything")
    digest = file_digest(outside)
    change_manifest(folder, lambda m: m["files"].update({"../outside.txt": digest}))
    with pytest.raises(ArtefactRefused):
        read_artefact(folder, "toy", 3)


def test_drafts_older_than_an_hour_are_swept_and_young_ones_stay(folder: Path) -> None:
    put(folder, OLD)
    ages = {"stale": STALE_AFTER_S + 60, "young": STALE_AFTER_S - 60}
    for name, age in ages.items():
        draft = folder.parent / f".{folder.name}.{name}.new"
        draft.mkdir()
        (draft / "part").touch()
        moment = time.time() - age
        os.utime(draft, (moment, moment))
    other = folder.parent / ".another.stale.new"
    other.mkdir()
    os.utime(other, (0, 0))
    put(folder, NEW)
    left = {".another.stale.new", f".{folder.name}.young.new", folder.name}
    assert names(folder.parent) == left


def test_only_the_owner_may_look_inside(folder: Path) -> None:
    before = os.umask(0)
    try:
        put(folder, OLD)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"a.txt": 0o600, "b.txt": 0o600, MANIFEST: 0o600}


def test_discarding_removes_it_and_every_draft(folder: Path) -> None:
    put(folder, OLD)
    (folder.parent / f".{folder.name}.1.new").mkdir()
    neighbour = folder.with_name("artefact2")
    put(neighbour, NEW)
    discard_artefact(folder)
    assert names(folder.parent) == {neighbour.name}
    discard_artefact(folder)  # nothing is left to do


def test_a_draft_that_is_discarded_while_it_is_written_does_not_appear(folder: Path) -> None:
    def erased_meanwhile(path: Path) -> None:
        discard_artefact(folder)
        if not path.parent.exists():
            raise FileNotFoundError(path.parent)
        path.touch()

    with pytest.raises(FileNotFoundError):
        write_artefact(folder, "toy", 3, {}, {"a.txt": erased_meanwhile})
    assert not folder.exists()


def test_a_copied_artefact_is_as_good(folder: Path, tmp_path: Path) -> None:
    put(folder, OLD, n=1)
    shutil.copytree(folder, tmp_path / "copy")
    assert read_artefact(tmp_path / "copy", "toy", 3) == {"n": 1}

"""People files of any form: which files go together, writing them, and telling progress."""

from __future__ import annotations

import os
import stat
from dataclasses import fields
from pathlib import Path

import pytest

from recommender.domain.errors import InvalidInput
from recommender.domain.feedback import Cohort, Feedback
from recommender.domain.people import Pair, Person
from recommender.files.feedback.file import COHORTS, FEEDBACK
from recommender.files.people import read_people, write_people
from recommender.files.people.file import PAIRS, PEOPLE
from recommender.files.tables import files
from recommender.files.tables.cells import as_cell
from recommender.files.tables.layout import Table
from tests.recommender.files.people_file_world import (
    COUPLES,
    WORLD,
    people_csv,
    person,
    refused,
    written,
)

FORMS = [["people.csv", "statements.csv", "pairs.csv"], ["people.xlsx"]]


@pytest.mark.parametrize(
    ("table", "thing"), [(PEOPLE, Person), (PAIRS, Pair), (COHORTS, Cohort), (FEEDBACK, Feedback)]
)
def test_every_field_has_a_column(table: Table, thing: type) -> None:
    names = {field.name for field in fields(thing)}
    assert set(table.columns) == names - {"statements"}  # These have a table of their own.


def test_what_no_column_reads_is_not_written() -> None:
    with pytest.raises(TypeError, match="No column holds a set"):
        as_cell({"de"})


@pytest.mark.parametrize("names", FORMS)
def test_what_is_written_reads_the_same(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    write_people(paths, reversed(WORLD), reversed(COUPLES))
    found = read_people(paths)
    assert tuple(record.person for record in found.people) == WORLD
    assert tuple(record.pair for record in found.pairs) == COUPLES
    assert all(record.statements_given for record in found.people)


@pytest.mark.parametrize("names", FORMS)
def test_nobody_at_all_can_be_written_and_read(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    write_people(paths, [])
    assert read_people(paths).people == ()


def test_the_same_people_make_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = [tmp_path / name for name in FORMS[0]]
    again = [tmp_path / "again" / name for name in FORMS[0]]
    write_people(first, WORLD, COUPLES)
    write_people(again, reversed(WORLD), reversed(COUPLES))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


def test_csv_is_as_excel_opens_it(tmp_path: Path) -> None:
    paths = [tmp_path / "p.csv", tmp_path / "s.csv"]
    write_people(paths, WORLD)
    people, statements = (path.read_bytes() for path in paths)
    assert people.startswith(b"\xef\xbb\xbfid,name,department,site,career_level,reports_to,")
    assert people.splitlines()[2].decode() == (
        "b,Name of b,Einkauf,Köln,3,a.1,de en,Europe/Berlin,both,2,2.5,paused"
    )
    assert people.endswith(b"paused\r\n")
    assert statements.splitlines()[1].decode() == (
        'a.1,skill,de,"Ich kann ""nähen"", auch Leder; und 😀",4,'
    )


@pytest.mark.parametrize("names", FORMS)
def test_only_the_owner_may_read_what_is_written(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("old")
        path.chmod(0o644)
    write_people(paths, WORLD)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.parametrize("names", FORMS)
def test_a_failed_write_leaves_the_old_files(
    tmp_path: Path, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    found = refused(lambda: write_people(paths, WORLD))
    assert "No space left" in found[0].value
    assert {path.read_text() for path in paths} == {"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_kill_before_the_rename_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.xlsx"
    path.write_text("old")
    synced: list[int] = []

    class Killed(BaseException):
        pass

    def killed(_self: Path, _target: Path) -> Path:
        raise Killed

    monkeypatch.setattr(os, "fsync", synced.append)
    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(Killed):
        write_people([path], WORLD)
    assert path.read_text() == "old"
    assert len(synced) == 1


def test_places_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    for path in (tmp_path / "nowhere" / "p.xlsx", tmp_path / "folder.xlsx"):
        with pytest.raises(InvalidInput, match="Check that the folder exists"):
            write_people([path], WORLD)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["p.csv"],
        ["p.csv", "p.csv"],
        ["p.csv", "s.csv", "x.csv", "y.csv"],
        ["p.xlsx", "s.xlsx"],
        ["p.jsonl"],
        ["p.xlsx", "s.csv"],
        ["p.xls"],
        ["p.json"],
        ["people"],
    ],
)
def test_files_that_do_not_go_together_are_not_written(tmp_path: Path, names: list[str]) -> None:
    paths = [tmp_path / name for name in names]
    found = refused(lambda: write_people(paths, WORLD))
    assert "one to three CSV files" in found[0].remedy
    assert list(tmp_path.iterdir()) == []
    if names != ["p.csv"]:
        assert "one to three CSV files" in refused(lambda: read_people(paths))[0].remedy


def test_pairs_are_not_lost_for_want_of_a_file(tmp_path: Path) -> None:
    paths = [tmp_path / "p.csv", tmp_path / "s.csv"]
    assert "3 CSV files" in refused(lambda: write_people(paths, WORLD, COUPLES))[0].expected


def _words_of_python(name: str) -> str:
    """Return how this version of Python refuses the name of a file."""
    with pytest.raises(ValueError, match="embedded null") as caught:
        os.stat(name)  # noqa: PTH116 - the words of the system call itself
    return str(caught.value)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_that_cannot_be_opened_are_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"folder.{ending}").mkdir()
    os.mkfifo(tmp_path / f"pipe.{ending}")
    for name, value in (
        ("missing", "No such file or directory"),
        ("folder", "a folder"),
        ("pipe", "a device"),
        ("zero\0", _words_of_python("zero\0")),
    ):
        found = refused(lambda name=name: read_people([tmp_path / f"{name}.{ending}"]))  # type: ignore[misc]
        assert [(problem.file, problem.value) for problem in found] == [(f"{name}.{ending}", value)]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_that_may_not_be_read_are_refused(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"p.{ending}"
    path.write_bytes(b"")

    def forbidden(_self: Path, _mode: str = "") -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    monkeypatch.setattr(Path, "read_bytes", forbidden)
    found = refused(lambda: read_people([path]))
    assert [(problem.file, problem.value) for problem in found] == [
        (path.name, "Permission denied")
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_huge_files_are_refused_unread(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"p.{ending}"
    with path.open("wb") as stream:
        stream.truncate(files.MAX_FILE_BYTES + 1)
    assert "bytes" in refused(lambda: read_people([path]))[0].value


def test_every_missing_file_is_told(tmp_path: Path) -> None:
    paths = [tmp_path / "p.csv", tmp_path / "s.csv"]
    assert [p.file for p in refused(lambda: read_people(paths))] == ["p.csv", "s.csv"]


@pytest.mark.parametrize("name", ["p.CSV", "p.txt", "p.tsv"])
def test_endings_of_csv_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(people_csv({}), "utf-8")
    assert len(read_people([path]).people) == 1


@pytest.mark.parametrize("names", FORMS)
def test_progress_is_told_once_per_thousand_rows_and_at_the_end(
    tmp_path: Path, names: list[str]
) -> None:
    paths = [tmp_path / name for name in names]
    write_people(paths, [person(f"p{number:04}") for number in range(2500)])
    told: list[tuple[str, int, int]] = []
    read_people(paths, progress=lambda what, done, total: told.append((what, done, total)))
    assert [(what, done) for what, done, _ in told] == [
        ("reading", 1000),
        ("reading", 2000),
        ("reading", 2500),
    ]
    assert all(done <= total for _, done, total in told)
    assert told[-1][2] == 2500


def test_problems_are_told_with_the_name_of_the_file_only(tmp_path: Path) -> None:
    paths = written(tmp_path, p_csv=people_csv({"capacity": "x"}))
    assert refused(lambda: read_people(paths))[0].file == "p.csv"

"""The walls between the rooms stand: every import contract fails when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import rooms

ROOT = Path(__file__).parent.parent
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads(PROJECT)["tool"]["importlinter"]["contracts"]
}
LAYERS = "Rooms: imports go downward only, and siblings leave each other alone"
FACADE = "The service speaks to the facade, not to disk"
SQL = "SQL only in the store"
TORCH = "Torch only where models are loaded or made"
TYPER = "Typer and Rich only on the command line"
PRIVATE = {
    "matching": "matching.roster",
    "encoding": "encoding.missing",
    "programme": "programme.people",
    "files": "files.tables",
    "ranking": "ranking.score",
    "skills": "skills.catalogue",
    "the store": "store.engine",
}
OFFENCES = [
    (LAYERS, "recommender/domain/people.py", "import recommender.app"),
    (LAYERS, "recommender/skills/__init__.py", "import recommender.ranking"),
    ("The library does not know the service", "recommender/cli/__init__.py", "import service"),
    (FACADE, "service/app.py", "import recommender.cli"),
    (FACADE, "service/app.py", "import recommender.simulation"),
    (SQL, "recommender/app.py", "import sqlalchemy"),
    (SQL, "recommender/cli/__init__.py", "import alembic"),
    ("FAISS only in its index", "recommender/matching/mirror.py", "import faiss"),
    (TORCH, "recommender/matching/roster.py", "import torch"),
    (TORCH, "service/app.py", "import sentence_transformers"),
    (TORCH, "recommender/app.py", "import transformers"),
    (TYPER, "recommender/app.py", "import typer"),
    (TYPER, "recommender/domain/people.py", "import rich"),
    *(
        (f"What is private to {room} stays in it", "recommender/app.py", f"import recommender.{of}")
        for room, of in PRIVATE.items()
    ),
]
"""An import for every contract, which this contract alone forbids."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the rooms, to build in."""
    folder = tmp_path_factory.mktemp("house")
    for package in rooms.PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    return folder


@contextmanager
def built_in(house: Path, file: str, line: str) -> Iterator[None]:
    """Have one line more at the end of a file, which need not exist, for a while."""
    path = house / file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        yield
    finally:
        path.unlink()
        if before is not None:
            path.write_text(before, encoding="utf-8")


def broken_contracts(house: Path) -> list[str]:
    """Return the names of the contracts that import-linter reports as broken, as ``make lint``."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)
    kept, broken = (
        [name for name in CONTRACTS if f"\n{name} {verdict}" in done.stdout]
        for verdict in ("KEPT", "BROKEN")
    )
    assert len(kept) + len(broken) == len(CONTRACTS), done.stdout + done.stderr
    assert done.returncode == bool(broken)
    return broken


def test_no_contract_is_broken(house: Path) -> None:
    assert broken_contracts(house) == []


def test_each_contract_has_an_offence() -> None:
    assert {name for name, _, _ in OFFENCES} == set(CONTRACTS)


@pytest.mark.parametrize(("name", "file", "line"), OFFENCES)
def test_a_contract_can_fail(house: Path, name: str, file: str, line: str) -> None:
    assert (house / file).is_file()
    with built_in(house, file, line):
        assert broken_contracts(house) == [name]


def test_a_room_without_a_place_in_the_house_is_refused(house: Path) -> None:
    with built_in(house, "recommender/attic.py", '"""An attic."""'):
        assert broken_contracts(house) == [LAYERS]


def test_the_census_counts_rooms_arrows_and_lines() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rooms"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "cycle: none"
    layers = CONTRACTS[LAYERS]["layers"]
    names = {name.strip() for layer in layers for name in layer.split("|")}
    assert {line.split()[0] for line in lines[1:-3]} == names | {"service", "recommender"}
    assert any(line.startswith("store ") and line.endswith(" domain") for line in lines)


def test_lazy_imports_are_arrows_and_modules_of_one_room_are_none() -> None:
    arrows = rooms.arrows_between_rooms(
        [
            ("recommender.app", "recommender.store.people"),
            ("recommender.store.a", "recommender.store.b"),
        ]
    )
    assert arrows == {"app": {"store"}}
    assert {("recommender.encoding.encoder", "recommender.domain.errors")} <= set(rooms.imports())


def test_a_cycle_is_told() -> None:
    arrows = {"store": {"files"}, "files": {"domain"}, "domain": {"store"}}
    assert sorted(set(rooms.cycle_of(arrows))) == ["domain", "files", "store"]
    *_, told = rooms.census(arrows, Counter(store=1, files=1, domain=1), Counter())
    assert told in {
        "cycle: store → files → domain → store",
        "cycle: files → domain → store → files",
        "cycle: domain → store → files → domain",
    }

"""docs/recipes.md is true: whoever follows it gets what it says, with at most five edits."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
FOLLOWED = """
from pathlib import Path
from starlette.testclient import TestClient
from recommender import Recommender
from recommender.settings import Settings
from recommender.store import Store
from service.app import create_app
from tests.conftest import HashEncoder, person

workspace = Path("workspace")
with Recommender(Store.in_folder(workspace), HashEncoder, workspace) as tandem:
    tandem.people.put(person("anna", pronouns="she/her"))
    tandem.people.put(person("ben"))
    paths = [Path("people.csv"), Path("statements.csv")]
    tandem.people.export_files(paths)
    tandem.people.erase("anna")
    print(tandem.people.import_files(paths))
    app = create_app(Settings(workspace=workspace, preload_encoder=False), tandem)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        shown = client.get("/v1/people/anna").json()
        body = {name: value for name, value in shown.items() if name != "id"}
        assert client.put("/v1/people/anna", json={**body, "pronouns": "they"}).status_code == 200
        assert client.put("/v1/people/anna", json={**body, "pronouns": 5}).status_code == 422
        del body["pronouns"]
        assert client.put("/v1/people/anna", json=body).status_code == 422
        stored = [tandem.people.get(name).pronouns for name in ("anna", "ben")]
        print(shown["pronouns"], *stored)
        assert "pronouns" in str(client.get("/openapi.json").json())
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """One numbered step: a file, and what goes below which of its lines; below none, a new file."""

    file: str
    insertions: tuple[tuple[str | None, str], ...]

    def apply(self, root: Path) -> None:
        path = root / self.file
        for anchor, code in self.insertions:
            if anchor is None:
                assert not path.exists()
                path.write_text(code, encoding="utf-8")
                continue
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            place = next(i for i, line in enumerate(lines) if line.startswith(anchor))
            path.write_text("".join([*lines[: place + 1], code, *lines[place + 1 :]]), "utf-8")


def edits(title: str) -> list[Edit]:
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    steps = re.split(r"^\d\. ", section, flags=re.M)[1:]
    steps_read = []
    for step in steps:
        file = re.match(r"`([^`]+)`", step)
        assert file is not None
        blocks = re.findall(
            r"(?:^   below `([^\n]+)`\n)?^   ```\w+\n(.*?)^   ```$", step, re.M | re.S
        )
        insertions = tuple((anchor or None, _dedented(code)) for anchor, code in blocks)
        steps_read.append(Edit(file[1], insertions))
    return steps_read


def _dedented(code: str) -> str:
    return "".join(line[3:] or "\n" for line in code.splitlines(keepends=True))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which the first recipe was followed."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("recommender", "service", "tests", "docs"):
        ignored = shutil.ignore_patterns("__pycache__", "*.xz")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("data", "models", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    for edit in edits("Add a field to a person"):
        edit.apply(folder)
    return folder


def run(copy: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_field_of_a_person_costs_at_most_five_edits() -> None:
    assert 1 <= len(edits("Add a field to a person")) <= 5


def test_the_new_field_goes_everywhere(copy: Path) -> None:
    lines = run(copy, "-c", textwrap.dedent(FOLLOWED)).splitlines()
    assert "people_created=1" in lines[0]
    assert lines[1] == "she/her they None"
    assert "she/her" in (copy / "people.csv").read_text(encoding="utf-8")


def test_what_is_tested_of_people_still_holds(copy: Path) -> None:
    names = (
        "tests/recommender/files/test_people_file_docs.py",
        "tests/recommender/store/test_migrations.py",
    )
    run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names)


def test_the_places_that_recipes_name_exist() -> None:
    for title in ("Add a rule", "Add a ranker"):
        for edit in edits(title):
            assert (ROOT / edit.file).exists(), edit.file
    for name in ("_verdicts", "EligibilityRules"):
        assert name in (ROOT / "recommender/matching/eligibility.py").read_text(encoding="utf-8")
    for name in ("_learn", "AdditiveScore"):
        assert name in (ROOT / "recommender/ranking/learning/estimators.py").read_text("utf-8")
    assert "def contenders" in (ROOT / "recommender/ranking/learning/selection.py").read_text()

"""What the documentation shows is what the program does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

import recommender

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def demo(workspace: Path) -> str:
    """Run the demonstration as `make demo` does and return what it prints."""
    command = [sys.executable, "-m", "recommender.cli", "demo", "--workspace", str(workspace)]
    environment = {**os.environ, "COLUMNS": "100", "TERM": "dumb"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "workspace"


@pytest.fixture(scope="module")
def first_demo(demo_workspace: Path) -> str:
    return demo(demo_workspace)


@pytest.fixture(scope="module")
def service_port(demo_workspace: Path, first_demo: str) -> Iterator[int]:
    command = [sys.executable, "-m", "service", "--port", "0", "--workspace", str(demo_workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found
        yield int(found.group(1))
        process.terminate()


@pytest.mark.encoder
@pytest.mark.journey
def test_readme_shows_what_the_demo_prints(first_demo: str) -> None:
    """Lines of the README's first block stand in the output in this order; … leaves some out.

    What is simulated depends on the last bits of every cosine, which processors compute
    differently; of these lines the words are compared.
    """
    printed = iter(_comparable(first_demo).splitlines())
    for line in _comparable(blocks("text")[0]).splitlines():
        if line.strip() and line.strip() != "…":
            assert any(line.rstrip() == other.rstrip() for other in printed), line


def _comparable(text: str) -> str:
    """Return a demonstration's output without what differs between runs and machines."""
    played, simulated, rest = text.partition("A cohort later")
    words = re.sub(r"[+−-]?\d+(\.\d+)?", "N", re.sub(r"(2026-spring-)[0-9a-f]{8}", r"\1N", rest))
    return re.sub(r":\d{4,5}\b", ":PORT", played) + simulated + words


@pytest.mark.encoder
@pytest.mark.journey
def test_the_demo_can_be_run_again(first_demo: str, demo_workspace: Path) -> None:
    again = demo(demo_workspace)
    assert "0 people new, 0 changed, 600 unchanged; 0 texts encoded" in again
    assert again.splitlines()[2:40] == first_demo.splitlines()[2:40]


@pytest.mark.encoder
@pytest.mark.journey
def test_readme_python_call_works(service_port: int) -> None:
    (code,) = [block for block in blocks("python") if "urlopen" in block]
    code = code.replace(":8000", f":{service_port}")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    expected = [block for block in blocks("text") if block.startswith("1 ")]
    assert done.stdout.strip() == expected[0].strip()


@pytest.mark.encoder
@pytest.mark.journey
def test_readme_curl_call_works(service_port: int) -> None:
    (call,) = [block for block in blocks("sh") if "curl" in block]
    found = re.search(r"http://127\.0\.0\.1:8000(\S+).*--json '(.*?)'", call, flags=re.DOTALL)
    assert found
    connection = HTTPConnection("127.0.0.1", service_port)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", found.group(1), found.group(2).encode(), headers)
    answer = connection.getresponse()
    assert answer.status == 200
    assert json.load(answer)["recommendations"]
    connection.close()


def test_every_make_target_named_exists_and_is_helped() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*  ## ", MAKEFILE, flags=re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    assert targets == phony
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        named = set(re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", page.read_text("utf-8"), re.M))
        assert {a or b for a, b in named} <= targets, page


def test_links_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest is not None
    assert project["version"] == recommender.__version__ == newest.group(1)


def test_each_promised_python_is_one_that_ci_looks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = [line.rpartition(" ")[2] for line in project["classifiers"] if "Python ::" in line]
    (line,) = re.findall(r"^for version in (.*); do$", (ROOT / ".ci/run").read_text("utf-8"), re.M)
    assert line.split() == promised
    assert project["requires-python"] == f">={promised[0]}"


def test_constraints_pin_everything_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    assert {re.split(r"[<>=\[]", one)[0].lower() for one in named} <= pinned


PLACE = re.compile(r"\b(?:recommender|service|tests)(?:/[a-z_0-9]+)+\.(?:py|toml|md)\b")


def test_files_that_are_named_exist() -> None:
    folders = ("docs", "data", "models", "recommender")
    pages = [
        *ROOT.glob("*.md"),
        *(page for folder in folders for page in (ROOT / folder).rglob("*.md")),
    ]
    for page in pages:
        for place in PLACE.findall(page.read_text(encoding="utf-8")):
            new = page.name == "recipes.md" and "m0004" in place
            assert new or (ROOT / place).exists(), f"{page.name}: {place}"

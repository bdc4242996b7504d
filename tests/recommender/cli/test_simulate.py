"""Invented feedback: from simulating to listing the ranker that it trained, all of it marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.app import Recommender
from recommender.domain.errors import EXIT_INVALID
from recommender.store import cohorts
from tests.recommender.cli.conftest import done, run
from tests.recommender.files.feedback_file_world import SPRING
from tests.recommender.store.impressions import impressions_of
from tests.sample import FILES

Opened = Callable[[], Recommender]


@pytest.fixture(autouse=True)
def _here(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.parent)


def traces(recommender: Recommender) -> tuple[int, list[str]]:
    """Return how many impressions and which cohorts are stored."""
    with recommender.store.read() as connection:
        return len(impressions_of(connection)), list(cohorts.get_all(connection))


def refused(recommender: Recommender, *arguments: object) -> str:
    """Run ``tandem simulate``, see that it changes nothing, and return what it tells."""
    before = traces(recommender)
    result = run("simulate", *arguments)
    assert result.exit_code == EXIT_INVALID
    assert "nothing was changed" in result.stderr
    assert traces(recommender) == before
    assert not Path("f.csv").exists()
    return result.stderr


def test_another_organisation_is_refused(tiny_world: Recommender) -> None:
    assert "the people of the sample organisation" in refused(tiny_world, "play", "f.csv")


def test_what_could_not_be_stored_is_refused_before_anybody_is_asked(
    open_recommender: Opened,
) -> None:
    here = open_recommender()
    here.people.import_files(FILES)
    here.cohorts.put(SPRING)
    days = ("--starts", "2026-03-01", "--ends", "2026-06-30")
    assert "cohort of its own" in refused(here, "spring", "f.csv", *days)
    assert "when play ends" in refused(here, "play", "f.csv")
    later = ("play", "--starts", "2027-03-01", "--ends", "2027-06-30")
    assert "one or two CSV files" in refused(here, *later, "f.pdf")
    assert "ends_on" in refused(here, "play", "f.csv", "--ends", "2026-02-31")
    assert "k:" in refused(here, *later, "f.csv", "-k", 0)


@pytest.mark.parametrize("names", [["f.csv", "c.csv"], ["f.xlsx"]])
def test_files_with_the_cohort_say_elsewhere_that_it_is_simulated(
    open_recommender: Opened, tmp_path: Path, names: list[str]
) -> None:
    here = open_recommender()
    here.people.import_files(FILES)
    told = done("simulate", "play", *names, "-k", 2)
    assert f"tandem feedback import {' '.join(names)}\n" in told
    elsewhere = ("--workspace", tmp_path / "elsewhere")
    done("import", *FILES, *elsewhere)
    done("feedback", "import", *names, *elsewhere)
    assert "play (simulated)  simulated" in done("cohorts", "list", *elsewhere)


def test_another_seed_gives_another_file(open_recommender: Opened) -> None:
    open_recommender().people.import_files(FILES)
    for name, seed in (("a.csv", 1), ("b.csv", 2)):
        done("simulate", "play", name, "-k", 1, "--seed", seed)
    assert Path("a.csv").read_bytes() != Path("b.csv").read_bytes()


@pytest.mark.encoder
@pytest.mark.usefixtures("sample_is_encoded")
def test_everything_made_of_a_simulated_cohort_says_so() -> None:
    """The way that the documentation shows, with the bundled encoder."""
    done("import", *FILES)
    assert "simulated reports of cohort 2026-spring" in done("simulate", "2026-spring", "f.csv")
    told = json.loads(done("feedback", "import", "f.csv", "--json"))
    assert told["reports_created"] > 1000
    assert "simulated" in done("cohorts", "list")
    summary = done("retrain")
    assert "SIMULATED" in summary
    assert "simulated" in done("rankers", "list").splitlines()[0]
    (ranker,) = json.loads(done("rankers", "list", "--json"))["rankers"]
    assert ranker["version"] in summary
    assert ranker["facts"]["simulated"] is True
    assert "SIMULATED" in done("rankers", "show", ranker["version"]).upper()
    assert "SIMULIERT" in done("rankers", "show", ranker["version"], "--language", "de").upper()
    done("rankers", "activate", ranker["version"], "--despite-report")
    mentee = Path("f.csv").read_text("utf-8-sig").splitlines()[1].split(",")[2]
    assert any("simulated" in note for note in json.loads(recommended(mentee))["notes"])


def recommended(mentee: str) -> str:
    return done("recommend", mentee, "--json", "-k", 1)

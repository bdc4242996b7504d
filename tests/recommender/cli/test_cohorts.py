"""Cohorts: made, changed and listed; none overlaps another one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommender.domain.errors import EXIT_INVALID
from recommender.programme import Cohorts
from recommender.store import Store
from tests.recommender.cli.conftest import done, run
from tests.recommender.files.feedback_file_world import AUTUMN
from tests.recommender.programme.test_feedback import state

SPRING_DAYS = ("--starts", "2026-03-01", "--ends", "2026-06-30")


@pytest.fixture(autouse=True)
def _here(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder whose ``workspace`` is the test's, as somebody does who names none."""
    monkeypatch.chdir(workspace.parent)


def test_a_newcomer_is_told_how_to_make_one() -> None:
    assert "tandem cohorts put ID" in done("cohorts", "list")
    assert json.loads(done("cohorts", "list", "--json")) == []


def test_cohorts_are_listed_the_oldest_first(store: Store) -> None:
    assert done("cohorts", "put", "late", "--starts", "2027-01-01", "--ends", "2027-06-30") == (
        "Cohort late is new.\n"
    )
    done("cohorts", "put", "spring", *SPRING_DAYS, "--name", "Frühjahr 2026")
    assert done("cohorts", "list").splitlines() == [
        "spring  2026-03-01 to 2026-06-30  Frühjahr 2026",
        "late  2027-01-01 to 2027-06-30  late",
    ]
    first = json.loads(done("cohorts", "list", "--json"))[0]
    assert first == {
        "id": "spring",
        "name": "Frühjahr 2026",
        "starts_on": "2026-03-01",
        "ends_on": "2026-06-30",
        "simulated": False,
    }


def test_days_are_changed_and_the_name_stays_unless_it_is_given(store: Store) -> None:
    done("cohorts", "put", "spring", *SPRING_DAYS, "--name", "Frühjahr")
    changed = ("cohorts", "put", "spring", "--starts", "2026-02-01", "--ends", "2026-05-31")
    assert "as given now" in done(*changed)
    assert done("cohorts", "list") == "spring  2026-02-01 to 2026-05-31  Frühjahr\n"
    done(*changed, "--name", "Lenz")
    assert done("cohorts", "list") == "spring  2026-02-01 to 2026-05-31  Lenz\n"


def test_what_overlaps_is_refused_and_changes_nothing(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    refused = run("cohorts", "put", "x", "--starts", "2026-12-31", "--ends", "2027-03-01")
    assert refused.exit_code == EXIT_INVALID
    assert "when autumn ends" in refused.stderr
    assert "1 problem; nothing was changed." in refused.stderr
    assert list(state(store)[0]) == ["autumn"]


def test_every_wrong_value_is_told_at_once(store: Store) -> None:
    refused = run("cohorts", "put", "a b", "--starts", "1.3.2026", "--ends", "2026-02-30")
    assert refused.exit_code == EXIT_INVALID
    told = refused.stderr.splitlines()
    assert [line.split(":")[0] for line in told[:3]] == ["id", "starts_on", "ends_on"]
    assert "2026-11-25" in told[1]
    assert state(store)[0] == {}


def test_a_simulated_cohort_stays_so(store: Store, workspace: Path) -> None:
    done("feedback", "import", simulated_cohorts(workspace))
    done("cohorts", "put", "autumn", "--starts", "2026-09-01", "--ends", "2026-11-30")
    assert done("cohorts", "list") == "autumn  2026-09-01 to 2026-11-30  Herbst  simulated\n"


def simulated_cohorts(folder: Path) -> Path:
    path = folder / "cohorts.csv"
    row = "autumn,Herbst,2026-09-01,2026-12-31,yes"
    path.write_text(f"id,name,starts_on,ends_on,simulated\n{row}\n", encoding="utf-8")
    return path

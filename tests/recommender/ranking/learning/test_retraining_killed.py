"""A retraining that is killed at any moment leaves the old ranker active, and nothing half done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from recommender.app import Recommender
from recommender.ranking.learning.examples import Examples
from recommender.ranking.releases import SCORE, json_file
from tests.recommender.ranking.killed_retraining import MOMENTS, UNDISTURBED, train_small
from tests.recommender.ranking.stored_world import (
    AUTUMN,
    SPRING,
    lists,
    open_workspace,
    store_world,
)
from tests.recommender.ranking.test_releases import score_of
from tests.worlds.worlds import column

OLD = "2025-spring-00000001"
ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Killed:
    """One workspace per moment, and what ended the retraining in it."""

    folder: Path
    signals: dict[str, int]
    version: str


def obvious(examples: Examples) -> Examples:
    """Let every mentor with much time be asked, and everybody be content with them."""
    good = column(examples.features, "hours_per_month") >= 5.0
    return replace(examples, asked=good, accepted=good, grade=3 * good.astype(np.int64))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    folder = tmp_path_factory.mktemp("killed")
    with open_workspace(folder / "template") as here:
        store_world(here, (AUTUMN, SPRING), obvious(lists(0, 35, 35)))
        files = {SCORE: json_file(score_of(hours_per_month=-1.0).as_json())}
        here.rankers.releases.write(OLD, {"promoted": True}, files)
        here.rankers.activate(OLD)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.recommender.ranking.killed_retraining"),
            *(str(folder / "template"), str(folder)),
        ],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    with open_workspace(folder / UNDISTURBED) as here:
        version = here.rankers.active()
    assert version not in {None, OLD}
    return Killed(folder, json.loads(done.stdout), version or "")


@pytest.fixture
def after(
    killed: Killed, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Recommender]:
    train_small(monkeypatch.setattr)
    with open_workspace(killed.folder / request.param) as here:
        yield here


def test_undisturbed_it_ends_by_itself_and_all_others_are_killed(killed: Killed) -> None:
    expected = {UNDISTURBED: 0} | dict.fromkeys(MOMENTS, int(signal.SIGKILL))
    assert killed.signals == expected


@pytest.mark.parametrize(
    "after", [moment for moment in MOMENTS if moment != "active"], indirect=True
)
def test_the_old_ranker_stays_until_the_next_retraining(after: Recommender, killed: Killed) -> None:
    rankers = after.rankers
    assert rankers.active() == OLD
    assert rankers.releases.load(OLD).version == OLD
    assert {OLD} <= set(rankers.releases.versions()) <= {OLD, killed.version}
    assert [state.refusal for state in rankers.all() if state.refusal] == []
    report = after.rankers.retrain()
    assert (report.version, report.champion, report.promoted) == (killed.version, OLD, True)
    assert rankers.active() == killed.version
    assert rankers.releases.load(killed.version).facts["promoted"]
    assert [state.refusal for state in rankers.all() if state.refusal] == []


@pytest.mark.parametrize("after", ["active"], indirect=True)
def test_once_activated_the_new_ranker_stays(after: Recommender, killed: Killed) -> None:
    assert after.rankers.active() == killed.version
    assert after.rankers.releases.versions() == [OLD, killed.version]
    assert after.rankers.releases.load(killed.version).facts["promoted"]
    report = after.rankers.retrain()
    assert (report.champion, report.promoted) == (killed.version, False)
    assert after.rankers.active() == killed.version
    assert after.rankers.roll_back() == OLD


def test_the_moments_cover_a_release_that_is_missing_and_one_that_is_whole(
    killed: Killed,
) -> None:
    """So that the tests above have seen both sides of the renaming into place."""
    drafts, whole = set(), set()
    for moment in MOMENTS:
        names = [path.name for path in (killed.folder / moment / "rankers").iterdir()]
        if any(name.startswith(f".{killed.version}.") for name in names):
            drafts.add(moment)
        if killed.version in names:
            whole.add(moment)
    assert len(drafts) >= 4
    assert "activating" in whole
    assert len(whole) >= 3

"""The ranker: retrained, listed, shown, activated and rolled back by its numbers and its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recommender.app import Recommender
from recommender.domain.errors import EXIT_INVALID, EXIT_UNKNOWN, EXIT_UNUSABLE
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind, Side
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query
from recommender.ranking.registry import Rankers
from recommender.ranking.releases import CARD, CARD_IN_GERMAN, REPORT, SCORE, json_file
from recommender.ranking.reporting.report import RetrainingReport
from tests.recommender.cli.conftest import done, run
from tests.recommender.ranking.report_world import full_report
from tests.recommender.ranking.test_releases import score_of

FIRST, SECOND = "spring-00000001", "spring-00000002"
NOW = datetime.now(UTC)
COHORT = Cohort("spring", "Spring", date(2020, 1, 1), date(2099, 12, 31))


@pytest.fixture(autouse=True)
def _here(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.parent)


@pytest.fixture
def world(tiny_world: Recommender) -> Recommender:
    """Return a workspace with two releases, of which the second is simulated and not promoted."""
    release(tiny_world, FIRST)
    release(tiny_world, SECOND, promoted=False, simulated=True)
    return tiny_world


def release(recommender: Recommender, version: str, **facts: object) -> None:
    files = {
        SCORE: json_file(score_of(affinity=1.0).as_json()),
        REPORT: json_file({"version": version}),
        CARD: lambda path: path.write_text(f"# Ranker {version}\n", "utf-8"),
        CARD_IN_GERMAN: lambda path: path.write_text(f"# Ranking {version} – für alle\n", "utf-8"),
    }
    told = {"kind": "linear", "cohorts": ["autumn", "spring"], "promoted": True, "simulated": False}
    recommender.rankers.releases.write(version, {**told, **facts}, files)


def damage(recommender: Recommender, version: str) -> None:
    (recommender.rankers.releases.path(version) / SCORE).write_text("{}", encoding="utf-8")


def test_without_a_release_there_is_affinity_order() -> None:
    assert done("rankers", "list") == "No ranker is active: answers come in affinity order.\n"
    told = json.loads(done("rankers", "list", "--json"))
    assert told == {"active": None, "rankers": [], "history": []}


def test_releases_are_listed_and_the_active_one_is_marked(world: Recommender) -> None:
    assert done("rankers", "activate", FIRST) == f"{FIRST} is active.\n"
    told = "linear, learned from autumn, spring"
    assert done("rankers", "list").splitlines() == [
        f"* {FIRST}  {told}, promoted by its report",
        f"  {SECOND}  {told}, not promoted by its report, simulated",
    ]
    fields = json.loads(done("rankers", "list", "--json"))
    assert fields["active"] == FIRST
    assert [one["version"] for one in fields["rankers"]] == [FIRST, SECOND]
    assert fields["rankers"][1]["facts"]["simulated"] is True
    assert [one["version"] for one in fields["history"]] == [FIRST]


def test_what_cannot_be_used_is_told(world: Recommender) -> None:
    done("rankers", "activate", FIRST)
    damage(world, FIRST)
    listed = done("rankers", "list").splitlines()[0]
    assert listed.startswith(f"* {FIRST}  ")
    assert "damaged" in listed
    for command in ("show", "activate"):
        refused = run("rankers", command, FIRST)
        assert refused.exit_code == EXIT_UNUSABLE
        assert f"{FIRST}/{SCORE} does not have the SHA-256" in refused.stderr
    world.rankers.releases.path(FIRST).rename(world.rankers.releases.path("spring-0000000a"))
    assert f"{FIRST} is active but its folder is gone" in done("rankers", "list")


def test_a_card_is_shown_in_both_languages_with_its_folder(
    world: Recommender, workspace: Path
) -> None:
    shown = done("rankers", "show", FIRST)
    assert f"# Ranker {FIRST}\n" in shown
    assert shown.rstrip().endswith(str(workspace / "rankers" / FIRST))
    assert "– für alle\n" in done("rankers", "show", FIRST, "--language", "de")
    assert run("rankers", "show", FIRST, "--language", "fr").exit_code == 2
    assert json.loads(done("rankers", "show", FIRST, "--json")) == {"version": FIRST}


def test_an_unknown_version_is_told(world: Recommender) -> None:
    for command in ("show", "activate"):
        refused = run("rankers", command, "nobody-00000000")
        assert refused.exit_code == EXIT_UNKNOWN
        assert "tandem rankers list" in refused.stderr


def test_what_is_not_promoted_needs_a_word_and_a_rollback_undoes_it(world: Recommender) -> None:
    done("rankers", "activate", FIRST)
    refused = run("rankers", "activate", SECOND)
    assert refused.exit_code == EXIT_INVALID
    assert "not promoted by its report" in refused.stderr
    assert world.rankers.active() == FIRST
    done("rankers", "activate", SECOND, "--despite-report")
    assert world.rankers.active() == SECOND
    assert done("rankers", "rollback") == f"{FIRST} is active.\n"
    for _ in range(2):
        assert done("rankers", "rollback") == "No ranker is active: affinity order.\n"
    assert world.rankers.active() is None


class TestRetrain:
    """Retraining from the command line; tests/recommender/training has what it measures."""

    @pytest.fixture(autouse=True)
    def _one_pair(self, tiny_world: Recommender) -> None:
        tiny_world.cohorts.put(COHORT)
        tiny_world.recommend(Query("boss", k=5))
        pair = ("spring", "flow", "boss")
        asked = Feedback(*pair, Side.MENTEE, FeedbackKind.ASKED, NOW)
        accepted = Feedback(*pair, Side.MENTOR, FeedbackKind.ACCEPTED, NOW)
        tiny_world.feedback.record([asked, accepted])

    def test_little_feedback_is_told_in_both_languages(self, tiny_world: Recommender) -> None:
        told = done("retrain")
        assert "feedback" in told.splitlines()[0]
        assert "the newest spring" in told
        german = done("retrain", "--language", "de")
        assert "Rückmeldung" in german.splitlines()[0]
        assert tiny_world.rankers.all() == []
        assert run("retrain", "--language", "fr").exit_code == 2

    def test_json_is_the_report(self, tiny_world: Recommender) -> None:
        report = tiny_world.rankers.retrain("spring", seed=4).as_json()
        assert json.loads(done("retrain", "--cohort", "spring", "--seed", 4, "--json")) == report

    def test_a_wrong_file_of_groups_is_refused(self, tmp_path: Path) -> None:
        groups = tmp_path / "groups.csv"
        groups.write_text("person_id,label\nflow,north\nflow,south\n", "utf-8")
        refused = run("retrain", "--groups", groups)
        assert refused.exit_code == EXIT_INVALID
        assert "groups.csv, line 3, column 1: person_id: 'flow'" in refused.stderr
        assert run("retrain", "--groups", tmp_path / "no.csv").exit_code == EXIT_INVALID

    def test_what_is_asked_reaches_the_retraining(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        groups = tmp_path / "groups.csv"
        groups.write_text("person_id,label\nflow,north\n", "utf-8")
        asked: list[object] = []

        def retrain(
            rankers: Rankers,
            cohort_id: str | None = None,
            groups: Mapping[str, str] | None = None,
            seed: int = 0,
            progress: Progress = silent,
        ) -> RetrainingReport:
            asked.extend((cohort_id, groups, seed))
            for step in ("reading", "measuring", "training", "storing"):
                progress(step, 1, 2)
            return full_report()

        monkeypatch.setattr(Rankers, "retrain", retrain)
        arguments = ("--cohort", "spring", "--groups", groups, "--seed", 3)
        result = run("retrain", *arguments, FORCE_COLOR="1", TERM="xterm", COLUMNS="80")
        assert asked == ["spring", {"flow": "north"}, 3]
        assert result.stdout.startswith("Shown to be better.\n")
        for step in ("reading", "measuring", "training", "storing"):
            assert step in result.stderr, "progress is shown on a terminal"

    def test_an_unknown_cohort_is_told(self) -> None:
        refused = run("retrain", "--cohort", "winter")
        assert refused.exit_code == EXIT_UNKNOWN
        assert "'winter'" in refused.stderr


def test_without_a_cohort_there_is_nothing_to_learn_from() -> None:
    refused = run("retrain")
    assert refused.exit_code == EXIT_UNKNOWN
    assert "tandem cohorts list" in refused.stderr

"""Feedback: imported whole or not at all, exported, and recorded report by report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.domain.errors import EXIT_INVALID
from recommender.domain.feedback import FORMS, Feedback, FeedbackKind
from recommender.files.feedback import write_feedback
from recommender.programme import Cohorts
from recommender.store import Store, people
from tests.conftest import person
from tests.recommender.cli.conftest import done, run
from tests.recommender.files.feedback_file_world import AUTUMN, REPORTS, SPRING
from tests.recommender.programme.test_feedback import counting, state

PAIR = ("autumn", "anna", "rolf")


@pytest.fixture(autouse=True)
def _here(workspace: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work beside a workspace in which the people of the files are known."""
    monkeypatch.chdir(workspace.parent)
    with store.write() as connection:
        people.put(connection, [person(name) for name in ("anna", "rolf", "zoe")])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "feedback.csv", tmp_path / "cohorts.csv"]
    write_feedback(paths, [AUTUMN, SPRING], REPORTS)
    return paths


def the_report(store: Store) -> Feedback:
    """Return the only report that counts."""
    (one,) = counting(store)
    return one


def test_what_is_imported_is_exported_and_imported_unchanged(
    store: Store, files: list[Path], tmp_path: Path
) -> None:
    n = len(REPORTS)
    assert done("feedback", "import", *files) == (
        f"Cohorts: 2 new, 0 changed, 0 unchanged. Reports: {n} new, 0 replaced, 0 unchanged.\n"
    )
    before = state(store)
    for names in (["f.csv", "c.csv"], ["f.xlsx"]):
        paths = [tmp_path / name for name in names]
        assert f"Wrote {n} reports to {paths[0]}" in done("feedback", "export", *paths)
        told = json.loads(done("feedback", "import", *paths, "--json"))
        assert told == {
            "cohorts_created": 0,
            "cohorts_updated": 0,
            "cohorts_unchanged": 2,
            "reports_created": 0,
            "reports_replaced": 0,
            "reports_unchanged": n,
        }
    assert state(store) == before


def test_a_wrong_file_tells_line_and_column_and_changes_nothing(
    store: Store, files: list[Path]
) -> None:
    text = files[0].read_text("utf-8")
    files[0].write_text(text.replace("fit,good", "fit,great").replace("zoe", "zora"), "utf-8")
    refused = run("feedback", "import", *files)
    assert refused.exit_code == EXIT_INVALID
    assert "feedback.csv, line 5, column 6: value: 'great'" in refused.stderr
    assert "column 2: mentor_id: 'zora'" in refused.stderr
    assert "3 problems; nothing was changed." in refused.stderr
    assert refused.stdout == ""
    assert state(store) == ({}, [], [])


def test_a_file_of_another_form_is_refused(files: list[Path]) -> None:
    for command in ("import", "export"):
        refused = run("feedback", command, "feedback.pdf")
        assert refused.exit_code == EXIT_INVALID
        assert "Excel workbook (.xlsx)" in refused.stderr


def test_feedback_of_an_unknown_cohort_is_refused(store: Store, files: list[Path]) -> None:
    refused = run("feedback", "import", files[0])
    assert refused.exit_code == EXIT_INVALID
    assert "'autumn' where the id of a cohort" in refused.stderr
    refused = run("feedback", "record", *PAIR, "--side", "mentee", "--kind", "asked")
    assert refused.exit_code == EXIT_INVALID
    assert "'autumn' where the id of a stored cohort" in refused.stderr
    assert state(store) == ({}, [], [])


def test_a_record_replaces_the_one_before(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    fit = ("feedback", "record", *PAIR, "--side", "mentee", "--kind", "fit", "--value")
    assert "1 new, 0 replaced" in done(*fit, "undecided")
    told = json.loads(done(*fit, "good", "--json"))
    assert (told["reports_created"], told["reports_replaced"]) == (0, 1)
    assert (the_report(store).kind, the_report(store).value) == (FeedbackKind.FIT, "good")
    assert len(state(store)[1]) == 2


def test_progress_is_about_a_goal_and_may_be_negative(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    progress = ("feedback", "record", *PAIR, "--side", "mentee", "--kind", "progress")
    done(*progress, "--value", "-2", "--goal", "Berichte  automatisieren")
    assert (the_report(store).value, the_report(store).goal) == (-2, "Berichte automatisieren")


def test_everything_that_is_wrong_with_a_record_is_told(store: Store) -> None:
    Cohorts(store).put(AUTUMN)
    refused = run(
        *("feedback", "record", *PAIR, "--side", "boss", "--kind", "usefulness", "--value", "7")
    )
    assert refused.exit_code == EXIT_INVALID
    fields = [line.split(":")[0] for line in refused.stderr.splitlines()[:3]]
    assert fields == ["side", "value", "session"]
    assert state(store)[1] == []


def test_help_lists_every_kind_with_its_values() -> None:
    told = done("feedback", "record", "--help", COLUMNS="100", TERM="dumb")
    lines = {line.split(" (")[0].strip(): line for line in told.splitlines() if "): " in line}
    assert list(lines) == list(FORMS)
    for kind, form in FORMS.items():
        assert all(word in lines[kind] for word in (*form.sides, *(form.words or ())))
        assert ("--session" in lines[kind]) == form.per_session
        assert ("--goal" in lines[kind]) == form.per_goal
        assert ("no value" in lines[kind]) == form.without_value
    assert "-2 to 2" in lines["progress"]


def test_a_simulated_cohort_is_simulated_wherever_it_is_imported(
    store: Store, tmp_path: Path
) -> None:
    Cohorts(store).put(replace(AUTUMN, simulated=True))
    done("feedback", "export", "all.xlsx")
    elsewhere = ("--workspace", tmp_path / "elsewhere")
    done("feedback", "import", "all.xlsx", *elsewhere)
    assert "simulated" in done("cohorts", "list", *elsewhere)

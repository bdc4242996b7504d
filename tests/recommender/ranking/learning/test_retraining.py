"""Retraining a real store: whole, repeatable, cautious, and free of whoever was erased."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from recommender.app import Recommender
from recommender.domain.errors import RankerNotPromoted, StoreBusy, UnknownCohort
from recommender.domain.feedback import Cohort
from recommender.domain.progress import Progress
from recommender.domain.ranking import Query
from recommender.domain.texts import text
from recommender.ranking.learning import retraining
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.exposure import GroupExposure
from recommender.ranking.learning.lexical_order import LexicalOrder
from recommender.ranking.learning.trial import Trial, run_trial
from recommender.ranking.learning.weighting import trust
from recommender.ranking.releases import REPORT, SCORE, json_file
from recommender.ranking.reporting.report import Order, RetrainingReport, Split
from recommender.ranking.score import AdditiveScore
from recommender.store import cohorts
from tests.conftest import HashEncoder, skill
from tests.conftest import person as invented
from tests.recommender.ranking.stored_world import (
    AUTUMN,
    SPRING,
    draw_nothing,
    lists,
    open_workspace,
    store_world,
)
from tests.recommender.ranking.test_releases import score_of

SEED = 0
BOTH = (AUTUMN, SPRING)
OLD = "2025-spring-00000001"
OTHER = "2025-spring-00000002"
PARTS = {"orders", "weights", "acceptance"}
FILES = {
    *("manifest.json", "score.json", "report.json", "card.md", "card.de.md"),
    *(f"plots/{part}{language}.png" for part in PARTS for language in ("", ".de")),
}
Open = Callable[[Path], Recommender]
QUICK = pytest.mark.usefixtures("no_plots")


def build(folder: Path) -> None:
    """Store two cohorts of a hundred mentees each, from whom there is much to learn."""
    with open_workspace(folder) as here:
        store_world(here, BOTH, lists(SEED, 100, 100))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "workspace"
    build(folder)
    return folder


@pytest.fixture(scope="module")
def trained(template: Path) -> tuple[Path, RetrainingReport]:
    """Return a workspace that was retrained once, to be copied before anything changes in it."""
    folder = template.parent / "trained"
    shutil.copytree(template, folder)
    with open_workspace(folder) as here:
        return folder, here.rankers.retrain()


@pytest.fixture
def no_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_nothing(monkeypatch.setattr)


@pytest.fixture
def open_copy(tmp_path: Path) -> Iterator[Open]:
    """Copy a workspace and open the copy; each copy is another folder."""
    opened: list[Recommender] = []

    def open_one(folder: Path) -> Recommender:
        target = tmp_path / f"workspace-{len(opened)}"
        shutil.copytree(folder, target)
        opened.append(open_workspace(target))
        return opened[-1]

    yield open_one
    for recommender in opened:
        recommender.close()


def contents(here: Recommender, version: str | None) -> dict[str, bytes]:
    assert version is not None
    folder = here.rankers.releases.path(version)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def put_release(here: Recommender, version: str = OLD, simulated: bool = False) -> None:
    """Write and activate a release that orders by the hours that mentors have, few first."""
    files = {SCORE: json_file(score_of(hours_per_month=-1.0).as_json())}
    here.rankers.releases.write(version, {"promoted": True, "simulated": simulated}, files)
    here.rankers.activate(version)


def damage(here: Recommender) -> Path:
    """Damage the release and return the workspace: whoever has read the release goes on with it."""
    folder = here.rankers.releases.path(OLD)
    (folder / SCORE).write_text("{}", encoding="utf-8")
    here.close()
    return folder.parents[1]


def make_simulated(here: Recommender) -> None:
    """Turn all cohorts into simulated ones, which nobody may do in earnest."""
    with here.store.write() as connection:
        cohorts.put(connection, [replace(cohort, simulated=True) for cohort in BOTH])


def test_what_is_shown_to_be_better_is_written_whole_and_becomes_active(
    trained: tuple[Path, RetrainingReport], open_copy: Open
) -> None:
    folder, report = trained
    here = open_copy(folder)
    assert report.promoted
    assert report.split is Split.COHORT
    assert report.champion is None
    assert report.cohorts == (AUTUMN.id, SPRING.id)
    assert here.rankers.active() == report.version
    assert report.version is not None
    assert report.version.startswith(SPRING.id + "-")
    assert here.rankers.releases.versions() == [report.version]
    files = contents(here, report.version)
    assert set(files) == FILES
    assert json.loads(files[REPORT]) == json.loads(json.dumps(report.as_json()))
    assert report.verdict["en"] in files["card.md"].decode()
    assert report.verdict["de"] in files["card.de.md"].decode()
    facts = here.rankers.releases.load(report.version).facts
    assert facts["promoted"] is True
    assert facts["cohorts"] == [AUTUMN.id, SPRING.id]
    assert set(facts["made_with"]) == {"tandem-mentoring", "numpy", "scikit-learn"}


def test_the_next_answer_uses_it(trained: tuple[Path, RetrainingReport], open_copy: Open) -> None:
    folder, report = trained
    here = open_copy(folder)
    answer = here.recommend(Query("m3", k=5))
    assert (answer.ranker, answer.degraded, answer.notes) == (report.version, False, ())
    assert report.version is not None
    score = here.rankers.releases.load(report.version).score
    for item in answer.recommendations:
        features = np.array([[item.features[name] for name in score.names]])
        assert item.score == pytest.approx(score.score(features)[0], abs=1e-6)


def test_another_workspace_with_the_same_data_gets_the_same_bytes(
    trained: tuple[Path, RetrainingReport], open_copy: Open, tmp_path: Path
) -> None:
    folder, report = trained
    build(tmp_path / "anew")
    there = open_copy(tmp_path / "anew")
    assert there.rankers.retrain() == report
    assert contents(there, report.version) == contents(open_copy(folder), report.version)


@QUICK
def test_another_seed_gives_another_version(
    trained: tuple[Path, RetrainingReport], template: Path, open_copy: Open
) -> None:
    there = open_copy(template)
    stages: list[str] = []
    other = there.rankers.retrain(seed=1, progress=lambda what, done, total: stages.append(what))
    assert list(dict.fromkeys(stages)) == ["reading", "measuring", "training", "storing"]
    assert other.seed == 1
    assert other.version is not None
    assert other.version != trained[1].version
    here = open_copy(trained[0])
    assert contents(there, other.version)[SCORE] == contents(here, trained[1].version)[SCORE]


@QUICK
def test_training_again_on_the_same_data_changes_nothing(
    trained: tuple[Path, RetrainingReport], open_copy: Open
) -> None:
    """The champion has learned from the newest cohort, so the challenger cannot beat it there."""
    folder, first = trained
    here = open_copy(folder)
    second = here.rankers.retrain()
    assert second.champion == first.version
    assert not second.promoted
    assert "active ranker stays" in second.verdict["en"]
    assert here.rankers.active() == first.version
    assert len(here.rankers.history()) == 1
    assert second.version is not None
    assert here.rankers.releases.versions() == sorted([first.version or "", second.version])
    with pytest.raises(RankerNotPromoted):
        here.rankers.activate(second.version)


@QUICK
def test_a_bad_champion_is_replaced_and_can_be_returned_to(template: Path, open_copy: Open) -> None:
    here = open_copy(template)
    put_release(here)
    report = here.rankers.retrain()
    assert report.champion == OLD
    assert report.promoted
    assert {comparison.order for comparison in report.comparisons} == set(Order) - {
        Order.CHALLENGER
    }
    assert here.rankers.active() == report.version
    assert here.rankers.roll_back() == OLD


@QUICK
def test_a_damaged_champion_is_not_compared_with(template: Path, open_copy: Open) -> None:
    here = open_copy(template)
    put_release(here)
    there = open_copy(damage(here))
    report = there.rankers.retrain()
    assert report.champion is None
    assert {comparison.order for comparison in report.comparisons} == set(Order) - {
        Order.CHALLENGER,
        Order.CHAMPION,
    }
    assert report.promoted
    assert report.verdict["en"].startswith("Shown to be better than affinity order")
    assert there.rankers.active() == report.version


@QUICK
@pytest.mark.parametrize("damaged", [False, True])
def test_simulated_feedback_never_replaces_what_real_feedback_taught(
    damaged: bool, template: Path, open_copy: Open
) -> None:
    here = open_copy(template)
    put_release(here)
    make_simulated(here)
    if damaged:
        here = open_copy(damage(here))
    report = here.rankers.retrain()
    assert report.simulated
    assert not report.promoted
    assert report.verdict["en"] == text("en", "verdict.simulated_over_real")
    assert here.rankers.active() == OLD
    assert report.version in here.rankers.releases.versions()


@QUICK
def test_simulated_feedback_may_replace_simulated_and_says_so(
    template: Path, open_copy: Open
) -> None:
    here = open_copy(template)
    put_release(here, simulated=True)
    make_simulated(here)
    report = here.rankers.retrain()
    assert report.promoted
    answer = here.recommend(Query("m3", k=5))
    assert answer.ranker == report.version
    assert "simulated" in answer.notes[0]


@QUICK
def test_who_is_erased_is_gone_from_what_is_learned(
    trained: tuple[Path, RetrainingReport], open_copy: Open, tmp_path: Path
) -> None:
    """The ranker equals one that never saw a list or a report of these two.

    Where both reports differ, they tell of the people and their words as they are now.
    """
    examples = lists(SEED, 100, 100)
    busy = np.bincount(examples.mentor[examples.asked]).argmax()
    eager = examples.mentee[examples.grade == 3][0]
    gone = [f"t{busy}", f"m{eager}"]
    here, before = open_copy(trained[0]), trained[1]
    assert here.rankers.roll_back() is None
    for person_id in gone:
        here.people.erase(person_id)
    after = here.rankers.retrain()
    with open_workspace(tmp_path / "never") as there:
        store_world(there, BOTH, examples, without=gone)
        never = there.rankers.retrain()
        assert contents(here, after.version)[SCORE] == contents(there, never.version)[SCORE]
    assert contents(here, after.version)[SCORE] != contents(here, before.version)[SCORE]
    assert after.n_impressions == never.n_impressions < before.n_impressions
    assert after.n_mentees == never.n_mentees == before.n_mentees - 1
    content, expected = after.as_json(), never.as_json()
    differing = {name for name in content if content[name] != expected[name]}
    assert differing <= {"version", "exposure"}
    assert after.exposure is not None
    assert never.exposure is not None
    assert after.exposure.n_mentors == never.exposure.n_mentors - 1


@QUICK
def test_an_activation_meanwhile_is_respected(template: Path, open_copy: Open) -> None:
    here = open_copy(template)
    put_release(here)

    def activate_another(what: str, done: int, total: int) -> None:
        if what == "measuring":
            put_release(here, OTHER)

    with pytest.raises(StoreBusy, match="activated while"):
        here.rankers.retrain(progress=activate_another)
    assert here.rankers.active() == OTHER
    assert here.rankers.releases.versions() == [OLD, OTHER]
    folder = here.rankers.releases.path(OLD).parent
    assert sorted(path.name for path in folder.iterdir()) == [OLD, OTHER]


def test_two_who_train_the_same_at_once_both_succeed(
    trained: tuple[Path, RetrainingReport], template: Path, open_copy: Open
) -> None:
    here, there = open_copy(template), open_copy(trained[0])
    first = trained[1].version or ""

    def be_overtaken(what: str, done: int, total: int) -> None:
        releases = here.rankers.releases
        if what == "measuring" and first not in releases.versions():
            shutil.copytree(there.rankers.releases.path(first), releases.path(first))
            here.rankers.activate(first)

    assert here.rankers.retrain(progress=be_overtaken) == trained[1]
    assert here.rankers.active() == first
    assert len(here.rankers.history()) == 1


def test_a_release_that_was_active_once_is_kept_whatever_happens(
    trained: tuple[Path, RetrainingReport], open_copy: Open
) -> None:
    """The same challenger as before, rolled back since, loses a race: its release stays."""
    here = open_copy(trained[0])
    first = trained[1].version or ""
    assert here.rankers.roll_back() is None

    def activate_another(what: str, done: int, total: int) -> None:
        if what == "measuring":
            put_release(here, OTHER)

    with pytest.raises(StoreBusy):
        here.rankers.retrain(progress=activate_another)
    assert here.rankers.releases.versions() == sorted([OTHER, first])
    here.rankers.activate(first)


# With too few mentees nothing is trained: what is read shows all the same, and fast.

WINTER = Cohort("2026-winter", "Winter", date(2026, 9, 1), date(2026, 9, 30))
TRIAL_RUN = replace(SPRING, simulated=True)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Recommender]:
    opened = open_workspace(tmp_path / "few")
    yield opened
    opened.close()


def three_cohorts(here: Recommender, middle: Cohort = SPRING) -> None:
    store_world(here, (AUTUMN, middle, WINTER), lists(1, 12, 10, 8))


def test_too_little_feedback_changes_nothing(here: Recommender) -> None:
    store_world(here, BOTH, lists(1, 15, 20))
    put_release(here)
    report = here.rankers.retrain()
    assert 4 < report.n_rated_mentees < 40
    assert not report.promoted
    assert (report.version, report.kind, report.split) == (None, None, None)
    assert f" {report.n_rated_mentees} rated mentees, at least 40" in report.verdict["en"]
    assert f" {report.n_rated_mentees} bewertete Mentees" in report.verdict["de"]
    assert here.rankers.active() == OLD
    assert here.rankers.releases.versions() == [OLD]
    assert report.n_asked >= report.n_accepted > 0
    assert report.acceptance is None


def test_one_or_two_mentees_are_not_counted_out(here: Recommender) -> None:
    store_world(here, (SPRING,), lists(1, 3))
    report = here.rankers.retrain()
    assert 0 < report.n_rated_mentees < 5
    assert "fewer than 5 rated mentees" in report.verdict["en"]
    assert "weniger als 5 bewertete Mentees" in report.verdict["de"]


def test_without_a_cohort_there_is_nothing_to_train_on(here: Recommender) -> None:
    with pytest.raises(UnknownCohort):
        here.rankers.retrain()
    here.cohorts.put(SPRING)
    with pytest.raises(UnknownCohort, match="2031"):
        here.rankers.retrain("2031")
    report = here.rankers.retrain()
    assert (report.cohort, report.cohorts, report.n_impressions) == (SPRING.id, (SPRING.id,), 0)
    assert " 0 rated mentees" in report.verdict["en"]


def test_cohorts_up_to_the_one_named_are_pooled_and_older_ones_count_less(
    here: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_cohorts(here)
    arguments: list[Examples] = []

    def spy(
        examples: Examples,
        rng: np.random.Generator,
        champion: AdditiveScore | None,
        lexical: LexicalOrder,
        progress: Progress,
    ) -> Trial:
        arguments.append(examples)
        return run_trial(examples, rng, champion, lexical, progress)

    monkeypatch.setattr(retraining, "run_trial", spy)
    assert here.rankers.retrain(AUTUMN.id).cohorts == (AUTUMN.id,)
    assert here.rankers.retrain(SPRING.id).cohorts == (AUTUMN.id, SPRING.id)
    report = here.rankers.retrain()
    assert report.cohort == WINTER.id
    assert report.cohorts == (AUTUMN.id, SPRING.id, WINTER.id)
    oldest, two, three = arguments
    assert oldest.cohorts == (AUTUMN.id,)
    assert set(trust(oldest, 0.0)) == {1.0}
    weights = {place: set(trust(two, 0.0)[two.cohort == place]) for place in (0, 1)}
    assert weights == {0: {0.5**0.5}, 1: {1.0}}
    weights = {place: set(trust(three, 0.0)[three.cohort == place]) for place in (0, 1, 2)}
    assert weights == {0: {0.5}, 1: {0.5**0.5}, 2: {1.0}}
    assert len(oldest) < len(two) < len(three) == report.n_impressions


def test_a_cohort_nobody_has_reported_on_waits(here: Recommender) -> None:
    three_cohorts(here)
    here.cohorts.put(Cohort("2027", "Next", date(2027, 1, 1), date(2027, 6, 30)))
    assert here.rankers.retrain().cohort == WINTER.id
    named = here.rankers.retrain("2027")
    assert named.cohorts == (AUTUMN.id, SPRING.id, WINTER.id, "2027")


def test_simulated_and_real_cohorts_are_never_mixed(here: Recommender) -> None:
    three_cohorts(here, middle=TRIAL_RUN)
    real, simulated = here.rankers.retrain(), here.rankers.retrain(TRIAL_RUN.id)
    assert (real.simulated, real.cohorts) == (False, (AUTUMN.id, WINTER.id))
    assert (simulated.simulated, simulated.cohorts) == (True, (TRIAL_RUN.id,))
    alone = here.rankers.retrain(AUTUMN.id)
    assert real.n_impressions > alone.n_impressions
    assert simulated.n_mentees <= 10


@pytest.mark.parametrize("state", ["usable", "damaged", "of another encoder", "gone"])
def test_only_a_champion_that_can_be_used_is_one(state: str, here: Recommender) -> None:
    three_cohorts(here)
    put_release(here)
    folder = here.rankers.releases.path(OLD)
    if state == "damaged":
        damage(here)
    elif state == "gone":
        shutil.rmtree(folder)
    another = HashEncoder("another" if state == "of another encoder" else "hash")
    with open_workspace(folder.parents[1], another) as there:
        report = there.rankers.retrain()
    assert report.champion == (OLD if state == "usable" else None)
    if state == "of another encoder":
        assert report.n_impressions == 0
        assert report.left_out["other_encoder"] > 0


def test_exposure_counts_everybody_who_could_be_shown(here: Recommender) -> None:
    examples = lists(1, 12)
    store_world(here, (SPRING,), examples)
    shown = len(np.unique(examples.mentor))
    exposure = here.rankers.retrain().exposure
    assert exposure is not None
    assert (exposure.n_mentors, exposure.n_never_shown) == (shown, 0)
    for name in "abc":
        here.people.put(invented(name, skill("film short clips")))
    exposure = here.rankers.retrain().exposure
    assert exposure is not None
    assert (exposure.n_mentors, exposure.n_never_shown) == (shown + 3, 3)


def test_only_the_newest_cohort_is_told_of(here: Recommender) -> None:
    store_world(here, BOTH, lists(1, 30, 3))
    examples = lists(1, 30, 3)
    exposure = here.rankers.retrain().exposure
    assert exposure is not None
    assert exposure.n_never_shown is not None
    in_newest = len(np.unique(examples.mentor[examples.cohort == 1]))
    assert exposure.n_mentors - exposure.n_never_shown == in_newest


def test_groups_of_five_are_compared_and_smaller_ones_are_not(here: Recommender) -> None:
    examples = lists(1, 20)
    store_world(here, (SPRING,), examples)
    mentors = np.unique(examples.mentor)
    attention = np.array(
        [
            (1 / np.log2(1 + examples.position[examples.mentor == mentor])).sum()
            for mentor in mentors
        ]
    )
    order = mentors[np.argsort(-attention)]
    seen_most, small = order[:20].tolist(), order[20:24].tolist()
    groups = {f"t{mentor}": "most" for mentor in seen_most} | {
        f"t{mentor}": "few" for mentor in small
    }
    assert here.rankers.retrain().skew == ()
    few, most = here.rankers.retrain(groups=groups | {"nobody": "most"}).skew
    assert few == GroupExposure("few", None, None, None, "too few people")
    assert (most.label, most.n_people, most.verdict) == ("most", 20, "shown more often")
    first, others = attention[np.isin(mentors, seen_most)], attention[~np.isin(mentors, seen_most)]
    assert most.ratio == pytest.approx(first.mean() / others.mean())
    assert here.rankers.retrain(groups={"nobody": "most"}).skew == ()

"""A simulated cohort of the sample organisation: who reports what, when, and about whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from recommender.app import Recommender
from recommender.domain.errors import InvalidInput, UnknownPerson
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind
from recommender.domain.people import Person, Statement
from recommender.domain.ranking import Query, Ranking
from recommender.ranking.learning.examples import gather
from recommender.simulation import simulate_cohort
from recommender.simulation.cohort import merit
from recommender.simulation.sample import SAMPLE_SIZE
from recommender.store import Store, people
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.store.impressions import Impression, impressions_of
from tests.sample import FILES

SPRING = Cohort("spring", "Spring", date(2026, 3, 1), date(2026, 6, 30), simulated=True)
N_ASKING = 145
"""Four in five of the sample's 181 active mentees with goals."""


@dataclass(frozen=True)
class Simulated:
    """One simulated cohort and the state in which it left the workspace."""

    recommender: Recommender
    reports: tuple[Feedback, ...]
    impressions: list[Impression]
    steps: list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    workspace = tmp_path_factory.mktemp("sample")
    store = Store.in_folder(workspace)
    with Recommender(store, lambda: HashEncoder(), workspace) as recommender:
        recommender.people.import_files(FILES)
        steps: list[tuple[str, int, int]] = []
        reports = simulate_cohort(
            recommender, SPRING, 1, progress=lambda *values: steps.append(values)
        )
        with store.read() as connection:
            impressions = impressions_of(connection)
        yield Simulated(recommender, reports, impressions, steps)


def everybody(recommender: Recommender) -> dict[str, Person]:
    with recommender.store.read() as connection:
        return {person_id: person for person_id, (_, person) in people.get_many(connection).items()}


def by_pair(reports: tuple[Feedback, ...]) -> dict[tuple[str, str], list[Feedback]]:
    by_pair: dict[tuple[str, str], list[Feedback]] = {}
    for report in reports:
        by_pair.setdefault((report.mentee_id, report.mentor_id), []).append(report)
    return by_pair


def test_four_in_five_mentees_ask_once_each_at_a_moment_of_their_own(sample: Simulated) -> None:
    asking = Counter(impression.mentee_id for impression in sample.impressions)
    moments = {impression.created_at for impression in sample.impressions}
    assert len(asking) == len(moments) == N_ASKING
    assert max(asking.values()) == 10
    assert min(moments) >= datetime(2026, 3, 1, tzinfo=UTC)
    assert max(moments) < datetime(2026, 7, 1, tzinfo=UTC)
    assert sample.steps[0][1:] == (1, N_ASKING)
    assert sample.steps[-1][1:] == (N_ASKING, N_ASKING)


def test_reports_are_about_who_was_shown_and_come_within_the_cohort(sample: Simulated) -> None:
    shown = {
        (impression.mentee_id, impression.mentor_id): impression.created_at
        for impression in sample.impressions
    }
    known = everybody(sample.recommender)
    assert len(known) == SAMPLE_SIZE
    for pair, reports in by_pair(sample.reports).items():
        assert reports[0].kind is FeedbackKind.ASKED
        assert reports[0].given_at == shown[pair]
        assert all(impression.cohort == SPRING.id for impression in reports)
        assert all(shown[pair] <= impression.given_at for impression in reports)
        assert all(impression.given_at < datetime(2026, 7, 1, tzinfo=UTC) for impression in reports)
        goals = [impression.goal for impression in reports if impression.goal is not None]
        assert set(goals) <= {own.text for own in known[pair[0]].goals}
    assert len({impression.key for impression in sample.reports}) == len(sample.reports)


def test_nobody_accepts_more_mentees_than_they_have_places(sample: Simulated) -> None:
    accepted = Counter(
        impression.mentor_id
        for impression in sample.reports
        if impression.kind is FeedbackKind.ACCEPTED
    )
    places = {
        impression.mentor_id: impression.features["free_capacity"]
        for impression in sample.impressions
    }
    assert max(accepted.values()) > 1
    assert all(n <= places[mentor] for mentor, n in accepted.items())


def test_the_same_seed_gives_the_same_reports_and_another_one_others(sample: Simulated) -> None:
    assert simulate_cohort(sample.recommender, SPRING, 1) == sample.reports
    assert simulate_cohort(sample.recommender, SPRING, 2) != sample.reports


def test_a_cohort_of_a_single_day_holds_all_of_its_reports(sample: Simulated) -> None:
    day = replace(SPRING, id="day", ends_on=SPRING.starts_on)
    reports = simulate_cohort(sample.recommender, day, 3)
    assert {report.given_at.date() for report in reports} == {SPRING.starts_on}


def test_the_clock_goes_on_as_before_even_after_a_failure(
    sample: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_query: Query) -> Ranking:
        raise UnknownPerson("p9999")

    before = sample.recommender.clock
    monkeypatch.setattr(sample.recommender, "recommend", fail)
    with pytest.raises(UnknownPerson):
        simulate_cohort(sample.recommender, SPRING, 1)
    assert sample.recommender.clock is before
    assert datetime.now(UTC) - before() < timedelta(minutes=1)


def test_a_real_cohort_is_refused_before_anybody_is_asked(sample: Simulated) -> None:
    recommender = sample.recommender
    with recommender.store.read() as connection:
        before = len(impressions_of(connection))
    with pytest.raises(InvalidInput, match="marked as simulated"):
        simulate_cohort(recommender, replace(SPRING, simulated=False), 1)
    with recommender.store.read() as connection:
        assert len(impressions_of(connection)) == before


def test_people_whose_true_topics_nobody_knows_are_refused(tiny_world: Recommender) -> None:
    with pytest.raises(InvalidInput, match="sample organisation") as refusal:
        simulate_cohort(tiny_world, SPRING, 1)
    assert "automate weekly reports" not in str(refusal.value)


def test_a_workspace_without_people_is_refused(
    open_recommender: Callable[[], Recommender],
) -> None:
    with pytest.raises(InvalidInput, match="nobody"):
        simulate_cohort(open_recommender(), SPRING, 1)


FACTS = {"organisational_distance": 6.0, "hours_per_month": 3.0, "same_site": 0.0}
TOPICS = {"flows": "automation", "film": "video", "lead": "leading", "rule": "law"}


def worth(
    *statement: Statement, goals: tuple[Statement, ...] = (goal("flows", 1),), **facts: float
) -> float:
    mentee = person("mentee", *goals, skill("lead"), languages=("de", "en"))
    mentor = person("mentor", *statement, languages=("en", "de"))
    return merit(mentee, mentor, {**FACTS, **facts}, TOPICS)


def test_a_mentor_is_as_good_as_what_they_know_of_the_goals() -> None:
    assert worth(skill("film", 5)) == pytest.approx(-2.4)
    assert worth(skill("flows", 5)) == pytest.approx(-2.4 + 2.6 + 1.0)
    assert worth(skill("flows", 1)) == pytest.approx(-2.4 + 0.2 * 3.6)
    two = (goal("film", 1), goal("flows", 3))
    assert worth(skill("flows", 5), goals=two) == pytest.approx(-2.4 + 0.8 * 2.6 + 0.5)


def test_circumstances_and_the_other_direction_count_as_well() -> None:
    nothing = worth(skill("flows", 3))
    assert worth(skill("flows", 3), goal("lead"), goal("rule")) == pytest.approx(nothing + 0.6)
    assert worth(skill("flows", 3), same_site=1.0) == pytest.approx(nothing + 0.5)
    assert worth(skill("flows", 3), hours_per_month=5.0) == pytest.approx(nothing + 0.8)
    assert worth(skill("flows", 3), organisational_distance=8.0) == pytest.approx(nothing + 0.6)


@pytest.mark.encoder
@pytest.mark.usefixtures("sample_is_encoded")
def test_people_of_the_sample_act_plausibly(tmp_path: Path) -> None:
    """With the bundled encoder, so that the lists are what a real mentee would see."""
    with Recommender.open(tmp_path, threads=1) as recommender:
        recommender.people.import_files(FILES)
        reports = simulate_cohort(recommender, SPRING, 1)
        recommender.cohorts.put(SPRING)
        recommender.feedback.record(reports)
        with recommender.store.read() as connection:
            gathered = gather(connection, [SPRING], recommender.encoder.digest)
    steps = Counter(report.kind for report in reports)
    examples = gathered.examples
    assert set(gathered.left_out) == {"unanswered"}
    n_shown = len(examples) + gathered.left_out["unanswered"]
    assert 0.15 < steps[FeedbackKind.ASKED] / n_shown < 0.25
    assert 0.5 < steps[FeedbackKind.ACCEPTED] / steps[FeedbackKind.ASKED] < 0.8
    assert examples.accepted.sum() == steps[FeedbackKind.ACCEPTED]
    assert 0.4 < (examples.grade[examples.accepted] >= 2).mean() < 0.8

"""How invented people act: extremes whose outcome can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from recommender.domain.feedback import FORMS, Again, DeclineReason, FeedbackKind, Fit, Side
from recommender.simulation.behaviour import MOST_ASKED, Behaviour, Report, Shown, act

PLAIN = Behaviour(
    eta=0.0,
    perception=0.0,
    popular=0.0,
    declines=0.0,
    no_time=0.0,
    unanswered=0.0,
    silent=0.0,
    missing=0.0,
    leniency=0.0,
    noise=0.0,
)
SEEDS = range(30)


def a_list(*utility: float, **changes: object) -> Shown:
    n = len(utility)
    values: dict[str, object] = {
        "utility": np.array(utility, dtype=np.float64),
        "popularity": np.ones(n),
        "has_time": np.ones(n, dtype=np.bool_),
        "mentee_leniency": 0.0,
        "mentor_leniency": np.zeros(n),
        "n_goals": 2,
    }
    return Shown(**{**values, **changes})  # type: ignore[arg-type]


def asked(reports: list[Report]) -> list[int]:
    return [report.row for report in reports if report.kind is FeedbackKind.ASKED]


def kinds(reports: list[Report]) -> set[FeedbackKind]:
    return {report.kind for report in reports}


def mean_usefulness(reports: list[Report], side: Side) -> float:
    values = [
        report.value
        for report in reports
        if report.kind is FeedbackKind.USEFULNESS and report.side is side
    ]
    return float(np.mean([value for value in values if isinstance(value, int)]))


def test_without_noise_and_position_bias_the_best_are_asked() -> None:
    shown = a_list(0.2, 0.5, 0.9, 0.1, 0.7)
    lists = {tuple(asked(act(PLAIN, shown, default_rng(seed)))) for seed in SEEDS}
    assert lists == {(2,), (2, 4), (2, 4, 1)}


def test_with_full_position_bias_only_the_first_is_asked() -> None:
    shown = a_list(0.2, 0.5, 0.9, 0.1)
    blind = replace(PLAIN, eta=60.0)
    assert {tuple(asked(act(blind, shown, default_rng(seed)))) for seed in SEEDS} == {(0,)}


def test_position_bias_follows_its_formula() -> None:
    """Of two equals the second is looked at, and then asked, with the probability 2^−eta."""
    shown, rng = a_list(0.5, 0.5), default_rng(1)
    behaviour = replace(PLAIN, eta=1.0)
    both = [len(asked(act(behaviour, shown, rng))) for _ in range(3_000)]
    # One in three asks one of the two; if it is the second then it has been looked at as well.
    assert np.mean(np.array(both) == 2) == pytest.approx(2 / 3 * 0.5, abs=0.03)


def test_popular_mentors_are_asked_whatever_their_utility() -> None:
    shown = a_list(0.9, 0.9, 0.9, 0.0, popularity=np.array([1e-9, 1e-9, 1e-9, 1.0]))
    famous = replace(PLAIN, popular=1.0)
    assert all(asked(act(famous, shown, default_rng(seed)))[0] == 3 for seed in SEEDS)
    assert 3 not in {row for seed in SEEDS for row in asked(act(PLAIN, shown, default_rng(seed)))}


def test_who_always_declines_accepts_nobody() -> None:
    grumpy = replace(PLAIN, declines=1.0)
    for seed in SEEDS:
        reports = act(grumpy, a_list(1.0, 0.5, 0.0), default_rng(seed))
        assert kinds(reports) == {FeedbackKind.ASKED, FeedbackKind.DECLINED}


def test_who_never_declines_accepts_everybody() -> None:
    for seed in SEEDS:
        reports = act(PLAIN, a_list(1.0, 0.5, 0.0), default_rng(seed))
        accepted = [report.row for report in reports if report.kind is FeedbackKind.ACCEPTED]
        assert accepted == asked(reports)


@pytest.mark.parametrize(("utility", "expected"), [(0.0, 0.7**1.75), (0.5, 0.7), (1.0, 0.7**0.25)])
def test_good_pairs_are_accepted_more_often(utility: float, expected: float) -> None:
    behaviour, rng = replace(PLAIN, declines=0.3), default_rng(5)
    kinds_of_lists = [kinds(act(behaviour, a_list(utility), rng)) for _ in range(3_000)]
    accepted = np.mean([FeedbackKind.ACCEPTED in kinds_of_list for kinds_of_list in kinds_of_lists])
    assert accepted == pytest.approx(expected, abs=0.03)


def test_without_a_free_place_the_mentor_declines_for_want_of_time() -> None:
    shown = a_list(1.0, has_time=np.array([False]))
    _, declined = act(PLAIN, shown, default_rng(0))
    assert (declined.kind, declined.value) == (FeedbackKind.DECLINED, DeclineReason.NO_TIME)


def test_a_useless_pair_is_declined_for_its_topic() -> None:
    grumpy = replace(PLAIN, declines=1.0)
    reasons = [act(grumpy, a_list(0.0), default_rng(seed))[1].value for seed in SEEDS]
    assert set(reasons) == {DeclineReason.OTHER_TOPIC}


def test_an_unanswered_request_ends_there() -> None:
    reports = act(replace(PLAIN, unanswered=1.0), a_list(1.0, 1.0), default_rng(0))
    assert kinds(reports) == {FeedbackKind.ASKED}


@pytest.mark.parametrize(
    ("utility", "usefulness", "progress", "fit", "again"),
    [
        (1.0, 5, 2, Fit.GOOD, Again.YES),
        (0.5, 3, 0, Fit.UNDECIDED, Again.YES),
        (0.25, 2, -1, Fit.NOT_A_FIT, Again.NO),
        (0.0, 1, -2, Fit.NOT_A_FIT, Again.NO),
    ],
)
def test_reports_say_what_the_pair_is_worth(
    utility: float, usefulness: int, progress: int, fit: Fit, again: Again
) -> None:
    reports = act(PLAIN, a_list(utility), default_rng(3))
    values = {(report.side, report.kind): report.value for report in reports}
    assert {side for side, kind in values if kind is FeedbackKind.AGAIN} == set(Side)
    for (_, kind), value in values.items():
        expected = {
            FeedbackKind.USEFULNESS: usefulness,
            FeedbackKind.PROGRESS: progress,
            FeedbackKind.FIT: fit,
            FeedbackKind.AGAIN: again,
        }
        assert value == expected.get(kind)
    goals = [report.goal for report in reports if report.kind is FeedbackKind.PROGRESS]
    assert goals == [0, 1]


def test_a_harsh_rater_reports_less_and_the_other_side_does_not() -> None:
    fair = act(PLAIN, a_list(0.8), default_rng(2))
    harsh = act(PLAIN, a_list(0.8, mentee_leniency=-0.3), default_rng(2))
    assert mean_usefulness(harsh, Side.MENTEE) == mean_usefulness(fair, Side.MENTEE) - 1
    assert mean_usefulness(harsh, Side.MENTOR) == mean_usefulness(fair, Side.MENTOR)


def test_a_lenient_mentor_reports_more_and_the_other_side_does_not() -> None:
    fair = act(PLAIN, a_list(0.5), default_rng(2))
    lenient = act(PLAIN, a_list(0.5, mentor_leniency=np.array([0.3])), default_rng(2))
    assert mean_usefulness(lenient, Side.MENTOR) == mean_usefulness(fair, Side.MENTOR) + 1
    assert mean_usefulness(lenient, Side.MENTEE) == mean_usefulness(fair, Side.MENTEE)


@pytest.mark.parametrize("changes", [{"silent": 1.0}, {"missing": 1.0}])
def test_nothing_but_steps_is_reported_by_the_silent(changes: dict[str, float]) -> None:
    reports = act(replace(PLAIN, **changes), a_list(0.8), default_rng(0))
    assert reports
    assert all(report.kind.step is not None for report in reports)


def test_nobody_acts_on_an_empty_list() -> None:
    assert act(Behaviour(), a_list(), default_rng(0)) == []


@given(
    seed=st.integers(0, 2**32),
    utility=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    eta=st.floats(0, 3),
    popular=st.floats(0, 1),
)
def test_reports_have_the_form_of_their_kind(
    seed: int, utility: list[float], eta: float, popular: float
) -> None:
    behaviour = Behaviour(eta=eta, popular=popular)
    reports = act(behaviour, a_list(*utility), default_rng(seed))
    assert reports == act(behaviour, a_list(*utility), default_rng(seed))
    rows = asked(reports)
    assert len(set(rows)) == len(rows) <= MOST_ASKED
    for report in reports:
        form = FORMS[report.kind]
        assert report.row in rows
        assert report.side in form.sides
        assert 0 <= report.when < 1
        assert (report.session is not None) == form.per_session
        assert (report.goal is not None) == form.per_goal
        if form.words is not None:
            assert report.value in list(form.words)
        elif form.scale is not None:
            assert isinstance(report.value, int)
            assert form.scale[0] <= report.value <= form.scale[1]
        else:
            assert report.value is None

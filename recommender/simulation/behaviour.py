"""How invented people act on what they are shown, given how good each pair truly is.

Mentees look at the first places more than at the last, ask those who seem best to them, and
sometimes simply whom everybody knows. Mentors accept or decline; pairs meet, and both sides report
what a pair is worth, each with their own leniency and some noise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from recommender.domain.feedback import Again, DeclineReason, FeedbackKind, Fit, Side
from recommender.simulation.chance import happens

MOST_ASKED = 3
MOST_SESSIONS = 4
FIT_FROM = ((0.6, Fit.GOOD), (0.4, Fit.UNDECIDED))
"""Felt worth from which a side calls the pair a fit, or is undecided."""
AGAIN_FROM = 0.5
SCALES = {FeedbackKind.USEFULNESS: (1, 5), FeedbackKind.PROGRESS: (-2, 2)}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What people are like. Utilities and felt worths are 0 (useless) to 1 (could not be better).

    Args:
        eta: Position bias: place p is looked at with the probability p^−eta; 0 for none, 1 for
            a usual list, 2 if hardly anybody looks beyond the first few.
        perception: Standard deviation of a mentee's error about a utility, 0 to 1.
        popular: Share of requests that go to popular mentors whatever their utility, 0 to 1.
        declines: How often mentors decline a pair of utility 0.5, 0 to 1.
        no_time: Share of the declines that are for want of time, 0 to 1.
        unanswered: Share of the requests that are never answered, 0 to 1.
        silent: How often a side reports nothing about a pair, 0 to 1.
        missing: How often one report about a pair is missing, 0 to 1.
        leniency: Standard deviation over people of what they add to every report, 0 to 1.
        noise: Standard deviation of a side's feeling about a pair, 0 to 1; single reports scatter
            around it half as much.
    """

    eta: float = 1.0
    perception: float = 0.15
    popular: float = 0.1
    declines: float = 0.3
    no_time: float = 0.4
    unanswered: float = 0.05
    silent: float = 0.1
    missing: float = 0.1
    leniency: float = 0.08
    noise: float = 0.08


@dataclass(frozen=True, slots=True)
class Shown:
    """One list, as it is and as nobody in it can see it.

    Attributes:
        utility: How good the pair would be, 0 to 1, in the order shown, (n,) float64.
        popularity: How much the mentors are known, more than 0, (n,) float64.
        has_time: Whether the mentors still have a free place, (n,) bool.
        mentee_leniency: What the mentee adds to every report.
        mentor_leniency: What the mentors add, (n,) float64.
        n_goals: How many goals the mentee has.
    """

    utility: NDArray[np.float64]
    popularity: NDArray[np.float64]
    has_time: NDArray[np.bool_]
    mentee_leniency: float
    mentor_leniency: NDArray[np.float64]
    n_goals: int


@dataclass(frozen=True, slots=True)
class Report:
    """One report about one shown mentor.

    Attributes:
        row: 0-based place of the mentor in the list.
        side: Who reports.
        kind: What is reported.
        value: As the kind demands.
        session: 1-based, where the kind is about a session.
        goal: 0-based, where the kind is about a goal.
        when: Share of the time between the list and the end of the cohort, 0 to less than 1.
    """

    row: int
    side: Side
    kind: FeedbackKind
    value: int | str | None = None
    session: int | None = None
    goal: int | None = None
    when: float = 0.0


def act(behaviour: Behaviour, shown: Shown, rng: Generator) -> list[Report]:
    """Return what both sides report after one list was shown, pair by pair as time goes by."""
    reports: list[Report] = []
    for row in _asked(behaviour, shown, rng):
        reports.append(Report(row, Side.MENTEE, FeedbackKind.ASKED))
        if happens(behaviour.unanswered, rng):
            continue
        reason = _reason_to_decline(
            behaviour, float(shown.utility[row]), bool(shown.has_time[row]), rng
        )
        if reason is not None:
            reports.append(Report(row, Side.MENTOR, FeedbackKind.DECLINED, reason, when=0.05))
            continue
        reports.append(Report(row, Side.MENTOR, FeedbackKind.ACCEPTED, when=0.05))
        reports.append(Report(row, Side.MENTEE, FeedbackKind.ACTIVE, when=0.1))
        reports += _told(behaviour, shown, row, rng)
        reports.append(Report(row, Side.MENTEE, FeedbackKind.ENDED, when=0.95))
    return reports


def _asked(behaviour: Behaviour, shown: Shown, rng: Generator) -> list[int]:
    """Return the 1 to 3 rows that the mentee asks, fewer only if they look at fewer."""
    n = len(shown.utility)
    if n == 0:
        return []
    n_asked = min(int(rng.integers(1, MOST_ASKED + 1)), n)
    n_popular = int(rng.binomial(n_asked, behaviour.popular))
    known = shown.popularity / shown.popularity.sum()
    popular: list[int] = rng.choice(n, n_popular, replace=False, p=known).tolist()
    examined = rng.random(n) < np.arange(1, n + 1) ** -behaviour.eta
    seems = shown.utility + behaviour.perception * rng.standard_normal(n)
    best = [row for row in np.argsort(-seems).tolist() if examined[row] and row not in popular]
    return popular + best[: n_asked - n_popular]


def _reason_to_decline(
    behaviour: Behaviour, utility: float, has_time: bool, rng: Generator
) -> DeclineReason | None:
    """Return why the mentor declines, or None if they accept.

    The better a pair would be the rarer it is declined: with the probability 1 − (1 − d)^e where e
    falls from 1.75 at utility 0 over 1 at utility 0.5 to 0.25 at utility 1.
    """
    if not has_time:
        return DeclineReason.NO_TIME
    if happens((1.0 - behaviour.declines) ** (1.75 - 1.5 * utility), rng):
        return None
    if happens(behaviour.no_time, rng):
        return DeclineReason.NO_TIME
    if happens(1.0 - utility, rng):
        return DeclineReason.OTHER_TOPIC
    return DeclineReason.TOO_CLOSE if happens(0.3, rng) else DeclineReason.OTHER


def _told(behaviour: Behaviour, shown: Shown, row: int, rng: Generator) -> Iterator[Report]:
    """Yield what both sides say about a pair that met."""
    n_sessions = int(rng.integers(1, MOST_SESSIONS + 1))
    for side in Side:
        leniency = shown.mentee_leniency if side is Side.MENTEE else shown.mentor_leniency[row]
        feels = shown.utility[row] + leniency + behaviour.noise * rng.standard_normal()
        if happens(behaviour.silent, rng):
            continue
        for kind, session, goal, when in _occasions(side, n_sessions, shown.n_goals):
            felt = feels + 0.5 * behaviour.noise * rng.standard_normal()
            if not happens(behaviour.missing, rng):
                yield Report(row, side, kind, _value(kind, felt), session, goal, when)


def _occasions(
    side: Side, n_sessions: int, n_goals: int
) -> Iterator[tuple[FeedbackKind, int | None, int | None, float]]:
    """Yield what one side is asked to report: kind, session, goal, and when."""
    yield FeedbackKind.FIT, None, None, 0.15
    for session in range(1, n_sessions + 1):
        yield FeedbackKind.USEFULNESS, session, None, 0.1 + 0.15 * session
    if side is Side.MENTEE:
        for goal in range(n_goals):
            yield FeedbackKind.PROGRESS, None, goal, 0.8
    yield FeedbackKind.AGAIN, None, None, 0.9


def _value(kind: FeedbackKind, felt: float) -> int | str:
    """Return the value of a report that says what somebody felt."""
    if kind is FeedbackKind.FIT:
        return next((fit for least, fit in FIT_FROM if felt >= least), Fit.NOT_A_FIT)
    if kind is FeedbackKind.AGAIN:
        return Again.YES if felt >= AGAIN_FROM else Again.NO
    low, high = SCALES[kind]
    return round(low + (high - low) * min(1.0, max(0.0, felt)))

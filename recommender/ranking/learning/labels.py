"""From what both sides report to a graded label: how good it was to show this mentor.

The label is two-sided: a pair is good when both say so.

=====  ==========================================================================================
grade  what happened
=====  ==========================================================================================
0      shown and not asked (weak evidence), or declined, or at least one side was dissatisfied
1      accepted and nothing reported yet, or at least one side was rather not satisfied
2      the less satisfied side was fairly satisfied, or only one side has reported so far
3      both sides were satisfied
none   asked and not answered, or declined for want of time: that says nothing about the two
=====  ==========================================================================================
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import fmean

from recommender.domain.feedback import Again, DeclineReason, FeedbackKind, Fit, Side
from recommender.store.feedback import FeedbackRow

GRADE_FROM = (0.3, 0.5, 0.7)
"""Satisfaction of the less satisfied side from which a pair has grade 1, 2 and 3."""
ONE_SIDE_AT_MOST = 2
N_PARTNERS_TO_CENTRE = 3
SHRINKAGE = 3.0
FULLY: Mapping[int | str | None, float] = {
    Fit.GOOD: 1.0,
    Fit.UNDECIDED: 0.5,
    Fit.NOT_A_FIT: 0.0,
    Again.YES: 1.0,
    Again.NO: 0.0,
}
_SCALES = {FeedbackKind.USEFULNESS: (1, 5), FeedbackKind.PROGRESS: (-2, 2)}

PairKey = tuple[str, int, int]
"""Cohort, mentor, mentee."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pair in one cohort.

    Attributes:
        asked_at: When the mentee asked, or the first report if that is missing.
        answered: Whether the mentor has accepted or declined.
        accepted: Whether both wanted it: the mentee asked and the mentor accepted.
        no_time: Whether the mentor declined for want of time.
        mentee: How satisfied the mentee was, 0 to 1, or None if they have not said.
        mentor: The same for the mentor.
    """

    asked_at: datetime
    answered: bool
    accepted: bool
    no_time: bool
    mentee: float | None
    mentor: float | None


def grade(outcome: Outcome | None) -> int | None:
    """Return the label of an impression, 0 to 3, or None if nothing can be learned from it.

    Args:
        outcome: What became of the pair, or None if the mentor was not asked.
    """
    if outcome is None:
        return 0
    if not outcome.answered or outcome.no_time:
        return None
    if not outcome.accepted:
        return 0
    satisfaction = [side for side in (outcome.mentee, outcome.mentor) if side is not None]
    if not satisfaction:
        return 1
    reached = sum(min(satisfaction) >= threshold for threshold in GRADE_FROM)
    return reached if len(satisfaction) == len(Side) else min(reached, ONE_SIDE_AT_MOST)


def outcomes(reports: Iterable[FeedbackRow]) -> dict[PairKey, Outcome]:
    """Return what became of every pair that somebody reported about.

    Raters differ, so each rater's satisfaction is centred on that of all raters of the same side
    where they have rated enough partners; with fewer, leniency and a good match cannot be told
    apart.

    Args:
        reports: Current reports, in the order in which they were given.
    """
    by_pair: dict[PairKey, list[FeedbackRow]] = defaultdict(list)
    for report in reports:
        by_pair[report.cohort, report.mentor, report.mentee].append(report)
    outcome_of = {pair: _outcome(of_pair) for pair, of_pair in by_pair.items()}
    return _centred(outcome_of)


def _outcome(reports: list[FeedbackRow]) -> Outcome:
    steps = [report for report in reports if report.kind.step is not None]
    asked = [report for report in steps if report.kind is FeedbackKind.ASKED]
    answers = [report for report in steps if report.kind is not FeedbackKind.ASKED]
    met = len(steps) < len(reports)  # whoever rates has met, whether or not the step was reported
    declined = bool(answers) and answers[-1].kind is FeedbackKind.DECLINED and not met
    return Outcome(
        asked_at=(asked or reports)[0].given_at,
        answered=bool(answers) or met,
        accepted=(bool(answers) or met) and not declined,
        no_time=declined and answers[-1].value == DeclineReason.NO_TIME,
        mentee=_satisfaction(reports, Side.MENTEE),
        mentor=_satisfaction(reports, Side.MENTOR),
    )


def _satisfaction(reports: list[FeedbackRow], side: Side) -> float | None:
    """Return the mean over the kinds of feedback, so that many sessions weigh no more than one."""
    by_kind: dict[FeedbackKind, list[float]] = defaultdict(list)
    for report in reports:
        if report.side is side and report.kind.step is None:
            by_kind[report.kind].append(_from_0_to_1(report))
    return fmean(map(fmean, by_kind.values())) if by_kind else None


def _from_0_to_1(report: FeedbackRow) -> float:
    if report.kind in _SCALES and isinstance(report.value, int):
        low, high = _SCALES[report.kind]
        return (report.value - low) / (high - low)
    return FULLY[report.value]


def _centred(outcome_of: Mapping[PairKey, Outcome]) -> dict[PairKey, Outcome]:
    mentee = _leniency({pair: outcome.mentee for pair, outcome in outcome_of.items()}, rater=2)
    mentor = _leniency({pair: outcome.mentor for pair, outcome in outcome_of.items()}, rater=1)
    return {
        pair: replace(
            outcome,
            mentee=_within_0_to_1(outcome.mentee, mentee.get(pair[2], 0.0)),
            mentor=_within_0_to_1(outcome.mentor, mentor.get(pair[1], 0.0)),
        )
        for pair, outcome in outcome_of.items()
    }


def _leniency(satisfaction: Mapping[PairKey, float | None], rater: int) -> dict[int, float]:
    """Return how far above everybody's mean each rater with enough partners rates.

    Source: the shrunk mean of a random-effects model, n / (n + SHRINKAGE) of the observed offset.
    """
    by_rater: dict[int, list[float]] = defaultdict(list)
    for pair, value in satisfaction.items():
        if value is not None:
            by_rater[int(pair[rater])].append(value)
    if not by_rater:
        return {}
    middle = fmean(fmean(values) for values in by_rater.values())
    return {
        person: len(values) / (len(values) + SHRINKAGE) * (fmean(values) - middle)
        for person, values in by_rater.items()
        if len(values) >= N_PARTNERS_TO_CENTRE
    }


def _within_0_to_1(value: float | None, leniency: float) -> float | None:
    return None if value is None else min(1.0, max(0.0, value - leniency))

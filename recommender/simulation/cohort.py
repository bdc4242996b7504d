"""Invents a cohort's feedback for the sample organisation, whose true topics are known.

Tandem is asked for each mentee as a UI would ask it, which logs what was shown; then people act on
the lists. How good a pair would truly be follows from what the two of them mean, which the encoder
only guesses from their words: see :func:`merit`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator, default_rng
from scipy.special import expit

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.feedback import Cohort, Feedback, FeedbackKind
from recommender.domain.people import Person, Roles, Status
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query, Recommendation
from recommender.simulation.behaviour import Behaviour, Report, Shown, act
from recommender.simulation.phrases import read_phrases, topics_of
from recommender.store import people
from recommender.store.shipped import shipped

if TYPE_CHECKING:
    from recommender.app import Recommender

SHARE_OF_MENTEES = 0.8
ASKING_TAKES = 0.4
"""Share of the cohort's time in which the mentees ask, one after another."""
CHEMISTRY = 0.6
BEHAVIOUR = Behaviour(declines=0.15, no_time=0.2)
"""Mentors whose places are taken decline as well, so these are fewer than usual."""
CHARACTER_SEED = 21
"""People keep their character from cohort to cohort."""


def simulate_cohort(
    recommender: Recommender,
    cohort: Cohort,
    seed: int,
    k: int = 10,
    progress: Progress = silent,
) -> tuple[Feedback, ...]:
    """Ask for most mentees, let people act on what they are shown, and return what they report.

    What is shown is logged at moments within the cohort; the reports are returned and not stored.
    The same seed and the same people, pairs and ranker give the same reports.

    Args:
        recommender: Opened on a workspace with the sample organisation.
        cohort: A simulated one.
        seed: Of everything that is drawn.
        k: How many mentors each mentee is shown.
        progress: Told how many mentees have asked.

    Raises:
        InvalidInput: if the cohort is not a simulated one, or people state what is not in the
            sample's phrases, so that nobody knows what they truly mean.
    """
    topics = topics_of(read_phrases(shipped("data/sample_organisation/phrases.csv")))
    with recommender.store.read() as connection:
        stored = people.get_many(connection)
    everybody = {person_id: stored[person_id][1] for person_id in sorted(stored)}
    _refuse_what_is_real(cohort, everybody, topics)
    rng = default_rng(seed)
    cast = _Cast(everybody, topics, BEHAVIOUR, rng)
    mentees = _who_asks(everybody, rng)
    start = datetime.combine(cohort.starts_on, time.min, UTC)
    length = datetime.combine(cohort.ends_on, time.min, UTC) + timedelta(days=1) - start
    reported: list[Feedback] = []
    clock = recommender.clock
    try:
        for n_done, mentee in enumerate(mentees):
            moment = start + _part_of(length, (n_done + 0.5) / len(mentees) * ASKING_TAKES)
            recommender.clock = _stopped_at(moment)
            shown = recommender.recommend(Query(mentee.id, k=k)).recommendations
            left = start + length - moment
            reported += [
                Feedback(
                    cohort=cohort.id,
                    mentor_id=shown[report.row].mentor_id,
                    mentee_id=mentee.id,
                    side=report.side,
                    kind=report.kind,
                    given_at=moment + _part_of(left, report.when),
                    value=report.value,
                    session=report.session,
                    goal=None if report.goal is None else mentee.goals[report.goal].text,
                )
                for report in cast.reports(mentee, shown)
            ]
            progress("mentees asking", n_done + 1, len(mentees))
    finally:
        recommender.clock = clock
    return tuple(reported)


def merit(
    mentee: Person, mentor: Person, facts: Mapping[str, float], topics: Mapping[str, str]
) -> float:
    """Return how good a pair would be but for chemistry; the logistic function makes it a utility.

    −2.4 + 2.6 · best + breadth + 1.2 · learns + 0.3 · (distance − 6) + 0.4 · (hours − 3)
    + 0.5 · same site + 0.6 · same first language, where the mentor knows a goal by their highest
    level (of 5) on its topic, ``best`` is the goal known best, a goal of priority 2 or 3 counting
    0.9 or 0.8, ``breadth`` is the mean over all goals, and ``learns`` is the share of the mentor's
    goals that the mentee knows.

    Args:
        mentee: With at least one goal.
        mentor: Anybody else.
        facts: Feature values that need no encoder: distance, hours and site.
        topics: The true topic of each text.
    """
    levels = _levels(mentor, topics)
    known = [levels.get(topics[goal.text], 0) / 5 for goal in mentee.goals]
    counts = [1.1 - 0.1 * (goal.priority or 1) for goal in mentee.goals]
    best = max(level * count for level, count in zip(known, counts, strict=True))
    taught = _levels(mentee, topics)
    learns = [topics[goal.text] in taught for goal in mentor.goals]
    return (
        -2.4
        + 2.6 * best
        + sum(known) / len(known)
        + 1.2 * sum(learns) / max(len(learns), 1)
        + 0.3 * (facts["organisational_distance"] - 6.0)
        + 0.4 * (facts["hours_per_month"] - 3.0)
        + 0.5 * facts["same_site"]
        + 0.6 * (mentor.languages[0] == mentee.languages[0])
    )


@dataclass(frozen=True, slots=True)
class _Character:
    """How much somebody is known, and what they add to every report."""

    popularity: float
    leniency: float


class _Cast:
    """The people of one cohort: what they are like, and who has taken on how many mentees."""

    def __init__(
        self,
        everybody: Mapping[str, Person],
        topics: Mapping[str, str],
        behaviour: Behaviour,
        rng: Generator,
    ) -> None:
        self._everybody = everybody
        self._topics = topics
        self._behaviour = behaviour
        self._rng = rng
        self._n_accepted: Counter[str] = Counter()
        drawn = default_rng(CHARACTER_SEED).standard_normal((len(everybody), 2)).tolist()
        self._characters = {
            person_id: _Character(float(np.exp(known)), behaviour.leniency * lenient)
            for person_id, (known, lenient) in zip(everybody, drawn, strict=True)
        }

    def reports(self, mentee: Person, shown: Sequence[Recommendation]) -> list[Report]:
        """Let a mentee and the mentors shown to them act."""
        mentors = [self._everybody[item.mentor_id] for item in shown]
        characters = [self._characters[mentor.id] for mentor in mentors]
        merits = [
            merit(mentee, mentor, item.features, self._topics)
            for mentor, item in zip(mentors, shown, strict=True)
        ]
        chemistry = CHEMISTRY * self._rng.standard_normal(len(shown))
        of_list = Shown(
            utility=expit(np.array(merits, dtype=np.float64) + chemistry),
            popularity=np.array([who.popularity for who in characters], dtype=np.float64),
            has_time=np.array([self._has_time(item) for item in shown], dtype=np.bool_),
            mentee_leniency=self._characters[mentee.id].leniency,
            mentor_leniency=np.array([who.leniency for who in characters], dtype=np.float64),
            n_goals=len(mentee.goals),
        )
        reports = act(self._behaviour, of_list, self._rng)
        self._n_accepted.update(
            shown[report.row].mentor_id
            for report in reports
            if report.kind is FeedbackKind.ACCEPTED
        )
        return reports

    def _has_time(self, item: Recommendation) -> bool:
        """Say whether a place is left: what this cohort took is not stored yet."""
        return item.features["free_capacity"] > self._n_accepted[item.mentor_id]


def _levels(person: Person, topics: Mapping[str, str]) -> dict[str, int]:
    """Return somebody's highest level by true topic."""
    levels: dict[str, int] = {}
    for skill in person.skills:
        topic = topics[skill.text]
        levels[topic] = max(levels.get(topic, 0), skill.level or 0)
    return levels


def _who_asks(everybody: Mapping[str, Person], rng: Generator) -> list[Person]:
    """Return most of the mentees who could ask, in any order."""
    mentees = [
        person
        for person in everybody.values()
        if person.status is Status.ACTIVE and person.roles is not Roles.MENTOR and person.goals
    ]
    n_asking = round(SHARE_OF_MENTEES * len(mentees))
    return [mentees[place] for place in rng.permutation(len(mentees))[:n_asking].tolist()]


def _part_of(span: timedelta, share: float) -> timedelta:
    """Return a share of a span in whole seconds, rounded down so that it stays within."""
    return timedelta(seconds=int(share * span.total_seconds()))


def _stopped_at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def _refuse_what_is_real(
    cohort: Cohort, everybody: Mapping[str, Person], topics: Mapping[str, str]
) -> None:
    problems = []
    if not cohort.simulated:
        problems.append(
            Problem(
                "cohort",
                cohort.id,
                "a cohort marked as simulated",
                "Give the invented feedback a cohort of its own.",
            )
        )
    unknown = [
        person.id
        for person in everybody.values()
        if any(statement.text not in topics for statement in person.statements)
    ]
    if unknown or not everybody:
        problems.append(
            Problem(
                "people",
                f"{unknown[0]} and {len(unknown) - 1} others" if unknown else "nobody",
                "the people of the sample organisation and nobody else, for only of its phrases "
                "the true topic is known",
                "Simulate in a workspace of its own into which only the files of "
                "data/sample_organisation were imported.",
            )
        )
    if problems:
        raise InvalidInput(problems)

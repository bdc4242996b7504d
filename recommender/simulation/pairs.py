"""Invents pairs that ran before or still run: juniors who taught what somebody wanted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from numpy.random import Generator

from recommender.domain.people import Pair, PairStatus, Person, Roles, Status
from recommender.simulation.chance import happens

PEOPLE_PER_PAIR = 15
STILL_RUNNING = 0.6


def invent_pairs(
    people: Sequence[Person], topics: Mapping[str, str], rng: Generator
) -> tuple[Pair, ...]:
    """Pair mentees with juniors who know a topic of theirs, about one pair for 15 people.

    Both are active, share a language, stand in no reporting line, and no mentor has more running
    pairs than places.
    """
    by_id = {person.id: person for person in people}
    teachers = _teachers_by_topic(people, topics)
    mentees = [p for p in people if p.status is Status.ACTIVE and p.roles is not Roles.MENTOR]
    n_running: Counter[str] = Counter()
    pairs: list[Pair] = []
    for place in rng.permutation(len(mentees)).tolist():
        if len(pairs) == len(people) // PEOPLE_PER_PAIR:
            break
        mentee = mentees[place]
        status = PairStatus.ACTIVE if happens(STILL_RUNNING, rng) else PairStatus.ENDED
        for mentor in _suitable(mentee, teachers, topics, by_id, rng):
            if status is PairStatus.ENDED or n_running[mentor.id] < mentor.capacity:
                n_running[mentor.id] += status is PairStatus.ACTIVE
                pairs.append(Pair(mentor.id, mentee.id, status))
                break
    return tuple(sorted(pairs, key=lambda pair: (pair.mentor_id, pair.mentee_id)))


def _teachers_by_topic(
    people: Sequence[Person], topics: Mapping[str, str]
) -> Mapping[str, list[Person]]:
    teachers: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.status is Status.ACTIVE and person.roles.may_mentor and person.capacity:
            for topic in sorted({topics[skill.text] for skill in person.skills}):
                teachers[topic].append(person)
    return teachers


def _suitable(
    mentee: Person,
    teachers: Mapping[str, Sequence[Person]],
    topics: Mapping[str, str],
    by_id: Mapping[str, Person],
    rng: Generator,
) -> Iterator[Person]:
    """Yield those who could have taught the mentee, for the most important goal first."""
    bosses_of_mentee = _bosses(mentee, by_id)
    for goal in sorted(mentee.goals, key=lambda goal: goal.priority or 0):
        candidates = teachers.get(topics[goal.text], ())
        start = int(rng.random() * len(candidates))
        for mentor in (*candidates[start:], *candidates[:start]):
            if (
                mentor.career_level < mentee.career_level
                and not set(mentor.languages).isdisjoint(mentee.languages)
                and mentor.id not in bosses_of_mentee
                and mentee.id not in _bosses(mentor, by_id)
            ):
                yield mentor


def _bosses(person: Person, by_id: Mapping[str, Person]) -> set[str]:
    """Return the ids of everybody above a person."""
    bosses: set[str] = set()
    while person.reports_to is not None:
        bosses.add(person.reports_to)
        person = by_id[person.reports_to]
    return bosses

"""From the words of a query to numbers: the mentee, the goals and their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import Person, Statement, Status
from recommender.domain.ranking import Query
from recommender.domain.texts import reading_language
from recommender.encoding import Encoder
from recommender.matching.affinity import goal_weights
from recommender.store import Transaction, pairs, people, vectors

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query whose words have become numbers.

    Attributes:
        mentee: The mentee's number, or None for a query by text alone.
        language: In which the answer is worded, ``de`` or ``en``.
        partners: Numbers of everybody the mentee is or was paired with.
        goals: What the mentee wants to learn.
        vectors: Unit rows, (n_goals, dimension) float32.
        weights: Weights of the goals, summing to 1, (n_goals,) float64.
        own_skills: Vectors of the mentee's own skills, (n_skills, dimension) float32.
        own_levels: The mentee's level per goal, by their skill that is closest to it; 0 where none
            covers it, (n_goals,) int8.
        coverage: Cosine from which a statement covers each goal, (n_goals,) float64; infinite where
            the encoder does not know the goal's language, so that nothing is claimed.
    """

    mentee: int | None
    language: str
    partners: tuple[int, ...]
    goals: tuple[Statement, ...]
    vectors: Vectors
    weights: NDArray[np.float64]
    own_skills: Vectors
    own_levels: NDArray[np.int8]
    coverage: NDArray[np.float64]


def ask(connection: Transaction, encoder: Encoder, query: Query, coverage: float) -> Asked:
    """Read the mentee and turn the goals into vectors.

    Goals given as text are encoded and forgotten; only stored statements leave a vector behind.

    Args:
        connection: A transaction on the store.
        encoder: Encodes goals that are not stored.
        query: What is asked.
        coverage: Cosine from which a statement covers a goal.

    Raises:
        UnknownPerson: if the mentee is not stored.
        InvalidInput: if the mentee has no goal, or does not take part at the moment.
        EncoderUnavailable: if a goal must be encoded and the model cannot be loaded.
    """
    if query.mentee_id is None:
        languages = tuple(goal.language for goal in query.goals)
        return _asked(encoder, _Asker(languages, query.goals), {}, coverage)
    number, person = _mentee(connection, query.mentee_id, bool(query.goals))
    return ask_for(connection, encoder, number, person, query.goals or person.goals, coverage)


def ask_for(
    connection: Transaction,
    encoder: Encoder,
    number: int,
    person: Person,
    goals: tuple[Statement, ...],
    coverage: float,
) -> Asked:
    """Turn a stored person's goals into vectors, whether they take part or not.

    Args:
        connection: A transaction on the store.
        encoder: Encodes what is not stored.
        number: The person's number.
        person: The person.
        goals: What they want to learn; may be nothing.
        coverage: Cosine from which a statement covers a goal.

    Raises:
        EncoderUnavailable: if a text must be encoded and the model cannot be loaded.
    """
    partners = tuple(pairs.partners_of(connection, number))
    texts = [statement.text for statement in (*goals, *person.skills)]
    known = vectors.get(connection, encoder.digest, texts)
    asker = _Asker(person.languages, goals, person.skills, number, partners)
    return _asked(encoder, asker, known, coverage)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks, in words: a stored person, or somebody of whom only the goals are known."""

    languages: tuple[str, ...]
    goals: tuple[Statement, ...]
    skills: tuple[Statement, ...] = ()
    number: int | None = None
    partners: tuple[int, ...] = ()


def _asked(encoder: Encoder, asker: _Asker, known: dict[str, Vectors], coverage: float) -> Asked:
    encoded = _vectors(encoder, known, [goal.text for goal in asker.goals])
    own_skills = _vectors(encoder, known, [skill.text for skill in asker.skills])
    levels = np.array([skill.level for skill in asker.skills], dtype=np.int8)
    thresholds = _thresholds(encoder, asker.goals, coverage)
    return Asked(
        mentee=asker.number,
        language=reading_language(asker.languages),
        partners=asker.partners,
        goals=asker.goals,
        vectors=encoded,
        weights=goal_weights(np.array([goal.priority for goal in asker.goals], dtype=np.int8)),
        own_skills=own_skills,
        own_levels=_own_levels(encoded, own_skills, levels, thresholds),
        coverage=thresholds,
    )


def _mentee(connection: Transaction, person_id: str, brings_goals: bool) -> tuple[int, Person]:
    number, person = people.get(connection, person_id)
    if person.status is not Status.ACTIVE:
        expected = f"somebody who takes part (their status is {person.status})"
        remedy = "Ask again once they have set their status to active."
        raise InvalidInput([Problem("mentee_id", person_id, expected, remedy)])
    if not (person.goals or brings_goals):
        expected = "a mentee who has described a goal"
        remedy = "Add a goal to the person, or send goals with the query."
        raise InvalidInput([Problem("mentee_id", person_id, expected, remedy)])
    return number, person


def _vectors(encoder: Encoder, known: dict[str, Vectors], texts: Sequence[str]) -> Vectors:
    """Return one vector per text, from those known or from the encoder."""
    unknown = [text for text in texts if text not in known]
    vector_of = (
        known | dict(zip(unknown, encoder.encode(unknown), strict=True)) if unknown else known
    )
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    return np.stack([vector_of[text] for text in texts])


def _thresholds(
    encoder: Encoder, goals: Sequence[Statement], coverage: float
) -> NDArray[np.float64]:
    known = encoder.languages
    return np.array(
        [coverage if known is None or goal.language in known else np.inf for goal in goals]
    )


def _own_levels(
    goals: Vectors, own_skills: Vectors, levels: NDArray[np.int8], coverage: NDArray[np.float64]
) -> NDArray[np.int8]:
    if len(goals) == 0 or len(own_skills) == 0:
        return np.zeros(len(goals), dtype=np.int8)
    similarity = goals @ own_skills.T
    closest = similarity.argmax(axis=1)
    covers = similarity.max(axis=1) >= coverage
    return np.where(covers, levels[closest], 0).astype(np.int8)

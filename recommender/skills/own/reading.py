"""What a person may see of their own gaps, read from the store and the organisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import UnknownPerson
from recommender.domain.people import Kind, Person
from recommender.domain.ranking import Query
from recommender.matching import Asked, EligibilityRules, Mirror, RecommenderConfig, ask_for, decide
from recommender.skills.knowledge import Knowledge
from recommender.skills.own.linking import LinkedStatement, link_statements
from recommender.skills.own.mentors import Corrections, MentorConcepts
from recommender.skills.own.person import Coverage, PersonGaps, find_gaps
from recommender.store import Store, own_gaps, people


class OwnGaps:
    """Tells people their own gaps. Safe to share between threads.

    Args:
        store: The database.
        mirror: Everybody and what they state.
        knowledge: The catalogue, the role profiles and the linker.
    """

    def __init__(self, store: Store, mirror: Mirror, knowledge: Knowledge) -> None:
        self._store = store
        self._mirror = mirror
        self._knowledge = knowledge
        self._mentors = MentorConcepts(mirror, knowledge, self._corrections)

    def of(self, person_id: str, config: RecommenderConfig) -> PersonGaps:
        """Return a person's gaps, also while they do not take part: they stay theirs.

        Args:
            person_id: Whose.
            config: Which mentors may be recommended to them, and what covers a goal.

        Raises:
            UnknownPerson: if there is none with this id.
            EncoderUnavailable: if a statement must be encoded and the model cannot be loaded.
        """
        with self._store.read() as connection:
            number, person = people.get(connection, person_id)
            encoder = self._mirror.encoder
            coverage = config.coverage_of(encoder)
            asked = ask_for(connection, encoder, number, person, person.goals, coverage)
            corrections = own_gaps.corrections_of(connection, number)
            profile_id = own_gaps.chosen_profile(connection, number)
        profile = self._knowledge.profiles.get(profile_id) if profile_id else None
        statements = link_statements(
            (*person.goals, *person.skills),
            _joined(asked.vectors, asked.own_skills),
            corrections,
            self._knowledge,
            encoder.languages,
        )
        # Only now, so that the person is in memory.
        self._mirror.refresh()
        self._mentors.refresh()
        with self._mirror.lock:
            if self._mirror.roster.row_of.get(person_id) != number:
                raise UnknownPerson(person_id)  # they were erased meanwhile
            eligible = self._eligible(person, asked, config.rules)
            gaps = find_gaps(
                statements,
                profile,
                self._knowledge.concepts,
                lambda concept, level: self._mentors.n_able(concept, level, eligible),
                self._by_words(asked, statements, eligible),
            )
        return PersonGaps(statements, gaps, profile.id if profile else None)

    def _corrections(self) -> Corrections:
        with self._store.read() as connection:
            return own_gaps.corrections(connection)

    def _eligible(self, person: Person, asked: Asked, rules: EligibilityRules) -> NDArray[np.bool_]:
        roster = self._mirror.roster
        describes_skill = self._mirror.skills.who_states(roster.n_rows)
        return decide(roster, describes_skill, Query(mentee_id=person.id), asked, rules).mask

    def _by_words(
        self, asked: Asked, statements: Sequence[LinkedStatement], eligible: NDArray[np.bool_]
    ) -> dict[str, Coverage]:
        """Return how the goals without a concept are covered, by their texts."""
        linked = {s.text for s in statements if s.kind is Kind.GOAL and s.concepts}
        places = [i for i, goal in enumerate(asked.goals) if goal.text not in linked]
        if not places:
            return {}
        skills = self._mirror.skills
        rows = skills.rows_of(eligible)
        similarity = skills.similarities(asked.vectors[places], rows, np.float32)
        covers = similarity >= asked.coverage[places, None]
        return {
            asked.goals[i].text: Coverage(
                int(asked.own_levels[i]), len(np.unique(skills.person[rows[covers[place]]]))
            )
            for place, i in enumerate(places)
        }


def _joined(goals: NDArray[np.float32], skills: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors of goals and then of skills; either may be nothing, of no dimension."""
    if len(goals) and len(skills):
        return np.concatenate([goals, skills])
    return goals if len(goals) else skills

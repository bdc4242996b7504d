"""What a person may see of their own gaps, read from the store and the organisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import UnknownPerson
from recommender.domain.people import Kind, Person
from recommender.domain.ranking import Query
from recommender.encoding import Encoder
from recommender.matching import Asked, EligibilityRules, Organisation, ask_for, decide
from recommender.skills.knowledge import Knowledge
from recommender.skills.own.choices import stored
from recommender.skills.own.linking import LinkedStatement, link_statements
from recommender.skills.own.mentors import Corrections, MentorConcepts
from recommender.skills.own.person import Coverage, PersonGaps, find_gaps
from recommender.store import Store, link_corrections, role_profiles


class OwnGaps:
    """Tells people their own gaps. Safe to share between threads.

    Args:
        store: The database.
        encoder: Makes the vectors.
        organisation: Everybody and what they state.
        knowledge: The catalogue, the role profiles and the linker.
    """

    def __init__(
        self, store: Store, encoder: Encoder, organisation: Organisation, knowledge: Knowledge
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._organisation = organisation
        self._knowledge = knowledge
        self._mentors = MentorConcepts(organisation, knowledge, self._corrections)

    def of(self, person_id: str, rules: EligibilityRules, coverage: float) -> PersonGaps:
        """Return a person's gaps, also while they do not take part: they stay theirs.

        Args:
            person_id: Whose.
            rules: Which mentors may be recommended to them.
            coverage: Cosine from which a statement covers a goal.

        Raises:
            UnknownPerson: if there is none with this id.
            EncoderUnavailable: if a statement must be encoded and the model cannot be loaded.
        """
        with self._store.read() as connection:
            number, person = stored(connection, person_id)
            asked = ask_for(connection, self._encoder, number, person, person.goals, coverage)
            corrections = link_corrections.of_person(connection, number)
            chosen = role_profiles.chosen_by(connection, number)
        profile = self._knowledge.profiles.get(chosen) if chosen else None
        statements = link_statements(
            (*person.goals, *person.skills),
            _joined(asked.vectors, asked.own_skills),
            corrections,
            self._knowledge,
            self._encoder.languages,
        )
        # Only now, so that the person is in memory.
        self._organisation.refresh()
        self._mentors.refresh()
        with self._organisation.lock:
            if self._organisation.roster.row_of.get(person_id) != number:
                raise UnknownPerson(person_id)  # they were erased meanwhile
            eligible = self._eligible(person, asked, rules)
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
            return link_corrections.get_all(connection)

    def _eligible(self, person: Person, asked: Asked, rules: EligibilityRules) -> NDArray[np.bool_]:
        roster = self._organisation.roster
        describes_skill = self._organisation.skills.who_states(roster.n_rows)
        return decide(roster, describes_skill, Query(mentee_id=person.id), asked, rules).mask

    def _by_words(
        self, asked: Asked, statements: Sequence[LinkedStatement], eligible: NDArray[np.bool_]
    ) -> dict[str, Coverage]:
        """Return how the goals without a concept are covered, by their texts."""
        linked = {said.text for said in statements if said.kind is Kind.GOAL and said.concepts}
        places = [i for i, goal in enumerate(asked.goals) if goal.text not in linked]
        if not places:
            return {}
        skills = self._organisation.skills
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

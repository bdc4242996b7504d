"""What people say of their own gaps: their role profile, and what their statements are about."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.domain.checks import canonical_text
from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.domain.people import Kind
from recommender.skills.knowledge import Knowledge
from recommender.store import Store, own_gaps, people


def choose_profile(
    store: Store, knowledge: Knowledge, person_id: str, profile_id: str | None
) -> None:
    """Store which role profile a person chose for themselves; None takes it back.

    Raises:
        UnknownPerson: if there is none with this id.
        InvalidInput: if there is no such profile.
    """
    with store.write() as connection:
        number, _ = people.get(connection, person_id)
        if profile_id is not None and profile_id not in knowledge.profiles:
            expected, remedy = "the id of a role profile", "Choose one that is offered, or none."
            raise InvalidInput([Problem("profile", quoted(profile_id), expected, remedy)])
        own_gaps.choose_profile(connection, number, profile_id)


def correct_link(
    store: Store,
    knowledge: Knowledge,
    person_id: str,
    kind: Kind,
    text: str,
    concepts: Sequence[str] | None,
) -> None:
    """Store which concepts a person's own statement belongs to.

    The correction wins over the automatic link, and is kept as long as the statement.

    Args:
        store: The database.
        knowledge: The catalogue.
        person_id: Who states it.
        kind: Kind of the statement.
        text: Its text.
        concepts: Ids of concepts; nothing in it for none of them, None for the automatic link.

    Raises:
        UnknownPerson: if there is none with this id.
        InvalidInput: if the person does not state this, or a concept is unknown.
    """
    words = canonical_text(text)
    with store.write() as connection:
        number, _ = people.get(connection, person_id)
        if concepts is None:
            is_stated = own_gaps.forget_correction(connection, number, kind, words)
        else:
            _check(concepts, knowledge)
            is_stated = own_gaps.correct(connection, number, kind, words, concepts)
        if not is_stated:
            expected, remedy = f"a {kind} that the person states", "Send it as it is stored."
            raise InvalidInput([Problem("text", quoted(text), expected, remedy)])


def _check(concepts: Sequence[str], knowledge: Knowledge) -> None:
    remedy = "Choose from the catalogue, or choose none."
    problems = [
        Problem("concepts", quoted(concept), "the id of a concept of the catalogue", remedy)
        for concept in concepts
        if concept not in knowledge.concepts
    ]
    if problems:
        raise InvalidInput(problems)

"""What the organisation's picture is counted from: who wants, who knows, and what is left over.

Only active people count. A person's own correction of a link wins over the automatic link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from recommender.matching import expand_runs
from recommender.skills.knowledge import Knowledge
from recommender.store import Transaction, own_gaps, picture
from recommender.store.picture import ActivePerson, ActiveStatements

OUTSIDE_AT_MOST = 20_000
"""So many texts outside the catalogue are looked at for topics; of more, a sample."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outside:
    """Statements that belong to no concept.

    Attributes:
        vectors: Of their texts, unit rows, (n_texts, dimension) float32.
        texts: Each once, n_texts.
        person: Who states, (n_statements,) int64; places in ``Material.people``.
        text: What, (n_statements,) int64; places in ``texts``.
        background: A sample of all texts, whose words are the ordinary ones.
    """

    vectors: NDArray[np.float32]
    texts: list[str]
    person: Places
    text: Places
    background: list[str]


@dataclass(frozen=True, slots=True)
class Material:
    """Active people with what they want and know, no pair of person and concept twice.

    Attributes:
        people: In the order of their numbers.
        wish_person, wish_concept: Who has a goal in which concept, (n_wishes,) int64; places in
            ``people`` and in the catalogue's order, so are the next two.
        skill_person, skill_concept: Who states a skill in which concept, (n_skills,) int64.
        skill_level: The highest level they give themselves there, 1 to 5, (n_skills,) int8.
        outside: What belongs to no concept.
        names: Everybody's names; no topic is called after a person.
    """

    people: list[ActivePerson]
    wish_person: Places
    wish_concept: Places
    skill_person: Places
    skill_concept: Places
    skill_level: NDArray[np.int8]
    outside: Outside
    names: set[str]


def read_material(connection: Transaction, encoder: str, knowledge: Knowledge) -> Material:
    """Read and link everything that active people state.

    Args:
        connection: A reading transaction.
        encoder: Digest of the encoder whose vectors are linked; a text without one is left out.
        knowledge: The catalogue and its linker.
    """
    active = picture.active_people(connection)
    stated = picture.active_statements(connection)
    corrected = own_gaps.corrections(connection)
    linked = _link_texts(connection, encoder, knowledge, stated, corrected)
    row, concept = _of_statements(stated, linked, corrected, knowledge)
    numbers = np.array([person.number for person in active], dtype=np.int64)
    person = np.searchsorted(numbers, stated.person)
    n_concepts = len(knowledge.concepts)
    goal = stated.is_goal[row]
    wishes = np.unique(person[row[goal]] * n_concepts + concept[goal])
    skills, levels = _highest(
        person[row[~goal]] * n_concepts + concept[~goal], stated.level[row[~goal]]
    )
    return Material(
        active,
        wishes // max(1, n_concepts),
        wishes % max(1, n_concepts),
        skills // max(1, n_concepts),
        skills % max(1, n_concepts),
        levels,
        _outside(connection, stated, person, np.setdiff1d(np.arange(len(person)), row), linked),
        picture.names(connection),
    )


@dataclass(frozen=True, slots=True)
class _Linked:
    """Which texts belong to which concepts, sorted by text, and vectors of those that may not."""

    text: Places
    concept: Places
    loose: Mapping[int, NDArray[np.float32]]


def _link_texts(
    connection: Transaction,
    encoder: str,
    knowledge: Knowledge,
    stated: ActiveStatements,
    corrected: Mapping[int, tuple[str, ...]],
) -> _Linked:
    place_of = {digest: place for place, digest in enumerate(stated.digests)}
    rejected = [statement for statement, concepts in corrected.items() if not concepts]
    said_to_be_outside = np.unique(stated.text[np.isin(stated.statement, rejected)])
    texts, concepts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    loose: dict[int, NDArray[np.float32]] = {}
    for digests, vectors in picture.vectors_in_pieces(connection, encoder):
        places = np.array([place_of.get(digest, -1) for digest in digests])
        text, rows = places[places >= 0], vectors[places >= 0]
        row, concept, _ = knowledge.links(rows)
        texts.append(text[row])
        concepts.append(concept)
        without = np.ones(len(text), dtype=np.bool_)
        without[row] = False
        for place in np.flatnonzero(without | np.isin(text, said_to_be_outside)):
            loose[int(text[place])] = rows[place].copy()
        if len(loose) > 2 * OUTSIDE_AT_MOST:
            loose = _sample(loose, stated.digests)
    text, concept = np.concatenate(texts), np.concatenate(concepts)
    order = np.argsort(text, kind="stable")
    return _Linked(text[order], concept[order], _sample(loose, stated.digests))


def _sample(
    loose: Mapping[int, NDArray[np.float32]], digests: list[bytes]
) -> dict[int, NDArray[np.float32]]:
    """Keep so many texts; digests are as good as random, and always the same."""
    kept = nsmallest(OUTSIDE_AT_MOST, loose, key=lambda text: digests[text])
    return {text: loose[text] for text in kept}


def _of_statements(
    stated: ActiveStatements,
    linked: _Linked,
    corrected: Mapping[int, tuple[str, ...]],
    knowledge: Knowledge,
) -> tuple[Places, Places]:
    """Return rows of statements and the concepts they belong to."""
    first = np.searchsorted(linked.text, stated.text, side="left")
    n_links = np.searchsorted(linked.text, stated.text, side="right") - first
    n_links[np.isin(stated.statement, list(corrected))] = 0
    row, place = expand_runs(first, n_links)
    concept = linked.concept[place]
    row_of = (
        {int(number): place for place, number in enumerate(stated.statement)} if corrected else {}
    )
    own = [
        (row_of[statement], knowledge.place_of[concept_id])
        for statement, concept_ids in corrected.items()
        if statement in row_of
        for concept_id in concept_ids
        if concept_id in knowledge.place_of
    ]
    own_links = np.array(own, dtype=np.int64).reshape(-1, 2)
    return np.concatenate([row, own_links[:, 0]]), np.concatenate([concept, own_links[:, 1]])


def _highest(pair: Places, level: NDArray[np.int8]) -> tuple[Places, NDArray[np.int8]]:
    """Return each pair once, sorted, with its highest level."""
    order = np.lexsort((-level, pair))
    distinct, first = np.unique(pair[order], return_index=True)
    return distinct, level[order][first]


def _outside(
    connection: Transaction,
    stated: ActiveStatements,
    person: Places,
    without: Places,
    linked: _Linked,
) -> Outside:
    """Gather the statements in rows ``without`` whose texts are in the sample."""
    texts = sorted(linked.loose)
    without = without[np.isin(stated.text[without], texts)]
    used, text = np.unique(stated.text[without], return_inverse=True)
    digests = [stated.digests[place] for place in used]
    text_of = picture.texts_of(connection, digests)
    ordinary = nsmallest(OUTSIDE_AT_MOST, stated.digests)
    background = picture.texts_of(connection, ordinary)
    rows = [linked.loose[place] for place in used.tolist()]
    return Outside(
        np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32),
        [text_of[digest] for digest in digests],
        person[without],
        text.astype(np.int64),
        [background[digest] for digest in ordinary],
    )

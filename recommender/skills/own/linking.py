"""A person's own statements with the concepts that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.people import Kind, Statement
from recommender.skills.catalogue import Concept
from recommender.skills.knowledge import Knowledge
from recommender.skills.linking.linker import MOST

N_SUGGESTIONS = 5
SUGGESTED_FROM = 0.02
"""Nearly all plain statements have their right concept among so many, and of the sample
organisation's phrases seven in ten."""


@dataclass(frozen=True, slots=True)
class LinkedConcept:
    """A concept that a statement belongs to.

    Args:
        id: Of the concept.
        label: Its name, by ``de`` and ``en``.
        probability: How sure the automatic link is, 0 to 1; None where the person said so.
    """

    id: str
    label: Mapping[str, str]
    probability: float | None


@dataclass(frozen=True, slots=True)
class LinkedStatement:
    """A person's own statement with its concepts, the surest first.

    Args:
        kind: Skill or goal.
        text: As stated.
        language: ISO 639-1 code.
        level: Of a skill.
        priority: Of a goal.
        concepts: None is a defined result: the catalogue does not know everything.
        suggestions: What else it may be about, the likeliest first, for the person to choose from;
            nothing is counted by them.
        corrected: Whether the person corrected the link.
    """

    kind: Kind
    text: str
    language: str
    level: int | None
    priority: int | None
    concepts: tuple[LinkedConcept, ...]
    suggestions: tuple[LinkedConcept, ...]
    corrected: bool


def link_statements(
    spoken: Sequence[Statement],
    vectors: NDArray[np.float32],
    corrections: Mapping[tuple[Kind, str], tuple[str, ...]],
    knowledge: Knowledge,
    languages: tuple[str, ...] | None,
) -> tuple[LinkedStatement, ...]:
    """Return statements with their concepts: as corrected, or else as linked automatically.

    Args:
        spoken: One person's statements.
        vectors: Unit rows, (n_statements, dimension) float32.
        corrections: Ids of concepts, by kind and text of a statement. Concepts that the catalogue
            has lost are left out; the automatic link, which the person rejected, does not return.
        knowledge: The catalogue and the linker.
        languages: That the encoder knows; a statement in another one is not linked. None for any.
    """
    if not spoken:
        return ()
    automatic = _links(vectors, knowledge)
    possible = _links(vectors, knowledge, SUGGESTED_FROM, MOST + N_SUGGESTIONS)
    linked = []
    for statement, links, likeliest in zip(spoken, automatic, possible, strict=True):
        known = languages is None or statement.language in languages
        corrected = corrections.get((statement.kind, statement.text))
        about = _about(corrected, links if known else [], knowledge.concepts)
        others = [link for link in likeliest if link.id not in {link.id for link in about}]
        linked.append(
            LinkedStatement(
                kind=statement.kind,
                text=statement.text,
                language=statement.language,
                level=statement.level,
                priority=statement.priority,
                concepts=about,
                suggestions=tuple(others[:N_SUGGESTIONS]) if known else (),
                corrected=corrected is not None,
            )
        )
    return tuple(linked)


def _links(
    vectors: NDArray[np.float32],
    knowledge: Knowledge,
    threshold: float | None = None,
    most: int = MOST,
) -> list[list[LinkedConcept]]:
    """Return the concepts of each vector, the likeliest first."""
    linked: list[list[LinkedConcept]] = [[] for _ in vectors]
    concepts = list(knowledge.concepts.values())
    row, place, probability = knowledge.links(vectors, threshold, most)
    for i in np.argsort(-probability, kind="stable"):
        concept = concepts[place[i]]
        linked[row[i]].append(LinkedConcept(concept.id, concept.label, float(probability[i])))
    return linked


def _about(
    corrected: tuple[str, ...] | None,
    automatic: Sequence[LinkedConcept],
    concepts: Mapping[str, Concept],
) -> tuple[LinkedConcept, ...]:
    if corrected is None:
        return tuple(automatic)
    return tuple(
        LinkedConcept(id_, concepts[id_].label, None) for id_ in corrected if id_ in concepts
    )

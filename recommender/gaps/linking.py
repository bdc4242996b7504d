"""A person's own statements with the concepts that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.catalogue import Concept
from recommender.domain import Kind, Statement
from recommender.gaps.knowledge import Knowledge


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
        corrected: Whether the person corrected the link.
    """

    kind: Kind
    text: str
    language: str
    level: int | None
    priority: int | None
    concepts: tuple[LinkedConcept, ...]
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
    automatic: list[list[LinkedConcept]] = [[] for _ in spoken]
    concepts = list(knowledge.concepts.values())
    if spoken:
        row, place, probability = knowledge.links(vectors)
        for i in np.argsort(-probability, kind="stable"):
            concept = concepts[place[i]]
            link = LinkedConcept(concept.id, concept.label, float(probability[i]))
            automatic[row[i]].append(link)
    return tuple(
        _linked(said, links, corrections.get((said.kind, said.text)), knowledge.concepts, languages)
        for said, links in zip(spoken, automatic, strict=True)
    )


def _linked(
    said: Statement,
    automatic: Sequence[LinkedConcept],
    corrected: tuple[str, ...] | None,
    concepts: Mapping[str, Concept],
    languages: tuple[str, ...] | None,
) -> LinkedStatement:
    if corrected is not None:
        automatic = [LinkedConcept(c, concepts[c].label, None) for c in corrected if c in concepts]
    elif languages is not None and said.language not in languages:
        automatic = []
    return LinkedStatement(
        kind=said.kind,
        text=said.text,
        language=said.language,
        level=said.level,
        priority=said.priority,
        concepts=tuple(automatic),
        corrected=corrected is not None,
    )

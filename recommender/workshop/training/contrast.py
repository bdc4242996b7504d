"""Learning who means the same thing: the catalogue's goals and skills, and names in ESCO.

Cross-entropy within a batch, temperature 0.05, over cosines. Source: Henderson et al., "Efficient
Natural Language Response Suggestion for Smart Reply" (2017), the multiple-negatives loss; here
with several right answers per row, of which each is compared with the wrong ones only (the variant
"SupCon-out" of Khosla et al., NeurIPS 2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from recommender.skills import LANGUAGES, Concept, Need
from recommender.workshop.esco import EscoSkill
from recommender.workshop.training.optimisation import TextVectors

Vectors = NDArray[np.float32]

TEMPERATURE = 0.05
FORBIDDEN = -1e4
CONCEPTS_PER_BATCH = 56
NEEDS_PER_BATCH = 64
MESSY = 0.25
NAMED = 0.2
"""Share of skill texts that are a name, a description or a level rather than a statement."""
SAME_SIDE = 0.5
"""Weight of goal against goal and skill against skill."""
SKILLS_PER_BATCH = 192
NEIGHBOURHOOD = 24


def contrastive_loss(
    asked: torch.Tensor,
    offered: torch.Tensor,
    same: torch.Tensor,
    ignored: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the mean cross-entropy of each right pair against the wrong ones of its row.

    Args:
        asked: Unit vectors, (n, d).
        offered: Unit vectors, (m, d).
        same: Which pairs are right, (n, m) bool; every row has at least one.
        ignored: Pairs that count neither as right nor as wrong, (n, m) bool.
    """
    logits = asked @ offered.T / TEMPERATURE
    if ignored is not None:
        logits = logits.masked_fill(ignored, FORBIDDEN)
    wrong = torch.logsumexp(logits.masked_fill(same, FORBIDDEN), dim=1, keepdim=True)
    loss = torch.logaddexp(logits, wrong) - logits
    per_row = (loss * same).sum(dim=1) / same.sum(dim=1)
    return per_row.mean()


def catalogue_loss(
    model: SentenceTransformer, concepts: Sequence[Concept], rng: np.random.Generator
) -> Callable[[], torch.Tensor]:
    """Return a function that draws concepts with their neighbours and returns the batch's loss.

    Half of a batch's concepts are drawn at random, the other half are confusable with or related
    to these. Each brings a goal and a skill text in German and in English.

    Args:
        model: Is trained.
        concepts: The whole catalogue; sentences kept out of training are not used.
        rng: Draws concepts, texts and slips.
    """
    vectors = TextVectors(model, rng)
    trained = [concept for concept in concepts if not concept.development]
    place = {concept.id: row for row, concept in enumerate(trained)}
    neighbours = [
        [place[other] for other in (*c.confusable, *c.related) if other in place] for c in trained
    ]

    def draw() -> torch.Tensor:
        drawn: dict[int, None] = {}
        for row in rng.permutation(len(trained)):
            drawn[int(row)] = None
            if neighbours[row]:
                drawn[int(rng.choice(neighbours[row]))] = None
            if len(drawn) >= CONCEPTS_PER_BATCH:
                break
        group = [row for row in drawn for _ in LANGUAGES]
        languages = [language for _ in drawn for language in LANGUAGES]
        of = list(zip(group, languages, strict=True))
        goals = [_goal(trained[row], language, rng) for row, language in of]
        skills = [_skill(trained[row], language, rng) for row, language in of]
        return _both_sides(vectors, goals, skills, languages, group)

    return draw


def need_loss(
    model: SentenceTransformer, needs: Sequence[Need], rng: np.random.Generator
) -> Callable[[], torch.Tensor]:
    """Return a function that draws needs with their answers and returns the batch's loss.

    Args:
        model: Is trained.
        needs: With their answers: tools, terms and narrow topics.
        rng: Draws needs, texts and slips.
    """
    vectors = TextVectors(model, rng)

    def draw() -> torch.Tensor:
        drawn = rng.choice(len(needs), min(NEEDS_PER_BATCH, len(needs)), replace=False)
        group = [int(row) for row in drawn for _ in LANGUAGES]
        languages = [language for _ in drawn for language in LANGUAGES]
        of = list(zip(group, languages, strict=True))
        asked = [needs[row].asked[language] for row, language in of]
        offered = [str(rng.choice(needs[row].offered[language])) for row, language in of]
        return _both_sides(vectors, asked, offered, languages, group)

    return draw


def far_from_development(
    needs: Sequence[Need], concepts: Sequence[Concept], vectors: Callable[[Sequence[str]], Vectors]
) -> tuple[Need, ...]:
    """Return the needs whose nearest concept is one of training.

    A glossary has an entry for nearly everything; without this the development concepts would be
    learned by other words.

    Args:
        needs: Any.
        concepts: The whole catalogue; each stands for the mean of all that is said of it.
        vectors: Texts to unit vectors, (n, d).
    """

    def means(texts: Sequence[Sequence[str]]) -> Vectors:
        stacked_vectors = vectors([text for own in texts for text in own])
        ends = np.cumsum([len(own) for own in texts])
        rows = [
            stacked_vectors[end - len(own) : end].mean(axis=0)
            for own, end in zip(texts, ends, strict=True)
        ]
        stacked = np.stack(rows)
        return np.asarray(stacked / np.linalg.norm(stacked, axis=1, keepdims=True), np.float32)

    described = means([_everything(concept) for concept in concepts])
    needed = means([_all_of(need) for need in needs])
    nearest = (needed @ described.T).argmax(axis=1)
    return tuple(
        need for need, row in zip(needs, nearest, strict=True) if not concepts[row].development
    )


def esco_loss(
    model: SentenceTransformer,
    skills: Sequence[EscoSkill],
    near: NDArray[np.int64],
    rng: np.random.Generator,
) -> Callable[[], torch.Tensor]:
    """Return a function that draws skills that resemble each other and returns the batch's loss.

    The German name, or now and then a description, is to find the English name.

    Args:
        model: Is trained.
        skills: Those that may be trained on.
        near: Rows of each skill's nearest ones, (n, NEIGHBOURHOOD).
        rng: Draws skills, texts and slips.
    """
    vectors = TextVectors(model, rng)

    def draw() -> torch.Tensor:
        seeds = rng.choice(len(skills), SKILLS_PER_BATCH // 8, replace=False)
        neighbours = [rng.choice(near[seed], 7, replace=False) for seed in seeds]
        rows = list(dict.fromkeys(int(r) for r in np.concatenate([seeds, *neighbours])))
        asked, languages = zip(*(_name_or_description(skills[r], rng) for r in rows), strict=True)
        names = [skills[r].label_en for r in rows]
        queries, answers = vectors([*asked, *names], [*languages, *["en"] * len(rows)]).chunk(2)
        same = torch.tensor([[a == b for b in names] for a in names])
        return contrastive_loss(queries, answers, same) + contrastive_loss(answers, queries, same.T)

    return draw


def nearest_skills(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the rows of each skill's nearest others, (n, NEIGHBOURHOOD) int64.

    Args:
        vectors: The teacher's vectors of the English names, (n, d), unit rows.
    """
    nearest = []
    names = torch.from_numpy(vectors)
    for block in names.split(1024):
        nearest.append((block @ names.T).topk(NEIGHBOURHOOD + 1, dim=1).indices[:, 1:].numpy())
    return np.concatenate(nearest)


def _both_sides(
    vectors: TextVectors,
    asked: Sequence[str],
    offered: Sequence[str],
    languages: Sequence[str],
    group: Sequence[int],
) -> torch.Tensor:
    """Return the loss of both directions, and half that of either side with itself."""
    goals, skills = vectors([*asked, *offered], [*languages, *languages]).chunk(2)
    of = torch.tensor(group)
    same = of[:, None] == of[None, :]
    itself = torch.eye(len(of), dtype=torch.bool)
    other = same & ~itself
    across = contrastive_loss(goals, skills, same) + contrastive_loss(skills, goals, same)
    alike = contrastive_loss(goals, goals, other, itself)
    alike = alike + contrastive_loss(skills, skills, other, itself)
    return across + SAME_SIDE * alike


def _everything(concept: Concept) -> list[str]:
    return [
        text
        for language in LANGUAGES
        for text in (
            concept.label[language],
            concept.description[language],
            *concept.synonyms[language],
            *concept.goals[language],
            *concept.skills[language],
        )
    ]


def _all_of(need: Need) -> list[str]:
    return [
        text for language in LANGUAGES for text in (need.asked[language], *need.offered[language])
    ]


def _goal(concept: Concept, language: str, rng: np.random.Generator) -> str:
    kind = "messy_goals" if rng.random() < MESSY else "goals"
    return str(rng.choice(concept.trained(kind, language)))


def _skill(concept: Concept, language: str, rng: np.random.Generator) -> str:
    if rng.random() >= NAMED:
        return str(rng.choice(concept.trained("skills", language)))
    names = (concept.label[language], concept.description[language])
    return str(rng.choice([*names, *concept.synonyms[language], *concept.levels[language]]))


def _name_or_description(skill: EscoSkill, rng: np.random.Generator) -> tuple[str, str]:
    drawn = rng.random()
    if drawn < 0.5:
        return str(rng.choice([skill.label_de, *skill.alternative_de])), "de"
    if drawn < 0.7:
        return skill.description_de, "de"
    if drawn < 0.85:
        return skill.description_en, "en"
    return str(rng.choice([skill.label_en, *skill.alternative_en])), "en"

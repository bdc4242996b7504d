"""What the encoder learns from: ESCO, Tatoeba, and the rule of what it must never see.

The files lie outside the project (their licences ask for attribution, see the model card):
``esco/skills_de_en.csv.gz``, ``esco/digital_skills_de_en.csv.gz``,
``esco/occupations_de_en.csv.gz``, ``tatoeba/eng_deu.tsv.gz``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recommender.workshop.esco import (
    EscoSkill,
    open_text,
    read_digital_skills,
    read_skills,
    rows_of,
)

OCCUPATIONS = Path("esco") / "occupations_de_en.csv.gz"
TATOEBA = Path("tatoeba") / "eng_deu.tsv.gz"
LONG_TEXTS = 3_000
LONG_PARTS = (2, 6)


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and the English text whose teacher vector it is to have."""

    text: str
    target: str
    language: str


@dataclass(frozen=True, slots=True)
class Material:
    """Everything to learn from, without the held-out skills.

    Attributes:
        everyday: Sentence pairs of everyday language.
        labels: Names of skills and occupations, weighted by how often they stand here.
        alternatives: Other names of skills.
        descriptions: Sentences about skills, and texts of several sentences.
        skills: The skills that may be trained on.
    """

    everyday: tuple[Example, ...]
    labels: tuple[Example, ...]
    alternatives: tuple[Example, ...]
    descriptions: tuple[Example, ...]
    skills: tuple[EscoSkill, ...]

    def examples(self) -> tuple[Example, ...]:
        """Return one epoch: names four times as often as the rest."""
        return (
            *self.everyday,
            *(self.labels * 4),
            *self.alternatives,
            *self.descriptions,
        )

    def german(self) -> Iterator[str]:
        """Yield German text for the vocabulary; that of work counts three times."""
        for example in self.everyday:
            if example.language == "de":
                yield example.text
        for example in (*self.labels, *self.alternatives, *self.descriptions):
            if example.language == "de":
                yield from (example.text,) * 3


def read_material(folder: Path, rng: np.random.Generator) -> Material:
    """Read what may be trained on.

    A text that also stands in a held-out skill is left out, whoever else says it.

    Args:
        folder: The folder with ``esco`` and ``tatoeba``.
        rng: Draws which descriptions are joined to long texts.

    Raises:
        MaterialUnusable: if a file is missing.
    """
    everything = (*read_skills(folder), *read_digital_skills(folder))
    forbidden = {_key(text) for skill in everything if skill.held_out for text in skill.texts()}
    skills = tuple(skill for skill in everything if not skill.held_out)
    labels: list[Example] = []
    alternatives: list[Example] = []
    descriptions: list[Example] = []
    for skill in skills:
        name = skill.label_en
        labels += [Example(name, name, "en"), Example(skill.label_de, name, "de")]
        alternatives += [Example(text, text, "en") for text in skill.alternative_en]
        alternatives += [Example(text, name, "de") for text in skill.alternative_de]
        descriptions += _both(skill.description_en, skill.description_de)
    for row in rows_of(folder / OCCUPATIONS):
        labels += _both(row["label_en"], row["label_de"].split("/")[0])
        descriptions += _both(row["description_en"], row["description_de"])
    descriptions += _long_texts(skills, rng)
    return Material(
        everyday=tuple(_allowed(_tatoeba(folder), forbidden)),
        labels=tuple(_allowed(labels, forbidden)),
        alternatives=tuple(_allowed(alternatives, forbidden)),
        descriptions=tuple(_allowed(descriptions, forbidden)),
        skills=skills,
    )


def _long_texts(skills: tuple[EscoSkill, ...], rng: np.random.Generator) -> Iterator[Example]:
    """Yield descriptions joined at random: without long texts a student unlearns to read them."""
    for _ in range(LONG_TEXTS):
        drawn = rng.choice(len(skills), size=rng.integers(*LONG_PARTS), replace=False)
        english = " ".join(skills[i].description_en for i in drawn)
        german = " ".join(skills[i].description_de for i in drawn)
        yield Example(english, english, "en")
        yield Example(german, english, "de")


def _tatoeba(folder: Path) -> Iterator[Example]:
    path = folder / TATOEBA
    with open_text(path) as file:
        for line in file:
            english, german = line.rstrip("\n").split("\t")[:2]
            yield from _both(english, german)


def _both(english: str, german: str) -> tuple[Example, Example]:
    return Example(english, english, "en"), Example(german, english, "de")


def _allowed(examples: Iterable[Example], forbidden: set[str]) -> Iterator[Example]:
    seen = set()
    for example in examples:
        complete = example.text.strip() and example.target.strip()
        key = (example.text, example.target, example.language)
        kept_apart = _key(example.text) in forbidden or _key(example.target) in forbidden
        if complete and key not in seen and not kept_apart:
            seen.add(key)
            yield example


def _key(text: str) -> str:
    return " ".join(text.lower().split())

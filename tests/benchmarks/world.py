"""A workspace of any size with distinct texts and vectors that lie like real ones.

Encoding 400,000 texts would take an hour, so each statement's vector is that of one of the sample's
phrases with noise of half its length: as close to its topic, and as far from all others, as a
sentence of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.app import Recommender
from recommender.domain.people import Kind, Person, Statement
from recommender.encoding.encoder import open_encoder
from recommender.simulation.organisation import invent_organisation
from recommender.simulation.phrases import Phrase, read_names, read_phrases
from recommender.store import Store, pairs, people, vectors
from recommender.store.shipped import shipped

NOISE = 0.5
CHUNK = 20_000


def build_world(workspace: Path, n_people: int, n_statements: int, seed: int) -> Recommender:
    """Fill a workspace and open it."""
    rng = np.random.default_rng(seed)
    sample = shipped("data/sample_organisation")
    phrases = read_phrases(sample / "phrases.csv")
    organisation = invent_organisation(phrases, read_names(sample / "names.toml"), rng, n_people)
    invented = give_statements(organisation.people, phrases, n_statements // n_people, rng)
    encoder = open_encoder()
    by_text = dict(
        zip(
            [phrase.text for phrase in phrases],
            encoder.encode([phrase.text for phrase in phrases]),
            strict=True,
        )
    )
    store = Store.in_folder(workspace)
    with store.write() as connection:
        people.put(connection, invented)
        pairs.put(connection, organisation.pairs)
    texts = [s.text for person in invented for s in person.statements]
    for start in range(0, len(texts), CHUNK):
        chunk = texts[start : start + CHUNK]
        noisy = _noisy(np.stack([by_text[text.rsplit(" #", 1)[0]] for text in chunk]), rng)
        with store.write() as connection:
            vectors.put(connection, encoder.digest, encoder.name, chunk, noisy)
    return Recommender(store, lambda: encoder, workspace)


def give_statements(
    invented: Sequence[Person],
    phrases: Sequence[Phrase],
    each: int,
    rng: np.random.Generator,
) -> list[Person]:
    """Give everybody the same number of statements, each with a text of its own."""
    result = []
    for person in invented:
        statements = list(person.statements[:each])
        while len(statements) < each:
            phrase = phrases[int(rng.integers(len(phrases)))]
            statements.append(_statement(phrase))
        result.append(
            replace(
                person,
                statements=tuple(
                    replace(s, text=f"{s.text} #{person.id}.{i}") for i, s in enumerate(statements)
                ),
            )
        )
    return result


def _statement(phrase: Phrase) -> Statement:
    if phrase.kind is Kind.SKILL:
        return Statement(Kind.SKILL, phrase.text, phrase.language, level=3)
    return Statement(Kind.GOAL, phrase.text, phrase.language, priority=2)


def _noisy(rows: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    noise = rng.standard_normal(rows.shape, dtype=np.float32)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    mixed = rows + noise
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return mixed

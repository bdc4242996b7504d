"""Batches by length, and slips."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from recommender.workshop.training.noise import noisy
from recommender.workshop.training.optimisation import batches_by_length


def test_an_epoch_holds_every_text_once_within_the_budget() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 60, 500)
    batches = batches_by_length(lengths, budget=600, largest=40, rng=rng)
    seen: list[int] = []
    while len(seen) < len(lengths):
        batch = next(batches)
        assert len(batch) <= 40
        # Texts of like length are together; a little disorder may pass the budget by a little.
        assert len(batch) * lengths[batch].max() <= 600 * 1.6 or len(batch) <= 8
        seen += batch.tolist()
    assert sorted(seen) == list(range(500))


def test_batches_waste_little_on_padding() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(3, 100, 5_000)
    batches = list(islice(batches_by_length(lengths, 2_000, 64, rng), 50))
    padded = sum(len(batch) * lengths[batch].max() for batch in batches)
    assert sum(lengths[batch].sum() for batch in batches) / padded > 0.6


def test_epochs_differ_and_seeds_repeat() -> None:
    lengths = np.arange(1, 101)

    def drawn(seed: int) -> list[list[int]]:
        batches = batches_by_length(lengths, 400, 10, np.random.default_rng(seed))
        return [batch.tolist() for batch in islice(batches, 30)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


@pytest.mark.parametrize("language", ["de", "en"])
def test_slips_are_rare_small_and_never_empty_a_text(language: str) -> None:
    rng = np.random.default_rng(0)
    sentence = "Ich möchte früher wissen, wann die Bürotür offen steht."
    heard = [noisy(sentence, language, rng) for _ in range(2_000)]
    untouched = heard.count(sentence) / len(heard)
    assert 0.7 < untouched < 0.9
    assert all(abs(len(text) - len(sentence)) <= 8 for text in heard)
    transliterated = sum("moechte frueher" in text for text in heard) / len(heard)
    assert (0.05 < transliterated < 0.15) == (language == "de")
    assert all(noisy(short, language, rng) for short in ("a", "ab") * 200)

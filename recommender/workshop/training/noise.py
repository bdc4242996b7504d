"""Slips of people who type in a hurry, so that the encoder forgives them."""

from __future__ import annotations

import numpy as np

TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
SHARE_TRANSLITERATED = 0.1
SHARE_MISTYPED = 0.15
LETTERS_PER_SLIP = 25


def noisy(text: str, language: str, rng: np.random.Generator) -> str:
    """Return ``text``, now and then with ae for ä, or with letters dropped or swapped."""
    if language == "de" and rng.random() < SHARE_TRANSLITERATED:
        text = text.translate(TRANSLITERATED)
    if len(text) > 1 and rng.random() < SHARE_MISTYPED:
        for _ in range(1 + len(text) // LETTERS_PER_SLIP):
            place = int(rng.integers(0, len(text) - 1))
            swapped = text[place + 1] + text[place] if rng.random() < 0.5 else text[place + 1]
            text = text[:place] + swapped + text[place + 2 :]
    return text

"""A vocabulary of two languages, and the first vectors of its new pieces."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

from recommender.workshop.training.initialisation import german_vectors, static_space
from recommender.workshop.training.material import Material
from recommender.workshop.training.teacher import teacher_folder
from recommender.workshop.training.vocabulary import bilingual_tokenizer

ENGLISH = "I repair old violins, and I sell chairs with unfathomable patience."


@pytest.fixture(scope="module")
def tokenizer(material: Material) -> Tokenizer:
    return bilingual_tokenizer(teacher_folder() / "tokenizer.json", material.german())


def test_german_words_become_pieces_and_english_stays(tokenizer: Tokenizer) -> None:
    teacher = Tokenizer.from_file(str(teacher_folder() / "tokenizer.json"))
    teacher.no_padding()
    old, new = teacher.get_vocab(), tokenizer.get_vocab()
    assert old.items() <= new.items()
    assert sorted(new.values()) == list(range(len(new)))
    assert "fahrrader" in tokenizer.encode("Fahrräder reparieren").tokens
    assert tokenizer.encode(ENGLISH).tokens == teacher.encode(ENGLISH).tokens


def test_a_text_is_neither_padded_nor_cut(tokenizer: Tokenizer) -> None:
    assert len(tokenizer.encode("Brot").ids) == 3
    assert len(tokenizer.encode("Brot " * 900).ids) == 902


def test_the_same_text_gives_the_same_vocabulary(tokenizer: Tokenizer, material: Material) -> None:
    """Not so with the trainer of tokenizers alone: there, chance breaks ties."""
    for _ in range(5):
        again = bilingual_tokenizer(teacher_folder() / "tokenizer.json", material.german())
        assert again.to_str() == tokenizer.to_str()


def test_the_static_space_learns_that_translations_are_near(
    tokenizer: Tokenizer, material: Material
) -> None:
    """The invented teacher gives every English text a direction of its own words."""
    examples = material.everyday
    words = sorted({word for example in examples for word in example.target.split()})
    of = dict(zip(words, np.eye(len(words)), strict=True))
    targets = np.stack([np.sum([of[w] for w in e.target.split()], axis=0) for e in examples])
    targets /= np.linalg.norm(targets, axis=1, keepdims=True)
    space = static_space(tokenizer, examples * 200, np.tile(targets, (200, 1)).astype("f2"), 0)
    vocabulary = tokenizer.get_vocab()
    bread, maps = (space[vocabulary[word]] for word in ("bread", "maps"))
    german = space[vocabulary["brot"]]
    assert german @ bread > german @ maps + 0.3


def test_a_new_piece_starts_between_its_nearest_english_ones() -> None:
    english = torch.arange(40.0).reshape(20, 2)
    space = torch.nn.functional.normalize(torch.randn(21, 8, generator=torch.manual_seed(0)), dim=1)
    space[20] = space[7]
    vector = german_vectors(space, english)
    assert vector.shape == (1, 2)
    cosine, nearest = (space[20] @ space[:20].T).topk(10)
    weight = torch.softmax(cosine / 0.1, dim=0)
    assert torch.allclose(vector[0], (weight[:, None] * english[nearest]).sum(dim=0))

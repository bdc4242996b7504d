"""Learning from the teacher: a German text is to have the vector of its English counterpart.

Source: Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge
Distillation" (EMNLP 2020); besides the distance to the teacher's vector we ask that it be the
nearest one of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from torch.nn import functional

from recommender.workshop.training.initialisation import german_vectors, static_space
from recommender.workshop.training.material import Example
from recommender.workshop.training.model import piece_vectors, set_dropout, set_vocabulary
from recommender.workshop.training.optimisation import LONGEST, TextVectors, batches_by_length
from recommender.workshop.training.teacher import load_teacher

BUDGET = 6_000
LARGEST_BATCH = 384
TEMPERATURE = 0.05
CLOSENESS = 5.0
SAME = 0.98


def student(
    tokenizer: Tokenizer, examples: Sequence[Example], targets: NDArray[np.float16], seed: int
) -> SentenceTransformer:
    """Return the teacher with a bilingual vocabulary and first vectors for the German pieces."""
    space = static_space(tokenizer, examples, targets, seed)
    model = load_teacher()
    german = german_vectors(space, piece_vectors(model).detach())
    set_vocabulary(model, tokenizer, german)
    return set_dropout(model, 0.0)


def distillation_loss(
    model: SentenceTransformer,
    examples: Sequence[Example],
    teacher: Mapping[str, NDArray[np.float16]],
    rng: np.random.Generator,
) -> Callable[[], torch.Tensor]:
    """Return a function that draws a batch and returns its loss.

    The loss is 5 (1 − cosine) plus cross-entropy over the batch's teacher vectors at temperature
    0.05; targets that are nearly the same do not count as wrong.
    """
    vectors = TextVectors(model, rng)
    encodings = model.tokenizer([example.text for example in examples])["input_ids"]
    lengths = np.minimum([len(ids) for ids in encodings], LONGEST)
    batches = batches_by_length(np.asarray(lengths, np.int64), BUDGET, LARGEST_BATCH, rng)

    def draw() -> torch.Tensor:
        batch = [examples[i] for i in next(batches)]
        targets = torch.from_numpy(np.stack([teacher[e.target] for e in batch])).float()
        targets = functional.normalize(targets, dim=1)
        outputs = vectors([e.text for e in batch], [e.language for e in batch])
        closeness = 1 - (outputs * targets).sum(dim=1).mean()
        others = targets @ targets.T > SAME
        others.fill_diagonal_(False)
        logits = (outputs @ targets.T / TEMPERATURE).masked_fill(others, -torch.inf)
        contrast = functional.cross_entropy(logits, torch.arange(len(batch)))
        return CLOSENESS * closeness + contrast

    return draw

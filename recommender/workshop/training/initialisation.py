"""First vectors for the German pieces, so that distillation starts from something that understands.

A static space, one vector per piece and the mean over a text's pieces, learns from the teacher's
sentence vectors what German and English pieces mean. Each German piece then starts as the weighted
mean of the input vectors of its nearest English pieces. Source: Minixhofer, Paischer and Rekabsaz,
"WECHSEL" (NAACL 2022), with our static space in place of aligned fastText vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from recommender.workshop.training.material import Example

EPOCHS = 3
BATCH = 1024
LEARNING_RATE = 0.01
TEMPERATURE = 0.05
NEIGHBOURS = 10
SHARPNESS = 0.1
LONGEST = 64
BLOCK = 2048

Vectors = NDArray[np.float16]


def static_space(
    tokenizer: Tokenizer, examples: Sequence[Example], targets: Vectors, seed: int
) -> torch.Tensor:
    """Learn one vector per piece, so that a text's mean is near the teacher's vector of its target.

    Args:
        tokenizer: The bilingual one.
        examples: Texts of both languages.
        targets: The teacher's vector per example, (n, d) float16, unit rows.
        seed: For the first vectors and the order.

    Returns:
        (n_pieces, d) float32, unit rows; pieces that no text holds stay at random.
    """
    torch.manual_seed(seed)
    pieces = [
        torch.tensor(encoding.ids[:LONGEST])
        for encoding in tokenizer.encode_batch(
            [example.text for example in examples], add_special_tokens=False
        )
    ]
    space = nn.EmbeddingBag(tokenizer.get_vocab_size(), targets.shape[1], mode="mean", sparse=True)
    nn.init.normal_(space.weight, std=0.02)
    optimiser = torch.optim.SparseAdam(list(space.parameters()), lr=LEARNING_RATE)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(pieces)).split(BATCH):
            rows = [pieces[i] for i in batch if len(pieces[i])]
            expected = torch.from_numpy(targets[[i for i in batch if len(pieces[i])]]).float()
            offsets = torch.tensor([0, *(len(row) for row in rows[:-1])]).cumsum(0)
            means = functional.normalize(space(torch.cat(rows), offsets), dim=1)
            right = torch.arange(len(rows))
            loss = functional.cross_entropy(means @ expected.T / TEMPERATURE, right)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return functional.normalize(space.weight.detach(), dim=1)


def german_vectors(space: torch.Tensor, english: torch.Tensor) -> torch.Tensor:
    """Return first input vectors for the pieces behind the teacher's.

    Args:
        space: The static space, (n_pieces, d), unit rows.
        english: The teacher's input vectors, (n_english, d).

    Returns:
        (n_pieces − n_english, d): for each new piece the mean of its ten nearest English pieces,
        weighted by softmax(cosine / 0.1).
    """
    known, new = space[: len(english)], space[len(english) :]
    rows = []
    for block in new.split(BLOCK):
        cosine, nearest = (block @ known.T).topk(NEIGHBOURS, dim=1)
        weight = functional.softmax(cosine / SHARPNESS, dim=1)
        rows.append((weight.unsqueeze(2) * english[nearest]).sum(dim=1))
    return torch.cat(rows)

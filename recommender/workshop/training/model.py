"""The few parts of a sentence-transformers model that training must reach into."""

from __future__ import annotations

from typing import cast

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import PreTrainedModel, PreTrainedTokenizerFast

LONGEST_READ = 256
"""Pieces of a text that count; the rest is cut off, as by the teacher."""


def transformer_of(model: SentenceTransformer) -> PreTrainedModel:
    """Return the layers and piece vectors."""
    return cast(PreTrainedModel, model[0].auto_model)


def piece_vectors(model: SentenceTransformer) -> torch.nn.Parameter:
    """Return the input vectors of the vocabulary's pieces, (n_pieces, d)."""
    return cast(torch.nn.Parameter, transformer_of(model).get_input_embeddings().weight)


def set_vocabulary(model: SentenceTransformer, tokenizer: Tokenizer, more: torch.Tensor) -> None:
    """Give a model a longer vocabulary.

    Args:
        model: Is changed.
        tokenizer: Numbers the old pieces as before, and new ones behind them.
        more: First vectors of the new pieces, (n_new, d).
    """
    n_old = len(piece_vectors(model))
    transformer_of(model).resize_token_embeddings(n_old + len(more), mean_resizing=False)
    piece_vectors(model).data[n_old:] = more
    setattr(  # noqa: B010 - torch types every attribute of a module as a tensor or a module
        model[0],
        "processor",
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            model_max_length=LONGEST_READ,
            unk_token="[UNK]",
            sep_token="[SEP]",
            pad_token="[PAD]",
            cls_token="[CLS]",
            mask_token="[MASK]",
        ),
    )


def set_dropout(model: SentenceTransformer, probability: float) -> SentenceTransformer:
    """Set the probability of dropout everywhere; without any, training is a third faster."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = probability
    return model


def load_for_training(folder: str) -> SentenceTransformer:
    """Load a model with plain attention, which trains twice as fast on short texts."""
    return SentenceTransformer(
        folder, device="cpu", local_files_only=True, model_kwargs={"attn_implementation": "eager"}
    )

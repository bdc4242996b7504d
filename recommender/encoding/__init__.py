"""Sentences to vectors."""

from recommender.encoding.encoder import (
    DEFAULT_MODEL,
    ENCODER_KIND,
    ENCODER_SCHEMA,
    Encoder,
    ModelFacts,
    open_encoder,
)
from recommender.encoding.missing import encode_missing

__all__ = [
    "DEFAULT_MODEL",
    "ENCODER_KIND",
    "ENCODER_SCHEMA",
    "Encoder",
    "ModelFacts",
    "encode_missing",
    "open_encoder",
]

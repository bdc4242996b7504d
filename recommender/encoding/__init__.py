"""Sentences to vectors."""

from recommender.encoding.encoder import Encoder, open_encoder
from recommender.encoding.missing import encode_missing
from recommender.encoding.models import DEFAULT_MODEL, ENCODER_KIND, ENCODER_SCHEMA, ModelFacts

__all__ = [
    "DEFAULT_MODEL",
    "ENCODER_KIND",
    "ENCODER_SCHEMA",
    "Encoder",
    "ModelFacts",
    "encode_missing",
    "open_encoder",
]

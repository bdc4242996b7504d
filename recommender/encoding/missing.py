"""Encoding what is not encoded yet, in pieces that survive an interruption."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.domain.progress import Progress, silent
from recommender.encoding.encoder import CHUNK, Encoder
from recommender.store import Store, vectors


def encode_missing(
    store: Store, encoder: Encoder, texts: Sequence[str], progress: Progress = silent
) -> int:
    """Encode those of ``texts`` that have no vector yet and store the vectors, chunk by chunk.

    A run that is killed loses the chunk in work; the next one goes on from there.

    Returns:
        How many texts were encoded.

    Raises:
        EncoderUnavailable: if the model cannot be loaded.
    """
    with store.read() as connection:
        missing = vectors.texts_missing(connection, encoder.digest, texts)
    # Long texts first, across all chunks: texts of one chunk are then padded to a like length.
    missing.sort(key=lambda text: (-len(text), text))
    for start in range(0, len(missing), CHUNK):
        progress("encoding", start, len(missing))
        chunk = missing[start : start + CHUNK]
        encoded = encoder.encode(chunk)
        with store.write() as connection:
            vectors.put(connection, encoder.digest, encoder.name, chunk, encoded)
    progress("encoding", len(missing), len(missing))
    return len(missing)

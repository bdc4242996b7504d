"""Only what is missing is encoded, and an interruption costs one chunk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.domain.errors import EncoderUnavailable
from recommender.domain.progress import Progress, silent
from recommender.encoding import missing as encoding
from recommender.encoding.missing import encode_missing
from recommender.store import Store, vectors
from tests.conftest import HashEncoder

TEXTS = ["apple pie", "fig", "plum jam", "rhubarb crumble", "date"]


class KilledEncoder(HashEncoder):
    """Encodes one chunk and dies in the next."""

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        if self.n_encoded:
            raise KeyboardInterrupt
        return super().encode(texts, progress)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "CHUNK", 2)


def known(store: Store, encoder: HashEncoder) -> dict[str, list[float]]:
    with store.read() as connection:
        stored = vectors.get(connection, encoder.digest, TEXTS)
    return {text: row.tolist() for text, row in stored.items()}


def expected(encoder: HashEncoder, texts: Sequence[str]) -> dict[str, list[float]]:
    return dict(zip(texts, HashEncoder(encoder.name).encode(texts).tolist(), strict=True))


def test_each_text_gets_its_own_vector(store: Store, encoder: HashEncoder) -> None:
    assert encode_missing(store, encoder, TEXTS) == len(TEXTS)
    assert known(store, encoder) == expected(encoder, TEXTS)


def test_only_missing_texts_are_encoded_and_each_once(store: Store, encoder: HashEncoder) -> None:
    assert encode_missing(store, encoder, TEXTS[:3] * 2) == encoder.n_encoded == 3
    assert encode_missing(store, encoder, TEXTS) == 2
    assert encode_missing(store, encoder, TEXTS) == 0
    assert encoder.n_encoded == len(TEXTS)


def test_another_encoder_starts_from_nothing(store: Store, encoder: HashEncoder) -> None:
    encode_missing(store, encoder, TEXTS)
    other = HashEncoder("other", dimension=8)
    assert encode_missing(store, other, TEXTS) == len(TEXTS)
    with store.read() as connection:
        dimensions = [vectors.dimension(connection, known.digest) for known in (encoder, other)]
    assert dimensions == [32, 8]


def test_a_run_that_was_killed_is_resumed(store: Store, encoder: HashEncoder) -> None:
    killed = KilledEncoder()
    with pytest.raises(KeyboardInterrupt):
        encode_missing(store, killed, TEXTS)
    done = ["rhubarb crumble", "apple pie"]  # the longest come first
    assert known(store, killed) == expected(encoder, done)
    assert encode_missing(store, encoder, TEXTS) == encoder.n_encoded == len(TEXTS) - len(done)
    assert known(store, encoder) == expected(encoder, TEXTS)


def test_progress_is_told_before_each_chunk_and_at_the_end(
    store: Store, encoder: HashEncoder
) -> None:
    steps: list[tuple[str, int, int]] = []
    encode_missing(store, encoder, TEXTS, lambda *step: steps.append(step))
    assert steps == [("encoding", done, 5) for done in (0, 2, 4, 5)]


def test_the_encoder_is_left_alone_when_nothing_is_missing(
    store: Store, encoder: HashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EncoderUnavailable("The model is gone. Fetch it again.")

    encode_missing(store, encoder, TEXTS)
    monkeypatch.setattr(encoder, "encode", refuse)
    assert encode_missing(store, encoder, [*TEXTS, *TEXTS]) == 0
    assert encode_missing(store, encoder, []) == 0
    with pytest.raises(EncoderUnavailable):
        encode_missing(store, encoder, ["a new one"])


def test_the_order_of_texts_never_matters(store: Store, encoder: HashEncoder) -> None:
    seen: list[list[str]] = []

    class Watched(HashEncoder):
        def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
            seen.append(list(texts))
            return super().encode(texts, progress)

    for name in ("one", "two"):
        encode_missing(store, Watched(name), TEXTS if name == "one" else TEXTS[::-1])
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]
    lengths = [len(text) for chunk in seen[: len(seen) // 2] for text in chunk]
    assert lengths == sorted(lengths, reverse=True)

"""The sample organisation, whose texts are encoded once in a run of the tests, for all that ask.

The bundled encoder needs a quarter of a minute of a core for them; tests and the processes that
they start look the vectors up instead. Only the very chunks of texts that an import encodes are
looked up, so that every vector has the bits that it has for users: these depend on what a text is
encoded together with.
"""

from __future__ import annotations

import csv
import fcntl
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.encoding.encoder import CHUNK, Encoder, open_encoder

FOLDER = Path(__file__).parents[1] / "data/sample_organisation"
FILES = [FOLDER / name for name in ("people.csv", "statements.csv", "pairs.csv")]
VECTORS = "vectors.npz"

Encode = Callable[[Encoder, Sequence[str], Progress], NDArray[np.float32]]


def chunks() -> list[tuple[str, ...]]:
    """Return each text once, as an import encodes them: in chunks, the longest first."""
    with FILES[1].open(encoding="utf-8-sig", newline="") as lines:
        texts = {row["text"] for row in csv.DictReader(lines)}
    ordered = sorted(texts, key=lambda text: (-len(text), text))
    return [tuple(ordered[start : start + CHUNK]) for start in range(0, len(ordered), CHUNK)]


def encode_sample(folder: Path) -> None:
    """Write the vectors of all chunks into a folder, once; other processes wait for the first."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / VECTORS).exists():
            draft = folder / f"new.{VECTORS}"
            np.savez(draft, *(open_encoder().encode(chunk) for chunk in chunks()))
            draft.rename(folder / VECTORS)


def looked_up(folder: Path) -> Encode:
    """Return what does as ``Encoder.encode`` does, and looks up the chunks of the sample.

    Args:
        folder: Where :func:`encode_sample` has written.
    """
    digest, really = open_encoder().digest, Encoder.encode
    with np.load(folder / VECTORS) as stored:
        vectors = dict(zip(chunks(), stored.values(), strict=True))

    def encode(
        self: Encoder, texts: Sequence[str], progress: Progress = silent
    ) -> NDArray[np.float32]:
        known = vectors.get(tuple(texts)) if self.digest == digest else None
        return really(self, texts, progress) if known is None else known

    return encode


def look_up(folder: Path) -> None:
    """Let every bundled encoder of this process look up the chunks of the sample, from now on."""
    Encoder.encode = looked_up(folder)  # type: ignore[method-assign, assignment]

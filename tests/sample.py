"""The sample organisation, whose texts are encoded once in a run of the tests, for all that ask.

The bundled encoder needs a quarter of a minute of a core for them, and torch four seconds to load;
tests and the processes that they start look the vectors up instead. They are the very vectors that
an import would get: the same texts are encoded in the same batches.
"""

from __future__ import annotations

import csv
import fcntl
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.encoding import encoder
from recommender.encoding.encoder import Encoder, open_encoder

FOLDER = Path(__file__).parents[1] / "data/sample_organisation"
FILES = [FOLDER / name for name in ("people.csv", "statements.csv", "pairs.csv")]
VECTORS = "vectors.npz"

Encode = Callable[..., NDArray[np.float32]]


def texts() -> list[str]:
    """Return each text once, in the order in which an import encodes them."""
    with FILES[1].open(encoding="utf-8-sig", newline="") as lines:
        unique = {row["text"] for row in csv.DictReader(lines)}
    return sorted(unique, key=lambda text: (-len(text), text))


def encode_sample(folder: Path) -> None:
    """Write the vectors of all texts into a folder, once; other processes wait for the first."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / VECTORS).exists():
            vectors = open_encoder().encode(texts())
            with (folder / f"{VECTORS}.new").open("wb") as draft:
                np.savez(draft, vectors=vectors, digest=np.array(open_encoder().digest))
            (folder / f"{VECTORS}.new").rename(folder / VECTORS)


def looked_up(folder: Path) -> Encode:
    """Return what does as ``Encoder.encode`` does, and looks up the texts of the sample.

    Args:
        folder: Where :func:`encode_sample` has written.
    """
    with np.load(folder / VECTORS) as stored:
        digest, vectors = str(stored["digest"]), stored["vectors"]
    vector_of = dict(zip(texts(), vectors, strict=True))
    really = Encoder.encode

    def encode(
        self: Encoder, texts: Sequence[str], progress: Progress = silent
    ) -> NDArray[np.float32]:
        if self.digest != digest or not texts:
            return really(self, texts, progress)
        unknown = [text for text in dict.fromkeys(texts) if text not in vector_of]
        known = vector_of | (
            dict(zip(unknown, really(self, unknown, progress), strict=True)) if unknown else {}
        )
        progress("encoding", len(texts), len(texts))
        return np.stack([known[text] for text in texts])

    return encode


def look_up(folder: Path) -> None:
    """Let every bundled encoder of this process look up the texts of the sample, from now on."""
    encoder.Encoder.encode = looked_up(folder)  # type: ignore[method-assign]

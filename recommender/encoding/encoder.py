"""Text to unit vectors, by a sentence-transformers model whose files are part of its identity.

torch takes seconds to import, so a model is loaded only when a text must be encoded; the digest of
its files is known before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import EncoderUnavailable
from recommender.domain.progress import Progress, silent
from recommender.encoding.models import (
    ModelFacts,
    folder_digest,
    hub_folder,
    model_files,
    read_facts,
    shipped_folder,
)
from recommender.store.artefacts import MANIFEST

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

COVERAGE_OF_OTHERS = 0.40
BATCH = 32
CHUNK = 40 * BATCH


class Encoder:
    """A sentence-transformers model in a local folder.

    A text in which the model knows no piece, such as one of emoji, gets the vector of "unknown"; of
    a text that is longer than the model reads (ours: 256 pieces), the beginning counts.

    Args:
        folder: The model's files.
        name: What to call it in reports.
        threads: Threads for torch, or None to leave torch's own choice. A process that serves
            requests wants 1: more make the slowest answers slower.
        facts: What its manifest says, or None for a model that is not ours.

    Attributes:
        digest: SHA-256 over the names and contents of the model's files, 64 hexadecimal digits.
        languages: The languages it is known to understand, or None where nobody has said.
        coverage: Cosine from which a statement covers a goal, −1 to 1.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        threads: int | None = None,
        facts: ModelFacts | None = None,
    ) -> None:
        self.name = name
        self.languages = facts.languages if facts else None
        self.coverage = facts.coverage if facts else COVERAGE_OF_OTHERS
        self._dimension = facts.dimension if facts else None
        self.digest = folder_digest(folder)
        self._folder = folder
        self._threads = threads
        self._loading = threading.Lock()
        self._model: SentenceTransformer | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model unless it is known."""
        dimension = self._dimension or self.load().get_embedding_dimension()
        if dimension is None:
            raise EncoderUnavailable(
                f"The model {self.name} does not say how long its vectors are; a "
                "sentence-transformers model with a pooling layer is expected. Use another model."
            )
        return int(dimension)

    @property
    def n_bytes(self) -> int:
        """Size of the model's files."""
        return sum(path.stat().st_size for path in model_files(self._folder))

    def load(self) -> SentenceTransformer:
        """Load the model, once, and return it.

        Raises:
            EncoderUnavailable: if the folder is not a model that loads without running its code.
        """
        with self._loading:
            if self._model is None:
                self._model = self._read()
            return self._model

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        """Return one unit vector per text, shape (n_texts, dimension), float32.

        Texts of like length are encoded together, so the order in which they are given does not
        change the speed. ``progress`` is told after every chunk.

        Raises:
            EncoderUnavailable: if the model cannot be loaded or yields vectors that are not finite.
        """
        model = self.load()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(texts), CHUNK):
            chunk = longest_first[start : start + CHUNK]
            vectors[chunk] = model.encode(
                [texts[i] for i in chunk],
                batch_size=BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            progress("encoding", min(start + CHUNK, len(texts)), len(texts))
        if not np.isfinite(vectors).all():
            raise EncoderUnavailable(
                f"The model {self.name} returned numbers that are not finite; unit vectors are "
                "expected. Check its files, or use another model."
            )
        return vectors

    def _read(self) -> SentenceTransformer:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # we tell progress ourselves
        if self._threads is not None:
            torch.set_num_threads(self._threads)
        try:
            return SentenceTransformer(
                str(self._folder),
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        # sentence-transformers raises whatever its parts raise; all of it means the same here.
        except Exception as error:
            raise EncoderUnavailable(
                f"{self._folder} cannot be loaded as a sentence-transformers model ({error}). Give "
                "a folder that SentenceTransformer.save wrote, with safetensors weights."
            ) from error


def open_encoder(name: str | None = None, threads: int | None = None) -> Encoder:
    """Return the encoder of that name without loading its weights.

    Args:
        name: A folder, or the id of a model on the Hugging Face hub; None for the bundled default.
        threads: As for :class:`Encoder`.

    Raises:
        EncoderUnavailable: if there is no such model, or one of ours has other files than its
            manifest says.
    """
    folder = Path(name) if name else shipped_folder()
    if folder.is_dir():
        facts = read_facts(folder) if not name or (folder / MANIFEST).is_file() else None
        return Encoder(folder, facts.name if facts else folder.resolve().name, threads, facts)
    assert name
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return Encoder(hub_folder(name), name, threads)
    raise EncoderUnavailable(
        f"{name!r} is neither a folder nor a hub id of the form owner/model. Give one of them, or "
        "nothing for the bundled model."
    )

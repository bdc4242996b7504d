"""Text to unit vectors, by a sentence-transformers model whose files are part of its identity.

torch takes seconds to import, so a model is loaded only when a text must be encoded; the digest of
its files is known before.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused, EncoderUnavailable, TandemError
from recommender.domain.progress import Progress, silent
from recommender.store.artefacts import MANIFEST, file_digest, read_artefact
from recommender.store.shipped import shipped

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "models/tandem-de-en"
ENCODER_KIND = "sentence encoder"
ENCODER_SCHEMA = 1
COVERAGE_OF_OTHERS = 0.40
BATCH = 32
CHUNK = 40 * BATCH
NOT_PART_OF_A_MODEL = ("README.md", MANIFEST, "onnx", "openvino", "__pycache__")
UNSAFE_OR_FOREIGN_WEIGHTS = ("*.bin", "*.pt", "*.ckpt", "*.h5", "*.msgpack", "*.onnx", "*.ot")

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What the manifest of one of our own models says of it.

    Args:
        name: What it is called.
        dimension: Length of its vectors, known here so that an empty workspace opens quickly.
        languages: The languages it was trained for; answers in others say that they may be wrong.
        coverage: Cosine from which a statement covers a goal, −1 to 1.
    """

    name: str
    dimension: int
    languages: tuple[str, ...]
    coverage: float


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
        return sum(path.stat().st_size for path in _model_files(self._folder))

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
    folder = Path(name) if name else _shipped_folder()
    if folder.is_dir():
        facts = _facts(folder) if not name or (folder / MANIFEST).is_file() else None
        return Encoder(folder, facts.name if facts else folder.resolve().name, threads, facts)
    assert name
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return Encoder(_hub_folder(name), name, threads)
    raise EncoderUnavailable(
        f"{name!r} is neither a folder nor a hub id of the form owner/model. Give one of them, or "
        "nothing for the bundled model."
    )


def _shipped_folder() -> Path:
    try:
        return shipped(DEFAULT_MODEL)
    except TandemError as error:
        raise EncoderUnavailable(str(error)) from error


def _facts(folder: Path) -> ModelFacts:
    """Read a manifest after checking that the files are those that it names."""
    try:
        facts = read_artefact(folder, ENCODER_KIND, ENCODER_SCHEMA)
        return ModelFacts(
            name=str(facts["name"]),
            dimension=int(facts["dimension"]),
            languages=tuple(facts["languages"]),
            coverage=float(facts["coverage"]),
        )
    except (ArtefactRefused, KeyError, TypeError, ValueError) as error:
        raise EncoderUnavailable(
            f"The model in {folder} is not the one that was published: {error} Fetch its files "
            "again, or name another model."
        ) from error


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the relative names and contents of a model's files."""
    digest = hashlib.sha256()
    for path in _model_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


def _model_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        parts = path.relative_to(folder).parts
        skipped = any(part.startswith(".") or part in NOT_PART_OF_A_MODEL for part in parts)
        if path.is_file() and not skipped:
            yield path


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    ignored = list(UNSAFE_OR_FOREIGN_WEIGHTS)
    try:
        try:
            return Path(snapshot_download(name, local_files_only=True, ignore_patterns=ignored))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, ignore_patterns=ignored))
    except (OSError, ValueError, RuntimeError) as error:
        raise EncoderUnavailable(
            f"The model {name!r} is not in the local cache and could not be fetched ({error}). "
            "Fetch it on a connected machine, copy the folder here, and give its path."
        ) from error

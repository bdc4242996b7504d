"""Where models lie, which files they are made of, and what ours say of themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recommender.domain.errors import ArtefactRefused, EncoderUnavailable, TandemError
from recommender.store.artefacts import MANIFEST, file_digest, read_artefact
from recommender.store.shipped import shipped

DEFAULT_MODEL = "models/tandem-de-en"
ENCODER_KIND = "sentence encoder"
ENCODER_SCHEMA = 1
NOT_PART_OF_A_MODEL = ("README.md", MANIFEST, "onnx", "openvino", "__pycache__")
UNSAFE_OR_FOREIGN_WEIGHTS = ("*.bin", "*.pt", "*.ckpt", "*.h5", "*.msgpack", "*.onnx", "*.ot")


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


def shipped_folder() -> Path:
    """Return the folder of the bundled model.

    Raises:
        EncoderUnavailable: if it is missing.
    """
    try:
        return shipped(DEFAULT_MODEL)
    except TandemError as error:
        raise EncoderUnavailable(str(error)) from error


def read_facts(folder: Path) -> ModelFacts:
    """Read the manifest of one of our own models.

    Raises:
        EncoderUnavailable: if the files are not those that it names.
    """
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
    for path in model_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


def model_files(folder: Path) -> Iterator[Path]:
    """Yield the files that make the model what it is, by their relative names."""
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        parts = path.relative_to(folder).parts
        skipped = any(part.startswith(".") or part in NOT_PART_OF_A_MODEL for part in parts)
        if path.is_file() and not skipped:
            yield path


def hub_folder(name: str) -> Path:
    """Return the local copy of a model on the Hugging Face hub, fetched if need be.

    Raises:
        EncoderUnavailable: if it is neither here nor there.
    """
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

"""Folders that can be trusted: written whole or not at all, and read only if they are unchanged.

An artefact is a folder of files with a ``manifest.json`` that names its kind, its schema version,
the SHA-256 digest of every file, and the facts it was made from.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recommender.domain.errors import ArtefactRefused

MANIFEST = "manifest.json"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
CHUNK = 1 << 20
STALE_AFTER_S = 3600.0

Write = Callable[[Path], None]
"""Writes one file of an artefact to the path it is given."""


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sync_to_disk(path: Path) -> None:
    """Flush a file or a folder to the disk, so that a power cut cannot take it back."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_artefact(
    folder: Path, kind: str, schema: int, facts: Mapping[str, Any], files: Mapping[str, Write]
) -> None:
    """Write an artefact beside ``folder`` and rename it into place.

    Args:
        folder: Where the artefact is to stand; an older one there is replaced.
        kind: What it is, checked on reading.
        schema: Version of its layout, checked on reading.
        facts: JSON-serialisable; what it was made from.
        files: Path inside the folder to the function that writes it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    _sweep(folder, older_than_s=STALE_AFTER_S)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".new", dir=folder.parent))
    retired = draft.with_suffix(".old")
    try:
        digests = {}
        for name, write in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
            write(draft / name)
            digests[name] = file_digest(draft / name)
        manifest = {"kind": kind, "schema": schema, "files": digests, "facts": dict(facts)}
        (draft / MANIFEST).write_text(
            json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
        for name in (*files, MANIFEST):
            (draft / name).chmod(PRIVATE_FILE)
            sync_to_disk(draft / name)
        sync_to_disk(draft)
        if folder.exists():
            folder.rename(retired)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    sync_to_disk(folder.parent)
    shutil.rmtree(retired, ignore_errors=True)


def read_artefact(folder: Path, kind: str, schema: int) -> dict[str, Any]:
    """Return the facts of the artefact in ``folder`` after checking every digest.

    Messages name the folder without the path that leads to it: some are told over HTTP.

    Raises:
        ArtefactRefused: if it is missing, damaged, of another kind or of another schema.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_kind, is_schema = manifest["kind"], manifest["schema"]
        digests = dict(manifest["files"])
        facts = dict(manifest["facts"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtefactRefused(
            f"{folder.name} has no readable {MANIFEST} ({without_path(error)}). Rebuild it."
        ) from error
    if (is_kind, is_schema) != (kind, schema):
        raise ArtefactRefused(
            f"{folder.name} holds {is_kind!r} of schema {is_schema!r} where {kind!r} of schema "
            f"{schema} is expected. Rebuild it with this version of Tandem."
        )
    for name, expected in digests.items():
        path = folder / name
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not inside or not path.is_file() or file_digest(path) != expected:
            raise ArtefactRefused(
                f"{folder.name}/{name} does not have the SHA-256 {expected} of its manifest: it is "
                "damaged or was changed. Rebuild it."
            )
    return facts


def without_path(error: Exception) -> str:
    """Return what an error says, without the path that an OSError names."""
    return str(error.strerror) if isinstance(error, OSError) else str(error)


def discard_artefact(folder: Path) -> None:
    """Remove the artefact in ``folder`` and every draft of it, if there are any."""
    shutil.rmtree(folder, ignore_errors=True)
    _sweep(folder, older_than_s=0.0)


def _sweep(folder: Path, older_than_s: float) -> None:
    """Remove what killed processes left half written; a younger draft may still be in work."""
    for draft in folder.parent.glob(f".{folder.name}.*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - draft.stat().st_mtime >= older_than_s:
                shutil.rmtree(draft, ignore_errors=True)

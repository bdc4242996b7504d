"""Uploaded files: in a private folder, and gone as soon as they are read."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from recommender.domain.errors import InvalidInput
from recommender.programme import Forms

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
LONGEST_NAME = 100
LONGEST_SUFFIX = 10
LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives: the name that its sender gave it, and a stream at its start."""

    name: str
    stream: IO[bytes]


class UploadFolder:
    """The folder ``uploads`` of a workspace, readable by its owner alone.

    Every process that uses it holds a shared lock on one file in it. Whoever finds that nobody else
    does removes what is left over: the process that put it there was killed.
    """

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / "uploads"
        self._lock: int | None = None

    def open(self) -> None:
        """Create the folder, and empty it unless another process uses it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        self._folder.chmod(PRIVATE_FOLDER)
        self._lock = os.open(self._folder / LOCK, os.O_CREAT | os.O_RDWR, PRIVATE_FILE)
        with suppress(BlockingIOError):
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for leftover in self._folder.iterdir():
                if leftover.name != LOCK:
                    self.discard(leftover)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def save(self, uploads: Sequence[Upload], forms: Forms) -> tuple[Path, list[Path]]:
        """Copy files into a new folder and return it, and their paths in the order given.

        Raises:
            InvalidInput: if these files do not go together.
        """
        names = [
            Path(str(place), _plain_name(upload.name)) for place, upload in enumerate(uploads, 1)
        ]
        try:
            forms.of(names)
        except InvalidInput as refused:
            raise InvalidInput(replace(p, field="files") for p in refused.problems) from None
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            paths = [folder / name for name in names]
            for path, upload in zip(paths, uploads, strict=True):
                path.parent.mkdir(mode=PRIVATE_FOLDER)
                flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
                with os.fdopen(os.open(path, flags, PRIVATE_FILE), "wb") as stream:
                    shutil.copyfileobj(upload.stream, stream)
        except BaseException:
            self.discard(folder)
            raise
        return folder, paths

    def discard(self, folder: Path) -> None:
        """Remove files that were saved."""
        shutil.rmtree(folder, ignore_errors=True)


def _plain_name(name: str) -> str:
    """Return the last part of a name in characters that every file system and message can hold."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char if char.isprintable() else "_" for char in last)
    name_only = Path(plain)
    stem = name_only.stem[:LONGEST_NAME].encode()[: 2 * LONGEST_NAME].decode(errors="ignore")
    return stem + name_only.suffix[:LONGEST_SUFFIX]

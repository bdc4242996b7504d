"""Whole files in and out: read with clear refusals, written so that a kill leaves old or new."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.files.tables.places import Problems

BOM = b"\xef\xbb\xbf"
MAX_FILE_BYTES = 512 * 1024 * 1024

Writing = tuple[Path, Callable[[BinaryIO], None]]


def file_problem(path: Path, value: object, expected: str, remedy: str) -> Problem:
    """Return a problem of a file as a whole."""
    return Problem("file", quoted(value), expected, remedy, file=path.name)


def readable(path: Path, problems: Problems) -> bool:
    """Return whether the path is a file of a size that can be read; otherwise tell why not."""
    expected = "a file"
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        remedy = "Check the path and the permissions."
        problems.add(file_problem(path, _why(error), "a file that can be read", remedy))
        return False
    if path.is_dir():
        problems.add(file_problem(path, "a folder", expected, "Name the file in the folder."))
    elif not path.is_file():
        problems.add(file_problem(path, "a device", expected, "Save it as a file first."))
    elif size > MAX_FILE_BYTES:
        limit = f"at most {MAX_FILE_BYTES} bytes"
        problems.add(file_problem(path, f"{size} bytes", limit, "Import it in parts."))
    else:
        return True
    return False


def read_bytes(path: Path, problems: Problems) -> bytes | None:
    """Return the bytes of a file without a byte order mark, or None and tell why not."""
    if not readable(path, problems):
        return None
    try:
        return path.read_bytes().removeprefix(BOM)
    except OSError as error:
        remedy = "Check the permissions and the disk."
        problems.add(file_problem(path, _why(error), "a file that can be read", remedy))
        return None


def decoded(path: Path, data: bytes, first_line: int, problems: Problems) -> str | None:
    """Return UTF-8 bytes as text, or None and tell the first byte that is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        breaks = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
        value = f"byte 0x{data[error.start]:02X}, the {error.start - line_start + 1}. of its line"
    problems.add(
        Problem(
            "file",
            value,
            "text in UTF-8",
            'In Excel, save it as "CSV UTF-8 (Comma delimited)"; elsewhere choose UTF-8.',
            file=path.name,
            line=first_line + breaks,
        )
    )
    return None


def replace_files(writings: Sequence[Writing]) -> None:
    """Write each file beside its final name, then rename them all.

    Args:
        writings: Per file its path and what writes it. Files are readable by their owner only.

    Raises:
        InvalidInput: if a file cannot be written. The files of that name are then as before.
    """
    written: list[tuple[Path, Path]] = []
    try:
        for path, write in writings:
            _refuse_folder(path)
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".tandem-")
            written.append((Path(name), path))
            with os.fdopen(descriptor, "wb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
        while written:
            temporary, path = written[0]
            temporary.replace(path)
            written.pop(0)
            _sync_folder(path.parent)
    except OSError as error:
        remedy = "Check that the folder exists, can be written to, and has space left."
        problem = file_problem(path, _why(error), "a file that can be written", remedy)
        raise InvalidInput([problem]) from error
    finally:
        for temporary, _ in written:
            temporary.unlink(missing_ok=True)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(0, "It is a folder")


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, on the systems that can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)

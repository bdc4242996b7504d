"""Whole files in and out: read with clear refusals, written so that a kill leaves old or new."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from recommender.domain.errors import InvalidInput, Problem, quoted

BOM = b"\xef\xbb\xbf"
MAX_FILE_BYTES = 512 * 1024 * 1024

Writing = tuple[Path, Callable[[BinaryIO], None]]


def file_problem(name: str, value: str, expected: str, remedy: str) -> Problem:
    """Return a problem of a file as a whole."""
    return Problem("file", quoted(value), expected, remedy, file=name)


class Refused(Exception):
    """A file of which nothing can be read; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def reason(error: OSError | ValueError) -> str:
    """Return why the system refused a file, in its words."""
    return getattr(error, "strerror", None) or str(error)


def check_readable(path: Path) -> None:
    """Refuse what is no file, or too large a file.

    Raises:
        Refused: with the reason.
    """
    try:
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        what = (reason(error), "a file that can be read", "Check the path and the permissions.")
        raise Refused(file_problem(path.name, *what)) from error
    if path.is_dir():
        raise Refused(file_problem(path.name, "a folder", "a file", "Name the file in the folder."))
    if not path.is_file():
        raise Refused(file_problem(path.name, "a device", "a file", "Save it as a file first."))
    if size > MAX_FILE_BYTES:
        limit = f"at most {MAX_FILE_BYTES} bytes"
        raise Refused(file_problem(path.name, f"{size} bytes", limit, "Import it in parts."))


def read_text(path: Path) -> str:
    """Return the text of a file without a byte order mark.

    Raises:
        Refused: if it cannot be read, or is not in UTF-8.
    """
    check_readable(path)
    try:
        data = path.read_bytes().removeprefix(BOM)
    except OSError as error:
        what = (reason(error), "a file that can be read", "Check the permissions and the disk.")
        raise Refused(file_problem(path.name, *what)) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = max(before.rfind(b"\n"), before.rfind(b"\r")) + 1
        breaks = before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")
        value = f"byte 0x{data[error.start]:02X}, the {error.start - line_start + 1}. of its line"
        remedy = 'In Excel, save it as "CSV UTF-8 (Comma delimited)"; elsewhere choose UTF-8.'
        problem = file_problem(path.name, value, "text in UTF-8", remedy)
        raise Refused(problem.at(path.name, 1 + breaks, None)) from error


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
        problem = file_problem(path.name, reason(error), "a file that can be written", remedy)
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

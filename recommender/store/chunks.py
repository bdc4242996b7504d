"""Databases limit the parameters of one query; long lists of ids go in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
CHUNK = 5_000


def in_chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield ``values`` in slices of at most ``size``."""
    for start in range(0, len(values), size):
        yield list(values[start : start + size])

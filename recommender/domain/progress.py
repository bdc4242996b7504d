"""How long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told (what is being done, done so far, total) while long work runs."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody: the default :data:`Progress`."""

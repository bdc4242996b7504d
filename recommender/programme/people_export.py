"""Exporting everybody to files that an import reads again unchanged. No encoder is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recommender.files.people import write_people
from recommender.store import Store, pairs, people


def export_people(store: Store, paths: Sequence[Path]) -> int:
    """Write everybody and every pair, as of one moment, and return the number of people.

    Raises:
        InvalidInput: if the file names do not say which form to write.
    """
    with store.read() as connection:
        everybody = [person for _, person in people.get_many(connection).values()]
        paired = pairs.get_all(connection)
    write_people(paths, everybody, paired)
    return len(everybody)

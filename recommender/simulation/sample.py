"""The sample organisation that is committed with Tandem, and how it is made anew."""

from __future__ import annotations

from pathlib import Path

from numpy.random import default_rng

from recommender.files.people import write_people
from recommender.simulation.organisation import Organisation, invent_organisation
from recommender.simulation.phrases import read_names, read_phrases

SAMPLE_SEED = 2106
SAMPLE_SIZE = 600
SAMPLE_FILES = ("people.csv", "statements.csv", "pairs.csv")


def invent_sample(
    folder: Path, seed: int = SAMPLE_SEED, n_people: int = SAMPLE_SIZE
) -> Organisation:
    """Invent an organisation from the ``phrases.csv`` and ``names.toml`` of a folder.

    Args:
        folder: Usually ``data/sample_organisation``.
        seed: The default gives the committed sample.
        n_people: As for :func:`invent_organisation`.

    Raises:
        InvalidInput: if ``n_people`` is out of its range.
    """
    phrases = read_phrases(folder / "phrases.csv")
    names = read_names(folder / "names.toml")
    return invent_organisation(phrases, names, default_rng(seed), n_people)


def write_sample(folder: Path, target: Path | None = None) -> tuple[Path, ...]:
    """Write people, statements and pairs of the sample as CSV; return the files' paths.

    Args:
        folder: Holds ``phrases.csv`` and ``names.toml``.
        target: Where to write; None means the same folder.
    """
    organisation = invent_sample(folder)
    paths = tuple((target or folder) / name for name in SAMPLE_FILES)
    write_people(paths, organisation.people, organisation.pairs)
    return paths

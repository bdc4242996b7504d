"""Finding what ships with Tandem: beside the packages in a checkout, inside them in a wheel."""

from __future__ import annotations

from pathlib import Path

from recommender.domain.errors import TandemError

PACKAGE = Path(__file__).parents[1]


def shipped(name: str) -> Path:
    """Return the path of something under ``data/`` or ``models/``.

    Raises:
        TandemError: if it is not there.
    """
    for place in (PACKAGE.parent / name, PACKAGE / "bundled" / name):
        if place.exists():
            return place
    raise TandemError(
        f"{name} is missing beside the package in {PACKAGE.parent}; it ships with Tandem. "
        "Install Tandem again."
    )

"""Build the bundled linker again: ``python -m recommender.workshop.concepts``."""

from __future__ import annotations

import argparse
from pathlib import Path

from recommender.encoding.encoder import open_encoder
from recommender.skills.catalogue import read_catalogue
from recommender.skills.linking.building import CATALOGUE, SHIPPED_LINKER, build_linker
from recommender.skills.linking.card import card
from recommender.skills.linking.linker import write_linker
from recommender.skills.linking.sources import catalogue_digest, read_statements
from recommender.store.shipped import shipped

CARD = "README.md"


def main() -> None:
    """Fit the linker of the bundled encoder and catalogue, and write it with its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(SHIPPED_LINKER))
    folder = parser.parse_args().output
    catalogue, encoder = shipped(CATALOGUE), open_encoder()
    facts = {"encoder": encoder.digest, "catalogue": catalogue_digest(catalogue)}
    concepts, statements = read_catalogue(catalogue), read_statements(catalogue)
    linker = build_linker(encoder, concepts, statements, facts=facts)
    write_linker(folder, linker)
    (folder / CARD).write_text(card(linker), encoding="utf-8")


if __name__ == "__main__":
    main()

"""How a linker is made from the catalogue and tried."""

from recommender.skills.linking.learning.building import CATALOGUE, SHIPPED_LINKER, build_linker
from recommender.skills.linking.learning.card import linker_card
from recommender.skills.linking.learning.sources import catalogue_digest, read_statements

__all__ = [
    "CATALOGUE",
    "SHIPPED_LINKER",
    "build_linker",
    "catalogue_digest",
    "linker_card",
    "read_statements",
]

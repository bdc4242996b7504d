"""Which concepts of the catalogue a statement is about."""

from recommender.skills.linking.linker import write_linker

__all__ = ["write_linker"]

"""The skill catalogue, role profiles, and what depends on them."""

from recommender.skills.catalogue import (
    LANGUAGES,
    LEAST,
    Concept,
    Need,
    read_catalogue,
    read_glossary,
    read_needs,
)
from recommender.skills.knowledge import Knowledge, open_knowledge
from recommender.skills.role_profiles import RoleProfile

__all__ = [
    "LANGUAGES",
    "LEAST",
    "Concept",
    "Knowledge",
    "Need",
    "RoleProfile",
    "open_knowledge",
    "read_catalogue",
    "read_glossary",
    "read_needs",
]

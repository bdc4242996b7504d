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
from recommender.skills.gaps import Gaps
from recommender.skills.knowledge import Knowledge
from recommender.skills.role_profiles import RoleProfile

__all__ = [
    "LANGUAGES",
    "LEAST",
    "Concept",
    "Gaps",
    "Knowledge",
    "Need",
    "RoleProfile",
    "read_catalogue",
    "read_glossary",
    "read_needs",
]

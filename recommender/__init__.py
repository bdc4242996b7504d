"""Tandem recommends partners for reverse mentoring.

``from recommender import Recommender`` is the front door; nothing is loaded before it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.app import Recommender
    from recommender.domain.errors import InvalidInput, TandemError
    from recommender.domain.people import Kind, Person, Roles, Statement, Status
    from recommender.domain.ranking import Query, Ranking
    from recommender.matching import EligibilityRules, RecommenderConfig

__version__ = "0.1.0"
__all__ = [
    "EligibilityRules",
    "InvalidInput",
    "Kind",
    "Person",
    "Query",
    "Ranking",
    "Recommender",
    "RecommenderConfig",
    "Roles",
    "Statement",
    "Status",
    "TandemError",
]
_ROOMS = ("domain.ranking", "domain.people", "domain.errors", "matching", "app")
"""Where the names above live, what loads quickly first."""


def __getattr__(name: str) -> object:
    if name in __all__:
        for room in _ROOMS:
            module = import_module(f"{__name__}.{room}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

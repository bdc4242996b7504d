"""The learned order: the score, its releases, and which of them is active."""

from recommender.ranking.registry import Rankers, RankerState, utc_now
from recommender.ranking.releases import CARD, CARD_IN_GERMAN, REPORT, VERSION_PATTERN, Releases

__all__ = [
    "CARD",
    "CARD_IN_GERMAN",
    "REPORT",
    "VERSION_PATTERN",
    "RankerState",
    "Rankers",
    "Releases",
    "utc_now",
]

"""A person's own gaps: for that person's eyes, and nobody else's."""

from recommender.skills.own.choices import choose_profile, correct_link
from recommender.skills.own.linking import N_SUGGESTIONS, LinkedConcept, LinkedStatement
from recommender.skills.own.person import Gap, PersonGaps, Source
from recommender.skills.own.reading import OwnGaps

__all__ = [
    "N_SUGGESTIONS",
    "Gap",
    "LinkedConcept",
    "LinkedStatement",
    "OwnGaps",
    "PersonGaps",
    "Source",
    "choose_profile",
    "correct_link",
]

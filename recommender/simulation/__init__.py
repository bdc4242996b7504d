"""An invented organisation for trying, testing and measuring Tandem; no real person is in it.

Nothing else in :mod:`recommender` but the command line may import this package, or evaluation would
mark its own homework.
"""

from recommender.simulation.cohort import simulate_cohort
from recommender.simulation.organisation import Organisation, invent_organisation
from recommender.simulation.phrases import (
    Area,
    NameGroup,
    Phrase,
    read_names,
    read_phrases,
    topics_of,
)
from recommender.simulation.sample import SAMPLE_SEED, SAMPLE_SIZE, invent_sample, write_sample

__all__ = [
    "SAMPLE_SEED",
    "SAMPLE_SIZE",
    "Area",
    "NameGroup",
    "Organisation",
    "Phrase",
    "invent_organisation",
    "invent_sample",
    "read_names",
    "read_phrases",
    "simulate_cohort",
    "topics_of",
    "write_sample",
]

"""An invented organisation for trying, testing and measuring Tandem; no real person is in it.

Nothing else in :mod:`recommender` but the command line may import this package, or evaluation would
mark its own homework.
"""

from recommender.simulation.cohort import simulate_cohort

__all__ = ["simulate_cohort"]

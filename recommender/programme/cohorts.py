"""Cohorts: when each run of the programme begins and ends."""

from __future__ import annotations

from recommender.domain.feedback import Cohort, refuse_overlap
from recommender.store import Store, Transaction, cohorts


class Cohorts:
    """The runs of the programme, of which no two overlap.

    Args:
        store: The truth.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> tuple[Cohort, ...]:
        """Return every cohort, the oldest first."""
        with self._store.read() as connection:
            return tuple(cohorts.get_all(connection).values())

    def put(self, cohort: Cohort) -> bool:
        """Store a cohort, new or changed, and return whether it is new.

        A stored cohort that is simulated stays so.

        Raises:
            InvalidInput: if it would run at the same time as another one, or make a real cohort a
                simulated one.
        """
        with self._store.write() as connection:
            return cohorts.put(connection, [_storable(connection, cohort)]).created == 1

    def check(self, cohort: Cohort) -> None:
        """Refuse what :meth:`put` would refuse, before long work is done for the cohort.

        Raises:
            InvalidInput: as there.
        """
        with self._store.read() as connection:
            _storable(connection, cohort)


def _storable(connection: Transaction, cohort: Cohort) -> Cohort:
    stored = cohorts.get_all(connection)
    laid_over = cohort.in_place_of(stored.get(cohort.id))
    refuse_overlap({**stored, cohort.id: laid_over})
    return laid_over

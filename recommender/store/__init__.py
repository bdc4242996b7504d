"""Everything on disk: SQL with its migrations, artefact folders, and what ships.

SQL is the only truth about people, pairs and what was shown; no other room speaks it. A module
reads and writes what it is named after, in the :data:`Transaction` that it is handed.
"""

from recommender.store.engine import Store, Transaction
from recommender.store.rows import Written

__all__ = ["Store", "Transaction", "Written"]

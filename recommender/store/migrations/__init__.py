"""Alembic migrations, run by :class:`recommender.store.Store` when it opens a database."""

"""Jobs: where every process sees how far long work is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from recommender.store import Store, jobs
from recommender.store.jobs import Job, JobStatus


class JobLog:
    """What is known of imports and retrainings that run in the background.

    Args:
        store: Keeps it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, kind: str, now: datetime) -> str:
        """Register a waiting job and return its id; jobs older than 30 days are forgotten."""
        with self._store.write() as connection:
            return jobs.create(connection, kind, now)

    def get(self, job_id: str) -> Job:
        """Return a job as last reported.

        Raises:
            UnknownJob: if there is no such job.
        """
        with self._store.read() as connection:
            return jobs.get(connection, job_id, datetime.now(UTC))

    def report(self, job_id: str, step: str, done: int, total: int) -> None:
        """Note how far a running job is; this is also its sign of life."""
        with self._store.write() as connection:
            jobs.report(connection, job_id, step, done, total)

    def report_life(self, job_ids: Sequence[str]) -> None:
        """Note that these jobs are still looked after, whether they wait or run."""
        with self._store.write() as connection:
            jobs.sign_of_life(connection, job_ids)

    def finish(
        self, job_id: str, reached: tuple[str, int, int], status: JobStatus, result: dict[str, Any]
    ) -> None:
        """Note how far a job came and its outcome."""
        with self._store.write() as connection:
            jobs.report(connection, job_id, *reached)
            jobs.finish(connection, job_id, status, result)

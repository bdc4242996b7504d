"""Long work that somebody waits for: its progress and its outcome, visible to every process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from recommender.domain.errors import UnknownJob
from recommender.store.rows import values
from recommender.store.tables import jobs

KEPT_FOR = timedelta(days=30)
SILENT_FOR = timedelta(minutes=2)


class JobStatus(StrEnum):
    """Where a job stands. ``interrupted``: the process that ran it died; nothing was changed."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


UNFINISHED = (JobStatus.WAITING, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One job as last reported. ``done`` of ``total`` pieces of ``step`` are finished."""

    id: str
    kind: str
    status: JobStatus
    step: str
    done: int
    total: int
    result: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


def create(connection: Connection, kind: str, now: datetime) -> str:
    """Register a waiting job and return its id; jobs older than 30 days are forgotten."""
    connection.execute(delete(jobs).where(jobs.c.created_at < now - KEPT_FOR))
    job = Job(str(uuid4()), kind, JobStatus.WAITING, "waiting", 0, 0, None, now, now)
    connection.execute(insert(jobs), {**values(job, jobs), "status": str(job.status)})
    return job.id


def report(connection: Connection, job_id: str, step: str, done: int, total: int) -> None:
    """Note how far a running job is; this is also its sign of life."""
    values = {"status": str(JobStatus.RUNNING), "step": step, "done": done, "total": total}
    _change(connection, job_id, values)


def sign_of_life(connection: Connection, job_ids: Sequence[str]) -> None:
    """Note that these jobs are still looked after, whether they wait or run."""
    alive = update(jobs).where(jobs.c.id.in_(job_ids))
    connection.execute(alive.values(updated_at=datetime.now(UTC)))


def finish(connection: Connection, job_id: str, status: JobStatus, result: dict[str, Any]) -> None:
    """Note a job's outcome."""
    _change(connection, job_id, {"status": str(status), "result": result})


def get(connection: Connection, job_id: str, now: datetime) -> Job:
    """Return a job; one that gave no sign of life for two minutes counts as interrupted.

    Raises:
        UnknownJob: if there is no such job.
    """
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
    if row is None:
        raise UnknownJob(job_id)
    job = Job(**{**row._asdict(), "status": JobStatus(row.status)})
    if job.status in UNFINISHED and now - job.updated_at > SILENT_FOR:
        return replace(job, status=JobStatus.INTERRUPTED)
    return job


def forget_results(connection: Connection) -> None:
    """Drop every stored outcome: a refused import quotes values, and they may be erased ones."""
    connection.execute(update(jobs).where(jobs.c.result.is_not(None)).values(result=None))


def _change(connection: Connection, job_id: str, values: dict[str, Any]) -> None:
    changed = {**values, "updated_at": datetime.now(UTC)}
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(**changed))

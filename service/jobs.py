"""Jobs: one worker thread runs them in order, another reports how far they are."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from recommender.domain.errors import InvalidInput, Problem, TandemError
from recommender.domain.progress import Progress
from recommender.programme import Forms, Job, JobLog, JobStatus
from service.errors import trail
from service.problems import TooManyJobs, readable
from service.uploads import Upload, UploadFolder

MAX_WAITING = 8
TICK_S = 0.5
SIGN_OF_LIFE_S = 20.0
AFTER_A_FAULT = "Try again; if it stays, the service's log says where it happened."

log = logging.getLogger(__name__)


Work = Callable[[Progress], dict[str, Any]]
"""Does what a job is for, tells how far it is, and returns its JSON-serialisable outcome."""


class JobKind(StrEnum):
    """What a job does."""

    IMPORT = "import"
    FEEDBACK = "feedback"
    RETRAIN = "retrain"


class Reached(NamedTuple):
    """How far a job is: ``done`` of ``total`` pieces of ``step``."""

    step: str
    done: int
    total: int


WAITING = Reached("waiting", 0, 0)
STARTING = Reached("starting", 0, 0)


@dataclass(slots=True)
class _Live:
    """A job of this process that is not over, with the folder of its files if it has any."""

    id: str
    kind: JobKind
    work: Work
    folder: Path | None
    status: JobStatus = JobStatus.WAITING
    reached: Reached = WAITING
    stored: Reached | None = None


class _Stopping(Exception):
    """The service stops, and the running job with it."""


class Jobs:
    """Runs long work one after the other, and tells the store how far it is.

    Progress is only remembered by the working thread and written by a second one, so that no
    write of ours ever waits inside, or for, a transaction of the work itself.

    Args:
        jobs: Where every process sees how far the jobs are.
        uploads: Where the files of waiting and running jobs lie.
    """

    def __init__(self, jobs: JobLog, uploads: UploadFolder) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._wake = threading.Condition()
        self._live: dict[str, _Live] = {}
        self._waiting: deque[_Live] = deque()
        self._n_claimed = 0
        self._stopping = threading.Event()
        self._closing = threading.Event()
        self._reporting = threading.Lock()
        self._worker = threading.Thread(target=self._work, name="tandem-jobs", daemon=True)
        self._reporter = threading.Thread(target=self._report, name="tandem-progress", daemon=True)

    def start(self) -> None:
        """Start both threads."""
        self._uploads.open()
        self._worker.start()
        self._reporter.start()

    def stop(self) -> None:
        """Stop the running job where nothing is written yet, and forget those that wait."""
        self._stopping.set()
        with self._wake:
            self._wake.notify_all()
        self._worker.join()
        self._closing.set()
        self._reporter.join()
        for live in list(self._live.values()):
            self._finish(live, JobStatus.INTERRUPTED, {})
        self._uploads.close()

    def count(self, kind: JobKind, status: JobStatus) -> int:
        """Return how many jobs of this process and kind are waiting, or running."""
        jobs = list(self._live.values())
        return sum(live.kind is kind and live.status is status for live in jobs)

    def submit(self, kind: JobKind, work: Work) -> Job:
        """Return the job that will do this work.

        Raises:
            TooManyJobs: if too many jobs are waiting.
        """
        with self._place():
            return self._queue(kind, work, None)

    def submit_files(
        self,
        kind: JobKind,
        uploads: Sequence[Upload],
        forms: Forms,
        work: Callable[[list[Path], Progress], dict[str, Any]],
    ) -> Job:
        """Save files and return the job that will do this work with them.

        Raises:
            InvalidInput: if the files do not go together.
            TooManyJobs: if too many jobs are waiting.
        """
        with self._place():
            folder, paths = self._uploads.save(uploads, forms)
            try:
                return self._queue(kind, partial(work, paths), folder)
            except BaseException:
                self._uploads.discard(folder)
                raise

    def get(self, job_id: str) -> Job:
        """Return a job as it stands now; what another process runs, as last reported.

        Raises:
            UnknownJob: if there is no such job.
        """
        job = self._jobs.get(job_id)
        live = self._live.get(job_id)
        if live is None or job.status in (JobStatus.DONE, JobStatus.FAILED):
            return job
        step, done, total = live.reached
        return replace(job, status=live.status, step=step, done=done, total=total)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Take a place in the queue before anything is saved, and give it back on failure."""
        with self._wake:
            if self._n_claimed >= MAX_WAITING or self._stopping.is_set():
                raise TooManyJobs(
                    f"{self._n_claimed} jobs are waiting; at most {MAX_WAITING} may. Send this "
                    "one again when one of them is done."
                )
            self._n_claimed += 1
        try:
            yield
        except BaseException:
            with self._wake:
                self._n_claimed -= 1
            raise

    def _queue(self, kind: JobKind, work: Work, folder: Path | None) -> Job:
        now = datetime.now(UTC)
        job_id = self._jobs.create(str(kind), now)
        live = _Live(job_id, kind, work, folder)
        with self._wake:
            self._live[job_id] = live
            self._waiting.append(live)
            self._wake.notify()
        return Job(job_id, kind, live.status, *live.reached, None, now, now)

    def _work(self) -> None:
        while (live := self._next()) is not None:
            self._finish(live, *self._outcome(live))

    def _next(self) -> _Live | None:
        with self._wake:
            self._wake.wait_for(lambda: self._waiting or self._stopping.is_set())
            if self._stopping.is_set():
                return None
            live = self._waiting.popleft()
            self._n_claimed -= 1
            live.status = JobStatus.RUNNING
            live.reached = STARTING
            return live

    def _outcome(self, live: _Live) -> tuple[JobStatus, dict[str, Any]]:
        def note(step: str, done: int, total: int) -> None:
            live.reached = Reached(step, done, total)
            if self._stopping.is_set() and step != "storing":
                raise _Stopping

        try:
            result = live.work(note)
        except _Stopping:
            return JobStatus.INTERRUPTED, {}
        except InvalidInput as refusal:
            return JobStatus.FAILED, _failure(*refusal.problems)
        except TandemError as refusal:
            expected, remedy = "everything that it needs", str(refusal)
        except Exception as error:  # noqa: BLE001 - told neutrally, and logged without its words
            log.error("A job (%s) failed unexpectedly: %s", live.kind, trail(error))
            expected, remedy = "no fault in Tandem", AFTER_A_FAULT
        else:
            return JobStatus.DONE, result
        return JobStatus.FAILED, _failure(Problem(live.kind, "not done", expected, remedy))

    def _finish(self, live: _Live, status: JobStatus, result: dict[str, Any]) -> None:
        """Store an outcome; the lock keeps the reporter from calling the job running after it."""
        if live.folder is not None:
            self._uploads.discard(live.folder)
        with self._reporting:
            try:
                self._jobs.finish(live.id, live.reached, status, result)
            except Exception as error:  # noqa: BLE001 - the next job is to run all the same
                log.error("The outcome of a job could not be stored: %s", trail(error))
            finally:
                self._live.pop(live.id, None)

    def _report(self) -> None:
        alive_at = time.monotonic()
        while not self._closing.wait(TICK_S):
            silent = time.monotonic() - alive_at >= SIGN_OF_LIFE_S
            alive_at = time.monotonic() if silent else alive_at
            try:
                with self._reporting:
                    self._report_progress()
                    if silent and self._live:
                        self._jobs.report_life(list(self._live))
            except Exception as error:  # noqa: BLE001 - the next report may well succeed
                log.warning("The progress of a job could not be noted: %s", trail(error))

    def _report_progress(self) -> None:
        for live in list(self._live.values()):
            if live.status is JobStatus.RUNNING and live.reached != live.stored:
                reached = live.reached
                self._jobs.report(live.id, *reached)
                live.stored = reached


def _failure(*problems: Problem) -> dict[str, Any]:
    """Return problems as the outcome of a job, in text that every encoding can write."""
    fields = [
        {name: readable(v) if isinstance(v, str) else v for name, v in asdict(problem).items()}
        for problem in problems
    ]
    return {"problems": fields}

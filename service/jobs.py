"""Import jobs: one worker thread runs them in order, another reports how far they are."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from recommender.errors import InvalidInput, Problem, TandemError
from recommender.pipeline import Recommender
from recommender.store import jobs
from recommender.store.jobs import Job, JobStatus
from service.errors import ServiceProblem, Slug, readable, trail
from service.uploads import Upload, UploadFolder

KIND = "import"
MAX_WAITING = 8
TICK_S = 0.5
SIGN_OF_LIFE_S = 20.0
RETRY_AFTER_S = 30

log = logging.getLogger(__name__)


class Progress(NamedTuple):
    """How far a job is: ``done`` of ``total`` pieces of ``step``."""

    step: str
    done: int
    total: int


WAITING = Progress("waiting", 0, 0)
STARTING = Progress("starting", 0, 0)


@dataclass(slots=True)
class _Live:
    """A job of this process that is not over."""

    id: str
    folder: Path
    paths: list[Path]
    status: JobStatus = JobStatus.WAITING
    progress: Progress = WAITING
    told: Progress | None = None


class _Stopping(Exception):
    """The service stops, and the running import with it."""


class ImportJobs:
    """Runs imports one after the other, and tells the store how far they are.

    Progress is only remembered by the importing thread and written by a second one, so that no
    write of ours ever waits inside, or for, the transaction of the import itself.

    Args:
        recommender: What imports.
        uploads: Where the files of waiting and running imports lie.
    """

    def __init__(self, recommender: Recommender, uploads: UploadFolder) -> None:
        self._recommender = recommender
        self._uploads = uploads
        self._wake = threading.Condition()
        self._live: dict[str, _Live] = {}
        self._waiting: deque[_Live] = deque()
        self._n_claimed = 0
        self._stopping = threading.Event()
        self._closing = threading.Event()
        self._reporting = threading.Lock()
        self._worker = threading.Thread(target=self._work, name="tandem-imports", daemon=True)
        self._reporter = threading.Thread(target=self._report, name="tandem-progress", daemon=True)

    def start(self) -> None:
        """Start both threads."""
        self._uploads.open()
        self._worker.start()
        self._reporter.start()

    def stop(self) -> None:
        """Stop the running import where nothing is written yet, and forget those that wait."""
        self._stopping.set()
        with self._wake:
            self._wake.notify_all()
        self._worker.join()
        self._closing.set()
        self._reporter.join()
        for live in list(self._live.values()):
            self._finish(live, JobStatus.INTERRUPTED, {})
        self._uploads.close()

    def count(self, status: JobStatus) -> int:
        """Return how many jobs of this process are waiting, or running."""
        return sum(live.status is status for live in list(self._live.values()))

    def submit(self, uploads: Sequence[Upload]) -> Job:
        """Save the files and return the job that will import them.

        Raises:
            InvalidInput: if the files do not go together.
            ServiceProblem: if too many imports are waiting.
        """
        self._claim()
        folder: Path | None = None
        try:
            folder, paths = self._uploads.save(uploads)
            with self._recommender.store.write() as connection:
                job_id = jobs.create(connection, KIND, datetime.now(UTC))
        except BaseException:
            with self._wake:
                self._n_claimed -= 1
            if folder is not None:
                self._uploads.discard(folder)
            raise
        live = _Live(job_id, folder, paths)
        with self._wake:
            self._live[job_id] = live
            self._waiting.append(live)
            self._wake.notify()
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """Return a job as it stands now; what another process runs, as last reported.

        Raises:
            UnknownJob: if there is no such job.
        """
        with self._recommender.store.read() as connection:
            job = jobs.get(connection, job_id, datetime.now(UTC))
        live = self._live.get(job_id)
        if live is None or job.status in (JobStatus.DONE, JobStatus.FAILED):
            return job
        step, done, total = live.progress
        return replace(job, status=live.status, step=step, done=done, total=total)

    def _claim(self) -> None:
        """Take one of the places in the queue, before anything is saved."""
        with self._wake:
            if self._n_claimed >= MAX_WAITING or self._stopping.is_set():
                raise ServiceProblem(
                    Slug.BUSY,
                    f"{self._n_claimed} imports are waiting; at most {MAX_WAITING} may. Send this "
                    "one again when one of them is done.",
                    {"Retry-After": str(RETRY_AFTER_S)},
                )
            self._n_claimed += 1

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
            live.progress = STARTING
            return live

    def _outcome(self, live: _Live) -> tuple[JobStatus, dict[str, Any]]:
        def note(step: str, done: int, total: int) -> None:
            live.progress = Progress(step, done, total)
            if self._stopping.is_set() and step != "storing":
                raise _Stopping

        try:
            report = self._recommender.import_people(live.paths, note)
        except _Stopping:
            return JobStatus.INTERRUPTED, {}
        except InvalidInput as refused:
            return JobStatus.FAILED, _failure(refused.problems)
        except TandemError as refused:
            problem = Problem("import", "not done", "a usable encoder and workspace", str(refused))
            return JobStatus.FAILED, _failure([problem])
        except Exception as error:  # noqa: BLE001 - told neutrally, and logged without its words
            log.error("An import failed unexpectedly: %s", trail(error))
            return JobStatus.FAILED, _failure([FAULT])
        return JobStatus.DONE, asdict(report)

    def _finish(self, live: _Live, status: JobStatus, result: dict[str, Any]) -> None:
        """Store an outcome; the lock keeps the reporter from calling the job running after it."""
        self._uploads.discard(live.folder)
        with self._reporting:
            try:
                with self._recommender.store.write() as connection:
                    jobs.report(connection, live.id, *live.progress)
                    jobs.finish(connection, live.id, status, result)
            except Exception as error:  # noqa: BLE001 - the next job is to run all the same
                log.error("The outcome of an import could not be stored: %s", trail(error))
            finally:
                self._live.pop(live.id, None)

    def _report(self) -> None:
        alive_at = time.monotonic()
        while not self._closing.wait(TICK_S):
            try:
                self._report_progress()
                if time.monotonic() - alive_at >= SIGN_OF_LIFE_S:
                    alive_at = time.monotonic()
                    self._report_life()
            except Exception as error:  # noqa: BLE001 - the next report may well succeed
                log.warning("The progress of an import could not be noted: %s", trail(error))

    def _report_progress(self) -> None:
        with self._reporting:
            for live in list(self._live.values()):
                if live.status is JobStatus.RUNNING and live.progress != live.told:
                    told = live.progress
                    with self._recommender.store.write() as connection:
                        jobs.report(connection, live.id, *told)
                    live.told = told

    def _report_life(self) -> None:
        with self._reporting:
            ids = list(self._live)
            if ids:
                with self._recommender.store.write() as connection:
                    jobs.sign_of_life(connection, ids)


FAULT = Problem(
    "import",
    "not done",
    "an import without a fault in Tandem",
    "Try again; if it stays, the service's log says where it happened.",
)


def _failure(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return problems as the outcome of a job, in text that every encoding can write."""
    return {
        "problems": [
            {
                key: readable(value) if isinstance(value, str) else value
                for key, value in asdict(problem).items()
            }
            for problem in problems
        ]
    }

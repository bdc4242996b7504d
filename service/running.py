"""What a running service holds, and how it starts and ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError
from threadpoolctl import threadpool_limits

from recommender.encoder import Encoder
from recommender.errors import EncoderUnavailable
from recommender.pipeline import Recommender
from recommender.store import revision
from service.errors import trail
from service.jobs import Jobs
from service.metrics import Metrics
from service.settings import Settings
from service.uploads import UploadFolder

log = logging.getLogger(__name__)


class Preload:
    """Loads the encoder in the background, so that no request waits for it."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._thread = threading.Thread(target=self._load, name="tandem-preload", daemon=True)
        self._hindrance: str | None = "The encoder is being loaded. Ask again in a few seconds."

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def skip(self) -> None:
        """Leave the encoder to the first text that needs it."""
        self._hindrance = None

    def stop(self) -> None:
        """Wait until nothing is being loaded: torch must not be torn down half imported."""
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def hindrance(self) -> str | None:
        """Why the encoder is not ready, or None."""
        return self._hindrance

    def _load(self) -> None:
        try:
            self._encoder.load()
            self._encoder.encode(["a first sentence, since it takes longer than the next"])
        except EncoderUnavailable as refusal:
            log.error("The encoder cannot be loaded: %s", refusal)
            self._hindrance = str(refusal)
        except Exception as error:  # noqa: BLE001 - the service lives on and says it is not ready
            log.error("The encoder cannot be loaded: %s", trail(error))
            self._hindrance = "The encoder cannot be loaded; the service's log says where it fails."
        else:
            self._hindrance = None


@dataclass(frozen=True, slots=True)
class Running:
    """The parts that routes use."""

    recommender: Recommender
    jobs: Jobs
    preload: Preload
    metrics: Metrics
    one_picture_at_a_time: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    def hindrance(self) -> str | None:
        """Return why requests cannot be answered yet, or None."""
        try:
            with self.recommender.store.read() as connection:
                revision.current(connection)
        except SQLAlchemyError as error:
            log.error("The database does not answer: %s", trail(error))
            return "The database does not answer. Check the workspace and its disk."
        return self.preload.hindrance


@contextmanager
def running(
    settings: Settings, recommender: Recommender | None, metrics: Metrics
) -> Iterator[Running]:
    """Open what a service needs, and close it; a recommender that is given stays open."""
    with threadpool_limits(settings.threads, user_api="blas"):
        yield from _parts(settings, recommender, metrics)


def _parts(
    settings: Settings, recommender: Recommender | None, metrics: Metrics
) -> Iterator[Running]:
    opened = recommender or Recommender.open(
        settings.workspace,
        settings.encoder,
        settings.recommender_config(),
        settings.threads,
    )
    try:
        jobs = Jobs(opened.store, UploadFolder(settings.workspace))
        preload = Preload(opened.encoder)
        jobs.start()
        try:
            if settings.preload_encoder:
                preload.start()
            else:
                preload.skip()
            yield Running(opened, jobs, preload, metrics)
        finally:
            jobs.stop()
            preload.stop()
    finally:
        if recommender is None:
            opened.close()


def of(request: Request) -> Running:
    """Return the parts of the service that received a request."""
    parts: Running = request.app.state.running
    return parts

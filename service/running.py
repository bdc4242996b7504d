"""What a running service holds, and how it starts and ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter
from fastapi import Request
from threadpoolctl import threadpool_limits

from recommender.app import Recommender
from recommender.domain.errors import EncoderUnavailable, StoreUnavailable
from recommender.settings import Settings
from service.errors import trail
from service.jobs import Jobs
from service.metrics import Metrics
from service.problems import NotReady
from service.uploads import UploadFolder

log = logging.getLogger(__name__)

LOADING = "The encoder is being loaded. Ask again in a few seconds."
LEARNING = (
    "What statements are about is being learned for this encoder; that takes some minutes. All "
    "else can be asked meanwhile."
)
STOPPED_WITHIN = 5.0
"""Seconds after which the end of the service waits no longer for a linker that is being made."""


class _Stopped(Exception):
    """The service ends while a linker is being made."""


class Preload:
    """Loads the encoder and then what gaps are told by, so that no request waits for them.

    Attributes:
        hindrance: Why the encoder is not ready, or None.
    """

    def __init__(self, recommender: Recommender) -> None:
        self._recommender = recommender
        self._encoder = recommender.encoder
        self._thread = threading.Thread(target=self._run, name="tandem-preload", daemon=True)
        self._stopping = threading.Event()
        self._learning = False
        self.hindrance: str | None = None

    @property
    def gaps_hindrance(self) -> str | None:
        """Why gaps cannot be told yet, or None."""
        return (self.hindrance or LEARNING) if self._learning else None

    def start(self) -> None:
        """Begin to load; without it, the first request that needs something loads it."""
        self._learning, self.hindrance = True, LOADING
        self._thread.start()

    def stop(self) -> None:
        """Wait until torch is in nobody's hands: it must not be torn down half imported."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(None if self.hindrance else STOPPED_WITHIN)

    def _run(self) -> None:
        self._load()
        if self.hindrance is None:
            self._learn()
        self._learning = False  # where it went wrong, the next request finds out why

    def _learn(self) -> None:
        try:
            self._recommender.gaps.open_knowledge(self._go_on)
        except _Stopped:
            log.info("A linker was left unmade, since the service ends.")
        except Exception as error:  # noqa: BLE001 - the service lives on
            log.error("What gaps are told by cannot be opened: %s", trail(error))

    def _go_on(self, what: str, done: int, total: int) -> None:
        if self._stopping.is_set():
            raise _Stopped

    def _load(self) -> None:
        try:
            self._encoder.load()
            self._encoder.encode(["a first sentence, since it takes longer than the next"])
        except EncoderUnavailable as refusal:
            log.error("The encoder cannot be loaded: %s", refusal)
            self.hindrance = str(refusal)
        except Exception as error:  # noqa: BLE001 - the service lives on and says it is not ready
            log.error("The encoder cannot be loaded: %s", trail(error))
            self.hindrance = "The encoder cannot be loaded; the service's log says where it fails."
        else:
            self.hindrance = None


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
            self.recommender.revision()
        except StoreUnavailable as error:
            log.error("The database does not answer: %s", trail(error))
            return "The database does not answer. Check the workspace and its disk."
        return self.preload.hindrance


@contextmanager
def running(
    settings: Settings, recommender: Recommender | None, metrics: Metrics
) -> Iterator[Running]:
    """Open what a service needs, and close it; a recommender that is given stays open."""
    with ExitStack() as stack:
        stack.enter_context(threadpool_limits(settings.threads, user_api="blas"))
        if recommender is None:
            recommender = stack.enter_context(opened(settings))
        recommender.load()
        jobs = Jobs(recommender.jobs, UploadFolder(settings.workspace))
        preload = Preload(recommender)
        jobs.start()
        stack.callback(preload.stop)
        stack.callback(jobs.stop)
        if settings.preload_encoder:
            preload.start()
        yield Running(recommender, jobs, preload, metrics)


def opened(settings: Settings) -> Recommender:
    """Open the recommender that the settings describe."""
    return Recommender.open(
        settings.workspace,
        settings.encoder,
        settings.recommender_config(),
        settings.threads,
    )


def for_gaps(request: Request) -> Recommender:
    """Return the recommender of the service that received a request about gaps.

    Raises:
        NotReady: while what statements are about is still being learned.
    """
    parts = of(request)
    if parts.preload.gaps_hindrance:
        raise NotReady(parts.preload.gaps_hindrance)
    return parts.recommender


def of(request: Request) -> Running:
    """Return the parts of the service that received a request."""
    parts: Running = request.app.state.running
    return parts

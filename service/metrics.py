"""What the process tells Prometheus: counts and times, never an id."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NO_ROUTE = "none"
CLIENT_GONE = "gone"


class Metrics:
    """The numbers of one app; each has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "tandem_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "tandem_http_request_seconds",
            "Time from the first byte of the request's head to the last of the answer.",
            ("method", "route"),
            buckets=BUCKETS_S,
            registry=self.registry,
        )
        self.n_people = Gauge("tandem_people", "People stored.", registry=self.registry)
        self.n_statements = Gauge(
            "tandem_statements", "Skills and goals stored.", registry=self.registry
        )
        self.imports = Gauge(
            "tandem_imports",
            "Import jobs of this process, of people and of feedback.",
            ("kind", "state"),
            registry=self.registry,
        )
        self.retrainings = Gauge(
            "tandem_retrainings", "Retrainings of this process.", ("state",), registry=self.registry
        )

    def note(self, method: str, route: str, status: str, seconds: float) -> None:
        """Count one request."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route, status).inc()
        self._seconds.labels(known, route).observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text form."""
        return generate_latest(self.registry)


class Measured:
    """ASGI middleware that counts and times requests by the template of their route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app and note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = CLIENT_GONE
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            self._metrics.note(scope["method"], route, status, time.perf_counter() - started)

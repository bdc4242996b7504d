"""What is refused before a route sees it: foreign hosts, other sites' pages, endless bodies."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.domain.errors import quoted
from service.errors import refusal_response
from service.problems import (
    CrossSiteRefused,
    HostRefused,
    MediaTypeRefused,
    ServiceProblem,
    TooLarge,
)

PEOPLE_IMPORT_PATH = "/v1/people/import"
FEEDBACK_IMPORT_PATH = "/v1/feedback/import"
IMPORT_PATHS = (PEOPLE_IMPORT_PATH, FEEDBACK_IMPORT_PATH)
MAX_JSON_BYTES = 1024 * 1024
_THIS_MACHINE = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_READING = ("GET", "HEAD", "OPTIONS")


class Limits:
    """ASGI middleware that guards the other routes and keeps answers out of caches.

    A page on another site can make a browser send requests to this machine: by a name that it
    resolves to 127.0.0.1 (hence the check of Host), or across sites (hence the check of Origin).

    Args:
        app: What to guard.
        max_import_bytes: Longest body of an import; every other body may have 1 MiB.
    """

    def __init__(self, app: ASGIApp, max_import_bytes: int) -> None:
        self._app = app
        self._max_import_bytes = max_import_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = _refusal(scope["method"], headers)
        if refusal is not None:
            await refusal_response(refusal)(scope, receive, send)
            return
        path: str = scope["path"]
        limit = self._max_import_bytes if path in IMPORT_PATHS else MAX_JSON_BYTES
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > limit:
            refusal = TooLarge(_too_large(limit), _HANG_UP)
            await refusal_response(refusal)(scope, receive, send)
            return
        n_bytes = 0

        async def counted() -> Message:
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > limit:
                # FastAPI lets nothing else through while it reads a body.
                raise HTTPException(TooLarge.status, _too_large(limit), _HANG_UP)
            return message

        async def uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["cache-control"] = "no-store"
            await send(message)

        await self._app(scope, counted, uncached if path.startswith("/v1/") else send)


_HANG_UP = {"Connection": "close"}  # The rest of the body is never read.


def _too_large(limit: int) -> str:
    return f"The body has more than {limit} bytes, the most that is read here. Send it in parts."


def _refusal(method: str, headers: Headers) -> ServiceProblem | None:
    hosts = headers.getlist("host")
    if len(hosts) != 1 or _THIS_MACHINE.fullmatch(hosts[0]) is None:
        return HostRefused(
            f"The request names the host {quoted(' and '.join(hosts))!r}; localhost, 127.0.0.1 or "
            "[::1] is expected: until there is access control, Tandem serves this machine only.",
        )
    origin = headers.get("origin")
    if origin is None or method in _READING:
        return None
    if origin.partition("://")[2].lower() != hosts[0].lower():
        return CrossSiteRefused(
            f"A page of {quoted(origin)!r} sent this request; a page of this service, or a program "
            "that sends no Origin, is expected.",
        )
    return None


def must_be(media_type: str) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency that refuses a body that calls itself anything else."""

    async def check(request: Request) -> None:
        sent = request.headers.get("content-type", "")
        if sent.partition(";")[0].strip().lower() != media_type:
            detail = f"The Content-Type is {quoted(sent)!r}; {media_type} is expected."
            raise MediaTypeRefused(detail, {"Accept": media_type})

    return check

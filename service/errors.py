"""Every error as one shape of problem+json (RFC 9457), and nothing of anybody in the log."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.domain.errors import (
    InvalidInput,
    Problem,
    TandemError,
    quoted,
)
from recommender.domain.people import Kind

PROBLEM_JSON = "application/problem+json"
MAX_ERRORS = 100
LONGEST_EXPECTATION = 200
RETRY_AFTER_S = "10"
SEE_SCHEMA = "Correct it; /openapi.json describes every field."

log = logging.getLogger(__name__)


class Slug(Enum):
    """The kinds of problem: name, status code, title."""

    MALFORMED = ("malformed-request", 400, "The request cannot be read")
    HOST_REFUSED = ("host-refused", 400, "This host name is not served")
    CROSS_SITE = ("cross-site-refused", 403, "Another site's page may not write here")
    UNKNOWN_ROUTE = ("unknown-route", 404, "There is nothing at this path")
    UNKNOWN_PERSON = ("unknown-person", 404, "There is no such person")
    UNKNOWN_JOB = ("unknown-job", 404, "There is no such job")
    UNKNOWN_COHORT = ("unknown-cohort", 404, "There is no such cohort")
    UNKNOWN_RANKER = ("unknown-ranker", 404, "There is no such ranker")
    METHOD = ("method-not-allowed", 405, "This path does not take this method")
    RANKER_REFUSED = ("ranker-refused", 409, "This ranker cannot be used")
    NOT_PROMOTED = ("ranker-not-promoted", 409, "This ranker was not shown to be better")
    TOO_LARGE = ("body-too-large", 413, "The body is too large")
    MEDIA_TYPE = ("unsupported-media-type", 415, "The body has another media type")
    INVALID = ("invalid-input", 422, "Some values are wrong")
    FAULT = ("fault", 500, "A fault in Tandem")
    ENCODER = ("encoder-unavailable", 503, "The encoder cannot be used")
    WORKSPACE = ("workspace-unusable", 503, "The workspace cannot be used")
    NOT_READY = ("not-ready", 503, "The service is not ready yet")
    BUSY = ("too-many-jobs", 503, "Too many jobs are waiting")
    STORE_BUSY = ("store-busy", 503, "The database is busy")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title


_OF_SLUG = {slug.slug: slug for slug in Slug}
FAULT_DETAIL = (
    "The request could not be completed because of a fault in Tandem. Try again; if it stays, "
    "the service's log says where it happened."
)
_OF_STATUS = {
    400: Slug.MALFORMED,
    404: Slug.UNKNOWN_ROUTE,
    405: Slug.METHOD,
    413: Slug.TOO_LARGE,
    415: Slug.MEDIA_TYPE,
    422: Slug.INVALID,
}
RETRY_SOON = {"Retry-After": "5"}


class ServiceProblem(Exception):
    """A refusal by the service itself, ready to be answered."""

    def __init__(self, slug: Slug, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail
        self.headers = headers


def problem_body(slug: Slug, detail: str, errors: Iterable[Problem] = ()) -> dict[str, Any]:
    """Return a problem as JSON-serialisable fields."""
    told = [
        {
            "field": readable(problem.field),
            "value": readable(problem.value),
            "expected": readable(problem.expected),
            "remedy": problem.remedy,
        }
        for problem in errors
    ]
    return {
        "type": f"urn:tandem:problem:{slug.slug}",
        "title": slug.title,
        "status": slug.status,
        "detail": readable(detail),
        "errors": told,
    }


def problem_response(
    slug: Slug,
    detail: str,
    errors: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer that tells a problem."""
    content = json.dumps(problem_body(slug, detail, errors), ensure_ascii=False)
    return Response(
        content.encode(), slug.status, headers=dict(headers or {}), media_type=PROBLEM_JSON
    )


def readable(text: str) -> str:
    """Return ``text`` with lone surrogates spelt out: no encoding can write them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def trail(error: BaseException) -> str:
    """Return where an exception came from, without its words: they may quote somebody's data."""
    told: list[str] = []
    link: BaseException | None = error
    while link is not None and len(told) < 10:
        places = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        told.append("\n".join([type(link).__name__, *places]))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused by ".join(told)


def install(app: FastAPI) -> None:
    """Make the app answer every exception that reaches it in the one shape."""
    handlers: dict[type[Exception], Any] = {
        TandemError: _on_refusal,
        ServiceProblem: _on_service_problem,
        RequestValidationError: _on_invalid,
        HTTPException: _on_http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


class FaultBarrier:
    """ASGI middleware: what nobody expected becomes a neutral 500 and one line in the log.

    Starlette's own barrier would pass the exception on to the server, which logs its words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and logged once
            log.error("A request failed unexpectedly: %s", trail(error))
            if not started:
                await problem_response(Slug.FAULT, FAULT_DETAIL)(scope, receive, send)


async def _on_refusal(_request: Request, error: TandemError) -> Response:
    slug = _OF_SLUG[error.slug]
    if slug is Slug.FAULT:
        log.error("A refusal that no caller can mend: %s", trail(error))
        return problem_response(Slug.FAULT, FAULT_DETAIL)
    if isinstance(error, InvalidInput):
        return invalid(error.problems)
    headers = {"Retry-After": RETRY_AFTER_S} if slug is Slug.STORE_BUSY else None
    return problem_response(slug, str(error), headers=headers)


async def _on_service_problem(_request: Request, error: ServiceProblem) -> Response:
    return problem_response(error.slug, error.detail, headers=error.headers)


async def _on_invalid(_request: Request, error: RequestValidationError) -> Response:
    return invalid([_told(one) for one in error.errors()[: MAX_ERRORS + 1]])


def invalid(problems: Sequence[Problem]) -> Response:
    """Return the answer to wrong values; beyond the first hundred they are only counted."""
    shown = problems[:MAX_ERRORS]
    counted = "1 value is" if len(shown) == 1 else f"{len(shown)} values are"
    more = f" (the first {MAX_ERRORS} are listed)" if len(problems) > MAX_ERRORS else ""
    detail = f"{counted} not as expected{more}; errors says which, and what to do."
    return problem_response(Slug.INVALID, detail, shown)


async def _on_http(request: Request, error: HTTPException) -> Response:
    slug = _OF_STATUS.get(error.status_code, Slug.MALFORMED)
    headers = dict(error.headers or {})
    match slug:
        case Slug.UNKNOWN_ROUTE:
            detail = "No route has this path. /openapi.json lists them all."
        case Slug.METHOD:
            allowed = ", ".join(allowed_methods(request))
            headers = {"Allow": allowed}
            detail = f"{quoted(request.method)} is not among the methods of this path: {allowed}."
        case Slug.MALFORMED:
            detail = f"The body cannot be read ({quoted(error.detail)}). Check how it is encoded."
        case _:
            detail = str(error.detail)
    return problem_response(slug, detail, headers=headers)


def allowed_methods(request: Request) -> list[str]:
    """Return every method that some route takes at the path of this request."""
    app: FastAPI = request.app
    path = request.url.path
    return sorted(
        {method for shape, methods in app.state.shapes if shape.match(path) for method in methods}
    )


def _told(error: Mapping[str, Any]) -> Problem:
    """Return an error of pydantic in Tandem's words, however much was sent."""
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    field = _path(error["loc"])
    if kind == "missing":
        return Problem(field, "nothing", "a value", f"Add {field}.")
    if kind == "extra_forbidden":
        return Problem(field, _shown(value), "no such field", "Remove it, or check its spelling.")
    if kind == "union_tag_invalid":
        expected = f"one of {context['expected_tags']}"
        return Problem(f"{field}.kind", quoted(context["tag"]), expected, SEE_SCHEMA)
    if kind == "union_tag_not_found":
        return Problem(f"{field}.kind", "nothing", "skill or goal", f"Add {field}.kind.")
    if kind == "json_invalid":
        expected = f"JSON ({quoted(context['error'])})"
        return Problem("body", f"character {error['loc'][-1]}", expected, "Correct the JSON.")
    expected = str(error["msg"]).removeprefix("Input should be ").removeprefix("Value error, ")
    return Problem(field, _shown(value), expected[:LONGEST_EXPECTATION], SEE_SCHEMA)


def _path(location: Sequence[str | int]) -> str:
    """Return where a value stands, such as ``goals[0].text``, without pydantic's own steps."""
    steps = location[1:] or location
    path = ""
    for place, step in enumerate(steps):
        if isinstance(step, int):
            path += f"[{step}]"
        elif step != "[key]" and not _is_tag(steps, place):
            path += f".{quoted(step)}"
    return path.removeprefix(".")


def _is_tag(steps: Sequence[str | int], place: int) -> bool:
    """Return whether a step only says which kind of statement an item is taken for."""
    within = 0 < place < len(steps) - 1
    return within and steps[place] in tuple(Kind) and isinstance(steps[place - 1], int)


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str() | int() | float():
            return quoted(value)
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return "something else"

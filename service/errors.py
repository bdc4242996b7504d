"""Every error becomes a problem, and nothing of anybody gets into the log."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.domain.errors import InvalidInput, Problem, TandemError, quoted
from service.problems import (
    FAULT_DETAIL,
    Malformed,
    MethodRefused,
    ServiceProblem,
    TooLarge,
    UnknownRoute,
    problem_response,
)

MAX_ERRORS = 100
LONGEST_EXPECTATION = 200
SEE_SCHEMA = "Correct it; /openapi.json describes every field."

log = logging.getLogger(__name__)


def trail(error: BaseException) -> str:
    """Return where an exception came from, without its words: they may quote somebody's data."""
    links: list[str] = []
    link: BaseException | None = error
    while link is not None and len(links) < 10:
        places = [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(link.__traceback__)
        ]
        links.append("\n".join([type(link).__name__, *places]))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused by ".join(links)


def install(app: FastAPI) -> None:
    """Make the app answer every exception that reaches it in the one shape."""
    handlers: dict[type[Exception], Any] = {
        TandemError: _on_refusal,
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
                await problem_response(TandemError, FAULT_DETAIL)(scope, receive, send)


def refusal_response(refusal: TandemError) -> Response:
    """Return the answer to a refusal; one that no caller can mend is logged and told neutrally."""
    if refusal.slug == TandemError.slug:
        log.error("A refusal that no caller can mend: %s", trail(refusal))
        return problem_response(TandemError, FAULT_DETAIL)
    if isinstance(refusal, InvalidInput):
        return _invalid(refusal.problems)
    headers = refusal.headers if isinstance(refusal, ServiceProblem) else None
    return problem_response(type(refusal), str(refusal), headers=headers)


async def _on_refusal(_request: Request, error: TandemError) -> Response:
    return refusal_response(error)


async def _on_invalid(_request: Request, error: RequestValidationError) -> Response:
    return _invalid([_problem(wrong) for wrong in error.errors()[: MAX_ERRORS + 1]])


def _invalid(problems: Sequence[Problem]) -> Response:
    """Return the answer to wrong values; beyond the first hundred they are only counted."""
    shown = problems[:MAX_ERRORS]
    counted = "1 value is" if len(shown) == 1 else f"{len(shown)} values are"
    more = f" (the first {MAX_ERRORS} are listed)" if len(problems) > MAX_ERRORS else ""
    detail = f"{counted} not as expected{more}; errors says which, and what to do."
    return problem_response(InvalidInput, detail, shown)


async def _on_http(request: Request, error: HTTPException) -> Response:
    """Tell what Starlette and FastAPI refuse, and what must be refused in their way."""
    match error.status_code:
        case 404:
            detail = "No route has this path. /openapi.json lists them all."
            return problem_response(UnknownRoute, detail)
        case 405:
            allowed = ", ".join(allowed_methods(request))
            detail = f"{quoted(request.method)} is not among the methods of this path: {allowed}."
            return problem_response(MethodRefused, detail, headers={"Allow": allowed})
        case 413:
            return problem_response(TooLarge, error.detail, headers=error.headers)
        case _:
            detail = f"The body cannot be read ({quoted(error.detail)}). Check how it is encoded."
            return problem_response(Malformed, detail, headers=error.headers)


def allowed_methods(request: Request) -> list[str]:
    """Return every method that some route takes at the path of this request."""
    app: FastAPI = request.app
    path = request.url.path
    return sorted(
        {method for shape, methods in app.state.shapes if shape.match(path) for method in methods}
    )


def _problem(error: Mapping[str, Any]) -> Problem:
    """Return an error of pydantic in Tandem's words, however much was sent."""
    kind, value = error["type"], error.get("input")
    field = _path(error["loc"])
    if kind == "missing":
        return Problem(field, "nothing", "a value", f"Add {field}.")
    if kind == "extra_forbidden":
        return unknown_field(field, value)
    if kind == "json_invalid":
        expected = f"JSON ({quoted(error['ctx']['error'])})"
        return Problem("body", f"character {error['loc'][-1]}", expected, "Correct the JSON.")
    expected = str(error["msg"]).removeprefix("Input should be ")
    return Problem(field, shown(value), expected[:LONGEST_EXPECTATION], SEE_SCHEMA)


def unknown_field(path: str, value: object) -> Problem:
    """Return what is wrong with a field that nothing reads."""
    return Problem(path, shown(value), "no such field", "Remove it, or check its spelling.")


def _path(location: Sequence[str | int]) -> str:
    """Return where a value stands, such as ``goals[0].text``, without pydantic's own steps."""
    steps = location[1:] or location
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step != "[key]":
            path += f".{quoted(step)}"
    return path.removeprefix(".")


def shown(value: object) -> str:
    """Return a value of JSON as text short enough to be told."""
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

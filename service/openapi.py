"""What /openapi.json says beyond the models: examples, and the problems of every operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from recommender.domain.errors import Problem
from service import examples
from service.errors import FAULT_DETAIL, PROBLEM_JSON, Slug, problem_body
from service.schemas.process import ProblemAnswer

Responses = dict[int | str, dict[str, Any]]

DESCRIPTION = (
    "Recommends partners for reverse mentoring, in German and English, offline and with reasons."
)
EVERYWHERE = (Slug.HOST_REFUSED, Slug.FAULT)
WRITING = (Slug.CROSS_SITE, Slug.STORE_BUSY)
BODY = (Slug.MALFORMED, Slug.TOO_LARGE, Slug.MEDIA_TYPE, Slug.INVALID)
_WRONG_K = Problem("k", "0", "greater than or equal to 1", "Correct it.")


def problems(*slugs: Slug) -> Responses:
    """Return the documentation of these problems and of those that every operation has."""
    by_status: dict[int, list[Slug]] = {}
    for slug in (*slugs, *EVERYWHERE):
        by_status.setdefault(slug.status, []).append(slug)
    return {status: _documented(kinds) for status, kinds in sorted(by_status.items())}


def _documented(slugs: Sequence[Slug]) -> dict[str, Any]:
    shown = {
        slug.slug: {"summary": slug.title, "value": problem_body(slug, *_example(slug))}
        for slug in slugs
    }
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": shown}
    return {
        "description": "; ".join(slug.title for slug in slugs),
        "content": {PROBLEM_JSON: content},
    }


def _example(slug: Slug) -> tuple[str, list[Problem]]:
    match slug:
        case Slug.INVALID:
            told = "1 value is not as expected; errors says which, and what to do."
            return told, [_WRONG_K]
        case Slug.FAULT:
            return FAULT_DETAIL, []
        case _:
            return f"{slug.title}; this sentence says why, and what to do.", []


def document(app: FastAPI) -> None:
    """Make the app describe its problems in one schema, without FastAPI's own shape of errors."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=DESCRIPTION,
                routes=app.routes,
                tags=examples.TAGS,
            )
            schemas = made["components"]["schemas"]
            for theirs in ("HTTPValidationError", "ValidationError"):
                schemas.pop(theirs, None)
            problem = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs"))
            schemas["Problem"] = problem
            _add_examples(made["paths"])
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way


def _add_examples(paths: dict[str, Any]) -> None:
    """Put the examples in by hand: FastAPI would leave out what is null in them."""
    for (method, path), named in examples.BODIES.items():
        for content in paths[path][method]["requestBody"]["content"].values():
            content["examples"] = _named(named)
    for (method, path, status), named in examples.ANSWERS.items():
        for content in paths[path][method]["responses"][str(status)]["content"].values():
            content["examples"] = _named(named)


def _named(values: dict[str, Any]) -> dict[str, Any]:
    return {name: {"value": value} for name, value in values.items()}

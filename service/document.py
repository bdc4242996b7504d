"""/openapi.json: what the routes say of themselves, and what FastAPI cannot know."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from recommender.domain.errors import InvalidInput
from service.openapi import COMPONENT, problems, with_words
from service.problems import ProblemDetails

EXAMPLES = Path(__file__).with_name("api") / "examples.json"
"""What two invented people sent and were answered, as ``python -m tests.service.story`` recorded
it."""


def document(app: FastAPI) -> None:
    """Make the app describe itself in full once it is asked to."""

    @cache
    def described() -> dict[str, Any]:
        # Loaded only here: it comes with what measures rankers, which no other answer needs.
        from recommender.ranking.reporting import RetrainingReport

        schema = FastAPI.openapi(app)
        components = schema["components"]["schemas"]
        for theirs in ("HTTPValidationError", "ValidationError"):
            components.pop(theirs, None)
        components |= _components(ProblemDetails) | _components(RetrainingReport, _OrNull)
        for name, about in components.items():
            components[name] = with_words(about)
        operations = [op for methods in schema["paths"].values() for op in methods.values()]
        for operation in operations:
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                operation["responses"]["422"] = problems(InvalidInput)[InvalidInput.status]
        _add_examples(operations)
        return schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way


class _OrNull(GenerateJsonSchema):
    """Says that a number is null where there are too few to compute it from."""

    def float_schema(self, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's
        return {"anyOf": [super().float_schema(schema), {"type": "null"}]}


def _components(
    kind: type[Any], generator: type[GenerateJsonSchema] = GenerateJsonSchema
) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(
        ref_template=COMPONENT, schema_generator=generator, mode="serialization"
    )
    return {**schema.pop("$defs", {}), kind.__name__: schema}


def _add_examples(operations: list[dict[str, Any]]) -> None:
    """Put the examples in by hand: FastAPI would leave out what is null in them."""
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    for operation in operations:
        name = operation["operationId"]
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in examples["parameters"]:
                parameter["example"] = examples["parameters"][parameter["name"]]
        described = [(operation.get("requestBody", {}), examples["bodies"].get(name, {}))]
        for status, values in examples["answers"].get(name, {}).items():
            described.append((operation["responses"][status], values))
        for place, values in described:
            for content in place["content"].values() if values else ():
                content["examples"] = {key: {"value": value} for key, value in values.items()}

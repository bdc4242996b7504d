"""What routes say of themselves in /openapi.json."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Depends, Response
from pydantic import BaseModel, TypeAdapter, WithJsonSchema, create_model

from recommender.domain.errors import InvalidInput, Problem, StoreBusy, TandemError
from service.limits import must_be
from service.problems import (
    FAULT_DETAIL,
    PROBLEM_JSON,
    CrossSiteRefused,
    HostRefused,
    Malformed,
    MediaTypeRefused,
    ProblemDetails,
    Refusal,
    TooLarge,
    problem_fields,
)

JSON, FORM = "application/json", "multipart/form-data"
EVERYWHERE: tuple[Refusal, ...] = (HostRefused, TandemError)
WRITING: tuple[Refusal, ...] = (CrossSiteRefused, StoreBusy)
BODY: tuple[Refusal, ...] = (Malformed, TooLarge, MediaTypeRefused, InvalidInput, *WRITING)
LOCATION = {"Location": {"description": "Where it is found.", "schema": {"type": "string"}}}
COMPONENT = "#/components/schemas/{model}"
_WRONG_K = Problem("k", "0", "a whole number from 1 to 100", "Ask for more.")
_SECTION = re.compile(r"\n\n(Args|Attributes|Raises|Returns):\n")
_ENTRY = re.compile(r"^    (\w[\w, ]*): (.*(?:\n {8}.*)*)", re.MULTILINE)


def tells(
    summary: str,
    answer: type | str | None,
    *refusals: Refusal,
    statuses: Collection[int] = (200,),
    takes: str | None = None,
    located: bool = False,
) -> dict[str, Any]:
    """Return what a route tells FastAPI of itself, besides its method and path.

    Args:
        summary: What it does.
        answer: The type of its answer, whose docstring says what that is; or its media type, if it
            is text; or None, if it is empty.
        *refusals: Those that not every route has.
        statuses: Of its successes, the usual one first.
        takes: The media type of its body, if it has one. Others are refused.
        located: Whether a header says where to find what was made.
    """
    success: dict[str, Any] = {"description": "Text." if answer else "Nothing is left to tell."}
    if isinstance(answer, str):
        success["content"] = {answer: {"schema": {"type": "string"}}}
    elif answer is not None:
        success |= {"model": answer, "description": _words((answer.__doc__ or "").split("\n\n")[0])}
    if located:
        success["headers"] = LOCATION
    responses: dict[int | str, Any] = dict.fromkeys(statuses, success)
    common = {
        "summary": summary,
        "status_code": next(iter(statuses)),
        "dependencies": [Depends(must_be(takes))] if takes else [],
        "responses": responses | problems(*refusals, *(BODY if takes else ()), *EVERYWHERE),
    }
    own = {"response_model": answer} if isinstance(answer, type) else {"response_class": Response}
    return common | own


def problems(*refusals: Refusal) -> dict[int | str, Any]:
    """Return the documentation of refusals by their status."""
    by_status: dict[int | str, list[Refusal]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {status: _documented(kinds) for status, kinds in sorted(by_status.items())}


def _documented(refusals: Collection[Refusal]) -> dict[str, Any]:
    content = {
        "schema": {"$ref": COMPONENT.format(model=ProblemDetails.__name__)},
        "examples": {
            refusal.slug: {"summary": refusal.title, "value": _example(refusal)}
            for refusal in refusals
        },
    }
    return {
        "description": "; ".join(refusal.title for refusal in refusals),
        "content": {PROBLEM_JSON: content},
    }


def _example(refusal: Refusal) -> dict[str, Any]:
    wrong = [_WRONG_K] if refusal is InvalidInput else []
    detail = FAULT_DETAIL if refusal is TandemError else f"{refusal.title}; this says what to do."
    return problem_fields(refusal, detail, wrong)


def listed(name: str, item: type, doc: str) -> type[BaseModel]:
    """Return the type of an answer that is one list with a name."""
    return create_model(f"{name.title()}List", __doc__=doc, **{name: (list[item], ...)})  # type: ignore[call-overload, no-any-return, valid-type]


def body_of(
    kind: type[Any],
    *,
    without: Collection[str] = (),
    optional: Collection[str] = (),
    whole: bool = False,
    **instead: Mapping[str, Any],
) -> WithJsonSchema:
    """Return the description of a JSON object that becomes an object of the domain.

    Args:
        kind: A dataclass of the domain.
        without: Fields that may not be sent.
        optional: Fields without a default in the domain that need not be sent.
        whole: Whether every other field must be.
        **instead: Schemas of fields that are sent in another form than the domain's.
    """
    schema = with_words(TypeAdapter(kind).json_schema(ref_template=COMPONENT))
    del schema["title"]
    schema.pop("$defs", None)
    sent = {name: about for name, about in schema["properties"].items() if name not in without}
    required = sent if whole else [name for name in schema.get("required", ()) if name in sent]
    if whole:
        sent = {name: {k: v for k, v in sent[name].items() if k != "default"} for name in sent}
    schema["properties"] = sent | instead
    schema["required"] = [name for name in required if name not in optional]
    return WithJsonSchema(schema)


def component(name: str) -> WithJsonSchema:
    """Return a reference to a component that :func:`~service.document.document` adds."""
    return WithJsonSchema({"allOf": [{"$ref": COMPONENT.format(model=name)}]})


def with_words(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a dataclass with the words of its docstring at each field."""
    text, *sections = _SECTION.split(schema.get("description", ""))
    described = {**schema, "description": _words(text)} if text else schema
    if "properties" not in schema:
        return described
    by_name = {
        name: {"description": _words(words)}
        for heading, section in zip(sections[::2], sections[1::2], strict=True)
        if heading in ("Args", "Attributes")
        for names, words in _ENTRY.findall(section)
        for name in names.split(", ")
    }
    properties = {
        name: {**by_name.get(name, {}), **about} for name, about in schema["properties"].items()
    }
    return {**described, "properties": properties, "additionalProperties": False}


def _words(text: str) -> str:
    """Return text of a docstring on one line, in the words of JSON."""
    plain = re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"\1", " ".join(text.split()))
    return re.sub(r"\bNone\b", "null", plain.replace("``", "`"))

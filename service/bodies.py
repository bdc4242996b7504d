"""Between JSON and the domain's objects. Nothing is coerced, and all that is wrong is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from fastapi import Response
from pydantic import TypeAdapter

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.programme import day, moment
from service.errors import MAX_ERRORS, SEE_SCHEMA, shown, unknown_field

T = TypeVar("T")

MAX_ITEMS = 1000
"""A list of more is refused as it is; no field of the domain takes as many."""


class _Nothing:
    """Stands for a field that is missing, so that the domain refuses it beside all the others."""

    def __str__(self) -> str:
        return "nothing"


_READ: Mapping[type, Callable[[str], object]] = {date: day, datetime: moment}


def domain_object(
    kind: type[T], body: Mapping[str, Any], known: Mapping[str, object], *, whole: bool = False
) -> T:
    """Return the object of the domain that a JSON object describes.

    Args:
        kind: A dataclass of the domain.
        body: What was sent.
        known: Fields that come from elsewhere and may not be sent.
        whole: Whether every other field must be, although the domain has defaults for some.

    Raises:
        InvalidInput: with everything that is wrong, named by its place: ``statements[0].text``.
    """
    hints, required = _fields_of(cast(Any, kind))
    problems: list[Problem] = []
    values, refused = dict(known), set()
    for name, hint in hints.items():
        if name in known:
            continue
        try:
            if name in body:
                values[name] = _value(hint, body[name], name)
            elif whole or name in required:
                values[name] = _Nothing()
        except InvalidInput as refusal:
            problems += refusal.problems
            values[name] = ()
            refused.add(name)
    try:
        described = kind(**values)
    except InvalidInput as refusal:
        wrong = [problem for problem in refusal.problems if problem.field not in refused]
        problems += [_as_sent(problem, body, values) for problem in wrong]
    unread = [name for name in body if name in known or name not in hints]
    problems += [unknown_field(quoted(name), body[name]) for name in unread]
    if problems:
        raise InvalidInput(problems[: MAX_ERRORS + 1])
    return described


def domain_objects(
    kind: type[T], bodies: Sequence[object], path: str, known: Mapping[str, object]
) -> tuple[T, ...]:
    """Return the objects of the domain that a list of JSON objects describes.

    Args:
        kind: A dataclass of the domain.
        bodies: What was sent; whatever is no object is refused.
        path: Where the list stands, such as ``goals``.
        known: Fields that come from elsewhere and may not be sent.

    Raises:
        InvalidInput: as :func:`domain_object` does.
    """
    described: list[T] = []
    problems: list[Problem] = []
    for place, body in enumerate(bodies):
        where = f"{path}[{place}]"
        if not isinstance(body, dict):
            problems.append(Problem(where, shown(body), "an object", SEE_SCHEMA))
            continue
        try:
            described.append(domain_object(kind, body, known))
        except InvalidInput as refusal:
            problems += [replace(p, field=f"{where}.{p.field}") for p in refusal.problems]
        if len(problems) > MAX_ERRORS:
            break
    if problems:
        raise InvalidInput(problems)
    return tuple(described)


def json_answer(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an object of the domain as JSON; what is not a number becomes null."""
    content = _adapter(cast(Any, type(value))).dump_json(value)
    return Response(content, status, headers, media_type="application/json")


def json_fields(value: object) -> dict[str, Any]:
    """Return an object of the domain as JSON-serialisable fields."""
    fields: dict[str, Any] = _adapter(cast(Any, type(value))).dump_python(value, mode="json")
    return fields


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _fields_of(kind: type[Any]) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the type of every field, and the names of those without a default."""
    hints = get_type_hints(kind)
    own = fields(kind)
    required = frozenset(field.name for field in own if field.default is MISSING)
    return {field.name: hints[field.name] for field in own}, required


def _value(hint: Any, value: Any, path: str) -> object:  # noqa: ANN401 - any type, any JSON
    """Return a value in its type; one that has none in it is left for the domain to refuse."""
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not NoneType]
    kind: type[Any] = kinds[0]
    if get_origin(hint) in (tuple, frozenset) and isinstance(value, list):
        if len(value) > MAX_ITEMS:
            number, expected = f"{len(value)} items", f"at most {MAX_ITEMS}"
            raise InvalidInput([Problem(path, number, expected, "Send fewer.")])
        return domain_objects(kind, value, path, {}) if is_dataclass(kind) else _texts(value, path)
    if kind is float and type(value) is int and abs(value) < 2**53:
        return float(value)
    if len(kinds) == 1 and isinstance(value, str):
        if issubclass(kind, StrEnum):
            return next((option for option in kind if option == value), value)
        return _READ.get(kind, str)(value)
    return value


def _texts(items: list[Any], path: str) -> list[str]:
    """Return a list of texts; what is none is refused with its place."""
    problems = [
        Problem(f"{path}[{place}]", shown(item), "a text", SEE_SCHEMA)
        for place, item in enumerate(items)
        if not isinstance(item, str)
    ]
    if problems:
        raise InvalidInput(problems[: MAX_ERRORS + 1])
    return items


def _as_sent(problem: Problem, body: Mapping[str, Any], values: Mapping[str, Any]) -> Problem:
    """Return a problem with what was sent, where the domain saw something in its place."""
    name = problem.field
    if isinstance(values.get(name), _Nothing):
        return replace(problem, remedy=f"Add {name}.")
    if name not in body:
        return replace(problem, value=str(_Nothing()))
    value = body[name]
    if isinstance(value, list) and problem.value in value:
        return replace(problem, field=f"{name}[{value.index(problem.value)}]")
    foreign = value is None or isinstance(value, bool | dict)
    return replace(problem, value=shown(value)) if foreign else problem

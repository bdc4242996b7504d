"""What is told of every refusal, in one shape: problem+json (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import Response

from recommender.domain.errors import Problem, TandemError, UnknownCohort

PROBLEM_JSON = "application/problem+json"
FAULT_DETAIL = (
    "The request could not be completed because of a fault in Tandem. Try again; if it stays, "
    "the service's log says where it happened."
)

Refusal = type[TandemError]


class ServiceProblem(TandemError):
    """A refusal by the service itself; each kind has its docstring for a title.

    Args:
        detail: What was refused, and what to do.
        headers: Sent with the answer.
    """

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = headers or {}

    def __init_subclass__(cls, slug: str, status: int, retry_after_s: int | None = None) -> None:
        cls.slug = slug
        cls.title = (cls.__doc__ or "").rstrip(".")
        cls.status = status
        cls.retry_after_s = retry_after_s


class Malformed(ServiceProblem, slug="malformed-request", status=400):
    """The request cannot be read."""


class HostRefused(ServiceProblem, slug="host-refused", status=400):
    """This host name is not served."""  # noqa: D404 - a title


class CrossSiteRefused(ServiceProblem, slug="cross-site-refused", status=403):
    """Another site's page may not write here."""


class UnknownRoute(ServiceProblem, slug="unknown-route", status=404):
    """There is nothing at this path."""


class NoCohort(ServiceProblem, slug=UnknownCohort.slug, status=UnknownCohort.status):
    """There is no such cohort."""


class MethodRefused(ServiceProblem, slug="method-not-allowed", status=405):
    """This path does not take this method."""  # noqa: D404 - a title


class RankerRefused(ServiceProblem, slug="ranker-refused", status=409):
    """This ranker cannot be used."""  # noqa: D404 - a title


class TooLarge(ServiceProblem, slug="body-too-large", status=413):
    """The body is too large."""


class MediaTypeRefused(ServiceProblem, slug="unsupported-media-type", status=415):
    """The body has another media type."""


class NotReady(ServiceProblem, slug="not-ready", status=503, retry_after_s=5):
    """The service is not ready yet."""


class TooManyJobs(ServiceProblem, slug="too-many-jobs", status=503, retry_after_s=30):
    """Too many jobs are waiting."""


@dataclass(frozen=True, slots=True)
class WrongValue:
    """One wrong value.

    Attributes:
        field: Where it stands, such as statements[0].text.
        value: What was sent, shortened.
        expected: What was expected in its place.
        remedy: What to do.
    """

    field: str
    value: str
    expected: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """Every error of this service (RFC 9457).

    Attributes:
        type: urn:tandem:problem: and the kind of problem.
        title: The kind in a few words.
        status: The status code.
        detail: What is wrong this time, and what to do.
        errors: Every wrong value, at most a hundred; none where no single value is at fault.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: list[WrongValue]


def problem_fields(kind: Refusal, detail: str, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """Return :class:`ProblemDetails` as JSON-serialisable fields."""
    errors = [
        WrongValue(readable(p.field), readable(p.value), readable(p.expected), p.remedy)
        for p in problems
    ]
    slug = f"urn:tandem:problem:{kind.slug}"
    return asdict(ProblemDetails(slug, kind.title, kind.status, readable(detail), errors))


def problem_response(
    kind: Refusal,
    detail: str,
    problems: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer that tells a refusal."""
    content = json.dumps(problem_fields(kind, detail, problems), ensure_ascii=False)
    sent = dict(headers or {})
    if kind.retry_after_s is not None:
        sent["Retry-After"] = str(kind.retry_after_s)
    return Response(content.encode(), kind.status, headers=sent, media_type=PROBLEM_JSON)


def readable(text: str) -> str:
    """Return ``text`` with lone surrogates spelt out: no encoding can write them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

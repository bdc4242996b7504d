"""What a probe learns, and the one shape of every error."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from service.schemas.fields import Strict


class FieldProblem(Strict):
    """One wrong value."""

    field: str
    value: str = Field(description="What was given, shortened.")
    expected: str
    remedy: str


class FileProblem(FieldProblem):
    """One wrong value, in a file where there is one."""

    file: str | None
    line: int | None = Field(description="Counted from 1.")
    column: int | None = Field(description="Counted from 1.")


class ProblemAnswer(Strict):
    """Every error of this service (RFC 9457)."""

    type: str = Field(description="urn:tandem:problem: and the kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]


class StateAnswer(Strict):
    """What a probe learns."""

    status: Literal["alive", "ready"]

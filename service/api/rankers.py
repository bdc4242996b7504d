"""Retraining, and which ranker is active. For HR."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from recommender.domain.errors import (
    ArtefactRefused,
    RankerNotPromoted,
    UnknownCohort,
    UnknownRanker,
)
from recommender.domain.progress import Progress
from recommender.ranking import CARD, CARD_IN_GERMAN, REPORT, VERSION_PATTERN, RankerState
from service.api.fields import CohortId, Name, PersonId, Strict
from service.api.jobs import RetrainingResult, accepted, tells_job
from service.bodies import json_answer
from service.jobs import JobKind
from service.openapi import JSON, WRITING, tells
from service.problems import NoCohort, RankerRefused
from service.running import of

router = APIRouter(tags=["rankers"])

MARKDOWN = "text/markdown"
LARGEST_SEED = 2**32 - 1
FULL_VERSION = f"^(?:{VERSION_PATTERN})$"

KnownVersion = Annotated[str, Path(pattern=FULL_VERSION)]


class RetrainingRequest(Strict):
    """What to learn from. Everything may be left out."""

    cohort: CohortId | None = Field(
        default=None, description="The newest cohort to learn from; null for the newest there is."
    )
    seed: int = Field(
        default=0,
        ge=0,
        le=LARGEST_SEED,
        description="Of everything that is drawn: the same data and seed give the same ranker.",
    )
    groups: dict[PersonId, Name] = Field(
        default={},
        description="A label per mentor, to look for skew with. Never stored, never learned from.",
    )


class ActivationRequest(Strict):
    """Which ranker is to be active."""

    version: str = Field(pattern=FULL_VERSION)
    despite_report: bool = Field(
        default=False,
        description="True to use a ranker that its report did not show to be better.",
    )


@dataclass(frozen=True, slots=True)
class Active:
    """Which ranker is active now.

    Attributes:
        active: Its version; None for affinity order.
    """

    active: str | None


@dataclass(frozen=True, slots=True)
class RankerAnswer:
    """One release of the ranker. What a damaged one was made from cannot be told: it is None.

    Attributes:
        cohorts: What it learned from, the oldest first.
        simulated: Whether any of that feedback is invented.
        promoted: Whether its report found it to be better.
        refusal: Why it cannot be used, and what to do.
    """

    version: str
    kind: str | None
    cohorts: list[str] | None
    simulated: bool | None
    promoted: bool | None
    usable: bool
    refusal: str | None

    @classmethod
    def of(cls, state: RankerState, **more: Any) -> Self:  # noqa: ANN401 - a report
        """Return a release as it is told."""
        names = ("kind", "cohorts", "simulated", "promoted")
        facts: dict[str, Any] = {name: state.facts.get(name) for name in names}
        usable = state.refusal is None
        return cls(state.version, **facts, usable=usable, refusal=state.refusal, **more)


@dataclass(frozen=True, slots=True)
class AllRankers(Active):
    """Every release of the ranker."""

    rankers: tuple[RankerAnswer, ...]


@dataclass(frozen=True, slots=True)
class RankerDetail(RankerAnswer):
    """One release of the ranker with the report of the retraining that made it."""

    report: RetrainingResult


@router.post("/v1/rankers", **tells_job("Retrain", UnknownCohort, takes=JSON))
def retrain(request: Request, body: RetrainingRequest) -> Response:
    """Start to train a ranker on the feedback so far. It is activated only if shown to be better.

    The result of the job is the report: aggregates, the decision and its reason.
    """
    parts = of(request)
    # Refused at once, since the job could only fail with it.
    known = [cohort.id for cohort in parts.recommender.cohorts.all()]
    if body.cohort is not None and body.cohort not in known:
        raise UnknownCohort(body.cohort)
    if not known:
        raise NoCohort(
            "There is no cohort to learn from. Store one at /v1/cohorts, and feedback in it."
        )
    rankers = parts.recommender.rankers

    def work(progress: Progress) -> dict[str, Any]:
        return rankers.retrain(body.cohort, body.groups, body.seed, progress).as_json()

    return accepted(parts.jobs.submit(JobKind.RETRAIN, work))


@router.get("/v1/rankers", **tells("List the rankers", AllRankers))
def get_rankers(request: Request) -> Response:
    """Return every release of the ranker. One that cannot be used says why."""
    rankers = of(request).recommender.rankers
    releases = tuple(RankerAnswer.of(state) for state in rankers.all())
    return json_answer(AllRankers(rankers.active(), releases))


@router.put(
    "/v1/rankers/active",
    **tells(
        "Activate a ranker",
        Active,
        UnknownRanker,
        RankerRefused,
        RankerNotPromoted,
        takes=JSON,
    ),
)
def activate_ranker(request: Request, body: ActivationRequest) -> Response:
    """Let a release rank. One that its report did not promote needs ``despite_report``."""
    with _refusing():
        of(request).recommender.rankers.activate(body.version, body.despite_report)
    return json_answer(Active(body.version))


@router.post("/v1/rankers/rollback", **tells("Roll back", Active, *WRITING))
def roll_back_ranker(request: Request) -> Response:
    """Return to what was active before the last activation, in the end to affinity order."""
    return json_answer(Active(of(request).recommender.rankers.roll_back()))


@router.get(
    "/v1/rankers/{version}", **tells("Show a ranker", RankerDetail, UnknownRanker, RankerRefused)
)
def get_ranker(request: Request, version: KnownVersion) -> Response:
    """Return what a release was made from and how it was measured: aggregates only."""
    rankers = of(request).recommender.rankers
    with _refusing():
        report = json.loads(rankers.releases.text(version, REPORT))
    return json_answer(RankerDetail.of(rankers.state(version), report=report))


@router.get(
    "/v1/rankers/{version}/card",
    **tells("Show a ranker's card", MARKDOWN, UnknownRanker, RankerRefused),
)
def get_card(
    request: Request, version: KnownVersion, language: Literal["de", "en"] = "en"
) -> Response:
    """Return the card of a release: what it is for, how good it is, and how it was measured."""
    card = CARD_IN_GERMAN if language == "de" else CARD
    with _refusing():
        text = of(request).recommender.rankers.releases.text(version, card)
    return Response(text, media_type=MARKDOWN)


@contextmanager
def _refusing() -> Iterator[None]:
    """Tell that a release is damaged as a refusal: the caller has named it."""
    try:
        yield
    except ArtefactRefused as refusal:
        raise RankerRefused(str(refusal)) from refusal

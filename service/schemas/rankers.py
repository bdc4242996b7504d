"""Releases of the ranker, and what a retraining reports: aggregates, never a person."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from recommender.ranking import VERSION_PATTERN, RankerState
from recommender.ranking.reporting import Order, Split
from service.schemas.fields import CohortId, Name, PersonId, Strict

LARGEST_SEED = 2**32 - 1


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

    version: str = Field(pattern=f"^(?:{VERSION_PATTERN})$")
    despite_report: bool = Field(
        default=False,
        description="True to use a ranker that its report did not show to be better.",
    )


class ActiveAnswer(Strict):
    """Which ranker is active now."""

    active: str | None = Field(description="Its version; null for affinity order.")


class EstimateAnswer(Strict):
    """A mean over mentees with its 95% interval; null where there are too few."""

    mean: float | None
    low: float | None
    high: float | None
    n_mentees: int


class DifferenceAnswer(Strict):
    """How much better the first order is than the second, mentee by mentee."""

    estimate: EstimateAnswer
    wins: int
    ties: int
    losses: int


class OrderMeasuresAnswer(Strict):
    """How good one order is on the lists kept apart."""

    order: Order = Field(strict=False)
    ndcg: EstimateAnswer
    reciprocal_rank: EstimateAnswer
    hit: EstimateAnswer


class ComparisonAnswer(Strict):
    """The challenger's nDCG@5 minus another order's."""

    order: Order = Field(strict=False)
    ndcg: DifferenceAnswer


class KindMeasureAnswer(Strict):
    """One kind of ranker among those tried on the training part alone."""

    kind: str
    ndcg: float | None


class AcceptanceBandAnswer(Strict):
    """A fifth of the impressions, by predicted probability, the lowest first."""

    n_impressions: int
    predicted: float | None
    observed: float | None


class AcceptanceModelAnswer(Strict):
    """P(accepted by both) = 1 / (1 + exp(−(intercept + score · s + log_position · ln p)))."""

    intercept: float
    score: float
    log_position: float


class AcceptanceAnswer(Strict):
    """How well the probability of acceptance by both is calibrated, out of sample."""

    model: AcceptanceModelAnswer
    predicted: float | None
    observed: float | None
    brier: float | None
    brier_constant: float | None
    bands: list[AcceptanceBandAnswer]


class ExposureAnswer(Strict):
    """How attention was spread over mentors; null with fewer than five."""

    n_mentors: int
    n_never_shown: int | None
    gini: float | None


class GroupExposureAnswer(Strict):
    """How often a group was shown, against everybody else; null with fewer than five people."""

    label: str
    n_people: int | None
    ratio: float | None
    p_value: float | None
    verdict: str


class VerdictAnswer(Strict):
    """The decision and its reason, in a sentence per language."""

    de: str
    en: str


class RetrainingAnswer(Strict):
    """How a retraining went."""

    cohort: CohortId
    cohorts: list[CohortId] = Field(description="All that were pooled, the oldest first.")
    simulated: bool = Field(description="Whether any of their feedback is invented.")
    seed: int
    version: str | None = Field(description="Of the new ranker, if one could be trained.")
    kind: str | None
    champion: str | None = Field(description="What was active; null for affinity order.")
    promoted: bool = Field(description="Whether the new ranker was activated.")
    verdict: VerdictAnswer
    split: Split | None = Field(strict=False)
    n_impressions: int
    n_asked: int
    n_accepted: int
    n_mentees: int
    n_rated_mentees: int
    left_out: dict[str, int] = Field(
        description="Impressions that could not be learned from, by reason."
    )
    position_slope: float | None = Field(
        description="How steeply attention fell with the position p, as p^−slope."
    )
    effective_sample_size: float | None = Field(
        description="How many equally weighted mentees say as much as those kept apart."
    )
    kinds: list[KindMeasureAnswer]
    orders: list[OrderMeasuresAnswer]
    comparisons: list[ComparisonAnswer]
    acceptance: AcceptanceAnswer | None
    exposure: ExposureAnswer | None
    skew: list[GroupExposureAnswer]


class RankerAnswer(Strict):
    """One release of the ranker. What a damaged one was made from cannot be told: it is null."""

    version: str
    kind: str | None
    cohorts: list[CohortId] | None = Field(description="What it learned from, the oldest first.")
    simulated: bool | None = Field(description="Whether any of that feedback is invented.")
    promoted: bool | None = Field(description="Whether its report found it to be better.")
    usable: bool
    refusal: str | None = Field(description="Why it cannot be used, and what to do.")


class RankersAnswer(ActiveAnswer):
    """Every release of the ranker."""

    rankers: list[RankerAnswer]


class RankerDetailAnswer(RankerAnswer):
    """One release of the ranker with the report of the retraining that made it."""

    report: RetrainingAnswer


def ranker_fields(state: RankerState) -> dict[str, Any]:
    """Return a release as JSON-serialisable fields."""
    told = {name: state.facts.get(name) for name in ("kind", "cohorts", "simulated", "promoted")}
    usable = state.refusal is None
    return {"version": state.version, **told, "usable": usable, "refusal": state.refusal}

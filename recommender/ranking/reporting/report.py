"""What HR learns from a retraining: aggregates only, and the decision with its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.exposure import Exposure, GroupExposure


class Order(StrEnum):
    """What is compared on the same lists."""

    CHALLENGER = "challenger"
    CHAMPION = "champion"
    AFFINITY = "affinity"
    LEXICAL = "lexical"
    RANDOM = "random"


class Split(StrEnum):
    """What the lists were measured on: the newest cohort, or mentees left out in turn."""

    COHORT = "cohort"
    MENTEES = "mentees"


@dataclass(frozen=True, slots=True)
class OrderMeasures:
    """How good one order is on the lists kept apart; means over mentees with 95% intervals."""

    order: Order
    ndcg: Estimate
    reciprocal_rank: Estimate
    hit: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """The challenger's nDCG@5 minus another order's, mentee by mentee."""

    order: Order
    ndcg: Difference


@dataclass(frozen=True, slots=True)
class KindMeasure:
    """One kind of ranker among those tried on the training part alone."""

    kind: str
    ndcg: float


@dataclass(frozen=True, slots=True)
class AcceptanceBand:
    """A fifth of the impressions, by predicted probability, the lowest first."""

    n_impressions: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class AcceptanceModel:
    """P(accepted by both) = 1 / (1 + exp(−(intercept + score · s + log_position · ln p))).

    ``s`` is the ranker's score and ``p`` the position, since who is shown further down is asked
    less often. Source: Platt 1999, "Probabilistic outputs for support vector machines", with the
    position added.
    """

    intercept: float
    score: float
    log_position: float


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How well the probability of acceptance by both is calibrated, out of sample.

    Attributes:
        model: Fitted to all impressions kept apart.
        predicted: Mean predicted probability over all impressions kept apart.
        observed: Share of them that both sides accepted.
        brier: Mean squared error; ``brier_constant`` is what the observed share alone gets.
        bands: Fifths by predicted probability.
    """

    model: AcceptanceModel
    predicted: float
    observed: float
    brier: float
    brier_constant: float
    bands: tuple[AcceptanceBand, ...]


@dataclass(frozen=True, slots=True)
class RetrainingReport:
    """How a retraining went.

    Attributes:
        cohort: The newest cohort learned from.
        cohorts: All that were pooled, the oldest first.
        simulated: Whether any of their feedback is invented.
        seed: Of everything that was drawn.
        version: The challenger's release, or None if none could be trained.
        kind: What kind of ranker it is.
        champion: The release that was active, or None for affinity order.
        promoted: Whether the challenger is active now.
        verdict: Why, in a sentence per language.
        split: What the challenger was measured on.
        n_impressions: Labelled impressions.
        n_asked: Of them, mentors who were asked.
        n_accepted: Of them, accepted by both.
        n_mentees: Mentees with a labelled impression.
        n_rated_mentees: Mentees kept apart whose lists tell good from less good.
        left_out: Impressions that could not be learned from, by reason.
        position_slope: How steeply attention fell with the position p, as p^−slope.
        effective_sample_size: How many equally weighted mentees say as much as those kept apart.
        kinds: The kinds of ranker tried on the training part.
        orders: The orders on the lists kept apart.
        comparisons: The challenger against each other order.
        acceptance: Calibration of the probability of acceptance.
        exposure: How attention was spread over mentors in what was shown.
        skew: The same by group label, if labels were given.
    """

    cohort: str
    cohorts: tuple[str, ...]
    simulated: bool
    seed: int
    version: str | None
    kind: str | None
    champion: str | None
    promoted: bool
    verdict: Mapping[str, str]
    split: Split | None
    n_impressions: int
    n_asked: int
    n_accepted: int
    n_mentees: int
    n_rated_mentees: int
    left_out: Mapping[str, int]
    position_slope: float | None
    effective_sample_size: float | None
    kinds: tuple[KindMeasure, ...]
    orders: tuple[OrderMeasures, ...]
    comparisons: tuple[Comparison, ...]
    acceptance: Acceptance | None
    exposure: Exposure | None
    skew: tuple[GroupExposure, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON-serialisable values; what is not a number becomes null."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, StrEnum) else value

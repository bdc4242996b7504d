"""The decision about a challenger, with its reason in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.domain.texts import LANGUAGES, text
from recommender.ranking.learning.trial import FEWEST_MENTEES, Trial
from recommender.ranking.reporting.report import Order
from recommender.ranking.reporting.wording import count, decimals


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the challenger becomes active, and why, by language."""

    promoted: bool
    sentences: Mapping[str, str]


def judge(trial: Trial, has_champion: bool, simulated_over_real: bool) -> Verdict:
    """Promote only what is shown to be better than the active ranker and than affinity order.

    Args:
        trial: How the challenger did.
        has_champion: Whether a ranker is active that can be used.
        simulated_over_real: Whether simulated feedback would replace what real feedback taught.
    """
    if trial.ranker is None:
        return _refused("too_few", n=trial.n_rated_mentees, needed=FEWEST_MENTEES)
    if simulated_over_real:
        return _refused("simulated_over_real")
    if trial.not_beaten:
        order = trial.not_beaten[0]
        return _refused(f"not_better_than_{order}", **_numbers(trial, order))
    key = "better_than_both" if has_champion else "better_than_affinity"
    numbers = _numbers(trial, Order.AFFINITY)
    if has_champion:
        champion = _numbers(trial, Order.CHAMPION)
        numbers |= {f"champion_{name}": value for name, value in champion.items()}
    return Verdict(True, _sentences(key, numbers))


def _refused(key: str, **values: float) -> Verdict:
    return Verdict(False, _sentences(key, values))


def _numbers(trial: Trial, order: Order) -> dict[str, float]:
    estimate = next(
        comparison.ndcg.estimate for comparison in trial.comparisons if comparison.order is order
    )
    return {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}


def _sentences(key: str, values: Mapping[str, float]) -> dict[str, str]:
    return {
        language: text(
            language,
            f"verdict.{key}",
            **{name: _told(language, value) for name, value in values.items()},
        )
        for language in LANGUAGES
    }


def _told(language: str, value: float) -> str:
    """Return a number of people, or a difference, as text."""
    return count(language, value) if isinstance(value, int) else decimals(language, value, "+z.3f")

"""How a report's numbers are told: nothing about fewer than five people, "–" if missing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import number, text
from recommender.ranking.learning.comparison import Estimate
from recommender.ranking.learning.exposure import Exposure
from recommender.ranking.reporting.report import RetrainingReport

MISSING = "–"


def count(language: str, n: int | None) -> str:
    """Return a number of people or of what they did; 1 to 4 are not told apart."""
    if n is None:
        return MISSING
    return text(language, "card.fewer_than_5") if 0 < n < FEWEST else str(n)


def counts(language: str, parts: Sequence[int]) -> list[str]:
    """Return the parts of a known sum, so that no part from 1 to 4 can be worked out from it.

    Where the sum would give a hidden part away, one of the larger ones is hidden, too.
    """
    words = [count(language, n) for n in parts]
    hidden = [n for n in parts if 0 < n < FEWEST]
    larger = [n for n in parts if n >= FEWEST]
    extremes = (len(hidden), len(hidden) * (FEWEST - 1))
    if larger and (len(hidden) == 1 or (hidden and sum(hidden) in extremes)):
        # "5 or more" must leave room for each of 1 to 4 beside it.
        roomy = [n for n in larger if n >= 2 * FEWEST - 2]
        words[parts.index(min(roomy or larger))] = text(language, "card.at_least_5")
    return words


def never_shown(language: str, exposure: Exposure) -> str:
    """Return how many mentors were never shown, without giving away a few who were."""
    never = exposure.n_never_shown
    if never is None:
        return MISSING
    return counts(language, (never, exposure.n_mentors - never))[0]


def left_out(language: str, report: RetrainingReport) -> list[str]:
    """Return why impressions could not be learned from, each reason with its number."""
    return [
        f"{count(language, n)}: {text(language, f'card.left_out_{reason}')}"
        for reason, n in sorted(report.left_out.items())
        if n > 0
    ]


def one_line(name: str) -> str:
    """Return somebody's own words on one line, without control characters."""
    return "".join(letter for letter in " ".join(name.split()) if letter.isprintable())


def decimals(language: str, value: float | None, form: str = "z.3f") -> str:
    """Return a number in the format ``form``, with the language's decimal mark."""
    if value is None or not math.isfinite(value):
        return MISSING
    return number(language, value, form).replace("-", "−")


def share(language: str, value: float) -> str:
    """Return a number from 0 to 1 in per cent."""
    if not math.isfinite(value):
        return MISSING
    space = "\u00a0" if language == "de" else ""
    return f"{decimals(language, 100 * value, '.1f')}{space}%"


def can_be_told(estimate: Estimate) -> bool:
    """Return whether it was measured, on enough people to be told."""
    return estimate.n_mentees >= FEWEST and math.isfinite(estimate.mean)


def interval(language: str, estimate: Estimate, form: str = "z.3f") -> str:
    """Return a mean with its interval: 0.712 (0.680 to 0.744)."""
    if not can_be_told(estimate):
        return MISSING
    mean = decimals(language, estimate.mean, form)
    if not (math.isfinite(estimate.low) and math.isfinite(estimate.high)):
        return f"{mean} ({MISSING})"
    low, high = (decimals(language, end, form) for end in (estimate.low, estimate.high))
    return f"{mean} ({text(language, 'card.interval', low=low, high=high)})"

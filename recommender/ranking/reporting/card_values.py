"""What is filled into a card: a report's numbers and tables, in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import text
from recommender.ranking.learning.comparison import N_RESAMPLES
from recommender.ranking.learning.exposure import Exposure, GroupExposure
from recommender.ranking.learning.weighting import MOST_WEIGHT
from recommender.ranking.reporting.effects import Effect
from recommender.ranking.reporting.report import (
    Acceptance,
    Comparison,
    OrderMeasures,
    RetrainingReport,
)
from recommender.ranking.reporting.wording import (
    MISSING,
    count,
    counts,
    decimals,
    interval,
    left_out,
    never_shown,
    one_line,
    share,
)

DIRECTIONS = {1: "direction_more", -1: "direction_less", 0: "direction_open"}
MARKUP = re.compile(r"([\\`*_\[\]<>|#~&])")

Values = dict[str, str | None]
"""By placeholder; None where there is nothing to tell, which leaves the whole section out."""


def card_values(report: RetrainingReport, looked_at: Sequence[Effect], language: str) -> Values:
    """Return everything a card tells but its plots; tables are their rows in Markdown.

    Args:
        report: How the retraining went.
        looked_at: What each feature does to the challenger's score; empty without a challenger.
        language: "de" or "en".
    """
    return {
        "released": report.version,
        **_learned_from(report, language),
        **_measured(report, language),
        "features": _rows(_feature(effect, language) for effect in looked_at),
        **_acceptance(report.acceptance, language),
        **_exposure(report.exposure, report.skew, language),
    }


def _learned_from(report: RetrainingReport, language: str) -> Values:
    reasons = left_out(language, report) or [text(language, "card.nothing_left_out")]
    return {
        "banner": f"> **{text(language, 'card.simulated')}**" if report.simulated else "",
        "verdict": f"**{report.verdict[language]}**",
        "cohorts": ", ".join(map(_cell, report.cohorts)) or MISSING,
        "n_mentees": count(language, report.n_mentees),
        "n_impressions": count(language, report.n_impressions),
        "n_asked": count(language, report.n_asked),
        "n_accepted": count(language, report.n_accepted),
        "left_out": "\n".join(f"- {reason}" for reason in reasons),
        "seed": str(report.seed),
    }


def _measured(report: RetrainingReport, language: str) -> Values:
    return {
        "champion_note": text(language, "card.no_champion") if report.champion is None else "",
        "orders": _rows(_order(measures, language) for measures in report.orders),
        "comparisons": _rows(
            _comparison(comparison, language) for comparison in report.comparisons
        ),
        "split": text(language, f"card.split_{report.split}") if report.split else None,
        "n_rated_mentees": count(language, report.n_rated_mentees),
        "n_resamples": str(N_RESAMPLES),
        "most_weight": decimals(language, MOST_WEIGHT, "g"),
        "position_slope": decimals(language, report.position_slope, ".2f"),
        "effective_sample_size": decimals(language, report.effective_sample_size, ".0f"),
        "kind": text(language, f"card.kind_{report.kind}") if report.kind else None,
        "kinds": _rows(
            (text(language, f"card.kind_{kind.kind}"), decimals(language, kind.ndcg))
            for kind in report.kinds
        ),
    }


def _order(measures: OrderMeasures, language: str) -> Sequence[str]:
    estimates = (measures.ndcg, measures.reciprocal_rank, measures.hit)
    return (
        text(language, f"card.order_{measures.order}"),
        *(interval(language, estimate) for estimate in estimates),
        count(language, measures.ndcg.n_mentees),
    )


def _comparison(comparison: Comparison, language: str) -> Sequence[str]:
    difference = comparison.ndcg
    return (
        text(language, f"card.order_{comparison.order}"),
        interval(language, difference.estimate, "+z.3f"),
        *counts(language, (difference.wins, difference.ties, difference.losses)),
    )


def _feature(effect: Effect, language: str) -> Sequence[str]:
    feature = effect.feature
    low, high = (decimals(language, end, "g") for end in (effect.low, effect.high))
    change = decimals(language, effect.change, "+z.3f")
    return (
        text(language, f"feature.{feature.name}"),
        text(language, f"unit.{feature.unit}"),
        text(language, f"card.{DIRECTIONS[feature.direction]}"),
        f"{low} … {high}",
        f"{change} ({text(language, 'card.against')})" if effect.is_against else change,
    )


def _acceptance(acceptance: Acceptance | None, language: str) -> Values:
    if acceptance is None:
        return {"bands": None, "predicted": "", "observed": "", "brier": "", "brier_constant": ""}
    return {
        "bands": _rows(
            (
                str(place),
                count(language, band.n_impressions),
                share(language, band.predicted),
                share(language, band.observed) if band.n_impressions >= FEWEST else MISSING,
            )
            for place, band in enumerate(acceptance.bands, start=1)
        ),
        "predicted": share(language, acceptance.predicted),
        "observed": share(language, acceptance.observed),
        "brier": decimals(language, acceptance.brier),
        "brier_constant": decimals(language, acceptance.brier_constant),
    }


def _exposure(exposure: Exposure | None, groups: Sequence[GroupExposure], language: str) -> Values:
    return {
        "n_mentors": count(language, exposure.n_mentors) if exposure else None,
        "n_never_shown": never_shown(language, exposure) if exposure else "",
        "gini": decimals(language, exposure.gini, "z.2f") if exposure else "",
        "skew": _rows(_group(group, language) for group in groups),
    }


def _group(group: GroupExposure, language: str) -> Sequence[str]:
    return (
        _cell(group.label),
        count(language, group.n_people),
        decimals(language, group.ratio, "z.2f"),
        decimals(language, group.p_value),
        text(language, f"card.{group.verdict}"),
    )


def _rows(rows: Iterable[Sequence[str]]) -> str | None:
    """Return the rows of a table, or None if there are none."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) or None


def _cell(name: str) -> str:
    """Return somebody's own words such that they are no markup."""
    return MARKUP.sub(r"\\\1", one_line(name))

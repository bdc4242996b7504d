"""A retraining in a few plain lines: for the command line, the decision first."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.domain.texts import text
from recommender.ranking.reporting.report import OrderMeasures, RetrainingReport
from recommender.ranking.reporting.wording import (
    count,
    decimals,
    interval,
    left_out,
    never_shown,
    one_line,
    share,
)


def summary_lines(report: RetrainingReport, language: str) -> list[str]:
    """Return what HR needs to know first, as lines of plain text.

    Args:
        report: How the retraining went.
        language: "de" or "en".
    """
    lines = [report.verdict[language]]
    if report.simulated:
        lines.append(text(language, "summary.simulated"))
    lines += _learned_from(report, language)
    lines += _orders(report, language)
    lines += _shares(report, language)
    if report.version is not None:
        key = "summary.rollback" if report.promoted else "summary.activate"
        lines.append(text(language, key, version=report.version))
    return lines


def _learned_from(report: RetrainingReport, language: str) -> Iterator[str]:
    yield text(
        language,
        "summary.learned_from",
        n_cohorts=len(report.cohorts),
        cohort=report.cohort,
        n_mentees=count(language, report.n_mentees),
        n_impressions=count(language, report.n_impressions),
        n_asked=count(language, report.n_asked),
        n_accepted=count(language, report.n_accepted),
    )
    reasons = left_out(language, report)
    if report.version is None and reasons:  # otherwise the card has them
        yield text(language, "summary.left_out")
        yield from (f"  {reason}" for reason in reasons)


def _orders(report: RetrainingReport, language: str) -> Iterator[str]:
    if report.orders:
        n_mentees = max(measures.ndcg.n_mentees for measures in report.orders)
        yield text(language, "summary.measured", n_mentees=count(language, n_mentees))
    for measures in report.orders:
        yield f"  {_order(measures, report, language)}"


def _order(measures: OrderMeasures, report: RetrainingReport, language: str) -> str:
    line = f"{text(language, f'card.order_{measures.order}')}: {interval(language, measures.ndcg)}"
    for compared in report.comparisons:
        if compared.order is measures.order:
            difference = interval(language, compared.ndcg.estimate, "+z.3f")
            line += f"; {text(language, 'summary.compared', difference=difference)}"
    return line


def _shares(report: RetrainingReport, language: str) -> Iterator[str]:
    if report.acceptance is not None:
        yield text(
            language,
            "summary.acceptance",
            predicted=share(language, report.acceptance.predicted),
            observed=share(language, report.acceptance.observed),
        )
    if report.exposure is not None:
        yield text(
            language,
            "summary.exposure",
            n_mentors=count(language, report.exposure.n_mentors),
            n_never_shown=never_shown(language, report.exposure),
            gini=decimals(language, report.exposure.gini, "z.2f"),
        )
    if report.skew:
        groups = "; ".join(
            f"{one_line(group.label)}: {text(language, f'card.{group.verdict}')}"
            for group in report.skew
        )
        yield text(language, "summary.skew", groups=groups)

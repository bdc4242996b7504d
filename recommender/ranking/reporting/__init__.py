"""What HR reads about a retraining: report, verdict, card and plots."""

from recommender.ranking.reporting.report import Order, RetrainingReport, Split
from recommender.ranking.reporting.summary import summary_lines

__all__ = [
    "Order",
    "RetrainingReport",
    "Split",
    "summary_lines",
]

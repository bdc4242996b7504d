"""The plots of a card: readable in greyscale, and the same bytes for the same numbers.

Figures are made without pyplot, so that nothing is shared with whoever else plots in the process.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import text
from recommender.ranking.reporting.effects import Effect
from recommender.ranking.reporting.report import Acceptance, Order, OrderMeasures
from recommender.ranking.reporting.wording import can_be_told, decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_INCHES = 8.0
ROW_INCHES = 0.36
DPI = 110
DARK, LIGHT, LINE = "0.15", "0.7", "0.45"


def draw_orders(orders: Sequence[OrderMeasures], language: str, path: Path) -> None:
    """Draw nDCG@5 of each order that was measured, with its interval."""
    measured = [measures for measures in orders if can_be_told(measures.ndcg)]
    figure, axes = _figure(1.4 + ROW_INCHES * len(measured))
    for row, measures in enumerate(measured):
        fill = DARK if measures.order is Order.CHALLENGER else "1.0"
        ndcg = measures.ndcg
        if math.isfinite(ndcg.low) and math.isfinite(ndcg.high):
            axes.plot([ndcg.low, ndcg.high], [row, row], color=LINE, linewidth=2)
        axes.plot(ndcg.mean, row, "o", color=DARK, markerfacecolor=fill, markersize=8)
    axes.margins(x=0.1)
    _rows(axes, [text(language, f"card.order_{measures.order}") for measures in measured])
    _finish(figure, axes, language, text(language, "card.plot_orders"), path)


def draw_weights(effects: Sequence[Effect], language: str, path: Path) -> None:
    """Draw what each feature changes in the score."""
    figure, axes = _figure(1.2 + ROW_INCHES * len(effects))
    change = [effect.change for effect in effects]
    color = [DARK if value >= 0 else LIGHT for value in change]
    axes.barh(range(len(effects)), change, color=color, edgecolor=DARK, height=0.6)
    axes.axvline(0, color=DARK, linewidth=1)
    _rows(axes, [text(language, f"feature.{effect.feature.name}") for effect in effects])
    _finish(figure, axes, language, text(language, "card.plot_weights"), path)


def draw_acceptance(acceptance: Acceptance, language: str, path: Path) -> None:
    """Draw the observed share of acceptance over the predicted probability."""
    bands = [band for band in acceptance.bands if band.n_impressions >= FEWEST]
    figure, axes = _figure(4.5)
    predicted, observed = [band.predicted for band in bands], [band.observed for band in bands]
    end = max([*predicted, *observed, 0.05]) * 1.1
    perfect = text(language, "card.plot_perfect")
    axes.plot([0, end], [0, end], "--", color=LINE, linewidth=1, label=perfect)
    axes.plot(predicted, observed, "o-", color=DARK, markersize=7)
    axes.set_ylabel(text(language, "card.plot_observed"))
    axes.yaxis.set_major_formatter(_ticks(language))
    axes.legend(frameon=False, loc="upper left")
    _finish(figure, axes, language, text(language, "card.plot_predicted"), path)


def _figure(height_inches: float) -> tuple[Figure, Axes]:
    # Matplotlib takes long to import, and only a retraining needs it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height_inches), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)  # the first on top, as in the tables


def _ticks(language: str) -> Callable[[float, float], str]:
    return lambda value, _: decimals(language, value, "z.4g")


def _finish(figure: Figure, axes: Axes, language: str, label: str, path: Path) -> None:
    axes.set_xlabel(label)
    axes.xaxis.set_major_formatter(_ticks(language))
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="png", dpi=DPI, metadata={"Software": None})

"""The card of a release: what HR and a works council need to know, in English and German."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from string import Template

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import text
from recommender.ranking.releases import CARD, CARD_IN_GERMAN
from recommender.ranking.reporting.card_values import Values, card_values
from recommender.ranking.reporting.effects import Effect, effects
from recommender.ranking.reporting.plots import draw_acceptance, draw_orders, draw_weights
from recommender.ranking.reporting.report import RetrainingReport
from recommender.ranking.reporting.wording import can_be_told
from recommender.ranking.score import AdditiveScore
from recommender.store.artefacts import Write

CARDS: Mapping[str, str] = {"en": CARD, "de": CARD_IN_GERMAN}
"""The card's file of each language; its template beside this module has the same name."""
PLOTS: Mapping[str, str] = {"en": "plots/{}.png", "de": "plots/{}.de.png"}


def card_files(
    report: RetrainingReport, score: AdditiveScore | None, version: str
) -> dict[str, Write]:
    """Return the card's files: a text and its plots per language, plots where there is something.

    Args:
        report: How the retraining went.
        score: The challenger, or None if none could be trained.
        version: What the release is called.

    Returns:
        Path inside the release to the function that writes it.
    """
    files: dict[str, Write] = {}
    looked_at = effects(score) if score else ()
    for language, name in CARDS.items():
        plots = _plots(report, looked_at, language)
        files[name] = partial(_write, _card(report, looked_at, version, language, plots))
        files |= plots
    return files


def _plots(
    report: RetrainingReport, looked_at: Sequence[Effect], language: str
) -> dict[str, Write]:
    acceptance = report.acceptance
    plots: dict[str, Write] = {}
    if any(can_be_told(measures.ndcg) for measures in report.orders):
        plots["orders"] = partial(draw_orders, report.orders, language)
    if looked_at:
        plots["weights"] = partial(draw_weights, looked_at, language)
    if acceptance and any(band.n_impressions >= FEWEST for band in acceptance.bands):
        plots["acceptance"] = partial(draw_acceptance, acceptance, language)
    return {PLOTS[language].format(name): draw for name, draw in plots.items()}


def _write(content: str, path: Path) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")


def _card(
    report: RetrainingReport,
    looked_at: Sequence[Effect],
    version: str,
    language: str,
    plots: Iterable[str],
) -> str:
    images: Values = {f"{name}_plot": "" for name in ("orders", "weights", "acceptance")}
    for path in plots:
        name = Path(path).name.partition(".")[0]
        alt = "plot_observed" if name == "acceptance" else f"plot_{name}"
        images[f"{name}_plot"] = f"![{text(language, f'card.{alt}')}]({path})"
    values: Values = {
        "version": version,
        **card_values(report, looked_at, language),
        **images,
    }
    template = Path(__file__).with_name(CARDS[language]).read_text(encoding="utf-8")
    return _filled(template, values)


def _filled(template: str, values: Values) -> str:
    """Fill in a template section by section, without those that lack a value."""
    sections = map(Template, re.split(r"^(?=## )", template, flags=re.MULTILINE))
    filled = [
        section.substitute(values)
        for section in sections
        if all(values[name] is not None for name in section.get_identifiers())
    ]
    return re.sub(r"\n{3,}", "\n\n", "".join(filled)).rstrip() + "\n"

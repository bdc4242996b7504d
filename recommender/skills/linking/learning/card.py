"""The card of a linker, from its facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recommender.skills.linking.linker import ConceptLinker

TEMPLATE = Path(__file__).with_name("card.md")
HEAD = (
    "| statements | n | links | precision (95%) | recall (95%) | F1 | first | near | said |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
CHOICES_HEAD = "| threshold | statements | precision | recall | near | off topic abstains |"


def linker_card(linker: ConceptLinker) -> str:
    """Return the card, Markdown."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        n_concepts=len(linker.concepts),
        threshold=linker.threshold,
        measures=measures_table(linker),
        n_off_topic=linker.facts["n_off_topic"],
        off_topic=f"{linker.facts['off_topic_abstained']:.0%}",
        choices=choices_table(linker),
    )


def measures_table(linker: ConceptLinker) -> str:
    """Return one row per language and kind, Markdown."""
    return "\n".join([HEAD, *(_row(measure) for measure in linker.facts["measures"])])


def choices_table(linker: ConceptLinker) -> str:
    """Return what other thresholds would mean, Markdown."""
    rows = [
        f"| {choice['threshold']} | {measure['name']} | {measure['precision']:.2f} "
        f"| {measure['recall']:.2f} | {measure['near']:.2f} | {choice['off_topic_abstained']:.2f} |"
        for choice in linker.facts["choices"]
        for measure in choice["measures"]
    ]
    return "\n".join([CHOICES_HEAD, "|---|---|---|---|---|---|", *rows])


def _row(measure: Mapping[str, Any]) -> str:
    low, high = measure["precision_interval"]
    least, most = measure["recall_interval"]
    return (
        f"| {measure['name']} | {measure['n_statements']} | {measure['n_links']} "
        f"| {measure['precision']:.2f} ({low:.2f}–{high:.2f}) "
        f"| {measure['recall']:.2f} ({least:.2f}–{most:.2f}) "
        f"| {measure['f1']:.2f} | {measure['first']:.2f} "
        f"| {measure['near']:.2f} | {measure['said']:.2f} |"
    )

"""The model card, written while training, so that it says what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from recommender.skills import LANGUAGES, LEAST, Concept, Need
from recommender.workshop.training.material import Material
from recommender.workshop.training.stages import ContrastRun, Recipe

TEMPLATE = Path(__file__).with_name("card.md")


def model_card(
    recipe: Recipe,
    material: Material,
    catalogue: Sequence[Concept],
    needs: Mapping[str, Sequence[Need]],
    n_german_pieces: int,
    measures: str,
) -> str:
    """Return the card as Markdown.

    Args:
        recipe: How the model was trained.
        material: What it was distilled on.
        catalogue: The whole catalogue.
        needs: Needs with their answers, by source.
        n_german_pieces: Pieces behind the teacher's in its vocabulary.
        measures: A Markdown table of what was measured.
    """
    esco = (material.labels, material.alternatives, material.descriptions)
    trained = [
        text
        for concept in catalogue
        for kind in LEAST
        for language in LANGUAGES
        for text in concept.trained(kind, language)
    ]
    return TEMPLATE.read_text(encoding="utf-8").format(
        seed=recipe.seed,
        distillation_steps=recipe.distillation.steps,
        distillation_embeddings=recipe.distillation.embeddings,
        distillation_layers=recipe.distillation.layers,
        runs="\n".join(f"   - {_told(run)}" for run in recipe.contrast),
        n_german_pieces=n_german_pieces,
        n_esco=sum(map(len, esco)),
        n_everyday=len(material.everyday),
        n_trained=sum(not concept.development for concept in catalogue),
        n_concepts=len(catalogue),
        n_sentences=len(trained),
        n_glossary=len(needs.get("glossary", ())),
        n_needs=len(needs.get("needs", ())),
        catalogue=hashlib.sha256(repr(tuple(catalogue)).encode()).hexdigest()[:16],
        measures=measures,
    )


def _told(run: ContrastRun) -> str:
    shares = ", ".join(f"{source} {share:.0%}" for source, share in run.shares.items())
    schedule = run.schedule
    return (
        f"{schedule.steps} batches ({shares}), learning rate {schedule.embeddings} for pieces and "
        f"{schedule.layers} for layers, dropout {run.dropout}, seed {run.seed}"
    )

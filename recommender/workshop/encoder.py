"""Train Tandem's encoder: ``python -m recommender.workshop.encoder --material DIR --work DIR``.

About two hours on two cores with AMX. An interrupted run goes on from its last checkpoint.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from recommender.cli.progress import shown_progress
from recommender.domain.errors import TandemError
from recommender.encoding.encoder import DEFAULT_MODEL, open_encoder
from recommender.skills.catalogue import read_catalogue, read_glossary, read_needs
from recommender.store.shipped import shipped
from recommender.workshop.encoder_report import compare_encoders, markdown_table
from recommender.workshop.training.card import model_card
from recommender.workshop.training.material import read_material
from recommender.workshop.training.model import piece_vectors
from recommender.workshop.training.release import save_release
from recommender.workshop.training.stages import Recipe, contrast, distil
from recommender.workshop.training.teacher import load_teacher

NAME = Path(DEFAULT_MODEL).name


def main(
    material: Annotated[Path, typer.Option(help="Folder with esco/ and tatoeba/.")],
    work: Annotated[Path, typer.Option(help="Folder for checkpoints and the teacher's vectors.")],
    out: Annotated[Path, typer.Option(help="Where the model is to stand.")] = Path(DEFAULT_MODEL),
    coverage: Annotated[float, typer.Option(help="Cosine from which a goal is covered.")] = 0.5,
) -> None:
    """Train, save and measure the bilingual encoder."""
    recipe = Recipe()
    try:
        catalogue = read_catalogue(shipped("data/catalogue"))
        needs = {
            "glossary": read_glossary(shipped("data/catalogue/glossary.csv")),
            "needs": read_needs(shipped("data/catalogue/needs.csv")),
        }
        with shown_progress() as progress:
            learned_from = read_material(material, np.random.default_rng(recipe.seed))
            model, teacher = distil(learned_from, recipe, work, progress)
            model = contrast(model, learned_from, teacher, catalogue, needs, recipe, work, progress)
            save_release(model, out, NAME, coverage, card="")
            reports = compare_encoders(
                [open_encoder(str(out))], catalogue, material, progress=progress
            )
        card = model_card(
            recipe,
            learned_from,
            catalogue,
            needs,
            len(piece_vectors(model)) - len(piece_vectors(load_teacher())),
            markdown_table(reports),
        )
        save_release(model, out, NAME, coverage, card)
    except TandemError as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from refusal
    typer.echo(markdown_table(reports))


if __name__ == "__main__":
    typer.run(main)

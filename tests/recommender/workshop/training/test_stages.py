"""The whole way from the teacher to a release, with a few batches instead of thousands."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from recommender.domain.errors import EXIT_INVALID, EncoderUnavailable
from recommender.encoding.encoder import open_encoder
from recommender.skills.catalogue import LANGUAGES, Need
from recommender.workshop.training import contrast as contrasting
from recommender.workshop.training import distillation
from recommender.workshop.training.card import model_card
from recommender.workshop.training.material import Material
from recommender.workshop.training.model import piece_vectors
from recommender.workshop.training.optimisation import Schedule
from recommender.workshop.training.release import save_release
from recommender.workshop.training.stages import (
    CONTRAST,
    ContrastMaterial,
    Recipe,
    TeacherVectors,
    averaged,
    contrast,
    distil,
)
from recommender.workshop.training.teacher import load_teacher
from tests.recommender.workshop.test_encoder_evaluation import CATALOGUE as MANY

pytestmark = pytest.mark.encoder

RECIPE = Recipe(
    distillation=Schedule(steps=12, embeddings=1e-3, layers=1e-4),
    contrast=tuple(
        replace(run, schedule=Schedule(steps, embeddings=1e-4, layers=1e-5))
        for run, steps in zip(CONTRAST, (3, 2), strict=True)
    ),
)
CATALOGUE = MANY[:40]
PAIRS = {
    source: tuple(
        Need(f"{source} {i}", dict.fromkeys(LANGUAGES, "?"), dict.fromkeys(LANGUAGES, (f"{i}",)))
        for i in range(80)
    )
    for source in ("glossary", "needs")
}


class Told(list[str]):
    """Collects what a run says that it is doing."""

    def __call__(self, what: str, done: int, total: int) -> None:
        self.append(what.split()[0])


@pytest.fixture(scope="module", autouse=True)
def _small_batches() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distillation, "LARGEST_BATCH", 64)
        patch.setattr(contrasting, "CONCEPTS_PER_BATCH", 8)
        patch.setattr(contrasting, "NEEDS_PER_BATCH", 8)
        patch.setattr(contrasting, "SKILLS_PER_BATCH", 32)
        yield


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def distilled(material: Material, work: Path) -> tuple[SentenceTransformer, TeacherVectors]:
    return distil(material, RECIPE, work)


@pytest.fixture(scope="module")
def trained(
    distilled: tuple[SentenceTransformer, TeacherVectors], material: Material, work: Path
) -> SentenceTransformer:
    model, teacher = distilled
    return contrast(model, ContrastMaterial(material, teacher, CATALOGUE, PAIRS), RECIPE, work)


@pytest.fixture(scope="module")
def released(
    trained: SentenceTransformer, material: Material, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("models") / "toy"
    card = model_card(RECIPE, material, CATALOGUE, PAIRS, 7, "| a | b |")
    save_release(trained, folder, "toy", 0.45, card)
    return folder


def test_german_comes_near_to_the_teachers_english(
    distilled: tuple[SentenceTransformer, TeacherVectors], material: Material
) -> None:
    examples = [example for example in material.everyday if example.language == "de"]
    targets = np.stack([distilled[1][example.target] for example in examples]).astype(np.float32)
    texts = [example.text for example in examples]
    before = (load_teacher().encode(texts) * targets).sum(axis=1).mean()
    after = (distilled[0].encode(texts) * targets).sum(axis=1).mean()
    assert after > before + 0.1


def test_a_run_that_is_done_is_not_done_again(
    material: Material, distilled: object, work: Path
) -> None:
    steps = Told()
    model, _ = distil(material, RECIPE, work, steps)
    assert steps == []
    assert len(piece_vectors(model)) > len(piece_vectors(load_teacher()))


def test_an_interrupted_run_goes_on_from_its_checkpoint(
    material: Material, distilled: object, work: Path
) -> None:
    further = Recipe(distillation=Schedule(steps=14, embeddings=1e-3, layers=1e-4))
    steps = Told()
    distil(material, further, work, steps)
    assert steps == ["training"] * 2
    assert (work / "distillation_000014").is_dir()


def test_the_average_lies_between(distilled: tuple[SentenceTransformer, object]) -> None:
    start, run = distilled[0], deepcopy(distilled[0])
    piece_vectors(run).data += 1.0
    shift = piece_vectors(averaged([start, run])) - piece_vectors(start)
    assert shift.mean().item() == pytest.approx(0.5, abs=1e-4)


def test_contrast_leaves_the_distilled_model_as_it_was(
    distilled: tuple[SentenceTransformer, object], trained: SentenceTransformer, work: Path
) -> None:
    kept = SentenceTransformer(str(work / "distillation_000012"), local_files_only=True)
    assert torch.equal(piece_vectors(kept), piece_vectors(distilled[0]))
    assert not torch.equal(piece_vectors(trained), piece_vectors(distilled[0]))
    assert {path.name for path in work.glob("contrast*")} == {
        "contrast2_000003",
        "contrast5_000002",
    }


def test_a_release_reads_as_it_was_trained(trained: SentenceTransformer, released: Path) -> None:
    encoder = open_encoder(str(released), threads=1)
    assert (encoder.name, encoder.languages, encoder.coverage) == ("toy", ("de", "en"), 0.45)
    assert encoder.dimension == 384
    texts = ["Ich will Brot backen.", "repair violins", "🎻", "Brot " * 20_000]
    vectors = encoder.encode(texts)
    assert (vectors * trained.encode(texts)).sum(axis=1) == pytest.approx(1, abs=1e-3)
    assert str(encoder.load().dtype) == "torch.float32"
    assert trained.get_embedding_dimension() == 384


def test_a_release_is_an_ordinary_sentence_transformers_folder(released: Path) -> None:
    model = SentenceTransformer(str(released), local_files_only=True)
    assert model.max_seq_length == 256
    assert (released / "model.safetensors").stat().st_size < 80e6
    kinds = [module["type"] for module in json.loads((released / "modules.json").read_text())]
    assert kinds[0] == "sentence_transformers.models.Transformer"


def test_the_card_says_what_was_done(released: Path) -> None:
    card = (released / "README.md").read_text(encoding="utf-8")
    for phrase in (
        "12 batches",
        "3 batches",
        "| a | b |",
        "catalogue 55%",
        "80 entries",
        "7 German",
    ):
        assert phrase in card
    assert "{" not in card


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "1_Pooling/config.json"])
def test_an_altered_release_is_refused(released: Path, name: str) -> None:
    content = (released / name).read_bytes()
    (released / name).write_bytes(content + b" ")
    try:
        with pytest.raises(EncoderUnavailable, match=r"not the one that was published.*SHA-256"):
            open_encoder(str(released))
    finally:
        (released / name).write_bytes(content)
    assert open_encoder(str(released)).name == "toy"


def test_the_program_tells_what_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "recommender.workshop", "encoder"]
    arguments = ["--material", str(tmp_path), "--work", str(tmp_path / "work")]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_INVALID
    assert "Name the folder that holds esco/ and tatoeba/" in done.stderr
    assert not (tmp_path / "work").exists()

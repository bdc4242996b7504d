"""Saving a trained model as an ordinary SentenceTransformer folder that can be verified."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer

from recommender.encoding import ENCODER_KIND, ENCODER_SCHEMA, ModelFacts
from recommender.store.artefacts import write_artefact
from recommender.workshop.training.teacher import teacher_folder

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
CARD = "README.md"
FILES = (
    WEIGHTS,
    CONFIG,
    "config_sentence_transformers.json",
    "modules.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
)
FROM_THE_TEACHER = ("modules.json", "sentence_bert_config.json", "1_Pooling/config.json")
"""Its files that sentence-transformers of any version reads."""


def save_release(
    model: SentenceTransformer, folder: Path, name: str, coverage: float, card: str
) -> None:
    """Save a model with half-precision weights, a manifest and a card, whole or not at all.

    The configuration names single precision, so loading widens the weights and arithmetic on a
    processor is as fast and exact as ever.

    Args:
        model: Trained.
        folder: Where it is to stand; an older release there is replaced.
        name: What it is called.
        coverage: Cosine from which a statement covers a goal.
        card: The model card, Markdown.
    """
    with tempfile.TemporaryDirectory() as place:
        draft = Path(place)
        model.save_pretrained(str(draft))
        weights = {key: value.half() for key, value in load_file(draft / WEIGHTS).items()}
        save_file(weights, draft / WEIGHTS, metadata={"format": "pt"})
        config = json.loads((draft / CONFIG).read_text(encoding="utf-8"))
        config["dtype"] = "float32"
        (draft / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        for file in FROM_THE_TEACHER:
            shutil.copy(teacher_folder() / file, draft / file)
        dimension = model.get_embedding_dimension() or 0
        facts = asdict(ModelFacts(name, dimension, ("de", "en"), coverage))
        files = {file: _copy_of(draft / file) for file in FILES}
        write_artefact(folder, ENCODER_KIND, ENCODER_SCHEMA, facts, files)
    # Outside the manifest, so that a word in it may be mended.
    (folder / CARD).write_text(card, encoding="utf-8")


def _copy_of(source: Path) -> Callable[[Path], None]:
    def copy(target: Path) -> None:
        shutil.copyfile(source, target)

    return copy

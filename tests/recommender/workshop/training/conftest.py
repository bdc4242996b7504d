"""Invented material in the form of ESCO and Tatoeba, small enough to train on in seconds."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from recommender.workshop.esco import EscoSkill
from recommender.workshop.training import material as training_material
from recommender.workshop.training.material import Material, read_material

VERBS = (("bake", "backen"), ("sell", "verkaufen"), ("draw", "zeichnen"), ("repair", "reparieren"))
THINGS = (
    ("bread", "Brot"),
    ("bicycles", "Fahrräder"),
    ("maps", "Landkarten"),
    ("clocks", "Uhren"),
    ("chairs", "Stühle"),
    ("bells", "Glocken"),
    ("boats", "Boote"),
    ("lamps", "Lampen"),
    ("gloves", "Handschuhe"),
    ("violins", "Geigen"),
)


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


@pytest.fixture(scope="session")
def material_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 40 skills, 2 digital ones, 10 occupations and 40 sentence pairs."""
    folder = tmp_path_factory.mktemp("material")
    pairs = [(v, t) for v in VERBS for t in THINGS]
    described = [
        (
            f"https://example.org/skill/{place}",
            f"{verb[0]} {thing[0]}",
            f"{thing[1]} {verb[1]}",
            f"To {verb[0]} {thing[0]} for customers.",
            f"Für Kundinnen und Kunden {thing[1]} {verb[1]}.",
            f"{verb[0]} many {thing[0]}\n{thing[0]} to {verb[0]}",
            "",
        )
        for place, (verb, thing) in enumerate(pairs)
    ]
    write_table(
        folder / "esco" / "skills_de_en.csv.gz",
        (
            "conceptUri",
            "label_en",
            "label_de",
            "description_en",
            "description_de",
            "altLabels_en",
            "altLabels_de",
        ),
        described,
    )
    write_table(
        folder / "esco" / "digital_skills_de_en.csv.gz",
        (
            "conceptUri",
            "preferredLabel_en",
            "preferredLabel_de",
            "description_en",
            "description_de",
            "altLabels_en",
            "altLabels_de",
        ),
        [
            (
                f"https://example.org/digital/{i}",
                f"code {i}",
                f"Kode {i}",
                "To code.",
                "Kodieren.",
                "write code | type code",
                "Kode schreiben | Kode tippen",
            )
            for i in range(2)
        ],
    )
    write_table(
        folder / "esco" / "occupations_de_en.csv.gz",
        ("label_en", "label_de", "description_en", "description_de"),
        [
            (f"maker of {en}", f"{de}macher/{de}macherin", f"Makes {en}.", f"Macht {de}.")
            for en, de in THINGS
        ],
    )
    path = folder / "tatoeba" / "eng_deu.tsv.gz"
    path.parent.mkdir()
    lines = [f"I {v[0]} {t[0]}.\tIch will {t[1]} {v[1]}.\n" for v, t in pairs]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(lines)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _few_long_texts() -> Iterator[None]:
    """Join 60 long texts instead of thousands, of which nearly all of the time would go."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_material, "LONG_TEXTS", 60)
        yield


@pytest.fixture(scope="module")
def material(material_folder: Path, _few_long_texts: None) -> Material:
    return read_material(material_folder, np.random.default_rng(0))


@pytest.fixture
def skills(material_folder: Path) -> tuple[EscoSkill, ...]:
    from recommender.workshop.esco import read_skills

    return read_skills(material_folder)

"""The skills of ESCO in German and English, and the rule of which are never trained on.

The files lie outside the project: ``esco/skills_de_en.csv.gz`` (ESCO 1.1.1) and
``esco/digital_skills_de_en.csv.gz`` (ESCO 1.2). ESCO, © European Union, reuse under Decision
2011/833/EU with attribution.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from recommender.domain.errors import MaterialUnusable

SKILLS = Path("esco") / "skills_de_en.csv.gz"
DIGITAL = Path("esco") / "digital_skills_de_en.csv.gz"
HELD_OUT_ONE_IN = 10


@dataclass(frozen=True, slots=True)
class EscoSkill:
    """One ESCO skill in both languages; ``alternative_*`` are other names for it."""

    uri: str
    label_en: str
    label_de: str
    description_en: str
    description_de: str
    alternative_en: tuple[str, ...]
    alternative_de: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the test and must not be trained on, in any field or language."""
        return int(hashlib.md5(self.uri.encode()).hexdigest(), 16) % HELD_OUT_ONE_IN == 0

    def texts(self) -> tuple[str, ...]:
        """Return everything that is written about it."""
        own = (self.label_en, self.label_de, self.description_en, self.description_de)
        return (*own, *self.alternative_en, *self.alternative_de)


def read_skills(folder: Path) -> tuple[EscoSkill, ...]:
    """Read every ESCO skill, the held-out ones too.

    Raises:
        MaterialUnusable: if the file is missing.
    """
    return tuple(_skills(folder / SKILLS, "label"))


def read_digital_skills(folder: Path) -> Iterator[EscoSkill]:
    """Yield the digital skills of ESCO 1.2, the held-out ones too."""
    return _skills(folder / DIGITAL, "preferredLabel")


def _skills(path: Path, label: str) -> Iterator[EscoSkill]:
    """Yield the skills of a file whose columns ``label`` hold their names."""
    for row in rows_of(path):
        yield EscoSkill(
            row["conceptUri"],
            row[f"{label}_en"],
            row[f"{label}_de"],
            row["description_en"],
            row["description_de"],
            _lines(row["altLabels_en"]),
            _lines(row["altLabels_de"]),
        )


def _lines(cell: str) -> tuple[str, ...]:
    parts = cell.replace(" | ", "\n").split("\n")
    return tuple(part.strip() for part in parts if part.strip())


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a gzipped CSV file."""
    with open_text(path) as file:
        yield from csv.DictReader(file)


def open_text(path: Path) -> TextIO:
    """Open a gzipped text file of the material.

    Raises:
        MaterialUnusable: if it is missing.
    """
    if not path.is_file():
        raise MaterialUnusable(
            f"{path} is not there; a file of the training material is expected. Name the folder "
            "that holds esco/ and tatoeba/ with --material."
        )
    return gzip.open(path, "rt", encoding="utf-8", newline="")

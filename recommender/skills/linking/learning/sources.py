"""Statements that lie beside the catalogue: plainly worded ones, and ones about something else."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem
from recommender.skills.catalogue import LANGUAGES
from recommender.store.artefacts import file_digest

OFF_TOPIC = "off_topic.csv"
PLAIN = "plain.csv"
LEARN, MEASURE = "learn", "measure"


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A statement that belongs to no concept of the catalogue.

    Args:
        id: Stable.
        language: ``de`` or ``en``.
        kind: ``goal``, ``skill`` or ``everyday``.
        text: What somebody says.
    """

    id: str
    language: str
    kind: str
    text: str

    @property
    def measured(self) -> bool:
        """Whether it is kept for measuring; the others are for fitting and calibration."""
        return number_of(self.text) % 2 == 1


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement that names what it is about, as most people fill in a form.

    Args:
        concept: Whose.
        language: ``de`` or ``en``.
        kind: ``goal`` or ``skill``.
        use: ``learn``, or ``measure`` for one by another writer that no probe learns from.
        text: What somebody says.
    """

    concept: str
    language: str
    kind: str
    use: str
    text: str


@dataclass(frozen=True, slots=True)
class Statements:
    """What links are learned from and measured on, beside the catalogue's own sentences."""

    off_topic: tuple[OffTopic, ...]
    plain: tuple[Plain, ...] = ()


def read_statements(folder: Path) -> Statements:
    """Read ``off_topic.csv`` and, if there is one, ``plain.csv`` of a catalogue's folder.

    Raises:
        InvalidInput: if ``off_topic.csv`` is missing, a column or a cell is, a word is none of
            those allowed, or an id or a text stands twice.
    """
    off_topic, plain = folder / OFF_TOPIC, folder / PLAIN
    if not off_topic.is_file():
        expected = "off-topic statements beside the catalogue"
        raise InvalidInput([_wrong("file", "nothing", expected, OFF_TOPIC)])
    outside = [
        OffTopic(**row)
        for row in _rows(off_topic, ("id", "language", "kind", "text"), (("id",), ("text",)))
    ]
    if not plain.is_file():
        return Statements(tuple(outside))
    allowed = {"kind": ("goal", "skill"), "use": (LEARN, MEASURE)}
    columns = ("concept", "language", "kind", "use", "text")
    # A text may be said in both languages: "Power BI".
    named = [Plain(**row) for row in _rows(plain, columns, (("language", "text"),), allowed)]
    return Statements(tuple(outside), tuple(named))


def catalogue_digest(folder: Path) -> str:
    """Return the SHA-256 over the concepts and statements in a folder."""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.yaml")), folder / OFF_TOPIC, folder / PLAIN):
        if path.is_file():
            digest.update(f"{path.name}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


def number_of(text: str) -> int:
    """Return a number that is the same for a text on every machine."""
    return int(hashlib.md5(text.encode()).hexdigest(), 16)


def _rows(
    path: Path,
    columns: Sequence[str],
    unique: Sequence[tuple[str, ...]],
    allowed: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, str]]:
    """Return the rows of a table after checking every cell."""
    words = {"language": LANGUAGES, **(allowed or {})}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = Counter((names, *map(row.get, names)) for row in rows for names in unique)
    problems = []
    for line, row in enumerate(rows, start=2):
        if list(row) != list(columns) or not all(row.values()):
            expected = f"{', '.join(columns)}, all filled"
            problems.append(_wrong(f"line {line}", row, expected, path.name))
            continue
        for name, choice in words.items():
            if row[name] not in choice:
                field, expected = f"line {line}, {name}", f"one of {', '.join(choice)}"
                problems.append(_wrong(field, row[name], expected, path.name))
        for names in unique:
            if seen[names, *map(row.get, names)] > 1:
                field, value = f"line {line}, {names[-1]}", row[names[-1]]
                problems.append(_wrong(field, value, "one that stands once", path.name))
    if problems:
        raise InvalidInput(problems)
    return rows


def _wrong(field: str, value: object, expected: str, name: str) -> Problem:
    return Problem(field, str(value)[:80], expected, "Mend the catalogue.", name)

"""The words that invented people speak: phrases with their topics, and names."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from recommender.domain.checks import canonical_text
from recommender.domain.people import Kind


class Area(StrEnum):
    """Who knows a topic: juniors the digital ones, managers those of leadership."""

    DIGITAL = "digital"
    LEADERSHIP = "leadership"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One hand-written sentence and the topic that it was written for."""

    topic: str
    area: Area
    kind: Kind
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class NameGroup:
    """First and family names that go together."""

    first: tuple[str, ...]
    family: tuple[str, ...]


def read_phrases(path: Path) -> tuple[Phrase, ...]:
    """Read ``phrases.csv``: topic, area, kind, language, text."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Phrase(
                row["topic"],
                Area(row["area"]),
                Kind(row["kind"]),
                row["language"],
                canonical_text(row["text"]),
            )
            for row in csv.DictReader(file, strict=True)
        )


def read_names(path: Path) -> dict[str, NameGroup]:
    """Read ``names.toml``: for each group its first and family names."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        group: NameGroup(tuple(table["first"]), tuple(table["family"]))
        for group, table in tables.items()
    }


def topics_of(phrases: Iterable[Phrase]) -> Mapping[str, str]:
    """Return the topic of each text, so that a statement's true topic can be looked up."""
    return {phrase.text: phrase.topic for phrase in phrases}

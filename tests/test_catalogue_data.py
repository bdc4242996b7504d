"""The catalogue's files keep their own rules: complete in both languages, nothing twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent.parent / "data" / "catalogue"
FIELDS = {
    "id",
    "label",
    "synonyms",
    "description",
    "levels",
    "related",
    "confusable",
    "goals",
    "skills",
}
LANGUAGES = ("de", "en")
N_GOALS, N_SKILLS, N_LEVELS = 8, 6, 5


@pytest.fixture(scope="module")
def concepts() -> list[dict[str, Any]]:
    return [
        concept
        for path in sorted(FOLDER.glob("*.yaml"))
        for concept in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    ]


def test_size_and_fields(concepts: list[dict[str, Any]]) -> None:
    areas = {concept["id"].split(".")[0] for concept in concepts}
    assert len(concepts) >= 250
    assert areas == {path.stem for path in FOLDER.glob("*.yaml")}
    assert [c["id"] for c in concepts if set(c) != FIELDS] == []


def test_ids_are_unique_and_referred_ones_exist(concepts: list[dict[str, Any]]) -> None:
    ids = Counter(concept["id"] for concept in concepts)
    assert max(ids.values()) == 1
    for concept in concepts:
        others = [*concept["related"], *concept["confusable"]]
        assert set(others) <= set(ids) - {concept["id"]}, concept["id"]


def test_both_languages_are_complete(concepts: list[dict[str, Any]]) -> None:
    for concept in concepts:
        for language in LANGUAGES:
            sizes = [len(concept[name][language]) for name in ("goals", "skills", "levels")]
            assert sizes == [N_GOALS, N_SKILLS, N_LEVELS], (concept["id"], language)
            assert concept["label"][language].strip()
            assert concept["description"][language].strip()
            assert concept["synonyms"][language]


def test_no_sentence_stands_twice(concepts: list[dict[str, Any]]) -> None:
    said = Counter(
        " ".join(sentence.lower().split())
        for concept in concepts
        for kind in ("goals", "skills")
        for language in LANGUAGES
        for sentence in concept[kind][language]
    )
    assert [sentence for sentence, n in said.items() if n > 1] == []


def test_goals_avoid_the_term_itself(concepts: list[dict[str, Any]]) -> None:
    leaks = [
        (concept["id"], sentence)
        for concept in concepts
        for language in LANGUAGES
        for sentence in concept["goals"][language]
        if concept["label"][language].lower() in sentence.lower()
    ]
    assert leaks == []

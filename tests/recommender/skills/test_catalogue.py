"""The catalogue as it is, and what a broken one is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.domain.errors import InvalidInput
from recommender.skills.catalogue import (
    LANGUAGES,
    LEAST,
    Concept,
    read_catalogue,
    read_glossary,
    read_needs,
)

FOLDER = Path(__file__).parents[3] / "data" / "catalogue"
GLOSSARY = FOLDER / "glossary.csv"
NEEDS = FOLDER / "needs.csv"


@pytest.fixture(scope="module")
def catalogue() -> tuple[Concept, ...]:
    return read_catalogue(FOLDER)


def entry(name: str = "area.one", **changes: object) -> dict[str, Any]:
    """Return a concept that keeps every rule; name what differs."""

    def said(kind: str) -> dict[str, list[str]]:
        return {of: [f"{name} {kind} {of} {i}" for i in range(6)] for of in LANGUAGES}

    texts = {
        field: dict.fromkeys(LANGUAGES, f"{name} {field}") for field in ("label", "description")
    }
    lists = {field: {of: ["a"] * 5 for of in LANGUAGES} for field in ("synonyms", "levels")}
    ids: dict[str, Any] = {"id": name, "related": [], "confusable": []}
    return {**ids, **texts, **lists, **{kind: said(kind) for kind in LEAST}, **changes}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(*entries: object) -> Path:
        text = yaml.safe_dump(list(entries), allow_unicode=True)
        (tmp_path / "area.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return written


# What ships


def test_size(catalogue: tuple[Concept, ...]) -> None:
    assert len(catalogue) >= 250
    assert len({concept.area for concept in catalogue}) >= 25
    for concept in catalogue:
        for language in LANGUAGES:
            goals = concept.sentences("goals", language)
            messy = concept.sentences("messy_goals", language)
            assert len(goals) + len(messy) >= 8, concept.id
            assert len(messy) >= 2, concept.id


def test_a_fifth_of_the_concepts_is_kept_for_development(catalogue: tuple[Concept, ...]) -> None:
    share = sum(concept.development for concept in catalogue) / len(catalogue)
    assert 0.15 < share < 0.25


def test_goals_avoid_the_concepts_own_name(catalogue: tuple[Concept, ...]) -> None:
    leaks = [
        (concept.id, goal)
        for concept in catalogue
        for language in LANGUAGES
        for goal in concept.sentences("goals", language)
        if concept.label[language].lower() in goal.lower()
    ]
    assert leaks == []


def test_messy_goals_are_short(catalogue: tuple[Concept, ...]) -> None:
    words = Counter(
        len(goal.split())
        for concept in catalogue
        for language in LANGUAGES
        for goal in concept.sentences("messy_goals", language)
    )
    assert max(words) <= 16
    assert sum(n for length, n in words.items() if length <= 9) > 0.9 * words.total()


def test_labels_are_told_apart(catalogue: tuple[Concept, ...]) -> None:
    for language in LANGUAGES:
        labels = Counter(concept.label[language].lower() for concept in catalogue)
        assert max(labels.values()) == 1


# What training may see


def test_training_sees_no_sentence_of_a_development_concept(
    catalogue: tuple[Concept, ...],
) -> None:
    concept = next(concept for concept in catalogue if concept.development)
    assert all(concept.trained(kind, of) == () for kind in LEAST for of in LANGUAGES)


def test_training_sees_all_but_one_sentence_of_each_kind(catalogue: tuple[Concept, ...]) -> None:
    for concept in catalogue:
        for kind in LEAST:
            for of in LANGUAGES:
                if not concept.development:
                    seen = {*concept.trained(kind, of), concept.kept_out(kind, of)}
                    assert seen == set(concept.sentences(kind, of))
                    assert concept.kept_out(kind, of) not in concept.trained(kind, of)


def test_the_split_depends_on_the_id_alone(write: Callable[..., Path]) -> None:
    names = [f"area.c{i}" for i in range(10)]
    first = read_catalogue(write(*map(entry, names)))
    again = read_catalogue(write(*map(entry, reversed(names[:5]))))
    split = {concept.id: concept.development for concept in first}
    assert {concept.id: concept.development for concept in again}.items() <= split.items()


# What a broken one is told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": "elsewhere.one"}, "area.some_name"),
        ({"id": "area.one.two"}, "area.some_name"),
        ({"label": {"de": "nur deutsch"}}, "de and en"),
        ({"label": {"de": "x", "en": " "}}, "a text"),
        ({"levels": {"de": ["a"] * 4, "en": ["a"] * 5}}, "5 texts"),
        ({"goals": {"de": ["a"], "en": ["b"]}}, "at least 6 texts"),
        ({"skills": {"de": "a", "en": "b"}}, "a list of texts"),
        ({"synonyms": {"de": [], "en": ["b"]}}, "at least 1 texts"),
        ({"related": ["area.nowhere"]}, "the id of another concept"),
        ({"confusable": ["area.one"]}, "the id of another concept"),
        ({"related": "area.one"}, "a list of ids"),
        ({"more": 1}, "the fields"),
    ],
)
def test_a_broken_rule_is_told(
    write: Callable[..., Path], changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        read_catalogue(write(entry(**changes)))


def test_every_problem_is_told_at_once(write: Callable[..., Path]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_catalogue(write(entry(related=["area.nowhere"]), entry("area.two", label={}), "three"))
    assert len(refusal.value.problems) == 3


def test_a_sentence_or_an_id_that_stands_twice_is_told(write: Callable[..., Path]) -> None:
    with pytest.raises(InvalidInput, match="an id that stands once"):
        read_catalogue(write(entry(), entry()))
    other = entry("area.two")
    other["skills"]["en"][0] = entry()["goals"]["de"][0].upper()
    with pytest.raises(InvalidInput, match=r"not what area\.one says"):
        read_catalogue(write(entry(), other))


@pytest.mark.parametrize("content", [b"- id: [", b"just text", b"\xff\xfe"])
def test_a_file_that_is_no_list_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "area.yaml").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"area\.yaml"):
        read_catalogue(tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least one YAML file"):
        read_catalogue(tmp_path)


# Pairs for training


def test_the_glossary_and_the_needs_are_complete() -> None:
    for pairs in (read_glossary(GLOSSARY), read_needs(NEEDS)):
        assert len(pairs) >= 1_000
        for one in pairs:
            for of in LANGUAGES:
                assert one.asked[of].strip()
                assert all(text.strip() for text in one.offered[of])


def test_a_tool_answers_by_its_name_too() -> None:
    (one,) = (pair for pair in read_glossary(GLOSSARY) if pair.name == "datev unternehmen online")
    assert len(one.offered["de"]) == 3
    assert one.offered["de"][0] == one.offered["en"][0] == "DATEV Unternehmen online"


@pytest.mark.parametrize(("source", "read"), [(GLOSSARY, read_glossary), (NEEDS, read_needs)])
def test_a_table_with_a_gap_or_a_name_twice_is_told(
    tmp_path: Path, source: Path, read: Callable[[Path], object]
) -> None:
    head, first, *_ = source.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "table.csv"
    path.write_text("\n".join([head, first, first, '"x","","a","b","c"']), encoding="utf-8")
    with pytest.raises(InvalidInput) as refusal:
        read(path)
    assert [problem.field for problem in refusal.value.problems] == ["line 2", "line 3", "line 4"]

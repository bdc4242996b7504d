"""The skill catalogue: concepts of AI and digital work, and how people speak of them.

One YAML file per area; `data/catalogue/DATASHEET.md` tells how it was made. A fifth of the
concepts, fixed by the digest of their ids, is the development set that training never sees.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from recommender.domain.errors import InvalidInput, Problem

LANGUAGES = ("de", "en")
DEVELOPMENT_ONE_IN = 5
N_LEVELS = 5
LEAST = {"goals": 6, "messy_goals": 2, "skills": 6}
"""The fewest sentences of each kind that a concept has in each language."""

TEXT_FIELDS = ("label", "description")
GLOSSARY_COLUMNS = frozenset({"name", "de_what", "de_lay", "en_what", "en_lay"})
NEEDS_COLUMNS = frozenset({"topic", "de_goal", "de_skill", "en_goal", "en_skill"})
LIST_FIELDS = ("synonyms", "levels", *LEAST)
ID_FIELDS = ("related", "confusable")

InLanguages = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Concept:
    """One entry of the catalogue; every mapping has the keys ``de`` and ``en``.

    Args:
        id: ``area.concept``, stable.
        label: Its name.
        description: One sentence.
        synonyms: Other names.
        levels: What levels 1 to 5 look like.
        goals: How people who do not know the term say that they want to learn it.
        messy_goals: The same, short and sloppy, as typed into a form.
        skills: How people who can do it say so.
        related: Ids of concepts that go with it.
        confusable: Ids of concepts that are easily taken for it.
    """

    id: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    synonyms: InLanguages
    levels: InLanguages
    goals: InLanguages
    messy_goals: InLanguages
    skills: InLanguages
    related: tuple[str, ...]
    confusable: tuple[str, ...]

    @property
    def area(self) -> str:
        return self.id.split(".")[0]

    @property
    def development(self) -> bool:
        """Whether it belongs to the development fifth."""
        return _number(self.id) % DEVELOPMENT_ONE_IN == 0

    def sentences(self, kind: str, language: str) -> tuple[str, ...]:
        """Return its ``goals``, ``messy_goals`` or ``skills`` in one language."""
        chosen: InLanguages = getattr(self, kind)
        return chosen[language]

    def kept_out(self, kind: str, language: str) -> str:
        """Return the one sentence of this kind and language that training never sees."""
        sentences = self.sentences(kind, language)
        return sentences[_number(f"{self.id} {kind} {language}") % len(sentences)]

    def trained(self, kind: str, language: str) -> tuple[str, ...]:
        """Return the sentences that training may see: none of a development concept."""
        if self.development:
            return ()
        kept_out = self.kept_out(kind, language)
        return tuple(text for text in self.sentences(kind, language) if text != kept_out)


@dataclass(frozen=True, slots=True)
class Need:
    """A need and what answers it, for training only; both mappings have the keys de and en.

    Args:
        name: The tool, term or topic, in lower case.
        asked: What somebody who does not know it says.
        offered: Texts of or about somebody who does.
    """

    name: str
    asked: Mapping[str, str]
    offered: InLanguages


def read_glossary(path: Path) -> tuple[Need, ...]:
    """Read ``glossary.csv``, tools and terms: name, de_what, de_lay, en_what, en_lay.

    Raises:
        InvalidInput: if a column or a cell is missing, or a name stands twice.
    """

    def offered(row: Mapping[str, str], language: str) -> tuple[str, ...]:
        name, what = row["name"], row[f"{language}_what"]
        return (name, what, f"{name}: {what}")

    return tuple(
        Need(
            row["name"].lower(),
            {language: row[f"{language}_lay"] for language in LANGUAGES},
            {language: offered(row, language) for language in LANGUAGES},
        )
        for row in _rows(path, "name", GLOSSARY_COLUMNS)
    )


def read_needs(path: Path) -> tuple[Need, ...]:
    """Read ``needs.csv``, narrow topics: topic, de_goal, de_skill, en_goal, en_skill.

    Raises:
        InvalidInput: if a column or a cell is missing, or a topic stands twice.
    """
    return tuple(
        Need(
            row["topic"].lower(),
            {language: row[f"{language}_goal"] for language in LANGUAGES},
            {language: (row[f"{language}_skill"],) for language in LANGUAGES},
        )
        for row in _rows(path, "topic", NEEDS_COLUMNS)
    )


def _rows(path: Path, key: str, columns: frozenset[str]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = Counter((row.get(key) or "").lower() for row in rows)
    problems = []
    for line, row in enumerate(rows, start=2):
        if set(row) != columns or not all(row.values()):
            problems.append(_wrong(path, f"line {line}", row, f"{sorted(columns)}, all filled"))
        elif names[row[key].lower()] > 1:
            problems.append(_wrong(path, f"line {line}", row[key], "a name that stands once"))
    if problems:
        raise InvalidInput(problems)
    return rows


def read_catalogue(folder: Path) -> tuple[Concept, ...]:
    """Read every concept, in the order of its id.

    Raises:
        InvalidInput: if a file breaks a rule; every problem of every file is named.
    """
    concepts: list[Concept] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        for entry, wrong in _entries(path):
            problems += wrong
            if not wrong:
                concepts.append(_concept(entry))
    problems += _problems_between(concepts)
    if not concepts and not problems:
        problems.append(_wrong(folder, "catalogue", "no concept", "at least one YAML file"))
    if problems:
        raise InvalidInput(problems)
    return tuple(sorted(concepts, key=lambda concept: concept.id))


def _entries(path: Path) -> Iterator[tuple[dict[str, Any], list[Problem]]]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        yield {}, [_wrong(path, "file", str(error), "YAML in UTF-8")]
        return
    if not isinstance(entries, list):
        yield {}, [_wrong(path, "file", type(entries).__name__, "a list of concepts")]
        return
    for entry in entries:
        yield entry, list(_problems_within(path, entry))


def _problems_within(path: Path, entry: object) -> Iterator[Problem]:
    expected = {"id", *TEXT_FIELDS, *LIST_FIELDS, *ID_FIELDS}
    if not isinstance(entry, dict) or set(entry) != expected:
        found = sorted(map(str, entry)) if isinstance(entry, dict) else entry
        yield _wrong(path, "concept", found, f"the fields {sorted(expected)}")
        return
    name = str(entry["id"])
    if name.split(".")[0] != path.stem or name.count(".") != 1:
        yield _wrong(path, "id", name, f"{path.stem}.some_name")
    for field in ID_FIELDS:
        if not _is_list_of_text(entry[field]):
            yield _wrong(path, f"{name}, {field}", entry[field], "a list of ids")
    for field in (*TEXT_FIELDS, *LIST_FIELDS):
        both = entry[field]
        if not isinstance(both, dict) or set(both) != set(LANGUAGES):
            yield _wrong(path, f"{name}, {field}", both, "de and en")
            continue
        for language in LANGUAGES:
            expectation = _expectation(field, both[language])
            if expectation:
                yield _wrong(path, f"{name}, {field}, {language}", both[language], expectation)


def _expectation(field: str, value: object) -> str | None:
    """Return what was expected of a value, or None if it is what it should be."""
    if field in TEXT_FIELDS:
        return None if isinstance(value, str) and value.strip() else "a text"
    if not _is_list_of_text(value):
        return "a list of texts"
    assert isinstance(value, list)
    if field == "levels":
        return None if len(value) == N_LEVELS else f"{N_LEVELS} texts"
    least = LEAST.get(field, 1)
    return None if len(value) >= least else f"at least {least} texts"


def _problems_between(concepts: Sequence[Concept]) -> Iterator[Problem]:
    ids = Counter(concept.id for concept in concepts)
    for name, n in ids.items():
        if n > 1:
            yield _wrong(None, "id", name, "an id that stands once")
    said: dict[str, str] = {}
    for concept in concepts:
        for other in (*concept.related, *concept.confusable):
            if other not in ids or other == concept.id:
                yield _wrong(None, concept.id, other, "the id of another concept")
        for kind in LEAST:
            for language in LANGUAGES:
                for text in concept.sentences(kind, language):
                    key = " ".join(text.lower().split())
                    if key in said:
                        yield _wrong(None, concept.id, text, f"not what {said[key]} says")
                    said[key] = concept.id


def _concept(entry: Mapping[str, Any]) -> Concept:
    values: dict[str, Any] = {field: entry[field] for field in ("id", *TEXT_FIELDS)}
    for field in LIST_FIELDS:
        values[field] = {language: tuple(entry[field][language]) for language in LANGUAGES}
    for field in ID_FIELDS:
        values[field] = tuple(entry[field])
    return Concept(**values)


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(x, str) and x.strip() for x in value)


def _number(text: str) -> int:
    return int(hashlib.md5(text.encode()).hexdigest(), 16)


def _wrong(path: Path | None, field: str, value: object, expected: str) -> Problem:
    return Problem(
        field=field,
        value=str(value)[:80],
        expected=expected,
        remedy="Mend the catalogue.",
        file=path.name if path else None,
    )

"""Role profiles: which concepts a role is expected to have, and at which level.

One YAML file per profile; `data/role_profiles/DATASHEET.md` tells how ours were made and how a
company writes its own. A person may choose a profile; nobody is given one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.skills.catalogue import LANGUAGES, N_LEVELS

FIELDS = frozenset({"id", "label", "description", "expectations"})
EXPECTATION_FIELDS = frozenset({"concept", "level"})

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A concept that a role is expected to have, at a level of 1 to 5."""

    concept: str
    level: int


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """What a role is expected to know; both mappings have the keys ``de`` and ``en``.

    Args:
        id: Words in small letters joined by hyphens, stable; also the name of its file.
        label: Its name.
        description: One sentence, for a person who is about to choose.
        expectations: In the order of the file, each concept once.
    """

    id: str
    label: Mapping[str, str]
    description: Mapping[str, str]
    expectations: tuple[Expectation, ...]


def read_role_profiles(
    folder: Path, concepts: Collection[str], *, strict: bool = False
) -> dict[str, RoleProfile]:
    """Read every profile, by its id and in the order of ids.

    An expectation whose concept the catalogue does not hold (any more) is left out, so that a
    catalogue may lose a concept without breaking a company's profiles. A profile that loses its
    last expectation this way stays, with none: somebody may have chosen it.

    Args:
        folder: Holds one YAML file per profile.
        concepts: The ids of the catalogue's concepts.
        strict: Whether an unknown concept is a broken rule instead, as for what ships.

    Raises:
        InvalidInput: if a file breaks a rule; every problem of every file is named.
    """
    profiles: dict[str, RoleProfile] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml"), key=lambda path: path.stem):
        entry, wrong = _entry(path, concepts if strict else None)
        problems += wrong
        if not wrong:
            profiles[path.stem] = _profile(entry, concepts)
    if not profiles and not problems:
        remedy = "Name the folder that holds the role profiles."
        problems.append(_wrong(folder, "folder", "no profile", "at least one YAML file", remedy))
    if problems:
        raise InvalidInput(problems)
    return profiles


def _entry(path: Path, known: Collection[str] | None) -> tuple[dict[str, Any], list[Problem]]:
    """Return what a file holds and all that is wrong with it.

    ``known`` are the concepts that it may name; with None, it may name any.
    """
    try:
        entry = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    # ValueError: not UTF-8, or a date that no calendar has.
    except (yaml.YAMLError, ValueError) as error:
        return {}, [_unreadable(path, error)]
    if not isinstance(entry, dict) or set(entry) != FIELDS:
        remedy = "Add the fields that are missing, and take out the others."
        expected = f"the fields {sorted(FIELDS)}"
        return {}, [_wrong(path, "profile", _shown(entry), expected, remedy)]
    return entry, [
        *_problems_with_texts(path, entry),
        *_problems_with_expectations(path, entry["expectations"], known),
    ]


def _unreadable(path: Path, error: Exception) -> Problem:
    found = getattr(error, "problem", None) or error
    problem = _wrong(path, "file", found, "YAML in UTF-8", "Mend what cannot be read.")
    mark = getattr(error, "problem_mark", None)
    return problem.at(path.name, mark.line + 1, mark.column + 1) if mark else problem


def _problems_with_texts(path: Path, entry: Mapping[str, Any]) -> Iterator[Problem]:
    name = entry["id"]
    if not isinstance(name, str) or not _ID.fullmatch(name):
        remedy = "Write small letters and digits, with hyphens between words."
        yield _wrong(path, "id", name, "an id such as plant-manager", remedy)
    elif name != path.stem:
        yield _wrong(path, "id", name, path.stem, "Give the file and the profile the same name.")
    for field in ("label", "description"):
        both = entry[field]
        if not isinstance(both, dict) or set(both) != set(LANGUAGES):
            yield _wrong(path, field, _shown(both), "de and en", "Write it in both languages.")
            continue
        for language in LANGUAGES:
            text = both[language]
            if not isinstance(text, str) or not text.strip():
                yield _wrong(path, f"{field}, {language}", text, "a text", "Write one.")


def _problems_with_expectations(
    path: Path, expectations: object, known: Collection[str] | None
) -> Iterator[Problem]:
    if not isinstance(expectations, list) or not expectations:
        remedy = "Write at least one concept with its level."
        yield _wrong(path, "expectations", expectations, "a list of concepts and levels", remedy)
        return
    first: dict[str, int] = {}
    for number, one in enumerate(expectations, start=1):
        place = f"expectation {number}"
        if not isinstance(one, dict) or set(one) != EXPECTATION_FIELDS:
            remedy = "Write it as {concept: area.name, level: 2}."
            yield _wrong(path, place, _shown(one), "a concept and a level", remedy)
            continue
        concept, level = one["concept"], one["level"]
        if not isinstance(concept, str) or (known is not None and concept not in known):
            remedy = "Correct its spelling, or take the expectation out."
            yield _wrong(path, f"{place}, concept", concept, "the id of a concept", remedy)
        elif first.setdefault(concept, number) != number:
            remedy = f"Take it out here, or in expectation {first[concept]}."
            yield _wrong(path, f"{place}, concept", concept, "a concept that stands once", remedy)
        # YAML's `yes` is True, which Python takes for 1.
        if type(level) is not int or not 1 <= level <= N_LEVELS:
            remedy = "Choose the level that the catalogue describes best."
            expected = f"a whole number from 1 to {N_LEVELS}"
            yield _wrong(path, f"{place}, level", level, expected, remedy)


def _profile(entry: Mapping[str, Any], concepts: Collection[str]) -> RoleProfile:
    return RoleProfile(
        id=entry["id"],
        label=entry["label"],
        description=entry["description"],
        expectations=tuple(
            Expectation(one["concept"], one["level"])
            for one in entry["expectations"]
            if one["concept"] in concepts
        ),
    )


def _shown(value: object) -> object:
    """Return a mapping's fields instead of all that it holds."""
    return sorted(map(str, value)) if isinstance(value, dict) else value


def _wrong(path: Path, field: str, value: object, expected: str, remedy: str) -> Problem:
    return Problem(field, quoted(value), expected, remedy, file=path.name)

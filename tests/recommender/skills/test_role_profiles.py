"""The role profiles as they ship, and what a broken one is told."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.domain.errors import InvalidInput
from recommender.skills.catalogue import LANGUAGES, read_catalogue
from recommender.skills.role_profiles import Expectation, RoleProfile, read_role_profiles

DATA = Path(__file__).parents[3] / "data"
FOLDER = DATA / "role_profiles"
KNOWN = ("area.one", "area.two")


@pytest.fixture(scope="module")
def concepts() -> frozenset[str]:
    return frozenset(concept.id for concept in read_catalogue(DATA / "catalogue"))


@pytest.fixture(scope="module")
def shipped(concepts: frozenset[str]) -> dict[str, RoleProfile]:
    return read_role_profiles(FOLDER, concepts, strict=True)


def entry(name: str = "some-role", **changes: object) -> dict[str, Any]:
    """Return a profile that keeps every rule; name what differs."""
    texts = {field: dict.fromkeys(LANGUAGES, field) for field in ("label", "description")}
    return {"id": name, **texts, "expectations": [expected("area.one")], **changes}


def expected(concept: object, level: object = 2) -> dict[str, object]:
    return {"concept": concept, "level": level}


def write(folder: Path, *entries: dict[str, Any]) -> Path:
    for one in entries:
        text = yaml.safe_dump(one, allow_unicode=True)
        (folder / f"{one['id']}.yaml").write_text(text, encoding="utf-8")
    return folder


def told(folder: Path, *, strict: bool = False) -> list[tuple[str, str, str | None]]:
    """Return field, value and file of each problem."""
    with pytest.raises(InvalidInput) as refusal:
        read_role_profiles(folder, KNOWN, strict=strict)
    return [(problem.field, problem.value, problem.file) for problem in refusal.value.problems]


# What ships


def test_there_is_a_choice(shipped: dict[str, RoleProfile]) -> None:
    assert len(shipped) >= 14
    for language in LANGUAGES:
        for texts in ("label", "description"):
            said = Counter(getattr(profile, texts)[language] for profile in shipped.values())
            assert max(said.values()) == 1


def test_every_profile_asks_for_a_little_of_several_areas(shipped: dict[str, RoleProfile]) -> None:
    for profile in shipped.values():
        areas = Counter(one.concept.split(".")[0] for one in profile.expectations)
        assert 10 <= areas.total() <= 18, profile.id
        assert len(areas) >= 6, profile.id
        assert max(areas.values()) <= areas.total() / 2, profile.id


def test_nobody_is_expected_to_be_the_specialist(shipped: dict[str, RoleProfile]) -> None:
    for profile in shipped.values():
        levels = Counter(one.level for one in profile.expectations)
        assert levels[2] + levels[3] >= 0.75 * levels.total(), profile.id
        assert levels[4] <= 2, profile.id
        assert levels[5] == 0, profile.id


def test_descriptions_are_one_sentence_that_invites(shipped: dict[str, RoleProfile]) -> None:
    pressing = re.compile(r"\b(must|should|muss|müssen|soll|sollen|sollte|du|Sie|Ihr)\b")
    for profile in shipped.values():
        for language in LANGUAGES:
            text = profile.description[language]
            assert re.fullmatch(r"[^.!?]+\.", text), text
            assert not pressing.search(text), text
        assert profile.description["de"] != profile.description["en"]


def test_the_datasheet_counts_right(shipped: dict[str, RoleProfile]) -> None:
    sheet = (FOLDER / "DATASHEET.md").read_text(encoding="utf-8")
    all_of_them = [one for profile in shipped.values() for one in profile.expectations]
    named = {one.concept for one in all_of_them}
    levels = Counter(one.level for one in all_of_them)
    sizes = [len(profile.expectations) for profile in shipped.values()]
    assert f"{len(shipped)} profiles" in sheet
    assert f"{min(sizes)} to {max(sizes)} concepts" in sheet
    assert f"{len(all_of_them)} expectations of {len(named)} of" in sheet
    assert f"Levels 1 to 5: {', '.join(str(levels[level]) for level in range(1, 6))}." in sheet


# Reading


def test_a_profile_is_read_as_it_stands(tmp_path: Path) -> None:
    both = [expected("area.two", 5), expected("area.one", 1)]
    label = {"de": "Küche", "en": "Kitchen"}
    write(tmp_path, entry("b"), entry("a", label=label, expectations=both), entry("a-b"))
    profiles = read_role_profiles(tmp_path, KNOWN)
    assert list(profiles) == ["a", "a-b", "b"]
    assert profiles["a"] == RoleProfile(
        id="a",
        label=label,
        description={"de": "description", "en": "description"},
        expectations=(Expectation("area.two", 5), Expectation("area.one", 1)),
    )


def test_a_concept_that_the_catalogue_lost_is_left_out(tmp_path: Path) -> None:
    both = [expected("area.gone"), expected("area.two")]
    write(tmp_path, entry("a", expectations=both), entry("b", expectations=both[:1]))
    profiles = read_role_profiles(tmp_path, KNOWN)
    assert profiles["a"].expectations == (Expectation("area.two", 2),)
    assert profiles["b"].expectations == ()


def test_strict_reading_tells_an_unknown_concept(tmp_path: Path) -> None:
    write(tmp_path, entry(expectations=[expected("area.one"), expected("area.oen")]))
    assert told(tmp_path, strict=True) == [("expectation 2, concept", "area.oen", "some-role.yaml")]


# What a broken one is told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"more": 1}, "profile"),
        ({"label": {"de": "nur deutsch"}}, "label"),
        ({"description": "a text"}, "description"),
        ({"description": {"de": "x", "en": " "}}, "description, en"),
        ({"label": {"de": 7, "en": "x"}}, "label, de"),
        ({"expectations": []}, "expectations"),
        ({"expectations": {"area.one": 2}}, "expectations"),
        ({"expectations": ["area.one"]}, "expectation 1"),
        ({"expectations": [{"concept": "area.one"}]}, "expectation 1"),
        ({"expectations": [expected(None)]}, "expectation 1, concept"),
        ({"expectations": [expected("area.one"), expected("area.one")]}, "expectation 2, concept"),
        ({"expectations": [expected("area.one", 0)]}, "expectation 1, level"),
        ({"expectations": [expected("area.one", 6)]}, "expectation 1, level"),
        ({"expectations": [expected("area.one", 2.0)]}, "expectation 1, level"),
        ({"expectations": [expected("area.one", True)]}, "expectation 1, level"),
    ],
)
def test_a_broken_rule_is_told(tmp_path: Path, changes: dict[str, Any], field: str) -> None:
    problems = told(write(tmp_path, entry(**changes)))
    assert [(place, file) for place, _, file in problems] == [(field, "some-role.yaml")]


@pytest.mark.parametrize("name", ["Some-Role", "some_role", "-role", "some--role"])
def test_an_id_that_is_not_hyphenated_words_is_told(tmp_path: Path, name: str) -> None:
    assert told(write(tmp_path, entry(name))) == [("id", name, f"{name}.yaml")]


def test_an_id_that_differs_from_its_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, entry("here")).joinpath("here.yaml").rename(tmp_path / "there.yaml")
    assert told(tmp_path) == [("id", "here", "there.yaml")]


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    twice = [expected("area.one", 9), expected("area.one", 3)]
    write(tmp_path, entry("a", label={}, expectations=twice), entry("b", more=1), entry("c"))
    (tmp_path / "d.yaml").write_text("just text", encoding="utf-8")
    assert [(field, file) for field, _, file in told(tmp_path)] == [
        ("label", "a.yaml"),
        ("expectation 1, level", "a.yaml"),
        ("expectation 2, concept", "a.yaml"),
        ("profile", "b.yaml"),
        ("profile", "d.yaml"),
    ]


@pytest.mark.parametrize("content", [b"id: [", b"\xff\xfe", b"id: 2026-02-31", b""])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "role.yaml").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"^role\.yaml"):
        read_role_profiles(tmp_path, KNOWN)


def test_broken_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "role.yaml").write_text("id: role\nlabel: {de: x\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as refusal:
        read_role_profiles(tmp_path, KNOWN)
    (problem,) = refusal.value.problems
    assert problem.line == 3


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_profiles_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="at least one YAML file"):
        read_role_profiles(tmp_path / name, KNOWN)

"""The texts: the same in German and English, complete, and without numbers that pretend."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from string import Formatter

import pytest

from recommender.domain.ranking import Query
from recommender.domain.texts import (
    FALLBACK,
    LANGUAGES,
    language_name,
    number,
    reading_language,
    text,
)
from recommender.matching.eligibility import EligibilityRules
from recommender.matching.features import FEATURES
from tests.recommender.matching.test_eligibility import asked_by, decided, pair_of

Texts = dict[str, dict[str, str]]


def read(language: str) -> Texts:
    source = (
        files("recommender.domain.texts").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )
    found: Texts = tomllib.loads(source)
    return found


def keys(texts: Texts) -> list[str]:
    return [f"{section}.{name}" for section, named in texts.items() for name in named]


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


ALL = {language: read(language) for language in LANGUAGES}
EVERY_TEXT = [
    pytest.param(language, key, id=f"{language}-{key}")
    for language, texts in ALL.items()
    for key in keys(texts)
]


def template(language: str, key: str) -> str:
    section, name = key.split(".")
    return ALL[language][section][name]


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert keys(ALL["de"]) == keys(ALL["en"])


def test_both_languages_fill_in_the_same_values() -> None:
    for key in keys(ALL["en"]):
        assert placeholders(template("de", key)) == placeholders(template("en", key)), key


def test_no_text_is_left_in_the_other_language() -> None:
    same = {key for key in keys(ALL["en"]) if template("de", key) == template("en", key)}
    assert same <= {"language.hi", "language.mr"}  # Hindi and Marathi are called so in both


@pytest.mark.parametrize(("language", "key"), EVERY_TEXT)
def test_no_text_is_empty_untidy_or_sells_a_score(language: str, key: str) -> None:
    said = template(language, key)
    assert said.strip() == said != ""
    assert "  " not in said
    forbidden = r"%|per ?cent|prozent|match score|score|übereinstimmung|trefferquote"
    assert re.search(forbidden, said, re.IGNORECASE) is None


@pytest.mark.parametrize(("language", "key"), EVERY_TEXT)
def test_every_text_can_be_filled_in(language: str, key: str) -> None:
    filled = text(language, key, **dict.fromkeys(placeholders(template(language, key)), "X{0}"))
    assert filled.count("X{0}") == len(placeholders(template(language, key)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_that_speaks_has_a_reason_and_no_other(language: str) -> None:
    speaking = {feature.name for feature in FEATURES if feature.speaks_at is not None}
    assert set(ALL[language]["reason"]) == speaking


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_text_and_no_other(language: str) -> None:
    query = Query("p1", language="en", site="Cork", exclude=frozenset({"x"}))
    outcome = decided(pair_of(), asked_by(1), EligibilityRules(), query)
    assert set(ALL[language]["rule"]) == set(outcome.kept_out)


@pytest.mark.parametrize(
    ("languages", "read_in"),
    [
        (("de",), "de"),
        (("en", "de"), "en"),
        (("fr", "de", "en"), "de"),
        (("fr", "pl"), FALLBACK),
        ((), FALLBACK),
    ],
)
def test_people_read_the_first_of_their_languages_that_is_spoken(
    languages: tuple[str, ...], read_in: str
) -> None:
    assert reading_language(languages) == read_in


def test_numbers_have_the_decimal_mark_of_the_language() -> None:
    assert [number("de", value) for value in (4.5, 6.0, 0.25)] == ["4,5", "6", "0,25"]
    assert [number("en", value) for value in (4.5, 6.0, 0.25)] == ["4.5", "6", "0.25"]
    assert number("de", 0.7, ".2f") == "0,70"


def test_a_language_without_a_name_keeps_its_code() -> None:
    assert language_name("de", "pl") == "Polnisch"
    assert language_name("en", "pl") == "Polish"
    assert language_name("de", "xx") == "xx"


@pytest.mark.parametrize("wrong", [("fr", "answer.title"), ("de", "answer.no"), ("de", "no.title")])
def test_what_does_not_exist_is_a_fault_of_the_program(wrong: tuple[str, str]) -> None:
    with pytest.raises(KeyError):
        text(*wrong)

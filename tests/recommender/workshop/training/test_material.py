"""What may be trained on, and what must not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from recommender.domain.errors import MaterialUnusable
from recommender.workshop.esco import EscoSkill, read_digital_skills
from recommender.workshop.training.material import Example, Material, read_material


def test_a_tenth_of_the_skills_is_held_out_by_the_digest_of_its_uri(
    skills: tuple[EscoSkill, ...],
) -> None:
    held_out = [skill for skill in skills if skill.held_out]
    assert 0 < len(held_out) < len(skills) / 4
    for skill in skills:
        digest = int(hashlib.md5(skill.uri.encode()).hexdigest(), 16)
        assert skill.held_out == (digest % 10 == 0)


def test_nothing_of_a_held_out_skill_is_trained_on(
    material: Material, skills: tuple[EscoSkill, ...]
) -> None:
    forbidden = {text for skill in skills if skill.held_out for text in skill.texts()}
    examples = material.examples()
    assert forbidden.isdisjoint(example.text for example in examples)
    assert forbidden.isdisjoint(example.target for example in examples)
    assert not any(skill.held_out for skill in material.skills)
    for text in (example.text for example in material.descriptions):
        assert not any(held_out in text for held_out in forbidden)


def test_german_is_to_have_the_vector_of_the_english_text(material: Material) -> None:
    assert Example("Ich will Brot backen.", "I bake bread.", "de") in material.everyday
    assert Example("I bake bread.", "I bake bread.", "en") in material.everyday
    assert Example("Brotmacher", "maker of bread", "de") in material.labels


def test_names_count_four_times(material: Material) -> None:
    examples = material.examples()
    assert examples.count(material.labels[0]) == 4
    assert examples.count(material.everyday[0]) == 1


def test_long_texts_are_joined_in_step_in_both_languages(material: Material) -> None:
    joined = [e for e in material.descriptions if e.text.count(".") > 1 and e.language == "de"]
    assert joined
    assert all(e.text.count(".") == e.target.count(".") for e in joined)


def test_the_same_seed_draws_the_same(material: Material, material_folder: Path) -> None:
    assert read_material(material_folder, np.random.default_rng(0)) == material


def test_names_are_split_whatever_separates_them(material_folder: Path) -> None:
    digital = next(read_digital_skills(material_folder))
    assert digital.alternative_en == ("write code", "type code")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MaterialUnusable, match=r"skills_de_en\.csv\.gz is not there.*--material"):
        read_material(tmp_path, np.random.default_rng(0))

"""The loss, by hand, and what a batch is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from recommender.skills.catalogue import LANGUAGES, LEAST, Concept, Need, read_catalogue
from recommender.store.shipped import shipped
from recommender.workshop.training import contrast
from recommender.workshop.training.contrast import (
    CONCEPTS_PER_BATCH,
    TEMPERATURE,
    catalogue_loss,
    contrastive_loss,
    far_from_development,
    nearest_skills,
)
from tests.recommender.workshop.test_encoder_evaluation import CATALOGUE


def rows(*values: tuple[float, float]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(values, dtype=torch.float32), dim=1)


def test_one_right_and_one_wrong_answer_by_hand() -> None:
    asked, offered = rows((1, 0)), rows((1, 0), (0.96, 0.28))
    same = torch.tensor([[True, False]])
    expected = math.log(1 + math.exp((0.96 - 1) / TEMPERATURE))
    assert contrastive_loss(asked, offered, same).item() == pytest.approx(expected, rel=1e-4)
    wrong = math.log(1 + math.exp((1 - 0.96) / TEMPERATURE))
    assert contrastive_loss(asked, offered, ~same).item() == pytest.approx(wrong, rel=1e-4)


def test_right_answers_do_not_compete_with_each_other() -> None:
    asked, offered = rows((1, 0)), rows((1, 0), (0.8, 0.6), (0.96, 0.28))
    same = torch.tensor([[True, True, False]])
    expected = np.mean([math.log(1 + math.exp((0.96 - c) / TEMPERATURE)) for c in (1.0, 0.8)])
    assert contrastive_loss(asked, offered, same).item() == pytest.approx(expected, rel=1e-4)


def test_what_is_ignored_is_neither_right_nor_wrong() -> None:
    asked, offered = rows((1, 0)), rows((1, 0), (0.96, 0.28), (1, 0))
    same = torch.tensor([[True, False, False]])
    ignored = torch.tensor([[False, False, True]])
    without = contrastive_loss(asked, offered[:2], same[:, :2])
    assert contrastive_loss(asked, offered, same, ignored).item() == pytest.approx(without.item())


def test_nearest_skills_leave_out_the_skill_itself() -> None:
    vectors = np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    near = nearest_skills(vectors)
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -2)
    assert (near == np.argsort(-cosine, axis=1)[:, : near.shape[1]]).all()


# What a batch may hold


class Seen(list[str]):
    """Stands for the model: notes the texts and gives each a vector."""

    def __call__(self, texts: Sequence[str], languages: Sequence[str]) -> torch.Tensor:
        assert len(texts) == len(languages)
        self += texts
        return torch.nn.functional.normalize(torch.randn(len(texts), 4), dim=1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    noted = Seen()
    monkeypatch.setattr(contrast, "TextVectors", lambda model, rng: noted)
    return noted


def test_no_sentence_that_is_kept_apart_comes_into_a_batch(seen: Seen) -> None:
    catalogue = read_catalogue(shipped("data/catalogue"))
    draw = catalogue_loss(None, catalogue, np.random.default_rng(0))  # type: ignore[arg-type]
    for _ in range(40):
        draw()
    apart = {
        text
        for concept in catalogue
        for kind in LEAST
        for of in LANGUAGES
        for text in set(concept.sentences(kind, of)) - set(concept.trained(kind, of))
    }
    assert len(seen) > 5_000
    assert apart.isdisjoint(seen)


def test_a_batch_has_both_languages_and_neighbours(seen: Seen) -> None:
    catalogue = read_catalogue(shipped("data/catalogue"))
    catalogue_loss(None, catalogue, np.random.default_rng(0))()  # type: ignore[arg-type]
    of = {
        text: concept.id
        for concept in catalogue
        for kind in ("goals", "messy_goals")
        for language in LANGUAGES
        for text in concept.sentences(kind, language)
    }
    drawn = {of[text] for text in seen if text in of}
    near = {concept.id: {*concept.confusable, *concept.related} for concept in catalogue}
    assert len(drawn) >= CONCEPTS_PER_BATCH
    assert sum(bool(near[sentence] & drawn) for sentence in drawn) > len(drawn) / 2


def test_needs_nearest_to_a_development_concept_are_left_out() -> None:
    apart = next(concept for concept in CATALOGUE if concept.development)
    trained = next(concept for concept in CATALOGUE if not concept.development)

    def about(concept: Concept) -> Need:
        skill = concept.sentences("skills", "en")[0]
        return Need(concept.id, dict.fromkeys(LANGUAGES, skill), dict.fromkeys(LANGUAGES, (skill,)))

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        """A direction of its own for each concept; "x", which all say, points nowhere."""
        place = {concept.id.split(".")[1]: row for row, concept in enumerate(CATALOGUE)}
        columns = [place.get(text.split()[0]) for text in texts]
        directions = np.zeros((len(texts), len(CATALOGUE)), dtype=np.float32)
        for row, column in enumerate(columns):
            if column is not None:
                directions[row, column] = 1.0
        return directions

    kept = far_from_development((about(apart), about(trained)), CATALOGUE, vectors)
    assert kept == (about(trained),)

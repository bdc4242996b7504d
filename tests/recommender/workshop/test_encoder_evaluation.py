"""Ranks and intervals by hand, and an evaluation whose right answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.skills.catalogue import LANGUAGES, LEAST, Concept
from recommender.workshop.encoder_evaluation import (
    Measure,
    Ranks,
    esco_measures,
    goal_measures,
    order_agreement,
    reciprocal_ranks,
)
from recommender.workshop.esco import EscoSkill


def concept(number: int) -> Concept:
    def sentences(kind: str) -> dict[str, tuple[str, ...]]:
        return {of: tuple(f"c{number} {kind} {of} {i}" for i in range(6)) for of in LANGUAGES}

    texts = dict.fromkeys(LANGUAGES, "x")
    lists = dict.fromkeys(LANGUAGES, ("x",) * 5)
    kinds = {kind: sentences(kind) for kind in LEAST}
    return Concept(
        id=f"area.c{number}",
        label=texts,
        description=texts,
        synonyms=lists,
        levels=lists,
        related=(),
        confusable=(),
        **kinds,
    )


CATALOGUE = tuple(concept(number) for number in range(150))


def by_concept(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """The perfect judge: 1 where both are of one concept."""
    return np.array([[float(q.split()[0] == t.split()[0]) for t in texts] for q in queries])


def one_language(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """Understands German only."""
    right = by_concept(queries, texts)
    german = np.array([[" de " in q and " de " in t for t in texts] for q in queries])
    return np.where(german, right, 0.0)


def by_name(measures: Sequence[Measure]) -> dict[str, Measure]:
    return {measure.name: measure for measure in measures}


def test_reciprocal_ranks_by_hand() -> None:
    similarities = np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.5, 0.5, 0.5], [0.5, 0.5, 0.1]])
    right = np.eye(3, dtype=bool)[[0, 2, 1, 0]]
    assert reciprocal_ranks(similarities, right).tolist() == [1, 1 / 3, 1 / 2, 1 / 1.5]
    two_right = np.array([[False, True, True]] * 4)
    assert reciprocal_ranks(similarities, two_right).tolist() == [1 / 2, 1 / 2, 1 / 1.5, 1 / 1.5]


def test_the_interval_holds_groups_together() -> None:
    reciprocal = np.array([1.0, 1.0, 0.0, 0.0] * 10)
    alone = Ranks(reciprocal, np.arange(40)).measure("", np.random.default_rng(0))
    grouped = Ranks(reciprocal, np.arange(40) // 2 % 2).measure("", np.random.default_rng(0))
    assert alone.value == grouped.value == 0.5
    assert 0.25 < alone.high - alone.low < 0.35
    assert (grouped.low, grouped.high) == (0.0, 1.0)


def test_the_perfect_judge_is_perfect_and_ignorance_is_chance() -> None:
    measures = by_name(list(goal_measures(by_concept, CATALOGUE)))
    assert {measure.value for measure in measures.values()} == {1.0}
    nothing = by_name(list(goal_measures(lambda q, t: np.zeros((len(q), len(t))), CATALOGUE)))
    for name, measure in nothing.items():
        n_wrong = 99 * 6 if "all statements" in name else 99
        assert measure.value == pytest.approx(1 / (1 + n_wrong / 2)), name


def test_languages_are_told_apart() -> None:
    measures = by_name(list(goal_measures(one_language, CATALOGUE)))
    for of in ("unseen concepts", "unseen concepts, all statements", "seen concepts"):
        assert measures[f"{of}, de → de"].value == 1.0
        assert measures[f"{of}, en → en"].value < 0.05
        assert measures[f"{of}, across"].value < 0.05
        assert 0.4 < measures[f"{of}, within"].value < 0.6


def test_unseen_means_development_and_seen_means_kept_out_sentences() -> None:
    asked: set[str] = set()

    def judge(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
        asked.update(queries)
        return by_concept(queries, texts)

    list(goal_measures(judge, CATALOGUE))
    trained = {
        text
        for c in CATALOGUE
        for kind in LEAST
        for of in LANGUAGES
        for text in c.trained(kind, of)
    }
    assert asked
    assert asked.isdisjoint(trained)


def test_the_same_seed_gives_the_same_table() -> None:
    assert list(goal_measures(one_language, CATALOGUE)) == list(
        goal_measures(one_language, CATALOGUE)
    )


def skill(number: int) -> EscoSkill:
    name = f"c{number}"
    return EscoSkill(f"uri:{number}", f"{name} en", f"{name} de", f"{name} x", f"{name} y", (), ())


def test_esco_asks_for_held_out_skills_among_all_labels() -> None:
    skills = [skill(number) for number in range(60)]
    measures = list(esco_measures(by_concept, skills))
    assert [measure.value for measure in measures] == [1.0] * 3
    assert {measure.n for measure in measures} == {sum(skill.held_out for skill in skills)}
    assert measures[0].n > 0


def test_order_agreement_is_one_with_oneself_and_none_with_chance() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((80, 16))
    places = {f"t{i}": i for i in range(80)}

    def teacher(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
        rows, columns = ([places[text] for text in side] for side in (queries, texts))
        similarities: NDArray[np.float64] = vectors[rows] @ vectors[columns].T
        return similarities

    def monotone(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
        return np.exp(teacher(queries, texts))

    noise = rng.standard_normal((80, 80))
    texts = list(places)
    assert order_agreement(monotone, teacher, texts).value == pytest.approx(1)
    chance = order_agreement(lambda q, t: noise, teacher, texts)
    assert abs(chance.value) < 0.1
    assert chance.low < chance.value < chance.high
    assert replace(chance, name="x") != chance

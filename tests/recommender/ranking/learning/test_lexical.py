"""The lexical order: BM25 by hand, against a slow reference, and with nothing to find."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.ranking.learning.lexical import LexicalIndex, words

STEADY = settings(deadline=None, derandomize=True, max_examples=60)
TEXTS = st.lists(st.sampled_from(["ki", "prompt", "chat", "daten"]), max_size=6).map(" ".join)


def people(*owner: int) -> NDArray[np.int64]:
    return np.array(owner, dtype=np.int64)


def slow(goal: str, statement: str, statements: list[str]) -> float:
    """Return the BM25 score of one statement for one goal, in plain Python."""
    split = [text.split() for text in statements]
    mean_length = sum(map(len, split)) / len(split)
    score = 0.0
    for word in goal.split():
        f, n = statement.split().count(word), sum(word in text for text in split)
        if f:
            length = len(statement.split()) / mean_length
            rarity = log(1 + (len(split) - n + 0.5) / (n + 0.5))
            score += rarity * f / (f + 1.2 * (1 - 0.75 + 0.75 * length))
    return score


def test_words_are_letters_and_digits_in_lower_case() -> None:
    assert words("KI-gestützte Größen, GPT4 & Excel_Makros!") == [
        *("ki", "gestützte", "größen", "gpt4", "excel", "makros"),
    ]


def test_bm25_by_hand() -> None:
    index = LexicalIndex(["Prompts schreiben", "Excel und nochmals Excel"], people(0, 1))
    scores = index.scores(["Excel"], np.array([1.0]), people(0, 1))
    # One of two statements has the word: ln(1 + 1.5 / 1.5). It stands there twice, among 4 words
    # where the mean is 3: 2 / (2 + 1.2 · (0.25 + 0.75 · 4 / 3)) = 2 / 3.5.
    assert scores == pytest.approx(np.array([0, log(2) * 2 / 3.5]), abs=1e-6)


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    index = LexicalIndex(["ki prompts", "ki daten", "ki chat"], people(0, 1, 2))
    common = index.scores(["ki"], np.array([1.0]), people(0))
    rare = index.scores(["prompts"], np.array([1.0]), people(0))
    assert rare > common > 0


def test_compounds_and_endings_are_other_words() -> None:
    index = LexicalIndex(["Chatbots bauen", "Datenanalyse"], people(0, 1))
    scores = index.scores(["Chatbot", "Daten", "Analyse"], np.ones(3) / 3, people(0, 1))
    assert scores.tolist() == [0, 0]


def test_a_goal_is_scored_by_the_best_three_statements_of_a_person() -> None:
    statements = ["ki", "ki ki", "kochen", "ki und mehr", "singen", "ki"]
    index = LexicalIndex(statements, people(3, 3, 3, 3, 3, 8))
    mine = sorted((slow("ki", text, statements) for text in statements[:5]), reverse=True)
    scores = index.scores(["KI"], np.array([1.0]), people(8, 3))
    # Who has one statement is judged by that one.
    expected = [slow("ki", "ki", statements), sum(mine[:3]) / 3]
    assert scores == pytest.approx(np.array(expected), abs=1e-6)


def test_goals_count_by_their_weights() -> None:
    index = LexicalIndex(["ki", "excel"], people(0, 1))
    scores = index.scores(["ki", "excel"], np.array([0.75, 0.25]), people(0, 1))
    assert scores[0] > 0
    assert scores[0] == pytest.approx(3 * scores[1], abs=1e-5)


def test_who_states_nothing_or_is_unknown_scores_0() -> None:
    index = LexicalIndex(["ki", "..."], people(2, 5))
    scores = index.scores(["ki"], np.array([1.0]), people(9, 2, 5, -1, 3))
    assert scores[1] > 0
    assert scores[[0, 2, 3, 4]].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("statements", [[], ["", "?!"]])
def test_without_words_to_find_everybody_scores_0(statements: list[str]) -> None:
    index = LexicalIndex(statements, np.arange(len(statements)))
    assert index.scores(["ki"], np.array([1.0]), people(0, 1)).tolist() == [0, 0]


@pytest.mark.parametrize("goals", [[], ["unbekannt"], ["", "&"]])
def test_goals_without_a_known_word_score_0(goals: list[str]) -> None:
    index = LexicalIndex(["ki", "excel"], people(0, 1))
    assert index.scores(goals, np.ones(len(goals)), people(0, 1)).tolist() == [0, 0]


def test_nobody_wanted_gives_no_scores() -> None:
    index = LexicalIndex(["ki"], people(0))
    assert index.scores(["ki"], np.array([1.0]), people()).shape == (0,)


@given(statements=st.lists(TEXTS, min_size=1, max_size=8), goals=st.lists(TEXTS, max_size=3))
@STEADY
def test_equals_a_slow_reference(statements: list[str], goals: list[str]) -> None:
    index = LexicalIndex(statements, np.arange(len(statements)))
    weights = np.arange(1.0, len(goals) + 1)
    scores = index.scores(goals, weights, np.arange(len(statements)))
    for row, statement in enumerate(statements):
        each = [slow(goal, statement, statements) for goal in goals]
        assert scores[row] == pytest.approx(weights @ np.array(each), abs=1e-5)


@given(data=st.data(), statements=st.lists(TEXTS, min_size=1, max_size=8), goal=TEXTS)
@STEADY
def test_the_order_of_statements_never_matters(
    data: st.DataObject, statements: list[str], goal: str
) -> None:
    owner = np.array([data.draw(st.integers(0, 3)) for _ in statements])
    order = data.draw(st.permutations(range(len(statements))))
    shuffled = LexicalIndex([statements[row] for row in order], owner[order])
    owners, weight = np.arange(4), np.array([1.0])
    np.testing.assert_array_equal(
        LexicalIndex(statements, owner).scores([goal], weight, owners),
        shuffled.scores([goal], weight, owners),
    )

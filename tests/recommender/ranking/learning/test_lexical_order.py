"""The lexical order of logged lists: words in common come first, who has no goals is left out."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.app import Recommender
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.lexical import LexicalIndex
from recommender.ranking.learning.lexical_order import MOST_MENTEES, LexicalOrder
from recommender.store import people
from tests.conftest import goal, person, skill
from tests.recommender.ranking.invented_rows import rows

RNG = np.random.default_rng(0)


def shown(numbers: dict[str, int], mentee: str, *mentors: str) -> Examples:
    """Return one list that a mentee was shown."""
    n = len(mentors)
    return rows(
        [0] * n, mentee=[numbers[mentee]] * n, mentor=[numbers[mentor] for mentor in mentors]
    )


@pytest.fixture
def numbers(tiny_world: Recommender) -> dict[str, int]:
    tiny_world.people.put(person("fan", goal("film short clips", priority=1)))
    tiny_world.people.put(person("rare", goal("sourdough")))
    with tiny_world.store.read() as connection:
        return people.numbers(connection)


def order_of(here: Recommender, examples: Examples) -> LexicalOrder:
    with here.store.read() as connection:
        return LexicalOrder.read(connection, examples.mentor)


def test_words_that_match_come_first(tiny_world: Recommender, numbers: dict[str, int]) -> None:
    examples = shown(numbers, "fan", "cook", "flow", "film", "mute")
    score = order_of(tiny_world, examples).scores(examples, RNG)
    assert score.argmax() == 2
    assert score[[0, 1, 3]].tolist() == [0, 0, 0]


def test_the_more_important_goal_counts_more(
    tiny_world: Recommender, numbers: dict[str, int]
) -> None:
    """The flow builder serves boss's first goal, the film maker the third."""
    examples = shown(numbers, "boss", "film", "cook", "flow")
    film, cook, flow = order_of(tiny_world, examples).scores(examples, RNG).tolist()
    assert flow > film > cook == 0
    boss = tiny_world.people.get("boss")
    turned = (goal("automate weekly reports", priority=3), goal("film short clips", priority=1))
    tiny_world.people.put(person("boss", *turned, roles=boss.roles))
    film, _, flow = order_of(tiny_world, examples).scores(examples, RNG).tolist()
    assert film > flow > 0


def test_who_has_no_goal_is_left_out(tiny_world: Recommender, numbers: dict[str, int]) -> None:
    with_goals, without = shown(numbers, "fan", "film"), shown(numbers, "mute", "film", "cook")
    both = rows(
        [0, 0, 0],
        ranking=[0, 1, 1],
        mentee=[*without.mentee[:1], *with_goals.mentee, *without.mentee[1:]],
        mentor=[*without.mentor[:1], *with_goals.mentor, *without.mentor[1:]],
    )
    score = order_of(tiny_world, both).scores(both, RNG)
    assert np.isnan(score).tolist() == [True, False, True]
    assert score[1] > 0


def test_only_mentors_who_were_shown_make_a_word_common(
    tiny_world: Recommender, numbers: dict[str, int]
) -> None:
    examples = shown(numbers, "rare", "cook", "film")
    before = order_of(tiny_world, examples).scores(examples, RNG)
    for place in range(5):
        tiny_world.people.put(person(f"baker{place}", skill("bake sourdough bread")))
    assert order_of(tiny_world, examples).scores(examples, RNG).tolist() == before.tolist()
    tiny_world.people.put(person("film", skill("bake sourdough bread")))
    assert order_of(tiny_world, examples).scores(examples, RNG)[0] < before[0]


def test_a_thousand_mentees_are_drawn_the_same_way_each_time() -> None:
    n = MOST_MENTEES + 5
    order = LexicalOrder(
        LexicalIndex(["film clips", "bread"], np.array([1, 2])),
        {mentee: [("film", 1)] for mentee in range(n)},
    )
    examples = rows(
        [0] * (2 * n),
        ranking=np.repeat(np.arange(n), 2).tolist(),
        mentor=[1, 2] * n,
    )
    scores = [order.scores(examples, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    for score in scores:
        scored = ~np.isnan(score).reshape(n, 2)
        assert (scored[:, 0] == scored[:, 1]).all()
        assert scored[:, 0].sum() == MOST_MENTEES
        assert (score[::2][scored[:, 0]] > 0).all()
    assert np.array_equal(scores[0], scores[1], equal_nan=True)
    assert not np.array_equal(scores[0], scores[2], equal_nan=True)


def test_no_list_has_no_score(tiny_world: Recommender, numbers: dict[str, int]) -> None:
    nothing = rows([])
    assert order_of(tiny_world, nothing).scores(nothing, RNG).tolist() == []

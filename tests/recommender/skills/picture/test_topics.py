from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recommender.skills.picture import topics
from recommender.skills.picture.material import Outside
from recommender.skills.picture.topics import Topic, emerging_topics
from tests.conftest import HashEncoder

BEES = "keeping bees with {} hives"
ORDINARY = ["I want to learn spreadsheets", "I can build reports with care"] * 5


def outside(*statements: tuple[int, str]) -> Outside:
    """Return statements outside the catalogue, given by person and text."""
    texts = sorted({text for _, text in statements})
    return Outside(
        HashEncoder().encode(texts),
        texts,
        np.array([person for person, _ in statements]),
        np.array([texts.index(text) for _, text in statements]),
        [*texts, *ORDINARY],
    )


def of(people: Sequence[int], text: str) -> list[tuple[int, str]]:
    return [(person, text) for person in people]


def test_a_topic_is_called_by_its_words_and_counts_people_once() -> None:
    statements = [
        *of(range(6), "keeping bees with hives"),
        *of(range(3), "keeping bees with hives in towns"),
        *of(range(10, 13), "drones over vineyards"),
    ]
    [topic] = emerging_topics(outside(*statements), [])
    assert topic.people == 6
    assert set(topic.words) == {"keeping", "bees", "hives"}


def test_a_cluster_of_four_people_is_no_topic_however_much_they_say() -> None:
    statements = [(person, BEES.format(n)) for person in range(4) for n in ("two", "ten", "old")]
    assert emerging_topics(outside(*statements), []) == []


def test_a_word_that_four_people_used_does_not_name_the_topic() -> None:
    statements = [
        *of(range(4), "keeping bees with glass hives"),
        *of(range(4, 6), "keeping bees with hives"),
    ]
    [topic] = emerging_topics(outside(*statements), [])
    assert "glass" not in topic.words
    assert topic.people == 6


def test_a_sentence_that_many_share_is_not_told_word_by_word() -> None:
    shared = "gentle swarming queens dislike smoky keeping bees with hives"
    statements = [
        *of(range(40), shared),
        *of(range(40, 46), "keeping bees with wooden hives"),
        *of(range(46, 52), "keeping bees with straw hives"),
    ]
    [topic] = emerging_topics(outside(*statements), [])
    assert set(topic.words[:3]) == {"keeping", "bees", "hives"}


def test_a_topic_without_a_common_word_is_not_told() -> None:
    same = outside(*[(person, f"thing{'abcdefgh'[person]}") for person in range(8)])
    vectors = np.tile(same.vectors[:1], (len(same.texts), 1))
    together = Outside(vectors, same.texts, same.person, same.text, same.background)
    assert emerging_topics(together, []) == []


def test_no_topic_is_called_after_a_person_or_by_ordinary_words() -> None:
    statements = of(range(7), "Ich möchte von Schneider Imkerei lernen")
    [topic] = emerging_topics(outside(*statements), ["Eva Schneider"])
    assert topic == Topic(("Imkerei",), 7)


def test_of_no_statement_and_of_one_there_is_no_topic() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    empty = Outside(np.zeros((0, 0), dtype=np.float32), [], nothing, nothing, [])
    assert emerging_topics(empty, []) == []
    assert emerging_topics(outside((1, "keeping bees")), []) == []


def test_statements_beyond_the_sample_join_the_nearest_topic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(topics, "SAMPLE", 10)
    statements = [(n, f"keeping bees with hives {n}") for n in range(40)]
    statements += [(n, f"flying drones over vineyards {n}") for n in range(40)]
    assert [topic.people for topic in emerging_topics(outside(*statements), [])] == [40, 40]

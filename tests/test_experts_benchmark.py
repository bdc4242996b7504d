from __future__ import annotations

import json
import re
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.benchmarks import experts
from tests.benchmarks.expert_site import FEATURES, ORDERS, Site, ask, cross_fitted
from tests.benchmarks.experts import recall

TOPICS = (("battery", "charger"), ("camera", "photo"), ("keyboard", "typing"))


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return a unit vector of hashed words; numbers mean nothing."""
    vectors = np.zeros((len(texts), 16), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in re.findall("[a-z]+", text):
            vectors[row, zlib.crc32(word.encode()) % 16] += 1.0
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def a_question(number: int, *answers: tuple[str, int], split: str = "train") -> dict[str, Any]:
    """Return a question on topic ``number % 3``; its first answer is the accepted one."""
    title, text = TOPICS[number % 3]
    return {
        "question": str(number),
        "split": split,
        "title": title,
        "text": f"{text} {number}",
        "answers": [
            {"expert": expert, "score": score, "accepted": place == 0}
            for place, (expert, score) in enumerate(answers)
        ],
    }


def write_site(folder: Path, questions: Sequence[dict[str, Any]]) -> Path:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    (folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    return folder


def ten_questions() -> list[dict[str, Any]]:
    """One expert per topic answers everything there; a newcomer answers one question."""
    others = [
        a_question(number, (f"of topic {number % 3}", 9), split="test" if number > 7 else "train")
        for number in range(1, 10)
    ]
    return [*others, a_question(0, ("of topic 0", 9), ("newcomer", 2))]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.read(write_site(tmp_path, ten_questions()), encode)


def test_the_program_prints_every_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Fake:
        def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return encode(texts)

    monkeypatch.setattr(experts, "open_encoder", lambda threads: Fake())
    monkeypatch.setattr(
        sys, "argv", ["experts", "--site", str(write_site(tmp_path, ten_questions()))]
    )
    experts.main()
    printed = capsys.readouterr().out
    table = printed[printed.index("| order, on test") :].splitlines()[2:]
    assert [line.split(" | ")[0].strip("| ") for line in table] == [
        *ORDERS,
        experts.RANKER,
        experts.WITHOUT_RECENT,
    ]
    # Of the test questions, 8 has one expert on top; for 9 the newcomer ties with the expert.
    assert table[0].split(" | ")[1:3] == ["1.000 (1.000 to 1.000)", "0.875 (0.750 to 1.000)"]


def test_the_same_site_gives_the_same_report(site: Site) -> None:
    assert experts.report(site) == experts.report(site)


def test_no_profile_holds_the_question_that_is_asked(tmp_path: Path) -> None:
    alone = [a_question(number, (f"expert {number}", 5)) for number in range(10)]
    site = Site.read(write_site(tmp_path, alone), encode)
    folds = cross_fitted(site, np.random.default_rng(0))
    assert sorted(np.concatenate([lists.question for lists in folds])) == list(range(10))
    for lists in folds:
        # Each expert is known by the question that they answered alone, so not when it is asked.
        assert lists.grade.shape == (1, 9)
        assert not lists.grade.any()


def test_asking_a_profile_its_own_question_is_refused(site: Site) -> None:
    rows = np.arange(10)
    with pytest.raises(AssertionError, match="would hold the question"):
        ask(site, rows[:1], rows)


def test_profiles_are_made_of_known_questions_only(site: Site) -> None:
    known = np.array([1, 2, 4, 6])
    lists = ask(site, np.array([7]), known)
    # Topic 1 has the questions 1 and 4, topic 2 question 2, topic 0 question 6; 7 is on topic 1.
    np.testing.assert_allclose(
        np.expm1(lists.features[0, :, FEATURES.index("n_statements")]), [1, 2, 1]
    )
    np.testing.assert_array_equal(lists.grade, [[0, 3, 0]])
    np.testing.assert_array_equal(lists.orders["affinity"].argmax(axis=1), [1])
    np.testing.assert_array_equal(lists.orders["BM25"].argmax(axis=1), [1])
    np.testing.assert_array_equal(lists.orders["TF-IDF"].argmax(axis=1), [1])


def test_recent_sees_only_what_was_answered_before(site: Site) -> None:
    recent = FEATURES.index("recent")
    before = ask(site, np.array([4]), np.array([1, 2, 3])).features[0, :, recent]
    after = ask(site, np.array([4]), np.array([5, 6, 7])).features[0, :, recent]
    assert (before > 0).all()
    assert before.argmax() == 0  # of topic 0, who answered question 3
    np.testing.assert_array_equal(after, np.zeros(3))


def test_grades_rise_with_acceptance_and_score(tmp_path: Path) -> None:
    answered = a_question(0, ("a", 8), ("b", 5), ("c", 4), ("d", 3))
    site = Site.read(write_site(tmp_path, [answered, a_question(1, ("e", 1))]), encode)
    np.testing.assert_array_equal(site.grade, [[3, 2, 2, 1, 0], [0, 0, 0, 0, 3]])


def test_recall_shares_the_last_places_among_those_who_tie(site: Site) -> None:
    lists = ask(site, np.array([8]), np.array([1, 2, 3, 4, 5, 6, 7]))
    np.testing.assert_array_equal(lists.grade, [[0, 0, 3]])
    for score, found in (([3.0, 2.0, 1.0], 0.0), ([1.0, 1.0, 3.0], 1.0), ([3.0, 1.0, 1.0], 0.5)):
        np.testing.assert_allclose(recall(np.array([score]), lists, k=2), [found])

"""Every answer on the sample organisation is the one that was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden import recording
from tests.golden.answers import answers


@pytest.mark.encoder
@pytest.mark.usefixtures("sample_is_encoded")
def test_every_answer_is_the_one_recorded(tmp_path: Path) -> None:
    recorded = recording.read()
    assert sum(name.startswith(("mentee/", "goal/")) for name in recorded) >= 200
    assert recording.differing(recorded, dict(answers(tmp_path))) == []


SAME = {"vectors": "a", "goal/1": '{"score": 0.51, "name": "A"}', "export/people.csv": "id\n"}


@pytest.mark.parametrize(
    ("changed", "different"),
    [
        ({}, []),
        ({"goal/1": '{"score": 0.510001, "name": "A"}'}, ["goal/1"]),
        ({"vectors": "b", "goal/1": '{"score": 0.510001, "name": "A"}'}, []),
        ({"vectors": "b", "goal/1": '{"score": 0.52, "name": "A"}'}, ["goal/1"]),
        ({"vectors": "b", "goal/1": '{"score": 0.51, "name": "B"}'}, ["goal/1"]),
        ({"vectors": "b", "export/people.csv": "name\n"}, ["export/people.csv"]),
        ({"more": ""}, ["more"]),
    ],
)
def test_what_counts_as_different(changed: dict[str, str], different: list[str]) -> None:
    assert recording.differing(SAME, {**SAME, **changed}) == different


def test_a_missing_answer_is_different() -> None:
    assert recording.differing(SAME, {"vectors": "b"}) == ["goal/1", "export/people.csv"]

"""The benchmark of the organisation's picture measures a picture with numbers in it."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.gaps import fill, measure


def test_a_small_organisation_has_a_picture(tmp_path: Path) -> None:
    fill(tmp_path, 600)
    found = measure(tmp_path)
    assert found["concepts"] > 0.1
    assert found["topics"] > 0
    assert found["seconds"] > 0

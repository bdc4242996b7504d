"""Runs of rows: by hand, and against a slow reference."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.matching.runs import expand_runs


def whole(*numbers: int) -> NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def test_rows_of_runs_by_hand() -> None:
    run, row = expand_runs(whole(7, 0, 2), whole(2, 0, 3))
    assert run.tolist() == [0, 0, 2, 2, 2]
    assert row.tolist() == [7, 8, 2, 3, 4]


def test_with_zeros_rows_are_counted_within_their_run() -> None:
    _, row = expand_runs(whole(0, 0), whole(3, 2))
    assert row.tolist() == [0, 1, 2, 0, 1]


def test_no_run_has_no_row() -> None:
    run, row = expand_runs(whole(), whole())
    assert run.shape == row.shape == (0,)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6))))
def test_equals_a_slow_reference(runs: list[tuple[int, int]]) -> None:
    expected = [
        (number, start + step) for number, (start, n) in enumerate(runs) for step in range(n)
    ]
    starts, lengths = np.array(runs, dtype=np.int64).reshape(-1, 2).T
    assert list(zip(*(part.tolist() for part in expand_runs(starts, lengths)), strict=True)) == (
        expected
    )

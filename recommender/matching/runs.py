"""Runs of neighbouring rows, such as the statements of each of some people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def expand_runs(
    starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return every row of some runs, one run after the other.

    Args:
        starts: First row of each run, (n_runs,); with zeros, rows are counted within their run.
        lengths: How many rows each run has, 0 or more, (n_runs,).

    Returns:
        Which run each row is of, 0 to n_runs − 1, and the row, both (sum of lengths,) int64.
    """
    run = np.repeat(np.arange(len(lengths)), lengths)
    n_before = np.cumsum(lengths) - lengths
    return run, np.arange(len(run)) + np.repeat(starts - n_before, lengths)

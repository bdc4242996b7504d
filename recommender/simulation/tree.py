"""Who reports to whom: one tree with seven levels and spans of control from 3 to 15."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from numpy.random import Generator

N_LEVELS = 7
MIN_SPAN = 3
MAX_SPAN = 15


@dataclass(frozen=True, slots=True)
class Seat:
    """One place in the tree; ``boss`` is the 0-based seat above, which always comes earlier."""

    boss: int | None
    level: int
    unit: int | None
    n_reports: int


def grow_tree(n_people: int, shares: Sequence[float], rng: Generator) -> list[Seat]:
    """Seat ``n_people``: a head, an assistant, and one subtree per unit.

    The first unit must be the largest: it is the one that surely reaches the last level.
    """
    n_below = _unit_sizes(n_people - 2 - len(shares), shares)
    seats = [Seat(None, 1, None, len(shares) + 1), Seat(0, 2, None, 0)]
    for unit, size in enumerate(n_below):
        _grow_unit(seats, unit, size, rng)
    return seats


def _unit_sizes(n_staff: int, shares: Sequence[float]) -> list[int]:
    sizes = [max(MIN_SPAN, int(n_staff * share / sum(shares))) for share in shares]
    sizes[0] += n_staff - sum(sizes)
    return sizes


def _grow_unit(seats: list[Seat], unit: int, n_below: int, rng: Generator) -> None:
    """Append the head of a unit and everybody below, each boss before the reports."""
    waiting = [(0, 2, n_below, unit == 0)]
    while waiting:
        boss, level, size, must_go_deep = waiting.pop()
        split = _split(size, N_LEVELS - level, must_go_deep, rng) if size else []
        here = len(seats)
        seats.append(Seat(boss, level, unit, len(split)))
        for place, share in enumerate(split):
            waiting.append((here, level + 1, share, must_go_deep and place == 0))


def _most_below(n_levels: int) -> int:
    """Return how many people fit below one boss in so many levels."""
    return sum(MAX_SPAN**depth for depth in range(1, n_levels + 1))


def _split(size: int, n_levels: int, must_go_deep: bool, rng: Generator) -> list[int]:
    """Return, for each direct report, how many of the ``size`` people are below them."""
    flat_team = int(rng.integers(6, 16))
    if n_levels == 1 or (not must_go_deep and size <= flat_team):
        return [0] * size
    # The report that leads down to the last level needs a smallest team on every level below.
    reserve = MIN_SPAN * (n_levels - 1) if must_go_deep else MIN_SPAN
    most = _most_below(n_levels - 1)
    lowest = max(MIN_SPAN, ceil(size / (1 + most)))
    wished = size ** (1 / n_levels) * rng.uniform(1.2, 1.6 if must_go_deep else 2.8)
    span = max(lowest, min(round(wished), MAX_SPAN, size - reserve))
    below = size - span
    n_leads = max(ceil(below / most), ceil(span * rng.uniform(0.3, 0.9)))
    n_leads = min(n_leads, span, 1 + (below - reserve) // MIN_SPAN)
    return _deal(below, reserve, n_leads, most, rng) + [0] * (span - n_leads)


def _deal(below: int, reserve: int, n_leads: int, most: int, rng: Generator) -> list[int]:
    """Deal people unevenly to leads: ``reserve`` or more to the first, at least 3 to each."""
    shares = [reserve] + [MIN_SPAN] * (n_leads - 1)
    weights = rng.uniform(0.2, 1.0, n_leads)
    if reserve > MIN_SPAN:
        weights[0] += 1.0  # else the last level would hold one team only
    left = below - sum(shares)
    for lead, weight in enumerate((weights / weights.sum()).tolist()):
        shares[lead] += min(int(left * weight), most - shares[lead])
    left = below - sum(shares)
    while left:
        for lead in range(n_leads):
            if left and shares[lead] < most:
                shares[lead] += 1
                left -= 1
    return shares

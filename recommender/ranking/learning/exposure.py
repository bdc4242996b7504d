"""How attention is spread over mentors, told without naming any: sums and groups of five or more.

Who stands further up is seen more: position p is worth 1 / log2(1 + p). Source: Singh and Joachims
2018, "Fairness of exposure in rankings".

A difference between groups is a reason to look closer, not yet a proof of unfairness: groups may
also differ in what they can teach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from recommender.domain.disclosure import FEWEST

SIGNIFICANCE = 0.05
POWER = 0.8
"""How often a factor of two must be found before its absence means something."""
N_PERMUTATIONS = 2_000
SHUFFLED_AT_ONCE = 2_000_000
"""Exposures that the permutation test holds at once, 8 bytes each."""
TIE = 1e-9
"""Differences as large as the observed one but for rounding count as large as it."""

Verdict = Literal["no difference found", "shown more often", "shown less often", "too few people"]


@dataclass(frozen=True, slots=True)
class Exposure:
    """How attention is spread over all mentors who could be shown.

    Attributes:
        n_mentors: How many could be shown.
        n_never_shown: How many of them were not; None with fewer than five mentors.
        gini: 0 (all alike) to 1 (one has it all); None with fewer than five mentors.
    """

    n_mentors: int
    n_never_shown: int | None
    gini: float | None

    @classmethod
    def of(cls, exposure: NDArray[np.float64]) -> Exposure:
        """Summarise what each mentor got, (n_mentors,), 0 or more."""
        n = len(exposure)
        if n < FEWEST:
            return cls(n, None, None)
        return cls(n, int((exposure == 0).sum()), gini(exposure))


@dataclass(frozen=True, slots=True)
class GroupExposure:
    """How often a group is shown, against everybody else.

    Attributes:
        label: The group's name.
        n_people: How many belong to it.
        ratio: Mean exposure of the group by that of all others; None if the others have none.
        p_value: Of the permutation test, Holm-corrected if several groups are tested.
        verdict: What may be said.

    All numbers are None if the group, or everybody else, has fewer than five people.
    """

    label: str
    n_people: int | None
    ratio: float | None
    p_value: float | None
    verdict: Verdict


def exposure_of(
    position: NDArray[np.int64], mentor: NDArray[np.int64], n_mentors: int
) -> NDArray[np.float64]:
    """Return each mentor's exposure, summed over all lists, (n_mentors,) float64.

    Args:
        position: 1-based position of each mentor shown, (n,).
        mentor: Who was shown, 0 to n_mentors − 1, (n,).
        n_mentors: How many could be shown.
    """
    seen = 1.0 / np.log2(1.0 + position)
    return np.asarray(np.bincount(mentor, seen, n_mentors), np.float64)


def gini(exposure: NDArray[np.float64]) -> float:
    """Return the Gini coefficient: 0 if all have the same, 1 − 1/n if one of n has it all.

    Σ (2 i − n − 1) x_i / (n Σ x_i) over the exposures x_1 ≤ … ≤ x_n. Source: Damgaard and Weiner
    2000, "Describing inequality in plant size or fecundity", without the correction for small n.
    0 if nobody has any exposure, or there is nobody: nobody is worse off.

    Args:
        exposure: 0 or more, (n,).
    """
    n, total = len(exposure), exposure.sum()
    if total == 0:
        return 0.0
    ranks = np.arange(1, n + 1)
    return float(((2 * ranks - n - 1) * np.sort(exposure)).sum() / (n * total))


def skew(
    exposure: NDArray[np.float64],
    label: Sequence[str | None],
    rng: np.random.Generator,
    n_permutations: int = N_PERMUTATIONS,
) -> tuple[GroupExposure, ...]:
    """Compare each group's mean exposure with that of everybody else, by ascending label.

    People without a label, and those of groups under five, are part of everybody else; if these
    are fewer than five together they are left out, or the groups' numbers would give theirs away.

    The test shuffles the exposures among people. Its p value is the share of shuffles, the actual
    order included, with a difference of means at least as large in either direction. Sources:
    Phipson and Smyth 2010, "Permutation p-values should never be zero"; Holm 1979, "A simple
    sequentially rejective multiple test procedure".

    "No difference found" is said only where the test would have found a group shown half as often,
    or twice as often, as the others in four cases of five. Elsewhere too few people, or too few
    lists, were there to tell, and the verdict is "too few people".

    Args:
        exposure: What each person got, 0 or more, (n,).
        label: Each person's group, (n,).
        rng: Shuffles.
        n_permutations: How many shuffles; at least 40 per group, or nothing can be found.
    """
    labels = sorted({name for name in label if name is not None})
    member = np.array([[name == own for own in label] for name in labels], dtype=np.bool_)
    member = member.reshape(len(labels), len(label))
    large = member.sum(axis=1) >= FEWEST
    in_large = member[large].any(axis=0)
    if (~in_large).sum() < FEWEST:
        exposure, member = exposure[in_large], member[:, in_large]
    disclosed = large & ((~member).sum(axis=1) >= FEWEST)
    ratio, p_value, verdict = _compared(exposure, member[disclosed], rng, n_permutations)
    numbers = zip(member[disclosed].sum(axis=1).tolist(), ratio, p_value, verdict, strict=True)
    return tuple(
        GroupExposure(name, *next(numbers))
        if is_disclosed
        else GroupExposure(name, None, None, None, "too few people")
        for name, is_disclosed in zip(labels, disclosed, strict=True)
    )


def _compared(
    exposure: NDArray[np.float64],
    member: NDArray[np.bool_],
    rng: np.random.Generator,
    n_permutations: int,
) -> tuple[list[float | None], list[float], list[Verdict]]:
    """Return ratio, p value and verdict of each group, given its ``member`` (n_groups, n)."""
    n, size, total = len(exposure), member.sum(axis=1), exposure.sum()
    inside = member @ exposure
    outside = total - inside
    ratio = [
        float(of_group / of_others) if of_others > 0 else None
        for of_group, of_others in zip(inside / size, outside / (n - size), strict=True)
    ]
    actual = _differences(exposure[None, :], member)[0]
    shuffled = np.abs(_shuffled_differences(exposure, member, rng, n_permutations))
    as_large = shuffled >= np.abs(actual) - TIE * total / max(n, 1)
    p_value = _holm((1 + as_large.sum(axis=0)) / (n_permutations + 1))
    significant = p_value < SIGNIFICANCE
    # Holm holds the smallest p value of those in which nothing was found against this.
    level = SIGNIFICANCE / max(int((~significant).sum()), 1)
    # Halving is the smaller change for a small group, doubling for a large one.
    factor_of_two = total / (n + np.maximum(size, n - size))
    tells = _surely_found(shuffled, level) < factor_of_two
    verdict: list[Verdict] = [
        ("shown more often" if more else "shown less often")
        if differs
        else ("no difference found" if can_tell else "too few people")
        for differs, more, can_tell in zip(significant, actual > 0, tells, strict=True)
    ]
    return ratio, p_value.tolist(), verdict


def _surely_found(shuffled: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Return the true difference that the test finds in four cases of five, (n_groups,).

    It is the smallest that is significant, and as much more as chance takes away in no more than
    one case of five. Chance is symmetric, so this is what two shuffles of five exceed.
    """
    # The actual order counts as one of the shuffles: too few of them can never be significant.
    counted = np.vstack([shuffled, np.full((1, shuffled.shape[1]), np.inf)])
    significant = np.quantile(counted, 1.0 - level, axis=0, method="higher")
    taken_away = np.quantile(shuffled, 2.0 * POWER - 1.0, axis=0)
    surely: NDArray[np.float64] = significant + taken_away
    return surely


def _shuffled_differences(
    exposure: NDArray[np.float64],
    member: NDArray[np.bool_],
    rng: np.random.Generator,
    n_permutations: int,
) -> NDArray[np.float64]:
    """Return the differences of means after each shuffle, (n_permutations, n_groups)."""
    n_at_once = max(1, SHUFFLED_AT_ONCE // max(len(exposure), 1))
    parts = []
    for start in range(0, n_permutations, n_at_once):
        n_rows = min(n_at_once, n_permutations - start)
        rows = np.broadcast_to(exposure, (n_rows, len(exposure)))
        parts.append(_differences(rng.permuted(rows, axis=1), member))
    return np.concatenate(parts)


def _differences(exposure: NDArray[np.float64], member: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return mean of the group minus mean of the others, (n_rows, n_groups), per row of people."""
    size, inside = member.sum(axis=1), exposure @ member.T.astype(np.float64)
    outside = exposure.sum(axis=1, keepdims=True) - inside
    difference: NDArray[np.float64] = inside / size - outside / (exposure.shape[1] - size)
    return difference


def _holm(p_value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correct the p values of several tests, (n,)."""
    order = np.argsort(p_value, kind="stable")
    raised = p_value[order] * np.arange(len(p_value), 0, -1)
    corrected = np.empty(len(p_value))
    corrected[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return corrected

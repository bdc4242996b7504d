"""How well an encoder finds who can teach: goals against skills, ESCO labels, English retention.

Reciprocal rank: 1 / rank of the first right text of the pool. Intervals are the 95% percentile
bootstrap over concepts (Efron and Tibshirani 1993, chapter 13), because sentences of one concept
resemble each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.skills import LANGUAGES, Concept
from recommender.workshop.esco import EscoSkill

POOL = 100
DRAWS = 10
BOOTSTRAP = 2_000
LABELS_PER_CHUNK = 256

Similarities = Callable[[Sequence[str], Sequence[str]], NDArray[np.floating]]
"""Texts to texts: (n_queries, n_texts), higher is more alike."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the table.

    Args:
        name: What was measured.
        value: The mean.
        low: Lower end of the 95% interval.
        high: Upper end of it.
        n: How many queries it is the mean of.
    """

    name: str
    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Ranks:
    """Reciprocal ranks of queries, and the group each belongs to for the bootstrap."""

    reciprocal: NDArray[np.float64]
    group: NDArray[np.int64]

    def measure(self, name: str, rng: np.random.Generator) -> Measure:
        """Return the mean with its interval."""
        groups, place = np.unique(self.group, return_inverse=True)
        sums = np.bincount(place, self.reciprocal, len(groups))
        sizes = np.bincount(place, minlength=len(groups)).astype(np.float64)
        drawn = rng.integers(0, len(groups), (BOOTSTRAP, len(groups)))
        means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        return Measure(
            name, float(self.reciprocal.mean()), float(low), float(high), len(self.reciprocal)
        )


RanksByWay = dict[tuple[str, str, str], Ranks]
"""By the goal's language, the statement's language, and the kind of goal."""


def reciprocal_ranks(
    similarities: NDArray[np.floating], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return 1 / rank of the first right column of each row, (n,); wrong ones that tie count half.

    Args:
        similarities: (n, m).
        right: Which columns are right, (n, m); every row has at least one.
    """
    best_right = np.where(right, similarities, -np.inf).max(axis=1, keepdims=True)
    above = (~right & (similarities > best_right)).sum(axis=1)
    equal = (~right & (similarities == best_right)).sum(axis=1)
    reciprocal: NDArray[np.float64] = 1.0 / (1 + above + equal / 2)
    return reciprocal


def goal_measures(
    alike: Similarities, catalogue: Sequence[Concept], seed: int = 0
) -> Iterator[Measure]:
    """Yield the MRR of goals against one skill statement each of 100 concepts in one language.

    *Unseen concepts* are the development fifth, with all their goals and each of their statements
    in turn; the pool is filled up with concepts of training. *Seen concepts* are those of training,
    with the goal, the messy goal and the statement that training never saw. *All statements* puts
    every statement of the 100 concepts into the pool at once, as people do who say several things;
    the first right one counts.
    """
    rng = np.random.default_rng(seed)
    one_each, all_at_once = _unseen(alike, catalogue, rng)
    for name, ranks in (
        ("unseen concepts", one_each),
        ("unseen concepts, all statements", all_at_once),
        ("seen concepts", _seen(alike, catalogue, rng)),
    ):
        for way, same in (("within", True), ("across", False)):
            parts = [r for (asked, offered, _), r in ranks.items() if (asked == offered) == same]
            yield _joined(parts).measure(f"{name}, {way}", rng)
        for asked in LANGUAGES:
            for offered in LANGUAGES:
                parts = [r for (a, s, _), r in ranks.items() if (a, s) == (asked, offered)]
                yield _joined(parts).measure(f"{name}, {asked} → {offered}", rng)
        messy = [r for (_, _, kind), r in ranks.items() if kind == "messy_goals"]
        yield _joined(messy).measure(f"{name}, messy goals only", rng)


def esco_measures(
    alike: Similarities, skills: Sequence[EscoSkill], seed: int = 0
) -> Iterator[Measure]:
    """Yield the MRR of the English label of held-out skills among the labels of all skills."""
    rng = np.random.default_rng(seed)
    labels = [skill.label_en for skill in skills]
    rows = np.array([row for row, skill in enumerate(skills) if skill.held_out], dtype=np.int64)
    for name, texts in (
        ("German label", [skills[row].label_de for row in rows]),
        ("German description", [skills[row].description_de for row in rows]),
        ("English description", [skills[row].description_en for row in rows]),
    ):
        reciprocal = [
            reciprocal_ranks(
                alike(texts[start:stop], labels), rows[start:stop, None] == np.arange(len(labels))
            )
            for start in range(0, len(rows), LABELS_PER_CHUNK)
            for stop in (start + LABELS_PER_CHUNK,)
        ]
        yield Ranks(np.concatenate(reciprocal), rows).measure(f"ESCO, {name} → English label", rng)


def order_agreement(
    alike: Similarities, teacher: Similarities, texts: Sequence[str], seed: int = 0
) -> Measure:
    """Return Spearman's correlation of both models' similarities over pairs of English texts.

    Every text is paired with its 10 nearest by the teacher and 10 others, so that the order among
    near ones counts. The interval is a bootstrap over texts.
    """
    from scipy.stats import spearmanr

    rng = np.random.default_rng(seed)
    ours, theirs = alike(texts, texts), teacher(texts, texts)
    nearest = np.argsort(-theirs, axis=1, kind="stable")[:, 1:11]
    pairs = np.concatenate([nearest, rng.integers(0, len(texts), nearest.shape)], axis=1)
    rows = np.arange(len(texts))[:, None]
    ours, theirs = ours[rows, pairs], theirs[rows, pairs]

    def correlation(rows: NDArray[np.int64]) -> float:
        return float(spearmanr(ours[rows].ravel(), theirs[rows].ravel()).statistic)

    draws = [correlation(rng.integers(0, len(texts), len(texts))) for _ in range(200)]
    low, high = np.quantile(draws, (0.025, 0.975))
    value = correlation(np.arange(len(texts)))
    return Measure("English order against the teacher", value, float(low), float(high), ours.size)


def _unseen(
    alike: Similarities, catalogue: Sequence[Concept], rng: np.random.Generator
) -> tuple[RanksByWay, RanksByWay]:
    """Return ranks against one statement of each concept, and against all of them."""
    unseen = [concept for concept in catalogue if concept.development][:POOL]
    trained = [concept for concept in catalogue if not concept.development]
    n_more = min(max(0, POOL - len(unseen)), len(trained))
    pool = [*unseen, *(trained[i] for i in rng.choice(len(trained), n_more, replace=False))]
    one_each, all_at_once = {}, {}
    for asked in LANGUAGES:
        for kind in ("goals", "messy_goals"):
            goals = [(i, t) for i, c in enumerate(unseen) for t in c.sentences(kind, asked)]
            group = np.array([i for i, _ in goals], dtype=np.int64)
            for offered in LANGUAGES:
                n_each = min(len(concept.sentences("skills", offered)) for concept in pool)
                statements = [t for c in pool for t in c.sentences("skills", offered)[:n_each]]
                similarities = alike([text for _, text in goals], statements)
                right = group[:, None] == np.arange(len(statements)) // n_each
                alone = [
                    reciprocal_ranks(similarities[:, place::n_each], right[:, place::n_each])
                    for place in range(n_each)
                ]
                one_each[asked, offered, kind] = Ranks(np.mean(alone, axis=0), group)
                all_at_once[asked, offered, kind] = Ranks(
                    reciprocal_ranks(similarities, right), group
                )
    return one_each, all_at_once


def _seen(
    alike: Similarities, catalogue: Sequence[Concept], rng: np.random.Generator
) -> RanksByWay:
    trained = [concept for concept in catalogue if not concept.development]
    pools = [
        part
        for _ in range(DRAWS)
        for part in _parts(rng.permutation(len(trained)), min(POOL, len(trained)))
    ]
    ranks = {}
    for asked in LANGUAGES:
        for kind in ("goals", "messy_goals"):
            goals = [concept.kept_out(kind, asked) for concept in trained]
            for offered in LANGUAGES:
                statements = [concept.kept_out("skills", offered) for concept in trained]
                similarities = alike(goals, statements)
                reciprocal = [
                    reciprocal_ranks(
                        similarities[np.ix_(pool, pool)], np.eye(len(pool), dtype=np.bool_)
                    )
                    for pool in pools
                ]
                group = np.concatenate(pools)
                ranks[asked, offered, kind] = Ranks(np.concatenate(reciprocal), group)
    return ranks


def _parts(order: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    """Cut into parts of one size; what is left over sits out this time."""
    return [order[start : start + size] for start in range(0, len(order) - size + 1, size)]


def _joined(parts: Sequence[Ranks]) -> Ranks:
    return Ranks(
        np.concatenate([part.reciprocal for part in parts]),
        np.concatenate([part.group for part in parts]),
    )

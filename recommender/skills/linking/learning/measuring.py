"""How well statements are linked: precision, recall and abstention, with 95% intervals.

A link is right if it names the concept whose sentence the statement is. Precision is the share of
right links among all links, recall the share of statements that got their right one. Intervals are
the percentile bootstrap over concepts (Efron and Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.skills.catalogue import LANGUAGES, LEAST, Concept
from recommender.skills.linking.learning.material import PLAIN_KINDS, Material
from recommender.skills.linking.learning.trial import NOBODY, Trial
from recommender.skills.linking.linker import Facts

BOOTSTRAP = 2_000
STYLES: Mapping[str, Sequence[str]] = {"plain": PLAIN_KINDS, "oblique": tuple(LEAST)}
"""Plain statements name what they are about; the catalogue's own sentences avoid it."""
KINDS: Mapping[str, Sequence[str]] = {
    kind.replace("_", " "): (kind,) for kind in (*PLAIN_KINDS, *LEAST)
}


def linking_measures(
    trial: Trial,
    material: Material,
    catalogue: Sequence[Concept],
    threshold: float,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[Facts]:
    """Yield the rows for unseen and seen concepts, by language and by kind.

    Args:
        trial: Statements that were held out.
        material: Whence they are.
        catalogue: The concepts.
        threshold: Probability from which a pair is linked.
        parts: Which kinds of statement make up a row, by its name; styles and kinds if not given.
    """
    judged = Judged(trial, trial.cross_fitted(), nearness(catalogue), threshold)
    language, kind = material.language[trial.source], material.kind[trial.source]
    rng = np.random.default_rng(0)
    for name, group in (
        ("unseen concepts", trial.unseen),
        ("seen concepts", ~trial.unseen & (trial.owner != NOBODY)),
    ):
        for spoken in LANGUAGES:
            for part, kinds in (parts or {**STYLES, **KINDS}).items():
                rows = np.flatnonzero(group & (language == spoken) & np.isin(kind, kinds))
                if len(rows):
                    yield judged.measure(f"{name}, {spoken}, {part}", rows, rng)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A trial of s statements with k concepts each, judged.

    Attributes:
        trial: Statements that were held out.
        probability: That each pair is right, (s, k) float64.
        near: Which concepts are near each other, (n, n) bool.
        threshold: Probability from which a pair is linked.
    """

    trial: Trial
    probability: NDArray[np.float64]
    near: NDArray[np.bool_]
    threshold: float

    def measure(self, name: str, rows: NDArray[np.int64], rng: np.random.Generator) -> Facts:
        """Return one row of the table for some of the statements.

        Returns:
            In plain types, to four decimals; None for what is not a number, where nothing was
            linked. ``precision`` is right links among all links and ``recall`` statements with
            their right link, each with its 95% interval; ``f1`` is the harmonic mean of both.
            ``first`` is statements whose likeliest concept is the right one, whatever the
            threshold; ``near`` links to the right concept or to one that it names as related or
            confusable, or that names it, among all links; ``said`` the mean probability of the
            links: what precision should be.
        """
        trial, probability = self.trial, self.probability[rows]
        linked = probability >= self.threshold
        right = linked & trial.right[rows]
        close = linked & self.near[trial.owner[rows][:, None], trial.concept[rows]]
        n_links, n_right = linked.sum(axis=1), right.sum(axis=1)
        precisions, recalls = _resampled(trial.owner[rows], n_links, n_right, rng)
        total = int(n_links.sum())
        return {
            "name": name,
            "n_statements": len(rows),
            "n_links": total,
            "precision": _share(n_right.sum(), total),
            "precision_interval": _interval(precisions),
            "recall": _share(n_right.sum(), len(rows)),
            "recall_interval": _interval(recalls),
            "f1": _share(2 * n_right.sum(), total + len(rows)),
            "first": _share(trial.right[rows, 0].sum(), len(rows)),
            "near": _share(close.sum(), total),
            "said": _rounded(float(probability[linked].mean())) if total else None,
        }


def abstention(probability: NDArray[np.float64], threshold: float) -> float | None:
    """Return the share of statements without any link, for probabilities (s, k), if any."""
    if not len(probability):
        return None
    return round(float((probability.max(axis=1) < threshold).mean()), 4)


def nearness(catalogue: Sequence[Concept]) -> NDArray[np.bool_]:
    """Return which pairs of concepts are the same, related or confusable, (n, n) bool."""
    place = {concept.id: i for i, concept in enumerate(catalogue)}
    near = np.eye(len(catalogue), dtype=np.bool_)
    for concept in catalogue:
        for other in (*concept.related, *concept.confusable):
            near[place[concept.id], place[other]] = near[place[other], place[concept.id]] = True
    return near


def _resampled(
    owner: NDArray[np.int64],
    n_links: NDArray[np.int64],
    n_right: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return precision and recall of draws of concepts, each (BOOTSTRAP,)."""
    groups, place = np.unique(owner, return_inverse=True)
    drawn = rng.integers(0, len(groups), (BOOTSTRAP, len(groups)))
    statements, links, right = (
        np.bincount(place, values, len(groups))[drawn].sum(axis=1)
        for values in (np.ones(len(owner)), n_links, n_right)
    )
    with np.errstate(invalid="ignore"):
        return right / links, right / statements


def _interval(values: NDArray[np.float64]) -> list[float | None]:
    known = values[np.isfinite(values)]
    if not len(known):
        return [None, None]
    return [_rounded(float(end)) for end in np.quantile(known, (0.025, 0.975))]


def _share(part: float, whole: float) -> float | None:
    return _rounded(float(part / whole)) if whole else None


def _rounded(value: float) -> float:
    return round(value, 4)

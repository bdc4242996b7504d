"""How well statements are linked: precision, recall and abstention, with 95% intervals.

A link is right if it names the concept whose sentence the statement is. Precision is the share of
right links among all links, recall the share of statements that got their right one. Intervals are
the percentile bootstrap over concepts (Efron and Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.skills.catalogue import LANGUAGES, LEAST, Concept
from recommender.skills.linking.learning.material import PLAIN_KINDS, Material
from recommender.skills.linking.learning.trial import NOBODY, Trial

BOOTSTRAP = 2_000
STYLES: Mapping[str, Sequence[str]] = {"plain": PLAIN_KINDS, "oblique": tuple(LEAST)}
"""Plain statements name what they are about; the catalogue's own sentences avoid it."""
KINDS: Mapping[str, Sequence[str]] = {
    kind.replace("_", " "): (kind,) for kind in (*PLAIN_KINDS, *LEAST)
}
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LinkingMeasure:
    """One row of the table; shares are 0 to 1, and not a number where nothing was linked.

    Args:
        name: Which statements.
        n_statements: How many.
        n_links: How many links they got.
        precision: Right links among all links.
        precision_interval: 95%.
        recall: Statements with their right link.
        recall_interval: 95%.
        f1: Harmonic mean of both.
        first: Statements whose likeliest concept is the right one, whatever the threshold.
        near: Links to the right concept or to one that it names as related or confusable, or that
            names it, among all links.
        said: Mean probability of the links: what precision should be.
    """

    name: str
    n_statements: int
    n_links: int
    precision: float
    precision_interval: Interval
    recall: float
    recall_interval: Interval
    f1: float
    first: float
    near: float
    said: float

    def as_json(self) -> dict[str, Any]:
        """Return it in plain types, to four decimals; None for what is not a number."""
        return {key: _told(value) for key, value in asdict(self).items()}


def linking_measures(
    trial: Trial,
    material: Material,
    catalogue: Sequence[Concept],
    threshold: float,
    parts: Mapping[str, Sequence[str]] | None = None,
) -> Iterator[LinkingMeasure]:
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

    def measure(
        self, name: str, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> LinkingMeasure:
        """Return one row of the table for some of the statements."""
        trial, probability = self.trial, self.probability[rows]
        linked = probability >= self.threshold
        right = linked & trial.right[rows]
        close = linked & self.near[trial.owner[rows][:, None], trial.concept[rows]]
        n_links, n_right = linked.sum(axis=1), right.sum(axis=1)
        precision, recall = _share(n_right.sum(), n_links.sum()), float(n_right.mean())
        precisions, recalls = _resampled(trial.owner[rows], n_links, n_right, rng)
        return LinkingMeasure(
            name=name,
            n_statements=len(rows),
            n_links=int(n_links.sum()),
            precision=precision,
            precision_interval=_interval(precisions),
            recall=recall,
            recall_interval=_interval(recalls),
            f1=_share(2 * n_right.sum(), n_links.sum() + len(rows)),
            first=float(trial.right[rows, 0].mean()),
            near=_share(close.sum(), n_links.sum()),
            said=float(probability[linked].mean()) if n_links.any() else float("nan"),
        )


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


def _interval(values: NDArray[np.float64]) -> Interval:
    known = values[np.isfinite(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _told(value: Any) -> Any:  # noqa: ANN401  # whatever a field holds
    if isinstance(value, tuple):
        return [_told(part) for part in value]
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return value

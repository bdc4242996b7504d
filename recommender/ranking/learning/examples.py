"""What a ranker learns from: what was shown, the feature values logged then, and the label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommender.domain.feedback import Cohort
from recommender.matching import FEATURE_NAMES
from recommender.ranking.learning.labels import Outcome, PairKey, grade, outcomes
from recommender.store import Transaction, feedback, rankings

ASKED_UNTIL = timedelta(days=1)
"""A file may give a day instead of a time: asking counts until the end of that day."""
_NAMES = frozenset(FEATURE_NAMES)
_values_of = itemgetter(*FEATURE_NAMES)


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Labelled impressions as parallel arrays of n rows, in the order in which they were shown.

    Attributes:
        features: As logged, (n, n_features) float64, in the order of ``FEATURES``.
        grade: 0 to 3, (n,) int64.
        asked: Whether the mentor was asked; False is weak evidence, (n,) bool.
        accepted: Whether both wanted it, (n,) bool.
        position: 1-based place at which the mentor was shown, (n,) int64.
        ranking: Which list the row belongs to, (n,) int64.
        mentee: Number of the mentee, (n,) int64.
        mentor: Number of the mentor, (n,) int64.
        cohort: Place in ``cohorts``, (n,) int64.
        cohorts: Ids of the cohorts, the oldest first.
    """

    features: NDArray[np.float64]
    grade: NDArray[np.int64]
    asked: NDArray[np.bool_]
    accepted: NDArray[np.bool_]
    position: NDArray[np.int64]
    ranking: NDArray[np.int64]
    mentee: NDArray[np.int64]
    mentor: NDArray[np.int64]
    cohort: NDArray[np.int64]
    cohorts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.grade)

    def where(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Examples:
        """Return some of the rows."""
        columns = [field.name for field in fields(self) if field.name != "cohorts"]
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})


class _Labelled(NamedTuple):
    """One impression with its label: a row of :class:`Examples`."""

    features: Sequence[float]
    grade: int
    asked: bool
    accepted: bool
    position: int
    ranking: int
    mentee: int
    mentor: int
    cohort: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """The examples, and how many impressions were left out, by reason."""

    examples: Examples
    left_out: Mapping[str, int]


def gather(connection: Transaction, cohorts: Sequence[Cohort], encoder: str) -> Gathered:
    """Return the labelled impressions of some cohorts.

    A mentor who was shown in several lists before they were asked is labelled in the last of them,
    and left out of the others. Left out are, too: lists without a stored mentee; features of
    another schema; cosines of another encoder; labels that say nothing.

    Args:
        connection: A transaction on the store.
        cohorts: The cohorts, the oldest first.
        encoder: Digest of the encoder whose cosines are to be learned from.
    """
    outcome_of = outcomes(feedback.current_of(connection, [cohort.id for cohort in cohorts]))
    rows: list[_Labelled] = []
    left_out: Counter[str] = Counter()
    lists: dict[tuple[int, str], int] = {}
    for place, cohort in enumerate(cohorts):
        shown = rankings.shown_between(connection, cohort.starts_on, cohort.ends_on)
        asked_in = _lists_of_asking(shown, cohort.id, outcome_of)
        for row in shown:
            pair = (cohort.id, row.mentor, row.mentee or 0)
            outcome, label = outcome_of.get(pair), grade(outcome_of.get(pair))
            asked_elsewhere = outcome is not None and asked_in.get(pair) != row.ranking
            why = _unusable(row, encoder) or ("asked_elsewhere" if asked_elsewhere else None)
            if why or label is None or row.mentee is None:
                left_out[why or "unanswered"] += 1
                continue
            rows.append(
                _Labelled(
                    features=_values_of(row.features),
                    grade=label,
                    asked=outcome is not None,
                    accepted=outcome is not None and outcome.accepted,
                    position=row.position,
                    ranking=lists.setdefault((place, row.ranking), len(lists)),
                    mentee=row.mentee,
                    mentor=row.mentor,
                    cohort=place,
                )
            )
    return Gathered(_columns(rows, [cohort.id for cohort in cohorts]), dict(left_out))


def _columns(rows: Sequence[_Labelled], cohorts: Sequence[str]) -> Examples:
    """Turn rows into columns."""
    kinds = {"features": np.float64, "asked": np.bool_, "accepted": np.bool_}
    columns: dict[str, NDArray[Any]] = {
        name: np.array([getattr(row, name) for row in rows], dtype=kinds.get(name, np.int64))
        for name in _Labelled._fields
    }
    columns["features"] = columns["features"].reshape(len(rows), len(FEATURE_NAMES))
    return Examples(**columns, cohorts=tuple(cohorts))


def _unusable(row: rankings.ShownRow, encoder: str) -> str | None:
    if row.mentee is None:
        return "no_mentee"
    if row.encoder != encoder:
        return "other_encoder"
    return None if row.features.keys() == _NAMES else "other_features"


def _lists_of_asking(
    shown: Sequence[rankings.ShownRow], cohort_id: str, outcome_of: Mapping[PairKey, Outcome]
) -> dict[PairKey, str]:
    """Return the list from which each mentor was asked: the last one that showed them."""
    asked_in: dict[PairKey, str] = {}
    for row in shown:  # in the order of time, so that the last one stays
        pair = (cohort_id, row.mentor, row.mentee or 0)
        outcome = outcome_of.get(pair)
        if outcome is not None and row.created_at < outcome.asked_at + ASKED_UNTIL:
            asked_in[pair] = row.ranking
    return asked_in

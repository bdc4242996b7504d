"""What a ranker learns from: what was shown, the feature values logged then, and the label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, NamedTuple, Self

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

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Examples:
        """Return the chosen rows."""
        return Examples(
            self.features[chosen],
            self.grade[chosen],
            self.asked[chosen],
            self.accepted[chosen],
            self.position[chosen],
            self.ranking[chosen],
            self.mentee[chosen],
            self.mentor[chosen],
            self.cohort[chosen],
            self.cohorts,
        )


class _Shown(NamedTuple):
    """One impression with its label."""

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

    @classmethod
    def of(
        cls, rows: Sequence[_Shown], cohorts: Sequence[str], left_out: Mapping[str, int]
    ) -> Self:
        """Turn rows into columns."""

        def column(name: str, kind: type[Any]) -> NDArray[Any]:
            return np.array([getattr(row, name) for row in rows], dtype=kind)

        features = np.array([row.features for row in rows], dtype=np.float64)
        return cls(
            Examples(
                features=features.reshape(len(rows), len(FEATURE_NAMES)),
                grade=column("grade", np.int64),
                asked=column("asked", np.bool_),
                accepted=column("accepted", np.bool_),
                position=column("position", np.int64),
                ranking=column("ranking", np.int64),
                mentee=column("mentee", np.int64),
                mentor=column("mentor", np.int64),
                cohort=column("cohort", np.int64),
                cohorts=tuple(cohorts),
            ),
            dict(left_out),
        )


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
    found = outcomes(feedback.current_of(connection, [cohort.id for cohort in cohorts]))
    rows: list[_Shown] = []
    left_out: Counter[str] = Counter()
    n_lists = 0
    for place, cohort in enumerate(cohorts):
        shown = rankings.shown_between(connection, cohort.starts_on, cohort.ends_on)
        n_lists = _label(shown, cohort.id, place, encoder, found, rows, left_out, n_lists)
    return Gathered.of(rows, [cohort.id for cohort in cohorts], left_out)


def _label(
    shown: Sequence[rankings.ShownRow],
    cohort_id: str,
    cohort_place: int,
    encoder: str,
    found: Mapping[PairKey, Outcome],
    rows: list[_Shown],
    left_out: Counter[str],
    n_lists: int,
) -> int:
    """Append a cohort's labelled impressions; return how many lists there are so far."""
    asked_in = _lists_of_asking(shown, cohort_id, found)
    lists: dict[str, int] = {}
    for row in shown:
        pair = (cohort_id, row.mentor, row.mentee or 0)
        outcome = found.get(pair)
        why = _unusable(row, encoder)
        if why is None and outcome is not None and asked_in.get(pair) != row.ranking:
            why = "asked_elsewhere"
        label = grade(outcome)
        if why is None and label is None:
            why = "unanswered"
        if why is not None or label is None or row.mentee is None:
            left_out[why or "no_mentee"] += 1
            continue
        rows.append(
            _Shown(
                features=_values_of(row.features),
                grade=label,
                asked=outcome is not None,
                accepted=outcome is not None and outcome.accepted,
                position=row.position,
                ranking=lists.setdefault(row.ranking, n_lists + len(lists)),
                mentee=row.mentee,
                mentor=row.mentor,
                cohort=cohort_place,
            )
        )
    return n_lists + len(lists)


def _unusable(row: rankings.ShownRow, encoder: str) -> str | None:
    if row.mentee is None:
        return "no_mentee"
    if row.encoder != encoder:
        return "other_encoder"
    return None if row.features.keys() == _NAMES else "other_features"


def _lists_of_asking(
    shown: Sequence[rankings.ShownRow], cohort_id: str, found: Mapping[PairKey, Outcome]
) -> dict[PairKey, str]:
    """Return the list from which each mentor was asked: the last one that showed them."""
    asked_in: dict[PairKey, str] = {}
    for row in shown:  # in the order of time, so that the last one stays
        pair = (cohort_id, row.mentor, row.mentee or 0)
        outcome = found.get(pair)
        if outcome is not None and row.created_at < outcome.asked_at + ASKED_UNTIL:
            asked_in[pair] = row.ranking
    return asked_in

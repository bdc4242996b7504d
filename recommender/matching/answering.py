"""From a query whose words are numbers to an answer: rules, retrieval, score, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from typing import Protocol
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from recommender.domain.checks import Check
from recommender.domain.ranking import Query, Ranking, Recommendation
from recommender.domain.texts import text
from recommender.encoding import Encoder
from recommender.matching.affinity import DECIMALS
from recommender.matching.asking import Asked
from recommender.matching.eligibility import EligibilityRules, decide
from recommender.matching.features import FEATURE_NAMES
from recommender.matching.mirror import Mirror
from recommender.matching.reasons import feature_reasons, goal_matches
from recommender.matching.retrieval import Arrays, Candidates, retrieve
from recommender.matching.roster import Roster
from recommender.store import Transaction, people, rankings

MAX_CANDIDATES = 1_000_000
AFFINITY = FEATURE_NAMES.index("affinity")


@dataclass(frozen=True, slots=True)
class RecommenderConfig:
    """What an organisation may decide about its recommendations.

    Args:
        rules: Which eligibility rules apply.
        coverage: Cosine from which a statement covers a goal, −1 to 1; None for the encoder's own
            (see docs/encoder.md).
        n_candidates: How many mentors are kept for ranking, ties aside (k, if that is more).

    Raises:
        InvalidInput: if a value is of the wrong type or out of its range.
    """

    rules: EligibilityRules = field(default_factory=EligibilityRules)
    coverage: float | None = None
    n_candidates: int = 200

    def __post_init__(self) -> None:
        check = Check()
        check.of_type("rules", self.rules, EligibilityRules, "eligibility rules", "Give them.")
        if self.coverage is not None:
            check.number("coverage", self.coverage, -1, 1, "Give a cosine, or none.")
        check.whole("n_candidates", self.n_candidates, 1, MAX_CANDIDATES, "200 is usual.")
        check.done()

    def coverage_of(self, encoder: Encoder) -> float:
        """Return the cosine from which a statement covers a goal, −1 to 1."""
        return encoder.coverage if self.coverage is None else self.coverage


class Score(Protocol):
    """A score that is a sum of one contribution per feature."""

    @property
    def names(self) -> tuple[str, ...]:
        """The features, in the order of their columns."""

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each feature adds, (n_candidates, n_features) float64."""


class Ranker(Protocol):
    """What orders candidates: a version and its score."""

    @property
    def version(self) -> str:
        """The name under which it is logged."""

    @property
    def score(self) -> Score:
        """What it adds up."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with their scores: what each feature contributes, and the sum.

    Attributes:
        contributions: By feature, each (n_candidates,) float64; they add up to the score.
        score: (n_candidates,) float64, rounded, so that equals tie.
        affinity: The same for affinity.
        learned: Whether a ranker made it.
    """

    contributions: Mapping[str, NDArray[np.float64]]
    score: NDArray[np.float64]
    affinity: NDArray[np.float64]
    learned: bool


def score(features: NDArray[np.float64], ranker: Ranker | None) -> Scored:
    """Return the scores of candidates by a ranker, or their affinity without one.

    Args:
        features: (n_candidates, n_features) float64, in the order of ``FEATURES``.
        ranker: The active one, or None.
    """
    affinity = np.round(features[:, AFFINITY], DECIMALS)
    if ranker is None:
        return Scored({"affinity": affinity}, affinity, affinity, learned=False)
    parts = ranker.score.contributions(features)
    return Scored(
        dict(zip(ranker.score.names, parts.T, strict=True)),
        np.round(parts.sum(axis=1), DECIMALS),
        affinity,
        learned=True,
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whose cosines, and what the organisation allows.

    Attributes:
        query: In words.
        asked: The same as numbers.
        encoder: Whose cosines these are.
        config: Rules and thresholds.
    """

    query: Query
    asked: Asked
    encoder: Encoder
    config: RecommenderConfig


def answer(
    connection: Transaction,
    organisation: Mirror,
    question: Question,
    ranker: Ranker | None,
    notes: Sequence[str],
    now: datetime,
) -> tuple[Ranking, dict[str, int]]:
    """Return the answer and the numbers of the people in it; the organisation's lock must be held.

    Args:
        connection: A transaction on the store.
        organisation: Everybody and what they state.
        question: What is asked.
        ranker: The active one, or None for affinity order.
        notes: Keys of what a reader should know.
        now: The moment of the answer, in UTC.

    Raises:
        Outdated: if somebody in it took back a statement meanwhile.
    """
    query, asked, encoder = question.query, question.asked, question.encoder
    config, roster = question.config, organisation.roster
    describes_skill = organisation.skills.who_states(roster.n_rows)
    eligibility = decide(roster, describes_skill, query, asked, config.rules)
    candidates = retrieve(
        Arrays(roster, organisation.skills, organisation.goals),
        asked,
        eligibility.mask,
        query.k,
        max(query.k, config.n_candidates),
        config.coverage_of(encoder),
    )
    scored = score(candidates.features, ranker)
    ids = [roster.ids[row] for row in candidates.people]
    order = order_fairly(scored.score.tolist(), ids, query.mentee_id or "")[: query.k]
    ranking = Ranking(
        ranking_id=str(uuid4()),
        created_at=now,
        mentee_id=query.mentee_id,
        language=asked.language,
        goals=tuple(goal.text for goal in asked.goals),
        recommendations=_recommendations(
            connection, roster, asked, _Ranked(candidates, scored, order)
        ),
        uncovered_goals=tuple(asked.goals[i].text for i in candidates.uncovered),
        kept_out=eligibility.kept_out,
        n_people=eligibility.n_people,
        n_eligible=eligibility.n_eligible,
        encoder=encoder.digest,
        ranker=ranker.version if ranker else None,
        degraded=ranker is None,
        notes=tuple(text(asked.language, f"note.{key}") for key in notes),
    )
    return ranking, {ids[place]: int(candidates.people[place]) for place in order}


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Candidates with their scores, and the places of those recommended, the first one first."""

    candidates: Candidates
    scored: Scored
    order: Sequence[int]


def _recommendations(
    connection: Transaction, roster: Roster, asked: Asked, ranked: _Ranked
) -> tuple[Recommendation, ...]:
    quoted = np.unique(ranked.candidates.statement[list(ranked.order)])
    texts = people.statement_texts(connection, quoted.tolist())
    if len(texts) < len(quoted):
        raise rankings.Outdated
    return tuple(
        _recommendation(roster, asked, ranked, position, texts)
        for position in range(1, len(ranked.order) + 1)
    )


def _recommendation(
    roster: Roster, asked: Asked, ranked: _Ranked, position: int, texts: Mapping[int, str]
) -> Recommendation:
    candidates, scored, place = ranked.candidates, ranked.scored, ranked.order[position - 1]
    row = int(candidates.people[place])
    values = dict(zip(FEATURE_NAMES, candidates.features[place].tolist(), strict=True))
    contributions = {name: float(part[place]) for name, part in scored.contributions.items()}
    return Recommendation(
        position=position,
        rank=1 + int(np.count_nonzero(scored.score > scored.score[place])),
        mentor_id=roster.ids[row],
        name=roster.names[row],
        department=roster.departments[row],
        site=roster.sites[row],
        score=float(scored.score[place]),
        affinity=float(scored.affinity[place]),
        contributions=contributions,
        matches=goal_matches(
            asked,
            [texts[int(statement)] for statement in candidates.statement[place]],
            candidates.level[place],
            candidates.goals.similarity[place],
            candidates.goals.affinity[place],
        ),
        reasons=feature_reasons(
            roster,
            asked.mentee,
            row,
            values,
            asked.language,
            contributions if scored.learned else None,
        ),
        features=values,
    )


def order_fairly(scores: Sequence[float], ids: Sequence[str], mentee_id: str) -> list[int]:
    """Return the places by falling score; equal scores in an order that differs between mentees.

    Whoever comes first alphabetically would otherwise be shown first in every tie.
    """

    def lot(place: int) -> bytes:
        drawn = f"{mentee_id}\0{ids[place]}".encode()
        return blake2b(drawn, digest_size=8).digest()

    by_score = sorted(range(len(scores)), key=lambda place: -scores[place])
    ties = (list(equal) for _, equal in groupby(by_score, key=lambda place: scores[place]))
    return [place for tie in ties for place in (sorted(tie, key=lot) if len(tie) > 1 else tie)]

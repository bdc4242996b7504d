"""What was logged of the answers: nothing but tests reads it one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from recommender.store import Transaction
from recommender.store.rows import columns
from recommender.store.tables import impressions, people, rankings


@dataclass(frozen=True, slots=True)
class Impression:
    """One mentor shown at one position of one ranking, as it was logged."""

    ranking_id: str
    created_at: datetime
    mentee_id: str | None
    mentor_id: str
    position: int
    rank: int
    score: float
    features: Mapping[str, float]
    encoder: str
    ranker: str | None


def impressions_of(connection: Transaction, ranking_id: str | None = None) -> list[Impression]:
    """Return the impressions of one ranking, or all, in the order in which they were shown."""
    mentor, mentee = people.alias("mentor"), people.alias("mentee")
    fields = columns(
        Impression,
        rankings,
        impressions,
        ranking_id=rankings.c.id,
        mentor_id=mentor.c.id,
        mentee_id=mentee.c.id,
    )
    query = (
        select(*fields)
        .join_from(impressions, rankings, rankings.c.id == impressions.c.ranking)
        .join(mentor, mentor.c.number == impressions.c.mentor)
        .outerjoin(mentee, mentee.c.number == rankings.c.mentee)
        .order_by(rankings.c.created_at, rankings.c.id, impressions.c.position)
    )
    if ranking_id is not None:
        query = query.where(rankings.c.id == ranking_id)
    return [Impression(**row._asdict()) for row in connection.execute(query)]

"""The log of what was shown to whom: rankings and their impressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, insert, select
from sqlalchemy.exc import IntegrityError

from recommender.domain.ranking import Impression, Ranking
from recommender.store.tables import impressions, people, rankings


class Outdated(Exception):
    """Somebody in an answer was erased, or took back a statement, while it was made."""


def log(
    connection: Connection,
    ranking: Ranking,
    k: int,
    mentee: int | None,
    number_of: Mapping[str, int],
) -> None:
    """Write a ranking and one impression per recommendation.

    The text of the goals is not logged: it would outlive what the mentee chose to store.

    Raises:
        Outdated: if somebody in the ranking is no longer stored.
    """
    asked = {
        "id": ranking.ranking_id,
        "created_at": ranking.created_at,
        "mentee": mentee,
        "k": k,
        "n_eligible": ranking.n_eligible,
        "encoder": ranking.encoder,
        "ranker": ranking.ranker,
    }
    shown = [
        {
            "ranking": ranking.ranking_id,
            "position": item.position,
            "rank": item.rank,
            "mentor": number_of[item.mentor_id],
            "score": item.score,
            "features": dict(item.features),
        }
        for item in ranking.recommendations
    ]
    try:
        connection.execute(insert(rankings), asked)
        if shown:
            connection.execute(insert(impressions), shown)
    except IntegrityError as error:
        raise Outdated from error


def impressions_of(connection: Connection, ranking_id: str | None = None) -> list[Impression]:
    """Return the impressions of one ranking, or all, in the order in which they were shown."""
    mentor, mentee = people.alias("mentor"), people.alias("mentee")
    query = (
        select(
            impressions,
            rankings.c.created_at,
            rankings.c.encoder,
            rankings.c.ranker,
            mentor.c.id.label("mentor_id"),
            mentee.c.id.label("mentee_id"),
        )
        .join(rankings, rankings.c.id == impressions.c.ranking)
        .join(mentor, mentor.c.number == impressions.c.mentor)
        .outerjoin(mentee, mentee.c.number == rankings.c.mentee)
        .order_by(rankings.c.created_at, rankings.c.id, impressions.c.position)
    )
    if ranking_id is not None:
        query = query.where(rankings.c.id == ranking_id)
    return [
        Impression(
            ranking_id=row.ranking,
            created_at=as_utc(row.created_at),
            mentee_id=row.mentee_id,
            mentor_id=row.mentor_id,
            position=row.position,
            rank=row.rank,
            score=row.score,
            features=row.features,
            encoder=row.encoder,
            ranker=row.ranker,
        )
        for row in connection.execute(query)
    ]


class ShownRow(NamedTuple):
    """What a label needs of one impression; people are numbers."""

    ranking: str
    created_at: datetime
    mentee: int | None
    mentor: int
    position: int
    encoder: str
    features: Mapping[str, float]


def shown_between(connection: Connection, first: date, last: date) -> list[ShownRow]:
    """Return what was shown from the first to the last day (UTC), in a fixed order."""
    query = (
        select(
            rankings.c.id,
            rankings.c.created_at,
            rankings.c.mentee,
            impressions.c.mentor,
            impressions.c.position,
            rankings.c.encoder,
            impressions.c.features,
        )
        .join(rankings, rankings.c.id == impressions.c.ranking)
        .where(*_between(first, last))
        .order_by(rankings.c.created_at, rankings.c.mentee, rankings.c.id, impressions.c.position)
    )
    return [
        ShownRow(ranking, as_utc(created_at), *rest)
        for ranking, created_at, *rest in connection.execute(query)
    ]


def exposures_between(connection: Connection, first: date, last: date) -> list[tuple[int, int]]:
    """Return position and mentor of everything shown from the first to the last day (UTC)."""
    query = (
        select(impressions.c.position, impressions.c.mentor)
        .join(rankings, rankings.c.id == impressions.c.ranking)
        .where(*_between(first, last))
        .order_by(rankings.c.created_at, rankings.c.id, impressions.c.position)
    )
    return [(row.position, row.mentor) for row in connection.execute(query)]


def _between(first: date, last: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    start = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=1)
    return rankings.c.created_at >= start, rankings.c.created_at < end


def as_utc(moment: datetime) -> datetime:
    """Return a stored moment with its time zone, which SQLite forgets; all are stored in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

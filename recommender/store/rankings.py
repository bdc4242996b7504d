"""The log of what was shown to whom: rankings and their impressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, select
from sqlalchemy.exc import IntegrityError

from recommender.domain.ranking import Ranking
from recommender.store.rows import columns, insert_rows, values
from recommender.store.tables import impressions, rankings


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
    asked = {"id": ranking.ranking_id, "mentee": mentee, "k": k, **values(ranking, rankings)}
    shown = [
        {
            "ranking": ranking.ranking_id,
            "mentor": number_of[item.mentor_id],
            **values(item, impressions),
        }
        for item in ranking.recommendations
    ]
    try:
        insert_rows(connection, rankings, [asked])
        insert_rows(connection, impressions, shown)
    except IntegrityError as error:
        raise Outdated from error


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
    query = _shown(columns(ShownRow, rankings, impressions), first, last)
    order = (rankings.c.created_at, rankings.c.mentee, rankings.c.id, impressions.c.position)
    return [ShownRow(*row) for row in connection.execute(query.order_by(*order))]


def exposures_between(connection: Connection, first: date, last: date) -> list[tuple[int, int]]:
    """Return position and mentor of everything shown from the first to the last day (UTC)."""
    query = _shown([impressions.c.position, impressions.c.mentor], first, last)
    order = (rankings.c.created_at, rankings.c.id, impressions.c.position)
    return [(position, mentor) for position, mentor in connection.execute(query.order_by(*order))]


def _shown(fields: Sequence[ColumnElement[Any]], first: date, last: date) -> Select[Any]:
    start = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.min, UTC) + timedelta(days=1)
    return (
        select(*fields)
        .join_from(rankings, impressions, rankings.c.id == impressions.c.ranking)
        .where(rankings.c.created_at >= start, rankings.c.created_at < end)
    )

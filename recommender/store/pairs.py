"""Pairs: who asked whom, and who works with whom."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select

from recommender.domain.people import Pair
from recommender.store.people import numbers
from recommender.store.revision import log_changes
from recommender.store.rows import Written, columns, put_rows, rows_among, values
from recommender.store.tables import pairs, people

# Built once: SQLAlchemy takes longer to build a query than SQLite to run it.
_PARTNERS = (
    select(pairs.c.mentor)
    .where(pairs.c.mentee == bindparam("number"))
    .union(select(pairs.c.mentee).where(pairs.c.mentor == bindparam("number")))
)


def put(connection: Connection, changes: Collection[Pair]) -> Written:
    """Create or change pairs, and log their mentors as changed: their free capacity may be."""
    number_of = numbers(connection, [i for p in changes for i in (p.mentor_id, p.mentee_id)])
    rows = [
        {
            "mentor": number_of[pair.mentor_id],
            "mentee": number_of[pair.mentee_id],
            **values(pair, pairs),
        }
        for pair in changes
    ]
    mentors = sorted({row["mentor"] for row in rows})
    stored = rows_among(connection, select(pairs), pairs.c.mentor, mentors)
    written, changed = put_rows(connection, pairs, rows, stored)
    log_changes(connection, [row["mentor"] for row in changed])
    return written


def get_all(connection: Connection) -> list[Pair]:
    """Return every pair, in the order of ids."""
    mentor, mentee = people.alias("mentor"), people.alias("mentee")
    query = (
        select(*columns(Pair, pairs, mentor_id=mentor.c.id, mentee_id=mentee.c.id))
        .join(mentor, pairs.c.mentor == mentor.c.number)
        .join(mentee, pairs.c.mentee == mentee.c.number)
        .order_by(mentor.c.id, mentee.c.id)
    )
    return [Pair(*row) for row in connection.execute(query)]


def partners_of(connection: Connection, number: int) -> list[int]:
    """Return the numbers of everybody this person is or was paired with, on either side."""
    return list(connection.scalars(_PARTNERS, {"number": number}))

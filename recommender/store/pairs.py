"""Pairs: who asked whom, and who works with whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from recommender.domain.people import Pair, PairStatus
from recommender.store.chunks import in_chunks
from recommender.store.people import Written, numbers
from recommender.store.revision import log_changes
from recommender.store.tables import pairs, people

# Built once: SQLAlchemy takes longer to build a query than SQLite to run it.
_PARTNERS = (
    select(pairs.c.mentor)
    .where(pairs.c.mentee == bindparam("number"))
    .union(select(pairs.c.mentee).where(pairs.c.mentor == bindparam("number")))
)

_OF_MENTORS = select(pairs.c.mentor, pairs.c.mentee, pairs.c.status).where(
    pairs.c.mentor.in_(bindparam("chunk", expanding=True))
)


def put(connection: Connection, given: Iterable[Pair]) -> Written:
    """Create or change pairs, and log their mentors as changed: their free capacity may be."""
    wanted = list(given)
    number_of = numbers(connection, [i for one in wanted for i in (one.mentor_id, one.mentee_id)])
    stored = _statuses(connection, sorted({number_of[pair.mentor_id] for pair in wanted}))
    created, updated, unchanged = [], [], 0
    mentors: list[int] = []
    for pair in wanted:
        key = (number_of[pair.mentor_id], number_of[pair.mentee_id])
        mentors += [] if stored.get(key) == pair.status else [key[0]]
        values = {"mentor": key[0], "mentee": key[1], "status": str(pair.status)}
        if key not in stored:
            created.append(values)
        elif stored[key] != pair.status:
            updated.append({"m": key[0], "e": key[1], "s": str(pair.status)})
        else:
            unchanged += 1
    if created:
        connection.execute(insert(pairs), created)
    if updated:
        match = (pairs.c.mentor == bindparam("m")) & (pairs.c.mentee == bindparam("e"))
        connection.execute(update(pairs).where(match).values(status=bindparam("s")), updated)
    log_changes(connection, mentors)
    return Written(len(created), len(updated), unchanged)


def _statuses(connection: Connection, mentors: Sequence[int]) -> dict[tuple[int, int], str]:
    """Return the status of each pair of these mentors, by mentor and mentee."""
    return {
        (row.mentor, row.mentee): row.status
        for chunk in in_chunks(mentors)
        for row in connection.execute(_OF_MENTORS, {"chunk": chunk})
    }


def get_all(connection: Connection) -> list[Pair]:
    """Return every pair, in the order of ids."""
    mentor, mentee = people.alias("mentor"), people.alias("mentee")
    query = (
        select(mentor.c.id.label("mentor_id"), mentee.c.id.label("mentee_id"), pairs.c.status)
        .join(mentor, pairs.c.mentor == mentor.c.number)
        .join(mentee, pairs.c.mentee == mentee.c.number)
        .order_by(mentor.c.id, mentee.c.id)
    )
    return [
        Pair(row.mentor_id, row.mentee_id, PairStatus(row.status))
        for row in connection.execute(query)
    ]


def partners_of(connection: Connection, number: int) -> list[int]:
    """Return the numbers of everybody this person is or was paired with, on either side."""
    return list(connection.scalars(_PARTNERS, {"number": number}))

"""What both sides of pairs reported, with what each correction replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from recommender.domain.feedback import FORMS, Feedback, FeedbackKind, Side
from recommender.domain.people import Pair
from recommender.store import pairs
from recommender.store.chunks import in_chunks
from recommender.store.people import Written, numbers
from recommender.store.rankings import as_utc
from recommender.store.tables import feedback, people

Key = tuple[str, int, int, str, str, str]
"""Cohort, mentor, mentee, side, kind, and what it is about."""
Said = tuple[Key, str, datetime]
"""A key with the value as it is stored, and when it was given."""


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """A report as it is stored; ``replaced_at`` says when a correction took its place."""

    feedback: Feedback
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """What a label needs of one current report. People are numbers; free text is never read."""

    cohort: str
    mentor: int
    mentee: int
    side: Side
    kind: FeedbackKind
    value: int | str | None
    given_at: datetime


def record(connection: Connection, given: Sequence[Feedback], now: datetime) -> Written:
    """Write reports, and move the pairs that they are a step of.

    Of two reports with the same key the one given later counts, whatever their order here; the
    other one is kept as history. A report that is stored already, as history or not, changes
    nothing. Cohorts and people must be stored.
    """
    number_of = numbers(connection, _people_in(given))
    newest, told = _stored_about(connection, {number_of[one.mentor_id] for one in given})
    fresh: list[dict[str, Any]] = []
    replaced: list[int] = []
    created = updated = 0
    for one in given:
        values = _values(one, number_of)
        if _said(values) in told:
            continue
        told.add(_said(values))
        fresh.append(values)
        key = _key(values)
        current = newest.get(key)
        if current is None:
            created += 1
        else:
            updated += 1
            if one.given_at < current["given_at"]:
                values["replaced_at"] = now
                continue
            current["replaced_at"] = now
            if current["id"] is not None:
                replaced.append(current["id"])
        newest[key] = values
    for chunk in in_chunks(replaced):
        gone = feedback.c.id.in_(chunk)
        connection.execute(update(feedback).where(gone).values(replaced_at=now))
    if fresh:
        rows = [{name: row[name] for name in row if name != "id"} for row in fresh]
        connection.execute(insert(feedback), rows)
    _move_pairs(connection, given, number_of)
    return Written(created, updated, len(given) - created - updated)


def given_by(connection: Connection, person: int) -> list[StoredFeedback]:
    """Return everything that one person reported, corrections included, the oldest first."""
    mine = ((feedback.c.mentor == person) & (feedback.c.side == Side.MENTOR)) | (
        (feedback.c.mentee == person) & (feedback.c.side == Side.MENTEE)
    )
    return [_stored(row) for row in connection.execute(_WITH_IDS.where(mine))]


def get_all(connection: Connection) -> list[StoredFeedback]:
    """Return every report with its history, the oldest first."""
    return [_stored(row) for row in connection.execute(_WITH_IDS)]


def current_of(connection: Connection, cohort_ids: Iterable[str]) -> list[FeedbackRow]:
    """Return the reports of cohorts that count, without comments, in a fixed order."""
    columns = [feedback.c[field.name] for field in fields(FeedbackRow)]
    query = (
        select(*columns)
        .where(feedback.c.cohort.in_(list(cohort_ids)))
        .where(feedback.c.replaced_at.is_(None))
        .where(feedback.c.kind != FeedbackKind.COMMENT)
        .order_by(feedback.c.given_at, feedback.c.id)
    )
    return [
        FeedbackRow(
            cohort,
            mentor,
            mentee,
            _SIDES[side],
            _KINDS[kind],
            _value(_KINDS[kind], value),
            as_utc(given_at),
        )
        for cohort, mentor, mentee, side, kind, value, given_at in connection.execute(query)
    ]


def cohorts_with_feedback(connection: Connection) -> set[str]:
    """Return the ids of cohorts about which anybody has reported."""
    return set(connection.scalars(select(feedback.c.cohort).distinct()))


# Hundreds of thousands are read at once, and a dictionary is faster than an enumeration.
_SIDES = {str(side): side for side in Side}
_KINDS = {str(kind): kind for kind in FeedbackKind}
_MENTOR, _MENTEE = people.alias("mentor"), people.alias("mentee")
_WITH_IDS = (
    select(feedback, _MENTOR.c.id.label("mentor_id"), _MENTEE.c.id.label("mentee_id"))
    .join(_MENTOR, _MENTOR.c.number == feedback.c.mentor)
    .join(_MENTEE, _MENTEE.c.number == feedback.c.mentee)
    .order_by(feedback.c.given_at, feedback.c.id)
)
_ABOUT_MENTOR = select(feedback).where(feedback.c.mentor == bindparam("mentor"))


def _stored_about(
    connection: Connection, mentors: Collection[int]
) -> tuple[dict[Key, dict[str, Any]], set[Said]]:
    """Return what counts in these mentors' pairs by its key, and everything ever said there."""
    newest, told = {}, set()
    for mentor in sorted(mentors):
        for row in connection.execute(_ABOUT_MENTOR, {"mentor": mentor}):
            values = {**row._mapping, "given_at": as_utc(row.given_at)}
            told.add(_said(values))
            if row.replaced_at is None:
                newest[_key(values)] = values
    return newest, told


def _said(values: dict[str, Any]) -> Said:
    return _key(values), values["value"], values["given_at"]


def _key(values: dict[str, Any]) -> Key:
    names = ("cohort", "mentor", "mentee", "side", "kind", "about")
    cohort, mentor, mentee, side, kind, about = (values[name] for name in names)
    return cohort, mentor, mentee, side, kind, about


def _values(one: Feedback, number_of: dict[str, int]) -> dict[str, Any]:
    about = one.goal if one.session is None else str(one.session)
    return {
        "id": None,
        "cohort": one.cohort,
        "mentor": number_of[one.mentor_id],
        "mentee": number_of[one.mentee_id],
        "side": str(one.side),
        "kind": str(one.kind),
        "about": about or "",
        "value": "" if one.value is None else str(one.value),
        "given_at": one.given_at,
        "replaced_at": None,
    }


def _value(kind: FeedbackKind, text: str) -> int | str | None:
    if not text:
        return None
    return int(text) if FORMS[kind].scale else text


def _stored(row: Row[Any]) -> StoredFeedback:
    kind = FeedbackKind(row.kind)
    form = FORMS[kind]
    told = Feedback(
        cohort=row.cohort,
        mentor_id=row.mentor_id,
        mentee_id=row.mentee_id,
        side=Side(row.side),
        kind=kind,
        given_at=as_utc(row.given_at),
        value=_value(kind, row.value),
        session=int(row.about) if form.per_session else None,
        goal=row.about if form.per_goal else None,
    )
    return StoredFeedback(told, None if row.replaced_at is None else as_utc(row.replaced_at))


def _people_in(given: Sequence[Feedback]) -> set[str]:
    return {person_id for one in given for person_id in (one.mentor_id, one.mentee_id)}


def _move_pairs(
    connection: Connection, given: Sequence[Feedback], number_of: Mapping[str, int]
) -> None:
    """Let each pair stand where its last step, over all cohorts, has brought it.

    Files often give days only, so of steps with the same time the one further on is the last.
    """
    ids = {(one.mentor_id, one.mentee_id) for one in given if one.kind.step is not None}
    if not ids:
        return
    steps = [kind for kind in FeedbackKind if kind.step is not None]
    query = (
        select(feedback.c.given_at, feedback.c.kind)
        .where(feedback.c.mentor == bindparam("mentor"), feedback.c.mentee == bindparam("mentee"))
        .where(feedback.c.replaced_at.is_(None), feedback.c.kind.in_(steps))
    )
    moved = []
    for mentor_id, mentee_id in sorted(ids):
        numbers_of_pair = {"mentor": number_of[mentor_id], "mentee": number_of[mentee_id]}
        taken = [
            (row.given_at, steps.index(FeedbackKind(row.kind)))
            for row in connection.execute(query, numbers_of_pair)
        ]
        status = steps[max(taken)[1]].step
        if status is not None:
            moved.append(Pair(mentor_id, mentee_id, status))
    pairs.put(connection, moved)

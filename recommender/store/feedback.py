"""What both sides of pairs reported, with what each correction replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select, update

from recommender.domain.feedback import FORMS, Feedback, FeedbackKind, Side
from recommender.domain.people import Pair
from recommender.store import pairs
from recommender.store.people import numbers
from recommender.store.rows import (
    Values,
    Written,
    change_among,
    columns,
    insert_rows,
    rows_among,
    values,
)
from recommender.store.tables import feedback, people

_STATUSES = {kind: kind.step for kind in FeedbackKind if kind.step is not None}
"""The steps of a pair in their order, and what the pair is by each."""
_MENTOR, _MENTEE = people.alias("mentor"), people.alias("mentee")
_WITH_IDS = (
    select(
        *columns(
            Feedback,
            feedback,
            but=["session", "goal"],
            mentor_id=_MENTOR.c.id,
            mentee_id=_MENTEE.c.id,
        ),
        feedback.c.about,
        feedback.c.replaced_at,
    )
    .join(_MENTOR, _MENTOR.c.number == feedback.c.mentor)
    .join(_MENTEE, _MENTEE.c.number == feedback.c.mentee)
    .order_by(feedback.c.given_at, feedback.c.id)
)
_key = itemgetter("cohort", "mentor", "mentee", "side", "kind", "about")
"""What a later report shares with the one that it replaces."""
_content = itemgetter("cohort", "mentor", "mentee", "side", "kind", "about", "value", "given_at")
"""What a report shares only with its repetition."""


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


def record(connection: Connection, reports: Sequence[Feedback], now: datetime) -> Written:
    """Write reports, and move the pairs that they are a step of.

    Of two reports with the same key the one given later counts, whatever their order here; the
    other one is kept as history. A report that is stored already, as history or not, changes
    nothing. Cohorts and people must be stored.
    """
    number_of = numbers(connection, [i for r in reports for i in (r.mentor_id, r.mentee_id)])
    mentors = sorted({number_of[report.mentor_id] for report in reports})
    stored = rows_among(connection, select(feedback), feedback.c.mentor, mentors)
    known = [row._asdict() for row in stored]
    contents = set(map(_content, known))
    current = {_key(row): row for row in known if row["replaced_at"] is None}
    added: list[Values] = []
    replaced: list[int] = []
    created = updated = 0
    for report in reports:
        row = _row(report, number_of)
        if _content(row) in contents:
            continue
        contents.add(_content(row))
        added.append(row)
        before = current.get(_key(row))
        if before is None:
            created += 1
        else:
            updated += 1
            if row["given_at"] < before["given_at"]:
                row["replaced_at"] = now
                continue
            before["replaced_at"] = now
            if "id" in before:
                replaced.append(before["id"])
        current[_key(row)] = row
    replacement = update(feedback).values(replaced_at=now)
    change_among(connection, replacement, feedback.c.id, replaced)
    insert_rows(connection, feedback, added)
    _move_pairs(connection, reports, number_of)
    return Written(created, updated, len(reports) - created - updated)


def given_by(connection: Connection, person: int) -> list[StoredFeedback]:
    """Return everything that one person reported, corrections included, the oldest first."""
    mine = ((feedback.c.mentor == person) & (feedback.c.side == Side.MENTOR)) | (
        (feedback.c.mentee == person) & (feedback.c.side == Side.MENTEE)
    )
    return _stored(connection.execute(_WITH_IDS.where(mine)))


def get_all(connection: Connection) -> list[StoredFeedback]:
    """Return every report with its history, the oldest first."""
    return _stored(connection.execute(_WITH_IDS))


def current_of(connection: Connection, cohort_ids: Iterable[str]) -> list[FeedbackRow]:
    """Return the reports of cohorts that count, without comments, in a fixed order."""
    query = (
        select(*columns(FeedbackRow, feedback))
        .where(feedback.c.cohort.in_(list(cohort_ids)))
        .where(feedback.c.replaced_at.is_(None))
        .where(feedback.c.kind != FeedbackKind.COMMENT)
        .order_by(feedback.c.given_at, feedback.c.id)
    )
    return [
        FeedbackRow(cohort, mentor, mentee, side, kind, _value(kind, value), given_at)
        for cohort, mentor, mentee, side, kind, value, given_at in connection.execute(query)
    ]


def cohorts_with_feedback(connection: Connection) -> set[str]:
    """Return the ids of cohorts about which anybody has reported."""
    return set(connection.scalars(select(feedback.c.cohort).distinct()))


def _row(report: Feedback, number_of: Mapping[str, int]) -> Values:
    about = report.goal if report.session is None else str(report.session)
    return {
        **values(report, feedback),
        "mentor": number_of[report.mentor_id],
        "mentee": number_of[report.mentee_id],
        "about": about or "",
        "value": "" if report.value is None else str(report.value),
        "replaced_at": None,
    }


def _value(kind: FeedbackKind, text: str) -> int | str | None:
    if not text:
        return None
    return int(text) if FORMS[kind].scale else text


def _stored(rows: Iterable[Any]) -> list[StoredFeedback]:
    stored = []
    for row in rows:
        form = FORMS[row.kind]
        fields = row._asdict()
        about, replaced_at = fields.pop("about"), fields.pop("replaced_at")
        fields["value"] = _value(row.kind, row.value)
        fields["session"] = int(about) if form.per_session else None
        fields["goal"] = about if form.per_goal else None
        stored.append(StoredFeedback(Feedback(**fields), replaced_at))
    return stored


def _move_pairs(
    connection: Connection, reports: Collection[Feedback], number_of: Mapping[str, int]
) -> None:
    """Let each pair stand where its last step, over all cohorts, has brought it.

    Files often give days only, so of steps with the same time the one further on is the last.
    """
    ids = {(r.mentor_id, r.mentee_id) for r in reports if r.kind.step is not None}
    mentors = sorted({number_of[mentor_id] for mentor_id, _ in ids})
    query = select(
        feedback.c.mentor, feedback.c.mentee, feedback.c.given_at, feedback.c.kind
    ).where(feedback.c.replaced_at.is_(None), feedback.c.kind.in_(_STATUSES))
    steps = list(_STATUSES)
    last: dict[tuple[int, int], tuple[datetime, int]] = {}
    for mentor, mentee, given_at, kind in rows_among(connection, query, feedback.c.mentor, mentors):
        step = (given_at, steps.index(kind))
        last[mentor, mentee] = max(step, last.get((mentor, mentee), step))
    moved = []
    for mentor_id, mentee_id in sorted(ids):
        _, place = last[number_of[mentor_id], number_of[mentee_id]]
        moved.append(Pair(mentor_id, mentee_id, _STATUSES[steps[place]]))
    pairs.put(connection, moved)

"""Taking in cohorts and feedback: everything that a file or a caller says, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.domain.feedback import Cohort, Feedback, refuse_overlap
from recommender.domain.progress import Progress, silent
from recommender.files.feedback import FeedbackFile, Known, read_feedback, write_feedback
from recommender.store import Store, Transaction, cohorts, feedback, people


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """How many cohorts and reports were new, changed or replaced something, and changed nothing."""

    cohorts_created: int
    cohorts_updated: int
    cohorts_unchanged: int
    reports_created: int
    reports_replaced: int
    reports_unchanged: int


def import_feedback(
    store: Store, paths: Sequence[Path], progress: Progress = silent
) -> FeedbackReport:
    """Read, check, and write in one transaction.

    Raises:
        InvalidInput: with every problem of the file; nothing was changed then.
    """
    with store.read() as connection:
        known = _known(connection)
    file = read_feedback(paths, known, progress)
    n_rows = len(file.cohorts) + len(file.feedback)
    progress("storing", 0, n_rows)
    with store.write() as connection:
        known_now = _known(connection)
        if known_now != known:
            # Somebody changed cohorts or people while we read: check against those of now.
            file = read_feedback(paths, known_now)
        report = _written(connection, file, datetime.now(UTC))
    progress("storing", n_rows, n_rows)
    return report


def record_feedback(
    store: Store, given: Sequence[Feedback], now: datetime | None = None
) -> FeedbackReport:
    """Write reports in one transaction. Problems name them by their place in ``given``.

    Args:
        store: The database.
        given: The reports, in any order.
        now: When they are recorded, in UTC; by default this moment.

    Raises:
        InvalidInput: if a cohort or a person is not stored; nothing was changed then.
    """
    with store.write() as connection:
        ids = [person for one in given for person in (one.mentor_id, one.mentee_id)]
        known = _known(connection, ids)
        problems = [p for index, one in enumerate(given) for p in _unknown(index, one, known)]
        if problems:
            raise InvalidInput(problems)
        return _written(connection, FeedbackFile((), tuple(given)), now or datetime.now(UTC))


def put_cohort(store: Store, cohort: Cohort) -> bool:
    """Store one cohort as it is given, and return whether it is new.

    A stored cohort that is simulated stays so.

    Raises:
        InvalidInput: if it would run at the same time as another one, or make a real cohort a
            simulated one.
    """
    with store.write() as connection:
        return cohorts.put(connection, [_storable(connection, cohort)]).created == 1


def check_cohort(store: Store, cohort: Cohort) -> None:
    """Refuse what :func:`put_cohort` would refuse, before long work is done for the cohort.

    Raises:
        InvalidInput: as there.
    """
    with store.read() as connection:
        _storable(connection, cohort)


def export_feedback(store: Store, paths: Sequence[Path]) -> int:
    """Write every cohort, and every report that counts, as of one moment.

    An import reads the files again unchanged. What corrections replaced is not written.

    Args:
        store: The database.
        paths: A CSV file for feedback and, where cohorts are wanted, too, a second one for them; or
            one Excel workbook for both.

    Returns:
        The number of reports written.

    Raises:
        InvalidInput: if the file names do not say which form to write.
    """
    with store.read() as connection:
        runs = cohorts.get_all(connection)
        stored = feedback.get_all(connection)
    counting = [one.feedback for one in stored if one.replaced_at is None]
    write_feedback(paths, runs.values(), counting)
    return len(counting)


def _storable(connection: Transaction, cohort: Cohort) -> Cohort:
    stored = cohorts.get_all(connection)
    laid_over = cohort.in_place_of(stored.get(cohort.id))
    refuse_overlap({**stored, cohort.id: laid_over})
    return laid_over


def _known(connection: Transaction, ids: Sequence[str] | None = None) -> Known:
    """Return every cohort, and which of these people, or of all, are stored."""
    return Known(cohorts.get_all(connection), frozenset(people.numbers(connection, ids)))


def _unknown(index: int, one: Feedback, known: Known) -> list[Problem]:
    """Return a problem for the cohort and for each person of a report that nobody knows."""
    wanted = (
        ("cohort", one.cohort, known.cohorts, "cohort", "Store the cohort first."),
        ("mentor_id", one.mentor_id, known.people, "person", "Store the person first."),
        ("mentee_id", one.mentee_id, known.people, "person", "Store the person first."),
    )
    return [
        Problem(f"feedback[{index}].{name}", quoted(value), f"the id of a stored {what}", remedy)
        for name, value, ids, what, remedy in wanted
        if value not in ids
    ]


def _written(connection: Transaction, file: FeedbackFile, now: datetime) -> FeedbackReport:
    runs = cohorts.put(connection, file.cohorts)
    reports = feedback.record(connection, file.feedback, now)
    return FeedbackReport(
        cohorts_created=runs.created,
        cohorts_updated=runs.updated,
        cohorts_unchanged=runs.unchanged,
        reports_created=reports.created,
        reports_replaced=reports.updated,
        reports_unchanged=reports.unchanged,
    )

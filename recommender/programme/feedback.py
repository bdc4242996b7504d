"""Taking in cohorts and feedback: everything that a file or a caller says, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.domain.feedback import Feedback
from recommender.domain.progress import Progress, silent
from recommender.files.feedback import FeedbackFile, Known, read_feedback, write_feedback
from recommender.store import Store, Transaction, cohorts, feedback, people
from recommender.store.feedback import StoredFeedback


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """How many cohorts and reports were new, changed or replaced something, and changed nothing."""

    cohorts_created: int
    cohorts_updated: int
    cohorts_unchanged: int
    reports_created: int
    reports_replaced: int
    reports_unchanged: int


class Reports:
    """What both sides of each pair report, and has been reported.

    Args:
        store: The truth.
        clock: Returns the time now, in UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def record(self, reports: Sequence[Feedback]) -> FeedbackReport:
        """Store reports, all or none; a report with the key of an earlier one replaces it.

        Problems name reports by their place.

        Raises:
            InvalidInput: if a cohort or a person is not stored; nothing was changed then.
        """
        with self._store.write() as connection:
            ids = [person for report in reports for person in (report.mentor_id, report.mentee_id)]
            known = _known(connection, ids)
            problems = [p for i, report in enumerate(reports) for p in _unknown(i, report, known)]
            if problems:
                raise InvalidInput(problems)
            return _written(connection, FeedbackFile((), tuple(reports)), self._clock())

    def of(self, person_id: str) -> tuple[StoredFeedback, ...]:
        """Return what a person has reported, with its history, and nothing said about them.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        with self._store.read() as connection:
            number, _ = people.get(connection, person_id)
            return tuple(feedback.given_by(connection, number))

    def import_files(self, paths: Sequence[Path], progress: Progress = silent) -> FeedbackReport:
        """Import cohorts and reports from files, whole or not at all.

        Args:
            paths: One or two CSV files, or one Excel workbook.
            progress: Told what is being done and how far it is.

        Raises:
            InvalidInput: with every problem of the files; nothing was changed then.
        """
        with self._store.read() as connection:
            known = _known(connection)
        file = read_feedback(paths, known, progress)
        n_rows = len(file.cohorts) + len(file.feedback)
        progress("storing", 0, n_rows)
        with self._store.write() as connection:
            known_now = _known(connection)
            if known_now != known:
                # Somebody changed cohorts or people while we read: check against those of now.
                file = read_feedback(paths, known_now)
            report = _written(connection, file, self._clock())
        progress("storing", n_rows, n_rows)
        return report

    def export_files(self, paths: Sequence[Path]) -> int:
        """Write every cohort, and every report that counts, as of one moment.

        An import reads the files again unchanged. What corrections replaced is not written.

        Args:
            paths: A CSV file for feedback and, where cohorts are wanted, too, a second one for
                them; or one Excel workbook for both.

        Returns:
            The number of reports written.

        Raises:
            InvalidInput: if the file names do not say which form to write.
        """
        with self._store.read() as connection:
            runs = cohorts.get_all(connection)
            stored = feedback.get_all(connection)
        counting = [report.feedback for report in stored if report.replaced_at is None]
        write_feedback(paths, runs.values(), counting)
        return len(counting)


def _known(connection: Transaction, ids: Sequence[str] | None = None) -> Known:
    """Return every cohort, and which of these people, or of all, are stored."""
    return Known(cohorts.get_all(connection), frozenset(people.numbers(connection, ids)))


def _unknown(index: int, report: Feedback, known: Known) -> list[Problem]:
    """Return a problem for the cohort and for each person of a report that nobody knows."""
    references = (
        ("cohort", report.cohort, known.cohorts, "cohort", "Store the cohort first."),
        ("mentor_id", report.mentor_id, known.people, "person", "Store the person first."),
        ("mentee_id", report.mentee_id, known.people, "person", "Store the person first."),
    )
    return [
        Problem(f"feedback[{index}].{name}", quoted(value), f"the id of a stored {what}", remedy)
        for name, value, ids, what, remedy in references
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

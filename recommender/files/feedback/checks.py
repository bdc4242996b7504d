"""The checks across rows: known ids, repetitions, cohorts that overlap."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from recommender.domain.errors import InvalidInput
from recommender.domain.feedback import Cohort, overlapping
from recommender.files.feedback.records import FeedbackFile, Known
from recommender.files.tables.cells import as_cell
from recommender.files.tables.problems import Firsts, is_id
from recommender.files.tables.reading import Reading, Row


def checked(reading: Reading, known: Known) -> FeedbackFile:
    """Return what was read, once nothing is wrong with it.

    Stored cohorts that are simulated stay so, and real ones do not become simulated.

    Args:
        reading: Everything read, with the problems told so far.
        known: What is stored already. The rows replace cohorts of the same id.

    Raises:
        InvalidInput: if anything was, or is now found to be, wrong.
    """
    rows = reading.by_id("cohorts")
    cohorts = _laid_over(reading, known)
    _check_overlaps(reading, rows, known)
    _check_ids(reading, rows.keys() | known.cohorts.keys(), known.people)
    _check_repetitions(reading)
    reading.problems.done()
    return FeedbackFile(tuple(cohorts), tuple(row.thing for row in reading.rows["feedback"]))


def _laid_over(reading: Reading, known: Known) -> list[Cohort]:
    """Lay the cohorts over the stored ones, and tell those that would make a real one simulated."""
    cohorts = []
    for row in reading.rows["cohorts"]:
        if row.thing is not None:
            try:
                cohorts.append(row.thing.in_place_of(known.cohorts.get(row.thing.id)))
            except InvalidInput as refused:
                for problem in refused.problems:
                    reading.problems.add(row.place.point(problem))
    return cohorts


def _check_overlaps(reading: Reading, rows: Mapping[str, Row], known: Known) -> None:
    """Tell cohorts that run at the same time, once those of the file are laid over the stored."""
    new = {cohort_id: row.thing for cohort_id, row in rows.items() if row.thing is not None}
    remedy = "Let one cohort end before the next starts."
    for earlier, later in overlapping({**known.cohorts, **new}.values()):
        if later.id in rows:
            expected = f"a day after {earlier.ends_on}, when {earlier.id} ends,"
            place = rows[later.id].place
            reading.problems.tell(place, "starts_on", later.starts_on, expected, remedy)
        elif earlier.id in rows:
            expected = f"a day before {later.starts_on}, when {later.id} starts,"
            place = rows[earlier.id].place
            reading.problems.tell(place, "ends_on", earlier.ends_on, expected, remedy)


def _check_ids(reading: Reading, cohorts: Collection[str], people: Collection[str]) -> None:
    """Tell cohorts and people whom nobody knows."""
    for row in reading.rows["feedback"]:
        cohort = row.values["cohort"]
        if is_id(cohort) and cohort not in cohorts and reading.is_complete("cohorts"):
            expected = "the id of a cohort in this import or imported before"
            remedy = "Correct the id, or add the cohort."
            reading.problems.tell(row.place, "cohort", cohort, expected, remedy)
        for field in ("mentor_id", "mentee_id"):
            person = row.values[field]
            if is_id(person) and person not in people:
                expected = "the id of a person whom Tandem knows"
                remedy = "Correct the id, import the person first, or remove the line."
                reading.problems.tell(row.place, field, person, expected, remedy)


def _check_repetitions(reading: Reading) -> None:
    """Tell reports of the same thing at the same time: neither could correct the other."""
    remedy = "Remove the repetition, or say when each was given."
    firsts = Firsts(reading.problems, "given_at", remedy)
    for row in reading.rows["feedback"]:
        report = row.thing
        if report is not None:
            moment = str(as_cell(report.given_at))
            key = (report.key, report.given_at)
            firsts.see(key, moment, row.place, "each report of a moment")

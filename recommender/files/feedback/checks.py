"""The checks across rows: known ids, repetitions, cohorts that overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from recommender.domain.errors import InvalidInput, Problem, quoted
from recommender.domain.feedback import overlapping
from recommender.files.feedback.drafts import CohortDraft, Drafts
from recommender.files.feedback.records import FeedbackFile, Known
from recommender.files.tables.building import Firsts, is_id


def checked(drafts: Drafts, known: Known) -> FeedbackFile:
    """Return what was read, once nothing is wrong with it.

    Stored cohorts that are simulated stay so, and real ones do not become simulated.

    Args:
        drafts: Everything read, with the problems told so far.
        known: What is stored already. The drafts replace cohorts of the same id.

    Raises:
        InvalidInput: if anything was, or is now found to be, wrong.
    """
    cohorts = _cohorts_by_id(drafts)
    _keep_simulated(drafts, known)
    _check_overlaps(drafts, cohorts, known)
    _check_ids(drafts, {*cohorts, *known.cohorts}, known)
    _check_repetitions(drafts)
    drafts.problems.done()
    return FeedbackFile(
        tuple(d.cohort for d in drafts.cohorts if d.cohort is not None),
        tuple(d.feedback for d in drafts.feedback if d.feedback is not None),
    )


def _keep_simulated(drafts: Drafts, known: Known) -> None:
    """Lay the cohorts over the stored ones, and tell those that would make a real one simulated."""
    for row, draft in enumerate(drafts.cohorts):
        if draft.cohort is not None:
            try:
                laid_over = draft.cohort.in_place_of(known.cohorts.get(draft.id))
            except InvalidInput as refused:
                for problem in refused.problems:
                    drafts.problems.add(draft.place.point(problem))
            else:
                drafts.cohorts[row] = replace(draft, cohort=laid_over)


def _cohorts_by_id(drafts: Drafts) -> dict[str, CohortDraft]:
    """Return the first draft of each id, and tell the ids that stand there twice."""
    cohorts: dict[str, CohortDraft] = {}
    firsts = Firsts(drafts.problems, "id", "Remove one of the two lines, or correct its id.")
    for draft in drafts.cohorts:
        cohorts.setdefault(draft.id, draft)
        firsts.see(draft.id, draft.id, draft.place, "each id")
    return cohorts


def _check_overlaps(drafts: Drafts, cohorts: Mapping[str, CohortDraft], known: Known) -> None:
    """Tell cohorts that run at the same time, once those of the file are laid over the stored."""
    laid_over = dict(known.cohorts)
    for draft in cohorts.values():
        if draft.cohort is not None:
            laid_over[draft.id] = draft.cohort
    remedy = "Let one cohort end before the next starts."
    for earlier, later in overlapping(laid_over.values()):
        if later.id in cohorts:
            expected = f"a day after {earlier.ends_on}, when {earlier.id} ends,"
            problem = Problem("starts_on", str(later.starts_on), expected, remedy)
            drafts.problems.add(cohorts[later.id].place.point(problem))
        elif earlier.id in cohorts:
            expected = f"a day before {later.starts_on}, when {later.id} starts,"
            problem = Problem("ends_on", str(earlier.ends_on), expected, remedy)
            drafts.problems.add(cohorts[earlier.id].place.point(problem))


def _check_ids(drafts: Drafts, cohort_ids: set[str], known: Known) -> None:
    """Tell cohorts and people whom nobody knows."""
    for draft in drafts.feedback:
        cohort = draft.given["cohort"]
        if is_id(cohort) and cohort not in cohort_ids and drafts.cohorts_complete:
            expected = "the id of a cohort in this import or imported before"
            remedy = "Correct the id, or add the cohort."
            problem = Problem("cohort", quoted(cohort), expected, remedy)
            drafts.problems.add(draft.place.point(problem))
        for field in ("mentor_id", "mentee_id"):
            person = draft.given[field]
            if is_id(person) and person not in known.people:
                expected = "the id of a person whom Tandem knows"
                remedy = "Correct the id, import the person first, or remove the line."
                problem = Problem(field, quoted(person), expected, remedy)
                drafts.problems.add(draft.place.point(problem))


def _check_repetitions(drafts: Drafts) -> None:
    """Tell reports of the same thing at the same time: neither could correct the other."""
    remedy = "Remove the repetition, or say when each was given."
    firsts = Firsts(drafts.problems, "given_at", remedy)
    for draft in drafts.feedback:
        one = draft.feedback
        if one is not None:
            told = one.given_at.isoformat().replace("+00:00", "Z")
            firsts.see((one.key, one.given_at), told, draft.place, "each report of a moment")

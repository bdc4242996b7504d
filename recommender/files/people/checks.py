"""The checks across rows: ids, managers, repetitions; and what stands at the end of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from recommender.domain.errors import Problem, quoted
from recommender.domain.people import MAX_STATEMENTS, Statement
from recommender.files.people.drafts import Drafts, PersonDraft, StatementDraft
from recommender.files.people.records import PairRecord, PeopleFile, PersonRecord
from recommender.files.tables.building import Firsts
from recommender.files.tables.places import Place

MAX_NAMED = 12


def checked(drafts: Drafts, known: Mapping[str, str | None]) -> PeopleFile:
    """Return what was read, once nothing is wrong with it.

    Args:
        drafts: Everything read, with the problems told so far.
        known: The ids stored already, with the id that each reports to. The drafts replace them.

    Raises:
        InvalidInput: if anything was, or is now found to be, wrong.
    """
    people = _people_by_id(drafts)
    _check_managers(drafts, people, known)
    said = _statements_by_person(drafts, people)
    _check_pairs(drafts, people, known)
    drafts.problems.done()
    return PeopleFile(
        tuple(_record(draft, said.get(draft.id, [])) for draft in drafts.people),
        tuple(
            PairRecord(draft.pair, draft.place.source.file, draft.place.line)
            for draft in drafts.pairs
            if draft.pair is not None
        ),
    )


def _record(draft: PersonDraft, said: list[Statement]) -> PersonRecord:
    person = draft.person
    if person is None:
        raise AssertionError("A person without a told problem is complete")
    if said:
        person = replace(person, statements=tuple(said))
    return PersonRecord(person, draft.statements_given, draft.place.source.file, draft.place.line)


def _people_by_id(drafts: Drafts) -> dict[str, PersonDraft]:
    """Return the first draft of each id, and tell the ids that stand there twice."""
    people: dict[str, PersonDraft] = {}
    firsts = Firsts(drafts.problems, "id", "Remove one of the two lines, or correct its id.")
    for draft in drafts.people:
        people.setdefault(draft.id, draft)
        firsts.see(draft.id, draft.id, draft.place, "each id")
    return people


def _check_managers(
    drafts: Drafts, people: Mapping[str, PersonDraft], known: Mapping[str, str | None]
) -> None:
    """Tell managers whom nobody knows, and circles of managers."""
    for draft in drafts.people:
        _check_known(drafts, draft.reports_to, "reports_to", draft.place, people, known)
    bosses: dict[str, str | None] = {key: draft.reports_to for key, draft in people.items()}
    for person_id, boss in known.items():
        bosses.setdefault(person_id, boss)
    for circle in _circles(bosses):
        here = [index for index, person_id in enumerate(circle) if person_id in people]
        if here:
            first = min(here, key=lambda index: people[circle[index]].place.line)
            _tell_circle(drafts, people, circle[first:] + circle[:first])


def _check_known(
    drafts: Drafts,
    person_id: str | None,
    field: str,
    place: Place,
    people: Mapping[str, PersonDraft],
    known: Mapping[str, str | None],
) -> None:
    if person_id is None or person_id in people or person_id in known:
        return
    if drafts.people_complete:
        expected = "the id of a person in this import or imported before"
        problem = Problem(field, quoted(person_id), expected, "Correct the id, or add the person.")
        drafts.problems.add(place.point(problem))


def _circles(bosses: Mapping[str, str | None]) -> Iterator[list[str]]:
    """Yield each circle once. Every person is walked through once, so time is linear."""
    done: set[str] = set()
    for start in bosses:
        walk: dict[str, int] = {}
        person_id: str | None = start
        while person_id is not None and person_id not in done and person_id not in walk:
            walk[person_id] = len(walk)
            person_id = bosses.get(person_id)
        if person_id is not None and person_id in walk:
            yield list(walk)[walk[person_id] :]
        done.update(walk)


def _tell_circle(drafts: Drafts, people: Mapping[str, PersonDraft], circle: list[str]) -> None:
    named = circle[:MAX_NAMED]
    if len(circle) > MAX_NAMED:
        named.append(f"({len(circle) - MAX_NAMED} more)")
    chain = " → ".join([*named, circle[0]])
    problem = Problem(
        "reports_to",
        quoted(circle[1 % len(circle)]),
        f"a chain of managers that ends, not {chain},",
        "Correct one of these managers, or leave the field empty at the top.",
    )
    drafts.problems.add(people[circle[0]].place.point(problem))


def _statements_by_person(
    drafts: Drafts, people: Mapping[str, PersonDraft]
) -> dict[str, list[Statement]]:
    """Return each person's statements; tell strangers, repetitions and too many of them."""
    said: dict[str, list[Statement]] = {}
    counts: dict[str, int] = {}
    firsts = Firsts(drafts.problems, "text", "Remove the repetition.")
    for draft in drafts.statements:
        _check_statement(drafts, draft, people)
        if draft.text:
            key = (draft.person_id, draft.kind, draft.text)
            firsts.see(key, draft.text, draft.place, f"each {draft.kind} of a person")
        counts[draft.person_id] = counts.get(draft.person_id, 0) + 1
        if counts[draft.person_id] == MAX_STATEMENTS + 1:
            value = f"more than {MAX_STATEMENTS} statements of {quoted(draft.person_id)}"
            expected = f"at most {MAX_STATEMENTS}"
            problem = Problem("statements", value, expected, "Keep those that matter most.")
            drafts.problems.add(draft.place.point(problem))
        if draft.statement is not None:
            said.setdefault(draft.person_id, []).append(draft.statement)
    return said


def _check_statement(
    drafts: Drafts, draft: StatementDraft, people: Mapping[str, PersonDraft]
) -> None:
    if draft.person_id not in people and drafts.people_complete:
        problem = Problem(
            "person_id",
            quoted(draft.person_id),
            "the id of a person in the people table of this import",
            "Correct the id, or add the person.",
        )
        drafts.problems.add(draft.place.point(problem))


def _check_pairs(
    drafts: Drafts, people: Mapping[str, PersonDraft], known: Mapping[str, str | None]
) -> None:
    """Tell pairs of people whom nobody knows, and pairs that stand there twice."""
    firsts = Firsts(drafts.problems, "mentee_id", "Remove one of the two lines.")
    for draft in drafts.pairs:
        mentor, mentee, place = draft.mentor_id, draft.mentee_id, draft.place
        _check_known(drafts, mentor, "mentor_id", place, people, known)
        _check_known(drafts, mentee, "mentee_id", place, people, known)
        if mentor is not None and mentee is not None:
            firsts.see((mentor, mentee), f"{mentor} and {mentee}", place, "each pair")

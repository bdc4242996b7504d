"""The checks across rows: ids, managers, repetitions; and what stands at the end of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from recommender.domain.checks import canonical_text
from recommender.domain.errors import Problem, quoted
from recommender.domain.people import MAX_STATEMENTS, Person, Statement
from recommender.files.people.records import PairRecord, PeopleFile, PersonRecord
from recommender.files.tables.problems import Firsts, is_id
from recommender.files.tables.reading import Reading, Row

MAX_NAMED = 12


def checked(reading: Reading, known: Mapping[str, str | None]) -> PeopleFile:
    """Return what was read, once nothing is wrong with it.

    Args:
        reading: Everything read, with the problems told so far.
        known: The ids stored already, with the id that each reports to. The rows replace them.

    Raises:
        InvalidInput: if anything was, or is now found to be, wrong.
    """
    people = reading.by_id("people")
    ids = people.keys() | known.keys()
    for row in reading.rows["people"]:
        _check_known(reading, row, "reports_to", ids)
    _check_circles(reading, people, known)
    statements = _statements_by_person(reading, people)
    _check_pairs(reading, ids)
    reading.problems.done()
    statements_given = "statements" in reading.tables
    return PeopleFile(
        tuple(
            PersonRecord(_stating(row.thing, statements), statements_given, *_origin(row))
            for row in reading.rows["people"]
        ),
        tuple(PairRecord(row.thing, *_origin(row)) for row in reading.rows["pairs"]),
    )


def _stating(person: Person, statements: Mapping[str, list[Statement]]) -> Person:
    if person.id not in statements:
        return person
    return replace(person, statements=tuple(statements[person.id]))


def _origin(row: Row) -> tuple[str, int]:
    return row.place.header.file, row.place.line


def _check_known(reading: Reading, row: Row, field: str, ids: Collection[str]) -> None:
    """Tell an id that nobody has, unless its owner may be somebody who could not be read."""
    person_id = row.values.get(field)
    if is_id(person_id) and person_id not in ids and reading.is_complete("people"):
        expected = "the id of a person in this import or imported before"
        remedy = "Correct the id, or add the person."
        reading.problems.tell(row.place, field, person_id, expected, remedy)


def _check_circles(
    reading: Reading, people: Mapping[str, Row], known: Mapping[str, str | None]
) -> None:
    """Tell circles of managers, but for people who are their own: that is told already."""
    here = {person_id: _boss(row) for person_id, row in people.items()}
    # These people come first, and what the file says of them counts.
    bosses = {**here, **known, **here}
    for circle in _circles(bosses):
        own = [index for index, person_id in enumerate(circle) if person_id in people]
        if own:
            first = min(own, key=lambda index: people[circle[index]].place.line)
            _tell_circle(reading, people, circle[first:] + circle[:first])


def _boss(row: Row) -> str | None:
    boss = row.values.get("reports_to")
    return boss if is_id(boss) and boss != row.values["id"] else None


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


def _tell_circle(reading: Reading, people: Mapping[str, Row], circle: list[str]) -> None:
    named = circle[:MAX_NAMED]
    if len(circle) > MAX_NAMED:
        named.append(f"({len(circle) - MAX_NAMED} more)")
    chain = " → ".join([*named, circle[0]])
    reading.problems.tell(
        people[circle[0]].place,
        "reports_to",
        circle[1 % len(circle)],
        f"a chain of managers that ends, not {chain},",
        "Correct one of these managers, or leave the field empty at the top.",
    )


def _statements_by_person(
    reading: Reading, people: Mapping[str, Row]
) -> dict[str, list[Statement]]:
    """Return each person's statements; tell strangers, repetitions and too many of them."""
    problems = reading.problems
    statements: dict[str, list[Statement]] = {}
    firsts = Firsts(problems, "text", "Remove the repetition.")
    for row in reading.rows["statements"]:
        person_id = row.values["person_id"]
        if not isinstance(person_id, str):
            continue
        if person_id not in people and reading.is_complete("people"):
            expected = "the id of a person in the people table of this import"
            remedy = "Correct the id, or add the person."
            problems.tell(row.place, "person_id", person_id, expected, remedy)
        kind, text = str(row.values["kind"]), row.values["text"]
        text = canonical_text(text) if isinstance(text, str) else ""
        if text:
            firsts.see((person_id, kind, text), text, row.place, f"each {kind} of a person")
        statements.setdefault(person_id, []).append(row.thing)
        if len(statements[person_id]) == MAX_STATEMENTS + 1:
            value = f"more than {MAX_STATEMENTS} statements of {quoted(person_id)}"
            expected = f"at most {MAX_STATEMENTS}"
            problem = Problem("statements", value, expected, "Keep those that matter most.")
            problems.add(row.place.point(problem))
    return statements


def _check_pairs(reading: Reading, ids: Collection[str]) -> None:
    """Tell pairs of people whom nobody knows, and pairs that stand there twice."""
    firsts = Firsts(reading.problems, "mentee_id", "Remove one of the two lines.")
    for row in reading.rows["pairs"]:
        mentor, mentee = row.values["mentor_id"], row.values["mentee_id"]
        _check_known(reading, row, "mentor_id", ids)
        _check_known(reading, row, "mentee_id", ids)
        if is_id(mentor) and is_id(mentee):
            firsts.see((mentor, mentee), f"{mentor} and {mentee}", row.place, "each pair")

"""Importing a people file: everything it says, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import Person, Status
from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder, encode_missing
from recommender.files.people import PeopleFile, read_people
from recommender.store import Store, Transaction, pairs, people, vectors
from recommender.store.people import Written


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    ``still_withdrawn`` counts people whom the file calls active or paused and who have withdrawn:
    a file does not bring anybody back, only they themselves do.
    """

    people_created: int
    people_updated: int
    people_unchanged: int
    pairs_created: int
    pairs_updated: int
    pairs_unchanged: int
    texts_encoded: int
    still_withdrawn: int


def import_people(
    store: Store, encoder: Encoder, paths: Sequence[Path], progress: Progress = silent
) -> ImportReport:
    """Read, check, encode, and write in one transaction.

    Vectors are stored while they are made, so a killed import goes on where it stopped; people
    appear at the very end, all at once.

    Raises:
        InvalidInput: with every problem of the file; nothing was changed then.
        EncoderUnavailable: if the model cannot be loaded.
    """
    with store.read() as connection:
        known = people.managers(connection)
    file = read_people(paths, known, progress)
    texts = [s.text for record in file.people for s in record.person.statements]
    n_encoded = encode_missing(store, encoder, texts, progress)
    # An erasure meanwhile removes vectors that nobody states yet, ours among them.
    n_encoded += encode_missing(store, encoder, texts)
    progress("storing", 0, len(file.people))
    with store.write() as connection:
        if people.managers(connection) != known:
            # Somebody changed the reporting lines while we encoded: check against those of now.
            file = read_people(paths, people.managers(connection))
        given, still_withdrawn = _reconcile(connection, file)
        written = people.put(connection, given)
        paired = pairs.put(connection, [record.pair for record in file.pairs])
        vectors.prune(connection)
    progress("storing", len(file.people), len(file.people))
    return ImportReport(
        people_created=written.created,
        people_updated=written.updated,
        people_unchanged=written.unchanged,
        pairs_created=paired.created,
        pairs_updated=paired.updated,
        pairs_unchanged=paired.unchanged,
        texts_encoded=n_encoded,
        still_withdrawn=still_withdrawn,
    )


def check_manager(connection: Transaction, person: Person) -> None:
    """Check that a person's manager is stored and does not report to them.

    Raises:
        InvalidInput: if the manager is unknown or would close a circle of reporting lines.
    """
    if person.reports_to is not None:
        line = people.line_up(connection, person.reports_to)
        if not line or person.id in line:
            expected = "a manager who does not report to this person" if line else "a stored id"
            raise InvalidInput(
                [
                    Problem(
                        "reports_to",
                        person.reports_to,
                        expected,
                        "Store the manager first, or correct the reporting line.",
                    )
                ]
            )


def put_person(connection: Transaction, person: Person) -> Written:
    """Store one person and return what that changed.

    Raises:
        InvalidInput: if the manager is unknown or would close a circle of reporting lines.
    """
    check_manager(connection, person)
    written = people.put(connection, [person])
    vectors.prune(connection, written.unstated)
    return written


def _reconcile(connection: Transaction, file: PeopleFile) -> tuple[list[Person], int]:
    """Return the people to store: withdrawals stand, and unmentioned statements stay."""
    withdrawn = people.with_status(connection, Status.WITHDRAWN)
    silent_ones = [r.person.id for r in file.people if not r.statements_given]
    stored = people.get_many(connection, silent_ones)
    given: list[Person] = []
    still_withdrawn = 0
    for record in file.people:
        person = record.person
        if person.id in withdrawn and person.status is not Status.WITHDRAWN:
            person = replace(person, status=Status.WITHDRAWN)
            still_withdrawn += 1
        if not record.statements_given and person.id in stored:
            person = replace(person, statements=stored[person.id][1].statements)
        given.append(person)
    return given, still_withdrawn

"""People: stored one by one, imported whole or not at all, exported, erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recommender.domain.errors import InvalidInput, Problem, UnknownPerson
from recommender.domain.people import Person, Status
from recommender.domain.progress import Progress, silent
from recommender.encoding import encode_missing
from recommender.files.people import PeopleFile, read_people, write_people
from recommender.matching import Mirror
from recommender.store import Store, Transaction, Written, jobs, pairs, people, vectors


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


class People:
    """Everybody who takes part. What is written counts in the next answer of every process.

    Args:
        store: The truth.
        mirror: Returns the same in memory; called only where something must be encoded.
    """

    def __init__(self, store: Store, mirror: Callable[[], Mirror]) -> None:
        self._store = store
        self._mirror = mirror

    def get(self, person_id: str) -> Person:
        """Return a stored person.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        with self._store.read() as connection:
            return people.get(connection, person_id)[1]

    def all(self) -> tuple[Person, ...]:
        """Return everybody, by id."""
        with self._store.read() as connection:
            stored = people.get_many(connection)
        return tuple(stored[person_id][1] for person_id in sorted(stored))

    def counts(self) -> tuple[int, int]:
        """Return the number of people and of statements."""
        with self._store.read() as connection:
            return people.counts(connection)

    def put(self, person: Person) -> bool:
        """Store a person, new or changed, and return whether they are new.

        Raises:
            InvalidInput: if the manager is unknown or would close a circle of reporting lines.
            EncoderUnavailable: if a new statement cannot be encoded.
        """
        with self._store.read() as connection:
            _check_manager(connection, person)  # first: a refusal is to leave no vector behind
        mirror = self._mirror()
        encode_missing(self._store, mirror.encoder, [s.text for s in person.statements])
        with self._store.write() as connection:
            written = _put(connection, person)
        if written.unstated:
            mirror.forget_saved()
        mirror.refresh()
        return written.created == 1

    def erase(self, person_id: str) -> None:
        """Erase a person: statements, vectors, pairs, impressions, logs and saved indexes.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        mirror = self._mirror()
        with self._store.write() as connection:
            if not people.erase(connection, person_id):
                raise UnknownPerson(person_id)
            vectors.prune(connection)
            jobs.forget_results(connection)
        mirror.forget_saved()
        self._store.forget_deleted()
        mirror.refresh()

    def import_files(self, paths: Sequence[Path], progress: Progress = silent) -> ImportReport:
        """Import people, statements and pairs from files, whole or not at all.

        Vectors are stored while they are made, so a killed import goes on where it stopped; people
        appear at the very end, all at once.

        Args:
            paths: One to three CSV files, or one Excel workbook.
            progress: Told what is being done and how far it is.

        Raises:
            InvalidInput: with every problem of the files; nothing was changed then.
            EncoderUnavailable: if the statements cannot be encoded.
        """
        mirror = self._mirror()
        report = self._import(mirror, paths, progress)
        mirror.refresh()
        mirror.save()
        return report

    def export_files(self, paths: Sequence[Path]) -> int:
        """Write everybody and every pair, as of one moment, and return the number of people.

        An import reads the files again unchanged.

        Raises:
            InvalidInput: if the file names do not say which form to write.
        """
        with self._store.read() as connection:
            everybody = [person for _, person in people.get_many(connection).values()]
            paired = pairs.get_all(connection)
        write_people(paths, everybody, paired)
        return len(everybody)

    def _import(self, mirror: Mirror, paths: Sequence[Path], progress: Progress) -> ImportReport:
        store, encoder = self._store, mirror.encoder
        with store.read() as connection:
            managers = people.managers(connection)
        file = read_people(paths, managers, progress)
        texts = [s.text for record in file.people for s in record.person.statements]
        n_encoded = encode_missing(store, encoder, texts, progress)
        # An erasure meanwhile removes vectors that nobody states yet, ours among them.
        n_encoded += encode_missing(store, encoder, texts)
        progress("storing", 0, len(file.people))
        with store.write() as connection:
            managers_now = people.managers(connection)
            if managers_now != managers:
                # Somebody changed the reporting lines while we encoded.
                file = read_people(paths, managers_now)
            everybody, still_withdrawn = _reconciled(connection, file)
            written = people.put(connection, everybody)
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


def _check_manager(connection: Transaction, person: Person) -> None:
    """Refuse a manager who is not stored or who reports to the person."""
    if person.reports_to is None:
        return
    line = people.line_up(connection, person.reports_to)
    if not line or person.id in line:
        expected = "a manager who does not report to this person" if line else "a stored id"
        remedy = "Store the manager first, or correct the reporting line."
        raise InvalidInput([Problem("reports_to", person.reports_to, expected, remedy)])


def _put(connection: Transaction, person: Person) -> Written:
    _check_manager(connection, person)
    written = people.put(connection, [person])
    vectors.prune(connection, written.unstated)
    return written


def _reconciled(connection: Transaction, file: PeopleFile) -> tuple[list[Person], int]:
    """Return the people to store: withdrawals stand, and unmentioned statements stay."""
    withdrawn = people.with_status(connection, Status.WITHDRAWN)
    without_statements = [r.person.id for r in file.people if not r.statements_given]
    stored = people.get_many(connection, without_statements)
    reconciled: list[Person] = []
    still_withdrawn = 0
    for record in file.people:
        person = record.person
        if person.id in withdrawn and person.status is not Status.WITHDRAWN:
            person = replace(person, status=Status.WITHDRAWN)
            still_withdrawn += 1
        if not record.statements_given and person.id in stored:
            person = replace(person, statements=stored[person.id][1].statements)
        reconciled.append(person)
    return reconciled, still_withdrawn

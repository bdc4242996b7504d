"""The facade: one class that the command line, the service and the notebooks all use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from recommender.domain.errors import UnknownPerson
from recommender.domain.feedback import Cohort, Feedback
from recommender.domain.people import Kind, Person
from recommender.domain.progress import Progress, silent
from recommender.domain.ranking import Query, Ranking
from recommender.encoding import Encoder, encode_missing, open_encoder
from recommender.matching import Organisation, Question, RecommenderConfig, answer, ask
from recommender.programme import (
    FeedbackReport,
    ImportReport,
    check_manager,
    export_feedback,
    export_people,
    import_feedback,
    import_people,
    put_cohort,
    put_person,
    record_feedback,
)
from recommender.ranking import Rankers, Releases, utc_now
from recommender.skills import Knowledge, RoleProfile, open_knowledge
from recommender.skills.own import OwnGaps, PersonGaps, choices
from recommender.store import Store, cohorts, feedback, jobs, people, rankings, vectors
from recommender.store.feedback import StoredFeedback

if TYPE_CHECKING:
    from recommender.ranking.reporting import RetrainingReport
    from recommender.skills.picture import OrganisationGaps, PublishedGaps

DEFAULT_WORKSPACE = Path("workspace")
MOST_ATTEMPTS = 5


class Recommender:
    """Recommends mentors, and keeps the people they are recommended from.

    Safe to share between threads. Use it as a context manager, or call :meth:`close`.

    Args:
        store: The database.
        encoder: Turns text into vectors.
        workspace: Where indexes are saved.
        config: Rules and thresholds.
        progress: Told while texts are encoded at the start.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        workspace: Path,
        config: RecommenderConfig | None = None,
        progress: Progress = silent,
    ) -> None:
        self.store = store
        self.encoder = encoder
        self.config = config or RecommenderConfig()
        self.organisation = Organisation(store, encoder, workspace / "index", progress)
        self.clock: Callable[[], datetime] = utc_now
        self._workspace = workspace
        self._opening = Lock()
        self._knowledge: Knowledge | None = None
        releases = Releases(workspace / "rankers", encoder.digest)
        self.rankers = Rankers(store, releases, lambda: self.clock())

    @classmethod
    def open(
        cls,
        workspace: Path = DEFAULT_WORKSPACE,
        encoder: str | None = None,
        config: RecommenderConfig | None = None,
        threads: int | None = None,
        progress: Progress = silent,
    ) -> Self:
        """Open a workspace, creating it if it does not exist.

        Args:
            workspace: The folder that a running Tandem writes to.
            encoder: A model folder or hub id; None for the bundled model.
            config: Rules and thresholds.
            threads: Threads for the encoder; None for its own choice.
            progress: Told while texts are encoded.

        Raises:
            EncoderUnavailable: if there is no such model.
            WorkspaceUnusable: if the folder or its database cannot be used.
        """
        model = open_encoder(encoder, threads)
        store = Store.in_folder(workspace)
        try:
            return cls(store, model, workspace, config, progress)
        except BaseException:
            store.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def coverage(self) -> float:
        """Cosine from which a statement covers a goal, −1 to 1."""
        chosen = self.config.coverage
        return self.encoder.coverage if chosen is None else chosen

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def recommend(self, query: Query) -> Ranking:
        """Return the top-k mentors with reasons, and log what is shown.

        Without an active ranker the order is affinity and the answer says ``degraded``.

        Raises:
            UnknownPerson: if the mentee is not stored.
            InvalidInput: if there is no goal to match, or the mentee does not take part.
            EncoderUnavailable: if a goal given as text cannot be encoded.
        """
        for _ in range(MOST_ATTEMPTS):
            with suppress(rankings.Outdated):
                return self._answer(query)
        # That is no coincidence: somebody has replaced the database, perhaps by an older copy.
        self.organisation.rebuild()
        return self._answer(query)

    def person(self, person_id: str) -> Person:
        """Return a stored person.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        with self.store.read() as connection:
            found = people.get(connection, person_id)
        if found is None:
            raise UnknownPerson(person_id)
        return found[1]

    def put_person(self, person: Person) -> bool:
        """Store a person, new or changed, and return whether they are new.

        They count in the next answer of every process.

        Raises:
            InvalidInput: if the manager is unknown or would close a circle of reporting lines.
            EncoderUnavailable: if a new statement cannot be encoded.
        """
        with self.store.read() as connection:
            check_manager(connection, person)  # first: a refusal is to leave no vector behind
        encode_missing(self.store, self.encoder, [s.text for s in person.statements])
        with self.store.write() as connection:
            written = put_person(connection, person)
        if written.unstated:
            self.organisation.forget_saved()
        self.organisation.refresh()
        return written.created == 1

    def erase_person(self, person_id: str) -> None:
        """Erase a person: statements, vectors, pairs, impressions, logs and saved indexes.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        with self.store.write() as connection:
            if not people.erase(connection, person_id):
                raise UnknownPerson(person_id)
            vectors.prune(connection)
            jobs.forget_results(connection)
        self.organisation.forget_saved()
        self.store.forget_deleted()
        self.organisation.refresh()

    def import_people(self, paths: Sequence[Path], progress: Progress = silent) -> ImportReport:
        """Import people, statements and pairs from files, whole or not at all.

        Args:
            paths: One to three CSV files, one JSON Lines file, or one Excel workbook.
            progress: Told what is being done and how far it is.

        Raises:
            InvalidInput: with every problem of the files; nothing was changed then.
            EncoderUnavailable: if the statements cannot be encoded.
        """
        report = import_people(self.store, self.encoder, paths, progress)
        self.organisation.refresh()
        self.organisation.save()
        return report

    def export_people(self, paths: Sequence[Path]) -> int:
        """Write everybody and every pair to files and return the number of people.

        Raises:
            InvalidInput: if the file names do not say which form to write.
        """
        return export_people(self.store, paths)

    def rebuild_index(self) -> None:
        """Build the indexes anew from the database and save them."""
        self.organisation.rebuild()
        self.organisation.save()

    def cohorts(self) -> tuple[Cohort, ...]:
        """Return every cohort, the oldest first."""
        with self.store.read() as connection:
            return tuple(cohorts.get_all(connection).values())

    def put_cohort(self, cohort: Cohort) -> bool:
        """Store a cohort, new or changed, and return whether it is new.

        Raises:
            InvalidInput: if it would run at the same time as another one.
        """
        return put_cohort(self.store, cohort)

    def record_feedback(self, given: Sequence[Feedback]) -> FeedbackReport:
        """Store reports, all or none; a report with the key of an earlier one replaces it.

        Raises:
            InvalidInput: if a cohort or a person is unknown.
        """
        report = record_feedback(self.store, given, self.clock())
        self.organisation.refresh()
        return report

    def import_feedback(self, paths: Sequence[Path], progress: Progress = silent) -> FeedbackReport:
        """Import cohorts and reports from files, whole or not at all.

        Args:
            paths: One or two CSV files, or one Excel workbook.
            progress: Told what is being done and how far it is.

        Raises:
            InvalidInput: with every problem of the files; nothing was changed then.
        """
        report = import_feedback(self.store, paths, progress)
        self.organisation.refresh()
        return report

    def export_feedback(self, paths: Sequence[Path]) -> int:
        """Write every cohort and every current report to files; return the number of reports.

        Raises:
            InvalidInput: if the file names do not say which form to write.
        """
        return export_feedback(self.store, paths)

    def feedback_given_by(self, person_id: str) -> tuple[StoredFeedback, ...]:
        """Return what a person has reported, with its history, and nothing said about them.

        Raises:
            UnknownPerson: if there is none with this id.
        """
        with self.store.read() as connection:
            found = people.get(connection, person_id)
            if found is None:
                raise UnknownPerson(person_id)
            return tuple(feedback.given_by(connection, found[0]))

    @property
    def knowledge(self) -> Knowledge:
        """The skill catalogue, the role profiles and the linker; opened when first asked for."""
        return self.open_knowledge()

    @knowledge.setter
    def knowledge(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def open_knowledge(self, progress: Progress = silent) -> Knowledge:
        """Return :attr:`knowledge`; for another encoder than the bundled, the first time may last.

        Args:
            progress: Told while a linker is made for the encoder, which takes minutes.

        Raises:
            EncoderUnavailable: if a linker must be made and the encoder cannot be loaded.
        """
        with self._opening:
            if self._knowledge is None:
                self._knowledge = open_knowledge(self.encoder, self._workspace, progress)
            return self._knowledge

    def role_profiles(self) -> tuple[RoleProfile, ...]:
        """Return every role profile that a person may choose, in the order of ids."""
        return tuple(self.knowledge.profiles.values())

    def gaps_of(self, person_id: str) -> PersonGaps:
        """Return a person's own gaps: for that person's eyes, and nobody else's.

        Raises:
            UnknownPerson: if there is none with this id.
            EncoderUnavailable: if a statement must be encoded and the model cannot be loaded.
        """
        return self._own_gaps.of(person_id, self.config.rules, self.coverage)

    def organisation_gaps(self) -> OrganisationGaps:
        """Return supply and demand of skills, in tables in which no individual can be seen.

        The picture stays as it is until the data of at least five people have changed.
        """
        return self._published_gaps.current()

    def choose_role_profile(self, person_id: str, profile_id: str | None) -> None:
        """Store the role profile that a person chose for themselves; None takes it back.

        Raises:
            UnknownPerson: if there is none with this id.
            InvalidInput: if there is no such profile.
        """
        choices.choose_profile(self.store, self.knowledge, person_id, profile_id)

    def correct_link(
        self, person_id: str, kind: Kind, text: str, concepts: Sequence[str] | None
    ) -> None:
        """Store which concepts a person's own statement belongs to, from now on.

        An empty sequence says that it belongs to none; None returns to the automatic link.

        Raises:
            UnknownPerson: if there is none with this id.
            InvalidInput: if the person does not state this, or a concept is unknown.
        """
        choices.correct_link(self.store, self.knowledge, person_id, kind, text, concepts)

    @cached_property
    def _published_gaps(self) -> PublishedGaps:
        from recommender.skills.picture import PublishedGaps

        return PublishedGaps(self.store, self.encoder, self.knowledge, lambda: self.clock())

    @cached_property
    def _own_gaps(self) -> OwnGaps:
        return OwnGaps(self.store, self.encoder, self.organisation, self.knowledge)

    def retrain(
        self,
        cohort_id: str | None = None,
        groups: Mapping[str, str] | None = None,
        seed: int = 0,
        progress: Progress = silent,
    ) -> RetrainingReport:
        """Train a ranker on the feedback so far; see :meth:`Rankers.retrain`."""
        return self.rankers.retrain(cohort_id, groups, seed, progress)

    def _answer(self, query: Query) -> Ranking:
        """Return and log the answer.

        Raises:
            Outdated: if somebody in it was erased, or took back a statement, meanwhile.
        """
        with self.store.read() as connection:
            asked = ask(connection, self.encoder, query, self.coverage)
            release, note = self.rankers.in_use(connection)
        notes = [note] if note else []
        known = self.encoder.languages
        if known is not None and any(goal.language not in known for goal in asked.goals):
            notes.insert(0, "encoder_language")
        # Only now, so that everybody whom the query concerns is in memory.
        self.organisation.refresh()
        with self.organisation.lock, self.store.read() as connection:
            ranking, numbers = answer(
                connection,
                self.organisation,
                Question(query, asked, self.encoder, self.config),
                release,
                notes,
                self.clock(),
            )
        with self.store.write() as connection:
            rankings.log(connection, ranking, query.k, asked.mentee, numbers)
        return ranking

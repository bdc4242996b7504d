"""The facade: one class that the command line, the service and the notebooks all use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import numpy as np
from sqlalchemy import Connection

from recommender.affinity import DECIMALS
from recommender.asking import Asked, ask
from recommender.domain import Person, Progress, Query, Ranking, Recommendation, silent
from recommender.eligibility import EligibilityRules, decide
from recommender.encoder import Encoder, open_encoder
from recommender.encoding import encode_missing
from recommender.errors import UnknownPerson
from recommender.features import FEATURE_NAMES
from recommender.organisation import Organisation
from recommender.people_export import export_people
from recommender.people_import import ImportReport, check_manager, import_people, put_person
from recommender.reasons import feature_reasons, goal_matches
from recommender.retrieval import Candidates, retrieve
from recommender.store import Store, jobs, people, rankings, vectors
from recommender.texts import text

DEFAULT_WORKSPACE = Path("workspace")
MOST_ATTEMPTS = 5
AFFINITY = FEATURE_NAMES.index("affinity")


@dataclass(frozen=True, slots=True)
class RecommenderConfig:
    """What an organisation may decide about its recommendations.

    Args:
        rules: Which eligibility rules apply.
        coverage: Cosine from which a statement covers a goal, −1 to 1; None for the encoder's own
            (see docs/encoder.md).
        n_candidates: How many mentors are kept for ranking, ties aside (k, if that is more).
    """

    rules: EligibilityRules = field(default_factory=EligibilityRules)
    coverage: float | None = None
    n_candidates: int = 200


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

    def _answer(self, query: Query) -> Ranking:
        """Return and log the answer.

        Raises:
            Outdated: if somebody in it was erased, or took back a statement, meanwhile.
        """
        with self.store.read() as connection:
            asked = ask(connection, self.encoder, query, self.coverage)
        # Only now, so that everybody whom the query concerns is in memory.
        self.organisation.refresh()
        with self.organisation.lock, self.store.read() as connection:
            ranking, numbers = self._rank(connection, query, asked)
        with self.store.write() as connection:
            rankings.log(connection, ranking, query.k, asked.mentee, numbers)
        return ranking

    def _rank(
        self, connection: Connection, query: Query, asked: Asked
    ) -> tuple[Ranking, dict[str, int]]:
        """Return the answer and the numbers of the people in it; the lock must be held."""
        organisation, config = self.organisation, self.config
        roster = organisation.roster
        describes_skill = organisation.skills.who_states(roster.n_rows)
        eligibility = decide(roster, describes_skill, query, asked, config.rules)
        candidates = retrieve(
            roster,
            organisation.skills,
            organisation.goals,
            asked,
            eligibility.mask,
            query.k,
            max(query.k, config.n_candidates),
            self.coverage,
        )
        scores = np.round(candidates.features[:, AFFINITY], DECIMALS)
        ids = [roster.ids[row] for row in candidates.people]
        order = order_fairly(scores.tolist(), ids, query.mentee_id or "")[: query.k]
        wanted = np.unique(candidates.statement[order]) if order else np.zeros(0, np.int64)
        texts = people.statement_texts(connection, wanted.tolist())
        if len(texts) < len(wanted):
            raise rankings.Outdated
        shown = tuple(
            self._recommendation(asked, candidates, scores.tolist(), position, place, texts)
            for position, place in enumerate(order, start=1)
        )
        ranking = Ranking(
            ranking_id=str(uuid4()),
            created_at=datetime.now(UTC),
            mentee_id=query.mentee_id,
            language=asked.language,
            goals=tuple(goal.text for goal in asked.goals),
            recommendations=shown,
            uncovered_goals=tuple(asked.goals[i].text for i in candidates.uncovered),
            kept_out=eligibility.kept_out,
            n_people=eligibility.n_people,
            n_eligible=eligibility.n_eligible,
            encoder=self.encoder.digest,
            ranker=None,
            degraded=True,
            notes=self._notes(asked),
        )
        return ranking, {ids[place]: int(candidates.people[place]) for place in order}

    def _notes(self, asked: Asked) -> tuple[str, ...]:
        known = self.encoder.languages
        strange = known is not None and any(goal.language not in known for goal in asked.goals)
        keys = ["note.encoder_language"] if strange else []
        return tuple(text(asked.language, key) for key in [*keys, "note.no_ranker"])

    def _recommendation(
        self,
        asked: Asked,
        candidates: Candidates,
        scores: list[float],
        position: int,
        place: int,
        texts: dict[int, str],
    ) -> Recommendation:
        roster = self.organisation.roster
        row = int(candidates.people[place])
        values = dict(zip(FEATURE_NAMES, candidates.features[place].tolist(), strict=True))
        return Recommendation(
            position=position,
            rank=1 + sum(score > scores[place] for score in scores),
            mentor_id=roster.ids[row],
            name=roster.names[row],
            department=roster.departments[row],
            site=roster.sites[row],
            score=scores[place],
            affinity=scores[place],
            matches=goal_matches(
                asked.goals,
                [texts[int(statement)] for statement in candidates.statement[place]],
                candidates.level[place],
                candidates.goals.similarity[place],
                candidates.goals.affinity[place],
                asked.weights,
                asked.coverage,
            ),
            reasons=feature_reasons(roster, asked.mentee, row, values, asked.language),
            features=values,
        )


def order_fairly(scores: Sequence[float], ids: Sequence[str], mentee_id: str) -> list[int]:
    """Return the places by falling score; equal scores in an order that differs between mentees.

    Whoever comes first alphabetically would otherwise be shown first in every tie.
    """

    def lot(place: int) -> bytes:
        drawn = f"{mentee_id}\0{ids[place]}".encode()
        return blake2b(drawn, digest_size=8).digest()

    by_score = sorted(range(len(scores)), key=lambda place: -scores[place])
    return [
        place
        for _, equal in groupby(by_score, key=lambda place: scores[place])
        for place in _by_lot(list(equal), lot)
    ]


def _by_lot(places: list[int], lot: Callable[[int], bytes]) -> list[int]:
    return sorted(places, key=lot) if len(places) > 1 else places

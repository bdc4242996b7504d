"""Skill gaps as the facade offers them: a person's own, and the organisation's picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from recommender.domain.people import Kind
from recommender.domain.progress import Progress, silent
from recommender.matching import Mirror, RecommenderConfig
from recommender.skills import own
from recommender.skills.knowledge import Knowledge, open_knowledge
from recommender.skills.role_profiles import RoleProfile
from recommender.store import Store

if TYPE_CHECKING:
    from recommender.skills.picture import OrganisationGaps, PublishedGaps


class Gaps:
    """What people have yet to learn. Safe to share between threads.

    Args:
        store: The truth.
        mirror: Returns the same in memory.
        workspace: Where a linker is kept that was made for another encoder than the bundled.
        config: Rules and thresholds.
        clock: Returns the time now, in UTC.
    """

    def __init__(
        self,
        store: Store,
        mirror: Callable[[], Mirror],
        workspace: Path,
        config: RecommenderConfig,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._mirror = mirror
        self._workspace = workspace
        self._config = config
        self._clock = clock
        self._opening = Lock()
        self._knowledge: Knowledge | None = None

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
                self._knowledge = open_knowledge(self._mirror().encoder, self._workspace, progress)
            return self._knowledge

    def of(self, person_id: str) -> own.PersonGaps:
        """Return a person's own gaps: for that person's eyes, and nobody else's.

        Raises:
            UnknownPerson: if there is none with this id.
            EncoderUnavailable: if a statement must be encoded and the model cannot be loaded.
        """
        return self._own.of(person_id, self._config)

    def picture(self) -> OrganisationGaps:
        """Return supply and demand of skills, in tables in which no individual can be seen.

        The picture stays as it is until the data of at least five people have changed.
        """
        return self._published.current()

    def role_profiles(self) -> tuple[RoleProfile, ...]:
        """Return every role profile that a person may choose, in the order of ids."""
        return tuple(self.knowledge.profiles.values())

    def choose_role_profile(self, person_id: str, profile_id: str | None) -> None:
        """Store the role profile that a person chose for themselves; None takes it back.

        Raises:
            UnknownPerson: if there is none with this id.
            InvalidInput: if there is no such profile.
        """
        own.choose_profile(self._store, self.knowledge, person_id, profile_id)

    def correct_link(
        self, person_id: str, kind: Kind, text: str, concepts: Sequence[str] | None
    ) -> None:
        """Store which concepts a person's own statement belongs to, from now on.

        An empty sequence says that it belongs to none; None returns to the automatic link.

        Raises:
            UnknownPerson: if there is none with this id.
            InvalidInput: if the person does not state this, or a concept is unknown.
        """
        own.correct_link(self._store, self.knowledge, person_id, kind, text, concepts)

    @cached_property
    def _own(self) -> own.OwnGaps:
        return own.OwnGaps(self._store, self._mirror(), self.knowledge)

    @cached_property
    def _published(self) -> PublishedGaps:
        # Imported only here: polars and what finds topics take longer than all else together.
        from recommender.skills.picture import PublishedGaps

        return PublishedGaps(self._store, self._mirror().encoder, self.knowledge, self._clock)

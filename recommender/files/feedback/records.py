"""What a feedback file is checked against, and what it holds once it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recommender.domain.feedback import Cohort, Feedback


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored already: cohorts by id, and the ids of people."""

    cohorts: Mapping[str, Cohort]
    people: Collection[str]


@dataclass(frozen=True, slots=True)
class FeedbackFile:
    """Everything that one import brings, in the order of the files."""

    cohorts: tuple[Cohort, ...]
    feedback: tuple[Feedback, ...]

"""What a people file holds once it is read, each part with the line it came from."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.domain.people import Pair, Person


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as one file gives them.

    Args:
        person: The person with the statements that the file has for them.
        statements_given: False if the file has no place for statements, so that statements stored
            earlier are to be kept. True with no statements means that there are none.
        file: Name of the file, without folder.
        line: 1-based line on which the person starts.
    """

    person: Person
    statements_given: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class PairRecord:
    """A pair as one file gives it, with its 1-based line."""

    pair: Pair
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """Everything that one import brings, in the order of the files."""

    people: tuple[PersonRecord, ...]
    pairs: tuple[PairRecord, ...]

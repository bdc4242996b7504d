"""Everything that Tandem refuses, as one small family of exceptions.

Every message names the value, what was expected, and the remedy. Each class says once how its
refusal is told by the service (``slug``, ``title``, ``status``) and by the command line
(``exit_code``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

LONGEST_QUOTED_VALUE = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one value.

    ``line`` and ``column`` are 1-based places in ``file``; they are None where there is no file.
    """

    field: str
    value: str
    expected: str
    remedy: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def at(self, file: str, line: int | None, column: int | None) -> Problem:
        """Return the same problem with its place in a file."""
        return replace(self, file=file, line=line, column=column)

    def __str__(self) -> str:
        places = [self.file or ""]
        if self.line is not None:
            places.append(f"line {self.line}")
        if self.column is not None:
            places.append(f"column {self.column}")
        place = ", ".join(part for part in places if part)
        sentence = f"{self.field}: {self.value!r} where {self.expected} is expected. {self.remedy}"
        return f"{place}: {sentence}" if place else sentence


def quoted(value: object) -> str:
    """Return ``value`` as text short enough to stand in a message."""
    text = str(value)
    if len(text) <= LONGEST_QUOTED_VALUE:
        return text
    return f"{text[: LONGEST_QUOTED_VALUE - 1]}… ({len(text)} characters)"


EXIT_INVALID = 3
EXIT_UNKNOWN = 4
EXIT_UNUSABLE = 5


class TandemError(Exception):
    """Any refusal by Tandem; catch this to catch them all.

    Attributes:
        slug: Names the kind of problem over HTTP.
        title: The same in a few words.
        status: Status code over HTTP; 500 is a fault that no caller can mend.
        retry_after_s: After how many seconds a caller may ask again, where that helps.
        exit_code: Of a command.
    """

    slug: ClassVar[str] = "fault"
    title: ClassVar[str] = "A fault in Tandem"
    status: ClassVar[int] = 500
    retry_after_s: ClassVar[int | None] = None
    exit_code: ClassVar[int] = 1


class InvalidInput(TandemError, ValueError):
    """Values that a person or a file gave are wrong; ``problems`` lists every one of them."""

    slug = "invalid-input"
    title = "Some values are wrong"
    status = 422
    exit_code = EXIT_INVALID

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownPerson(TandemError):
    """A person id that the store does not hold."""

    slug = "unknown-person"
    title = "There is no such person"
    status = 404
    exit_code = EXIT_UNKNOWN

    def __init__(self, person_id: str) -> None:
        self.person_id = person_id
        super().__init__(
            f"No person has the id {quoted(person_id)!r}; an id that was imported is expected. "
            "Check its spelling, or import the person first."
        )


class UnknownJob(TandemError):
    """A job id that the store does not hold."""

    slug = "unknown-job"
    title = "There is no such job"
    status = 404

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"No job has the id {quoted(job_id)!r}; the id from the answer that started the job is "
            "expected. Jobs are forgotten after 30 days."
        )


class UnknownCohort(TandemError):
    """A cohort id that the store does not hold; None where it holds no cohort at all."""

    slug = "unknown-cohort"
    title = "There is no such cohort"
    status = 404
    exit_code = EXIT_UNKNOWN

    def __init__(self, cohort_id: str | None) -> None:
        state = (
            "There is no cohort yet"
            if cohort_id is None
            else (f"No cohort has the id {quoted(cohort_id)!r}")
        )
        super().__init__(
            f"{state}; one that `tandem cohorts list` names is expected. Check its spelling, or "
            "make the cohort first with `tandem cohorts put`."
        )


class UnknownRanker(TandemError):
    """A version of the ranker that the workspace does not hold."""

    slug = "unknown-ranker"
    title = "There is no such ranker"
    status = 404
    exit_code = EXIT_UNKNOWN

    def __init__(self, version: str) -> None:
        super().__init__(
            f"No release of the ranker has the version {quoted(version)!r}; one that `tandem "
            "rankers list` names is expected. Check its spelling, or retrain."
        )


class RankerNotPromoted(TandemError):
    """A release whose own report does not show that it is better than what was active."""

    slug = "ranker-not-promoted"
    title = "This ranker was not shown to be better"
    status = 409
    exit_code = EXIT_INVALID

    def __init__(self, version: str) -> None:
        super().__init__(
            f"The release {quoted(version)!r} was not promoted by its report; one that was is "
            "expected. Read its card, and say that it shall be active despite its report if you "
            "want it all the same."
        )


class ArtefactRefused(TandemError):
    """A file on disk is damaged, foreign, or of another version than this program reads."""

    exit_code = EXIT_UNUSABLE


class EncoderUnavailable(TandemError):
    """The sentence encoder cannot be found, or its files are not the expected ones."""

    slug = "encoder-unavailable"
    title = "The encoder cannot be used"
    status = 503
    exit_code = EXIT_UNUSABLE


class WorkspaceUnusable(TandemError):
    """The workspace folder or its database cannot be read or written."""

    slug = "workspace-unusable"
    title = "The workspace cannot be used"
    status = 503
    exit_code = EXIT_UNUSABLE


class StoreBusy(TandemError):
    """Somebody else, usually an import, kept the database longer than a writer waits."""

    slug = "store-busy"
    title = "The database is busy"
    status = 503
    retry_after_s = 10


class MaterialUnusable(TandemError):
    """A file that training or evaluation reads is missing or not what it should be."""

    exit_code = EXIT_INVALID


class StoreUnavailable(Exception):
    """The database does not answer: nothing was refused, so this is a fault like any other."""

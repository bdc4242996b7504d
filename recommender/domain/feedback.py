"""What a cohort is, and what both sides of a pair report in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from recommender.domain.checks import MAX_NAME, Check, set_canonical
from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import MAX_TEXT, PairStatus

MAX_SESSION = 200
MAX_COMMENT = 2000


class Side(StrEnum):
    """Which of the two reports."""

    MENTEE = "mentee"
    MENTOR = "mentor"


class FeedbackKind(StrEnum):
    """What is reported: the five steps of a pair, then how it went."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ACTIVE = "active"
    ENDED = "ended"
    FIT = "fit"
    USEFULNESS = "usefulness"
    PROGRESS = "progress"
    AGAIN = "again"
    COMMENT = "comment"

    @property
    def step(self) -> PairStatus | None:
        """What the pair becomes by this report, or None if it is no step."""
        return _STEPS.get(self)


_STEPS = {
    FeedbackKind.ASKED: PairStatus.ASKED,
    FeedbackKind.ACCEPTED: PairStatus.ACCEPTED,
    FeedbackKind.DECLINED: PairStatus.DECLINED,
    FeedbackKind.ACTIVE: PairStatus.ACTIVE,
    FeedbackKind.ENDED: PairStatus.ENDED,
}


class Fit(StrEnum):
    """What somebody says after the first meeting."""

    GOOD = "good"
    UNDECIDED = "undecided"
    NOT_A_FIT = "not_a_fit"


class DeclineReason(StrEnum):
    """Why a mentor declined, if they want to say."""

    NO_TIME = "no_time"
    OTHER_TOPIC = "other_topic"
    TOO_CLOSE = "too_close"
    OTHER = "other"


class Again(StrEnum):
    """Whether somebody would do it again."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class FeedbackForm:
    """What belongs to a kind of feedback.

    Args:
        sides: Who may report it.
        words: The words that are a value, or none.
        scale: Lowest and highest whole number that is a value, or none.
        text: Whether the value is free text.
        optional: Whether the value may be missing.
        per_session: Whether it is about one session.
        per_goal: Whether it is about one goal.
    """

    sides: tuple[Side, ...] = tuple(Side)
    words: type[StrEnum] | None = None
    scale: tuple[int, int] | None = None
    text: bool = False
    optional: bool = False
    per_session: bool = False
    per_goal: bool = False

    @property
    def without_value(self) -> bool:
        return not (self.words or self.scale or self.text)


FORMS: Mapping[FeedbackKind, FeedbackForm] = {
    FeedbackKind.ASKED: FeedbackForm((Side.MENTEE,)),
    FeedbackKind.ACCEPTED: FeedbackForm((Side.MENTOR,)),
    FeedbackKind.DECLINED: FeedbackForm((Side.MENTOR,), words=DeclineReason, optional=True),
    FeedbackKind.ACTIVE: FeedbackForm(),
    FeedbackKind.ENDED: FeedbackForm(),
    FeedbackKind.FIT: FeedbackForm(words=Fit),
    FeedbackKind.USEFULNESS: FeedbackForm(scale=(1, 5), per_session=True),
    FeedbackKind.PROGRESS: FeedbackForm((Side.MENTEE,), scale=(-2, 2), per_goal=True),
    FeedbackKind.AGAIN: FeedbackForm(words=Again),
    FeedbackKind.COMMENT: FeedbackForm(text=True),
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """One run of the programme; the unit of retraining and evaluation.

    Args:
        id: Opaque id, such as 2026-autumn.
        name: As people call it.
        starts_on: First day, in UTC.
        ends_on: Last day, included. Rankings made in between belong to the cohort.
        simulated: Whether its feedback is invented; everything made from it then says so.

    Raises:
        InvalidInput: if any field is out of its range.
    """

    id: str
    name: str
    starts_on: date
    ends_on: date
    simulated: bool = False

    def __post_init__(self) -> None:
        set_canonical(self, "name")
        check = Check()
        check.identifier("id", self.id)
        check.text("name", self.name, MAX_NAME)
        for field in ("starts_on", "ends_on"):
            check.day(field, getattr(self, field))
        check.that(
            isinstance(self.simulated, bool),
            "simulated",
            self.simulated,
            "yes or no",
            "Say yes only if the cohort's feedback is invented.",
        )
        if not check.problems:
            check.that(
                self.starts_on <= self.ends_on,
                "ends_on",
                self.ends_on,
                f"a day not before {self.starts_on}",
                "Give the last day of the cohort.",
            )
        check.done()

    def in_place_of(self, stored: Cohort | None) -> Cohort:
        """Return this cohort as it may replace the stored one of its id: simulated stays simulated.

        Raises:
            InvalidInput: if it is simulated and the stored one is not, for invented feedback would
                be taken for what people said.
        """
        if stored is None or stored.simulated == self.simulated:
            return self
        if stored.simulated:
            return replace(self, simulated=True)
        expected = f"no, for {self.id} is a cohort of real people,"
        remedy = "Give the invented feedback a cohort of its own."
        raise InvalidInput([Problem("simulated", "yes", expected, remedy)])


@dataclass(frozen=True, slots=True)
class Feedback:
    """One report by one side of a pair.

    Args:
        cohort: Id of the cohort.
        mentor_id: Id of the pair's mentor.
        mentee_id: Id of the pair's mentee.
        side: Who reports.
        kind: What is reported.
        value: As the kind demands: a word, a number, a text, or None.
        session: Number of the session, 1 to 200, where the kind is about a session.
        goal: Text of the goal, where the kind is about a goal.
        given_at: When it was reported, from 2000 to 2100; kept in UTC.

    Raises:
        InvalidInput: if any field is out of its range, or does not go with the kind.
    """

    cohort: str
    mentor_id: str
    mentee_id: str
    side: Side
    kind: FeedbackKind
    given_at: datetime
    value: int | str | None = None
    session: int | None = None
    goal: str | None = None

    def __post_init__(self) -> None:
        set_canonical(self, "goal", "value")
        check = Check()
        check.identifier("cohort", self.cohort)
        check.identifier("mentor_id", self.mentor_id)
        check.identifier("mentee_id", self.mentee_id)
        check.that(
            self.mentor_id != self.mentee_id,
            "mentee_id",
            self.mentee_id,
            "somebody other than the mentor",
            "Nobody mentors themselves.",
        )
        check.one_of("side", self.side, Side)
        check.one_of("kind", self.kind, FeedbackKind)
        check.moment("given_at", self.given_at)
        if isinstance(self.kind, FeedbackKind):
            self._check_kind(check, FORMS[self.kind])
        check.done()
        object.__setattr__(self, "given_at", self.given_at.astimezone(UTC))

    @property
    def key(self) -> tuple[str, str, str, Side, FeedbackKind, int | None, str | None]:
        """What a later report must share to replace this one."""
        return (
            self.cohort,
            self.mentor_id,
            self.mentee_id,
            self.side,
            self.kind,
            self.session,
            self.goal,
        )

    def _check_kind(self, check: Check, form: FeedbackForm) -> None:
        if isinstance(self.side, Side):
            check.that(
                self.side in form.sides,
                "side",
                self.side,
                f"{' or '.join(form.sides)} for {self.kind}",
                "Only that side can report it.",
            )
        self._check_value(check, form)
        if form.per_session:
            session = self.session if self.session is not None else 0
            check.whole("session", session, 1, MAX_SESSION, "Say which session it is about.")
        else:
            _nothing(check, "session", self.session, self.kind, "a session")
        if form.per_goal:
            check.text("goal", self.goal or "", MAX_TEXT)
        else:
            _nothing(check, "goal", self.goal, self.kind, "a goal")

    def _check_value(self, check: Check, form: FeedbackForm) -> None:
        if self.value is None and (form.optional or form.without_value):
            return
        if form.without_value:
            _nothing(check, "value", self.value, self.kind, "a value")
        elif form.words is not None:
            words = ", ".join(form.words)
            known = isinstance(self.value, str) and self.value in list(form.words)
            check.that(known, "value", self.value, f"one of {words} for {self.kind}", "Choose one.")
        elif form.scale is not None:
            low, high = form.scale
            value = self.value if isinstance(self.value, int) else low - 1
            shown = "" if self.value is None else self.value
            ok = not isinstance(self.value, bool) and low <= value <= high
            check.that(
                ok, "value", shown, f"a whole number from {low} to {high}", "Give that number."
            )
        else:
            check.text("value", self.value if isinstance(self.value, str) else "", MAX_COMMENT)


def _nothing(check: Check, name: str, value: object, kind: FeedbackKind, what: str) -> None:
    check.that(value is None, name, value, f"nothing ({kind} has not {what})", "Leave it empty.")


def overlapping(cohorts: Iterable[Cohort]) -> Iterator[tuple[Cohort, Cohort]]:
    """Yield each cohort that starts before all earlier ones have ended, behind the last of them."""
    last: Cohort | None = None
    for cohort in sorted(cohorts, key=lambda cohort: (cohort.starts_on, cohort.id)):
        if last is not None and cohort.starts_on <= last.ends_on:
            yield last, cohort
        if last is None or cohort.ends_on > last.ends_on:
            last = cohort


def refuse_overlap(cohorts: Mapping[str, Cohort]) -> None:
    """Refuse cohorts that run at the same time: a ranking could not tell which one it is in.

    Raises:
        InvalidInput: with every cohort that starts too early.
    """
    problems = [
        Problem(
            "starts_on",
            f"{later.starts_on} of {later.id}",
            f"a day after {earlier.ends_on}, when {earlier.id} ends",
            "Let one cohort end before the next starts.",
        )
        for earlier, later in overlapping(cohorts.values())
    ]
    if problems:
        raise InvalidInput(problems)

"""A simulated cohort's lists and feedback in a real store, as if people had used Tandem."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from recommender.app import Recommender
from recommender.domain.feedback import Cohort, DeclineReason, Feedback, FeedbackKind, Fit, Side
from recommender.domain.people import Person, Roles
from recommender.encoding.missing import encode_missing
from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.examples import Examples
from recommender.ranking.reporting import card
from recommender.simulation.behaviour import Behaviour
from recommender.store import Store, people
from recommender.store.tables import impressions, rankings
from tests.conftest import HashEncoder, goal, person, skill
from tests.worlds.worlds import World, WorldKind, one_after_another

AUTUMN = Cohort("2025-autumn", "Autumn", date(2025, 9, 1), date(2026, 2, 28))
SPRING = Cohort("2026-spring", "Spring", date(2026, 3, 1), date(2026, 8, 31))
NOW = datetime(2026, 10, 1, tzinfo=UTC)
WORDS = ("automate", "reports", "film", "clips", "prompts", "charts", "code", "design")
FITS = {0: Fit.NOT_A_FIT, 2: Fit.UNDECIDED, 3: Fit.GOOD}
"""What the mentee says of an accepted pair of each grade; of 1 nobody has said anything yet."""


def draw_nothing(set_attribute: Callable[[object, str, object], None]) -> None:
    """Let plots be files that hold a word: drawing takes longer than training does here."""

    def write(_numbers: object, _language: str, path: Path) -> None:
        path.write_text("plot", encoding="utf-8")

    for name in ("draw_orders", "draw_weights", "draw_acceptance"):
        set_attribute(card, name, write)


def open_workspace(folder: Path, encoder: HashEncoder | None = None) -> Recommender:
    """Open a workspace at a time after all cohorts."""
    opened = Recommender(Store.in_folder(folder), lambda: encoder or HashEncoder(), folder)
    opened.clock = lambda: NOW
    return opened


def lists(seed: int, *n_mentees: int) -> Examples:
    """Return what mentees of several cohorts were shown and did, in a world that tells a lot."""
    world = World(WorldKind.LINEAR, seed)
    world.behaviour = Behaviour(popular=0.0, perception=0.05, unanswered=0.0, silent=0.0)
    rng = np.random.default_rng(seed)
    return one_after_another([world.cohort(rng, n) for n in n_mentees])


def store_world(
    recommender: Recommender,
    cohorts: Sequence[Cohort],
    examples: Examples,
    without: Collection[str] = (),
) -> None:
    """Store everybody in the lists, the lists, and feedback from which their grades follow.

    Mentor 7 has the id t7, mentee 7 m7.

    Args:
        recommender: Opened on an empty workspace.
        cohorts: One per cohort of ``examples``.
        examples: Lists and what became of them.
        without: Ids of people who are stored, but no impression or feedback of theirs.
    """
    everybody = [
        *(_mentor(number) for number in np.unique(examples.mentor).tolist()),
        *(_mentee(number) for number in np.unique(examples.mentee).tolist()),
    ]
    texts = [statement.text for member in everybody for statement in member.statements]
    encode_missing(recommender.store, recommender.encoder, texts)
    with recommender.store.write() as connection:
        people.put(connection, everybody)
    for cohort in cohorts:
        recommender.cohorts.put(cohort)
    kept = [
        row
        for row, (mentor, mentee) in enumerate(zip(examples.mentor, examples.mentee, strict=True))
        if f"t{mentor}" not in without and f"m{mentee}" not in without
    ]
    _log(recommender, cohorts, examples, kept)
    recommender.feedback.record(
        [report for row in kept for report in _reports(cohorts, examples, row)]
    )


def _mentor(number: int) -> Person:
    words = (WORDS[number % 8], WORDS[number // 8 % 8])
    return person(f"t{number}", skill(" ".join(words)), roles=Roles.MENTOR, capacity=50)


def _mentee(number: int) -> Person:
    return person(f"m{number}", goal(f"{WORDS[number % 8]} quickly"), roles=Roles.MENTEE)


def _shown_at(cohorts: Sequence[Cohort], examples: Examples, row: int) -> datetime:
    start = datetime.combine(cohorts[examples.cohort[row]].starts_on, time(9), UTC)
    return start + timedelta(minutes=int(examples.ranking[row]))


def _log(
    recommender: Recommender, cohorts: Sequence[Cohort], examples: Examples, kept: Sequence[int]
) -> None:
    with recommender.store.write() as connection:
        number_of = people.numbers(connection)
        asked = {
            int(examples.ranking[row]): {
                "id": f"list-{examples.ranking[row]}",
                "created_at": _shown_at(cohorts, examples, row),
                "mentee": number_of[f"m{examples.mentee[row]}"],
                "k": 10,
                "n_eligible": 100,
                "encoder": recommender.encoder.digest,
                "ranker": None,
            }
            for row in kept
        }
        shown = [
            {
                "ranking": f"list-{examples.ranking[row]}",
                "position": int(examples.position[row]),
                "rank": int(examples.position[row]),
                "mentor": number_of[f"t{examples.mentor[row]}"],
                "score": float(examples.features[row, 0]),
                "features": dict(zip(FEATURE_NAMES, examples.features[row].tolist(), strict=True)),
            }
            for row in kept
        ]
        connection.execute(insert(rankings), list(asked.values()))
        connection.execute(insert(impressions), shown)


def _reports(cohorts: Sequence[Cohort], examples: Examples, row: int) -> Iterable[Feedback]:
    """Yield what became of one impression; nothing if the mentor was not asked."""
    if not examples.asked[row]:
        return

    def report(side: Side, kind: FeedbackKind, value: str | None = None) -> Feedback:
        return Feedback(
            cohort=cohorts[examples.cohort[row]].id,
            mentor_id=f"t{examples.mentor[row]}",
            mentee_id=f"m{examples.mentee[row]}",
            side=side,
            kind=kind,
            given_at=_shown_at(cohorts, examples, row) + timedelta(hours=1),
            value=value,
        )

    yield report(Side.MENTEE, FeedbackKind.ASKED)
    if not examples.accepted[row]:
        yield report(Side.MENTOR, FeedbackKind.DECLINED, DeclineReason.OTHER_TOPIC)
        return
    yield report(Side.MENTOR, FeedbackKind.ACCEPTED)
    if int(examples.grade[row]) in FITS:
        yield report(Side.MENTEE, FeedbackKind.FIT, FITS[int(examples.grade[row])])
        yield report(Side.MENTOR, FeedbackKind.FIT, Fit.GOOD)

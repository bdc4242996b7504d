"""A workspace with everything that a retraining reads, written straight from labelled examples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Table, insert

from recommender.domain.feedback import Cohort, FeedbackKind, Fit, Side
from recommender.domain.people import Kind, Person, Roles, Statement, Status
from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.examples import Examples
from recommender.simulation.phrases import read_phrases
from recommender.store import Store, cohorts, people, tables
from recommender.store.shipped import shipped

ENCODER = "benchmark"
FIRST_DAY = date(2024, 1, 1)
COHORT_DAYS = 180
N_SESSIONS = 1
SAID = ((Fit.NOT_A_FIT, 1), (Fit.UNDECIDED, 2), (Fit.UNDECIDED, 4), (Fit.GOOD, 5))
"""Fit and usefulness, as said by both sides, that lead to the grades 0 to 3."""
CHUNK = 20_000


def fill(workspace: Path, examples: Examples) -> int:
    """Store people, cohorts, lists and reports that ``gather`` labels like these.

    Returns:
        How many reports there are.
    """
    store = Store.in_folder(workspace)
    n_mentors = int(examples.mentor.max()) + 1
    ids = [f"mentor-{n}" for n in range(n_mentors)]
    ids += [f"mentee-{n}" for n in range(int(examples.mentee.max()) + 1)]
    with store.write() as connection:
        people.put(connection, list(_invented(ids)))
        number_of = people.numbers(connection)
        cohorts.put(
            connection, [_cohort(examples, place) for place in range(len(examples.cohorts))]
        )
        numbers = [number_of[person_id] for person_id in ids]
        rows: dict[str, tuple[Table, list[dict[str, Any]]]] = {
            table.name: (table, [])
            for table in (tables.rankings, tables.impressions, tables.feedback)
        }
        listed: set[int] = set()
        for row in range(len(examples)):
            mentor = numbers[int(examples.mentor[row])]
            mentee = numbers[n_mentors + int(examples.mentee[row])]
            ranking = int(examples.ranking[row])
            if ranking not in listed:
                listed.add(ranking)
                rows["rankings"][1].append(_ranking(examples, row, mentee))
            rows["impressions"][1].append(_impression(examples, row, mentor))
            rows["feedback"][1].extend(_reports(examples, row, mentor, mentee))
        for table, values in rows.values():
            for start in range(0, len(values), CHUNK):
                connection.execute(insert(table), values[start : start + CHUNK])
    store.close()
    return len(rows["feedback"][1])


def _invented(ids: list[str]) -> Iterator[Person]:
    phrases = read_phrases(shipped("data/sample_organisation") / "phrases.csv")
    skills = [person_id for person_id in phrases if person_id.kind is Kind.SKILL]
    goals = [person_id for person_id in phrases if person_id.kind is Kind.GOAL]
    for place, person_id in enumerate(ids):
        skill, goal = skills[place % len(skills)], goals[place % len(goals)]
        stated = (
            Statement(Kind.SKILL, f"{skill.text} #{place}", skill.language, level=3),
            Statement(Kind.GOAL, f"{goal.text} #{place}", goal.language, priority=1),
        )
        roles = Roles(person_id.partition("-")[0])
        yield Person(
            person_id, person_id, "IT", "Bonn", 3, None, ("de",), "Europe/Berlin", roles, 2, 4.0,
            Status.ACTIVE, stated,
        )  # fmt: skip


def _cohort(examples: Examples, place: int) -> Cohort:
    first = FIRST_DAY + place * timedelta(days=COHORT_DAYS)
    last = first + timedelta(days=COHORT_DAYS - 1)
    return Cohort(examples.cohorts[place], f"Cohort {place + 1}", first, last, simulated=True)


def _shown_at(examples: Examples, row: int) -> datetime:
    start = datetime.combine(FIRST_DAY, datetime.min.time(), UTC)
    start += int(examples.cohort[row]) * timedelta(days=COHORT_DAYS)
    return start + timedelta(minutes=int(examples.ranking[row]))


def _ranking(examples: Examples, row: int, mentee: int) -> dict[str, Any]:
    return {
        "id": f"{int(examples.ranking[row]):036}",
        "created_at": _shown_at(examples, row),
        "mentee": mentee,
        "k": 10,
        "n_eligible": 200,
        "encoder": ENCODER,
        "ranker": None,
    }


def _impression(examples: Examples, row: int, mentor: int) -> dict[str, Any]:
    position = int(examples.position[row])
    return {
        "ranking": f"{int(examples.ranking[row]):036}",
        "position": position,
        "rank": position,
        "mentor": mentor,
        "score": float(examples.features[row, 0]),
        "features": dict(
            zip(FEATURE_NAMES, np.round(examples.features[row], 4).tolist(), strict=True)
        ),
    }


def _reports(examples: Examples, row: int, mentor: int, mentee: int) -> Iterator[dict[str, Any]]:
    """Say what happened: asked, answered, and after the sessions what both sides think."""
    if not examples.asked[row]:
        return
    accepted = bool(examples.accepted[row])
    answer = FeedbackKind.ACCEPTED if accepted else FeedbackKind.DECLINED
    reports = [(Side.MENTEE, FeedbackKind.ASKED, "", ""), (Side.MENTOR, answer, "", "")]
    if accepted:
        fit, useful = SAID[int(examples.grade[row])]
        for side in Side:
            reports.append((side, FeedbackKind.FIT, "", str(fit)))
            for session in range(1, N_SESSIONS + 1):
                reports.append((side, FeedbackKind.USEFULNESS, str(session), str(useful)))
    given_at = _shown_at(examples, row)
    for days, (side, kind, about, value) in enumerate(reports):
        yield {
            "cohort": examples.cohorts[int(examples.cohort[row])],
            "mentor": mentor,
            "mentee": mentee,
            "side": side,
            "kind": kind,
            "about": about,
            "value": value,
            "given_at": given_at + timedelta(days=days),
        }

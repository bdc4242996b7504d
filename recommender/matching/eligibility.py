"""The hard rules: who may be recommended to whom, decided before anything is retrieved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain.checks import Check
from recommender.domain.ranking import Query
from recommender.matching.asking import Asked
from recommender.matching.roster import Roster

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EligibilityRules:
    """Which rules apply.

    That a mentor takes part, is a mentor, has described a skill and is not the mentee themselves is
    not a matter of configuration: mentoring is voluntary.

    Args:
        reporting_chain: Keep out everybody above and below the mentee in the reporting lines.
        free_capacity: Keep out mentors without a free place.
        not_paired_before: Keep out mentors with whom the mentee was or is paired.
        common_language: Keep out mentors with no language in common.
        max_time_zone_hours: Keep out mentors whose clock is further away; None for no limit.

    Raises:
        InvalidInput: if a value is of the wrong type, or the hours are negative.
    """

    reporting_chain: bool = True
    free_capacity: bool = True
    not_paired_before: bool = True
    common_language: bool = True
    max_time_zone_hours: float | None = 4.0

    def __post_init__(self) -> None:
        check = Check()
        for rule in ("reporting_chain", "free_capacity", "not_paired_before", "common_language"):
            check.of_type(rule, getattr(self, rule), bool, "true or false", "Choose.")
        if self.max_time_zone_hours is not None:
            hours = self.max_time_zone_hours
            check.number("max_time_zone_hours", hours, 0, 24, "Give hours, or none for no limit.")
        check.done()


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may be recommended.

    Attributes:
        mask: By row of the roster, (rows,) bool.
        n_eligible: How many that are.
        n_people: Everybody.
        kept_out: Per rule, in order, the people whom it was the first to keep out.
    """

    mask: Mask
    n_eligible: int
    n_people: int
    kept_out: dict[str, int]


def decide(
    roster: Roster,
    describes_skill: Mask,
    query: Query,
    asked: Asked,
    rules: EligibilityRules,
) -> Eligibility:
    """Apply the rules in their order and count whom each keeps out.

    Args:
        roster: Everybody.
        describes_skill: By row, whether the person has a searchable skill statement.
        query: Its filters count as rules.
        asked: Who asks; rules that compare two people do not apply to a query by text alone.
        rules: Which rules apply.
    """
    mask = roster.present.copy()
    left = int(np.count_nonzero(mask))
    n_people = left
    kept_out: dict[str, int] = {}
    for rule, passes in _verdicts(roster, describes_skill, query, asked, rules):
        mask &= passes
        now_left = int(np.count_nonzero(mask))
        kept_out[rule] = left - now_left
        left = now_left
    return Eligibility(mask, left, n_people, kept_out)


def _verdicts(
    roster: Roster,
    describes_skill: Mask,
    query: Query,
    asked: Asked,
    rules: EligibilityRules,
) -> Iterable[tuple[str, Mask]]:
    """Yield each rule that applies with whom it lets pass."""
    mentee = asked.mentee
    yield "is_mentor", roster.may_mentor
    yield "takes_part", roster.takes_part
    if mentee is not None:
        yield "not_oneself", _all_but(roster, [mentee])
        if rules.reporting_chain:
            yield "reporting_chain", ~roster.chain_of(mentee)
    yield "describes_skill", describes_skill
    if rules.free_capacity:
        yield "free_capacity", roster.free_capacity > 0
    if mentee is not None:
        rows = np.arange(roster.n_rows)
        if rules.not_paired_before:
            yield "not_paired_before", _all_but(roster, asked.partners)
        if rules.common_language:
            yield "common_language", roster.n_shared_languages(mentee, rows) > 0
        if rules.max_time_zone_hours is not None:
            hours = roster.time_zone_distance(mentee, rows)
            yield "time_zone", hours <= rules.max_time_zone_hours
    if query.language is not None:
        yield "query_language", roster.speakers_of(query.language)
    if query.site is not None:
        yield "query_site", roster.site == roster.site_code(query.site)
    if query.exclude:
        known = [
            roster.row_of[person_id] for person_id in query.exclude if person_id in roster.row_of
        ]
        yield "query_exclude", _all_but(roster, known)


def _all_but(roster: Roster, rows: Iterable[int]) -> Mask:
    mask = np.ones(roster.n_rows, dtype=np.bool_)
    mask[list(rows)] = False
    return mask

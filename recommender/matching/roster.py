"""Everybody as NumPy columns, so that rules and features are array operations.

A person's row is their number in the store; numbers are never used twice. Row 0 is nobody: it
stands for "no manager" and for free rows elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from recommender.domain.people import Status
from recommender.store.people import RosterRow

HOURS_A_DAY = 24.0
REFERENCE_YEAR = 2026
START_ROWS = 1024

BoolColumn = NDArray[np.bool_]
IntColumn = NDArray[np.int32]
FloatColumn = NDArray[np.float32]


@lru_cache(maxsize=1024)
def utc_offset_hours(time_zone: str) -> float:
    """Return a zone's distance from UTC in hours: the mean of January's and July's.

    The mean makes the distance between two zones the same all year and on both hemispheres, so the
    same question gets the same answer in any season.
    """
    zone = ZoneInfo(time_zone)
    offsets = [datetime(REFERENCE_YEAR, month, 15, 12, tzinfo=zone).utcoffset() for month in (1, 7)]
    hours = [offset.total_seconds() / 3600 for offset in offsets if offset is not None]
    return sum(hours) / len(hours)


class Roster:
    """The people, one row each.

    Attributes:
        present: Whether there is such a person, (rows,) bool; so are the next two.
        takes_part: Whether their status is active.
        may_mentor: Whether their roles include mentor.
        manager: Row of their manager, 0 for none, (rows,) int32.
        career_level: 0 to 99, (rows,) int32.
        free_capacity: Places for mentees that are free, at least 0, (rows,) int32.
        hours_per_month: Hours, (rows,) float32.
        utc_offset: Hours from UTC, (rows,) float32.
        department, site: Codes; equal codes mean equal names, (rows,) int32.
        speaks: One column per language in ``languages``, (rows, n_languages) bool.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.names: list[str] = []
        self.departments: list[str] = []
        self.sites: list[str] = []
        self.languages: list[str] = []
        self.row_of: dict[str, int] = {}
        self._codes: dict[tuple[str, str], int] = {}
        self.present: BoolColumn = np.zeros(0, dtype=np.bool_)
        self.takes_part = self.present
        self.may_mentor = self.present
        self.manager: IntColumn = np.zeros(0, dtype=np.int32)
        self.career_level = self.manager
        self.free_capacity = self.manager
        self.department = self.manager
        self.site = self.manager
        self.hours_per_month: FloatColumn = np.zeros(0, dtype=np.float32)
        self.utc_offset = self.hours_per_month
        self.speaks: BoolColumn = np.zeros((0, 0), dtype=np.bool_)
        self._grow(START_ROWS)

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.row_of)

    @property
    def n_rows(self) -> int:
        return len(self.present)

    def put(self, people: Sequence[RosterRow]) -> None:
        """Write people's rows, new or changed."""
        if not people:
            return
        self._grow(max(person.number for person in people) + 1)
        for language in sorted({code for person in people for code in person.languages}):
            self._language_column(language)
        for person in people:
            self._put_texts(person)
        rows = np.array([person.number for person in people])
        self.present[rows] = True
        self.takes_part[rows] = [person.status is Status.ACTIVE for person in people]
        self.may_mentor[rows] = [person.roles.may_mentor for person in people]
        self.manager[rows] = [person.manager for person in people]
        self.career_level[rows] = [person.career_level for person in people]
        self.free_capacity[rows] = [max(0, p.capacity - p.active_mentees) for p in people]
        self.hours_per_month[rows] = [person.hours_per_month for person in people]
        self.utc_offset[rows] = [utc_offset_hours(person.time_zone) for person in people]
        self.department[rows] = [self._code("department", p.department) for p in people]
        self.site[rows] = [self._code("site", person.site) for person in people]
        column = {language: i for i, language in enumerate(self.languages)}
        self.speaks[rows] = False
        for person in people:
            self.speaks[person.number, [column[code] for code in person.languages]] = True

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget people; unknown numbers are nobody, and nothing happens."""
        for row in numbers:
            if row < self.n_rows and self.present[row]:
                del self.row_of[self.ids[row]]
                self.ids[row] = self.names[row] = self.departments[row] = self.sites[row] = ""
                self.present[row] = self.takes_part[row] = self.may_mentor[row] = False
                self.manager[row] = 0

    def site_code(self, site: str) -> int:
        """Return a site's code, or −1 if nobody works there."""
        return self._codes.get(("site", site), -1)

    def chain_of(self, row: int) -> BoolColumn:
        """Return who is above or below this person in the reporting lines, (rows,) bool."""
        below = np.zeros(self.n_rows, dtype=np.bool_)
        below[row] = True
        if (self.manager == row).any():
            n_found = 1
            while True:
                below |= below[self.manager]
                n_now = int(np.count_nonzero(below))
                if n_now == n_found:
                    break
                n_found = n_now
        chain = below
        chain[[above for above, _ in self._line_up(row)]] = True
        chain[[0, row]] = False
        return chain

    def organisational_distance(self, row: int, others: NDArray[np.int64]) -> FloatColumn:
        """Return the steps from a person to others through the nearest common manager.

        People without a common manager are joined by one step above their topmost managers.

        Args:
            row: The person.
            others: Rows, (n,) int64.

        Returns:
            Steps, 0 for the person themselves, (n,) float32.
        """
        line = self._line_up(row)
        steps_to = np.full(self.n_rows, -1, dtype=np.int32)
        steps_to[0] = len(line)
        for above, steps in line:
            steps_to[above] = steps
        distance = np.zeros(len(others), dtype=np.float32)
        place = others.copy()
        for climbed in range(self.n_rows):
            met = steps_to[place]
            open_ones = met < 0
            if not open_ones.any():
                break
            place[open_ones] = self.manager[place[open_ones]]
            distance[open_ones] = climbed + 1
        return (distance + steps_to[place]).astype(np.float32)

    def time_zone_distance(self, row: int, others: NDArray[np.int64]) -> FloatColumn:
        """Return the hours between a person's zone and others', 0 to 12, (n,) float32."""
        apart = np.abs(self.utc_offset[others] - self.utc_offset[row]) % HOURS_A_DAY
        nearer: FloatColumn = np.minimum(apart, HOURS_A_DAY - apart).astype(np.float32)
        return nearer

    def n_shared_languages(self, row: int, others: NDArray[np.int64]) -> IntColumn:
        """Return how many languages others share with a person, (n,) int32."""
        mine = np.flatnonzero(self.speaks[row])
        shared = np.zeros(len(others), dtype=np.int32)
        for column in mine:
            shared += self.speaks[others, column]
        return shared

    def speakers_of(self, language: str) -> BoolColumn:
        """Return who speaks a language, (rows,) bool."""
        if language not in self.languages:
            return np.zeros(self.n_rows, dtype=np.bool_)
        return self.speaks[:, self.languages.index(language)]

    def _line_up(self, row: int) -> list[tuple[int, int]]:
        """Return (row, steps up) from the person to the top; a cycle ends it."""
        line: list[tuple[int, int]] = []
        seen: set[int] = set()
        place = row
        while place and place not in seen:
            line.append((place, len(line)))
            seen.add(place)
            place = int(self.manager[place])
        return line

    def _put_texts(self, person: RosterRow) -> None:
        self.row_of[person.id] = person.number
        self.ids[person.number] = person.id
        self.names[person.number] = person.name
        self.departments[person.number] = person.department
        self.sites[person.number] = person.site

    def _code(self, column: str, text: str) -> int:
        return self._codes.setdefault((column, text), len(self._codes))

    def _language_column(self, language: str) -> None:
        if language not in self.languages:
            self.languages.append(language)
            nobody = np.zeros((self.n_rows, 1), dtype=np.bool_)
            self.speaks = np.hstack([self.speaks, nobody])

    def _grow(self, rows_needed: int) -> None:
        """Make room, at least doubling, so that adding people one by one stays cheap."""
        if rows_needed <= self.n_rows:
            return
        more = max(rows_needed, 2 * self.n_rows) - self.n_rows
        for column in (
            "present",
            "takes_part",
            "may_mentor",
            "manager",
            "career_level",
            "free_capacity",
            "department",
            "site",
            "hours_per_month",
            "utc_offset",
        ):
            old = getattr(self, column)
            setattr(self, column, np.concatenate([old, np.zeros(more, dtype=old.dtype)]))
        empty = np.zeros((more, len(self.languages)), dtype=np.bool_)
        self.speaks = np.vstack([self.speaks, empty])
        for texts in (self.ids, self.names, self.departments, self.sites):
            texts.extend([""] * more)

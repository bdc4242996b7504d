"""Invents the people of a whole organisation, then a few of their earlier pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from recommender.domain.errors import InvalidInput, Problem
from recommender.domain.people import Pair, Person, Roles, Statement, Status
from recommender.simulation.chance import Chances, happens, one_of
from recommender.simulation.company import (
    BOARD,
    DEPARTMENTS,
    HOME_LANGUAGES,
    SITES,
    Department,
    Site,
)
from recommender.simulation.pairs import invent_pairs
from recommender.simulation.phrases import Area, NameGroup, Phrase, topics_of
from recommender.simulation.statements import Speaker
from recommender.simulation.tree import Seat, grow_tree

MIN_PEOPLE = 100
MAX_PEOPLE = 500_000
TOP_CAREER_LEVEL = 10
LAST_JUNIOR_LEVEL = 3
ALL_SPEAK_ENGLISH_FROM_LEVEL = 8
N_NAME_TRIES = 6
_WHOLE_BOARD = Department(BOARD, 0.0, False, frozenset())

_STAFF_LEVELS = Chances({1: 0.22, 2: 0.33, 3: 0.28, 4: 0.1, 5: 0.05, 6: 0.02})
_JUNIOR_ROLES = Chances({Roles.MENTOR: 0.92, Roles.BOTH: 0.06, Roles.MENTEE: 0.02})
_SPECIALIST_ROLES = Chances({Roles.MENTOR: 0.45, Roles.BOTH: 0.25, Roles.MENTEE: 0.3})
_MANAGER_ROLES = Chances({Roles.MENTOR: 0.02, Roles.BOTH: 0.13, Roles.MENTEE: 0.85})
_STATUS = Chances({Status.ACTIVE: 0.9, Status.PAUSED: 0.07, Status.WITHDRAWN: 0.03})
_CAPACITY = Chances({0: 0.05, 1: 0.45, 2: 0.35, 3: 0.15})
_ALL_SITES = Chances({site: site.share for site in SITES})
_PLANTS = Chances({site: site.share for site in SITES if site.has_plant})
_ORIGINS = {site.name: Chances(site.origins) for site in SITES}


@dataclass(frozen=True, slots=True)
class Organisation:
    """Invented people, ordered by id, and their running and ended pairs."""

    people: tuple[Person, ...]
    pairs: tuple[Pair, ...]


def invent_organisation(
    phrases: Iterable[Phrase],
    names: Mapping[str, NameGroup],
    rng: Generator,
    n_people: int = 600,
) -> Organisation:
    """Invent a company of ``n_people``; equal arguments give equal organisations.

    Args:
        phrases: What people may say, as :func:`read_phrases` returns it.
        names: First and family names by group, as :func:`read_names` returns them.
        rng: Where all chance comes from.
        n_people: 100 to 500,000; fewer cannot fill seven levels.

    Raises:
        InvalidInput: if ``n_people`` is out of its range.
    """
    if not MIN_PEOPLE <= n_people <= MAX_PEOPLE:
        expected = f"a whole number from {MIN_PEOPLE} to {MAX_PEOPLE}"
        raise InvalidInput([Problem("n_people", str(n_people), expected, "Choose another size.")])
    phrases = tuple(phrases)
    seats = grow_tree(n_people, [department.share for department in DEPARTMENTS], rng)
    sites = _place(seats, rng)
    levels = _career_levels(seats, rng)
    ids = _ids(n_people, rng)
    inventor = _Inventor(Speaker(phrases, rng), names, rng)
    people = sorted(
        (
            inventor.person(
                ids[place],
                None if seat.boss is None else ids[seat.boss],
                seat,
                sites[place],
                levels[place],
            )
            for place, seat in enumerate(seats)
        ),
        key=lambda person: person.id,
    )
    return Organisation(tuple(people), invent_pairs(people, topics_of(phrases), rng))


def _ids(n_people: int, rng: Generator) -> list[str]:
    """Return ids that say nothing about rank or department, except that p0001 is the head."""
    width = max(4, len(str(n_people)))
    numbers = [1, *(rng.permutation(n_people - 1) + 2).tolist()]
    return [f"p{number:0{width}}" for number in numbers]


def _place(seats: list[Seat], rng: Generator) -> list[Site]:
    """Give each seat a site; most teams sit together, the further down the more so."""
    sites: list[Site] = []
    for seat in seats:
        department = _department(seat)
        leads = seat.n_reports > 0
        stays = 0.25 if seat.level <= 3 else 0.7 if leads else 0.93
        if seat.boss is None:
            sites.append(SITES[0])
        elif happens(stays, rng):
            sites.append(sites[seat.boss])
        else:
            sites.append((_ALL_SITES if department.in_offices else _PLANTS).pick(rng))
    return sites


def _career_levels(seats: list[Seat], rng: Generator) -> list[int]:
    """Rate each seat: managers below their own boss, nobody above the boss.

    Specialists without a team may reach the level of those who lead one.
    """
    levels: list[int] = []
    for seat in seats:
        if seat.boss is None:
            levels.append(TOP_CAREER_LEVEL)
        elif seat.n_reports:
            below_top = TOP_CAREER_LEVEL + 1 - seat.level - int(happens(0.3, rng))
            levels.append(min(below_top, levels[seat.boss] - 1))
        else:
            levels.append(min(_STAFF_LEVELS.pick(rng), levels[seat.boss]))
    return levels


def _department(seat: Seat) -> Department:
    return _WHOLE_BOARD if seat.unit is None else DEPARTMENTS[seat.unit]


class _Inventor:
    """Fills seats with people."""

    def __init__(self, speaker: Speaker, names: Mapping[str, NameGroup], rng: Generator) -> None:
        self._speaker = speaker
        self._names = names
        self._rng = rng
        self._used_names: set[str] = set()

    def person(
        self, person_id: str, boss_id: str | None, seat: Seat, site: Site, level: int
    ) -> Person:
        rng = self._rng
        origin = _ORIGINS[site.name].pick(rng)
        languages = self._languages(site, origin, level)
        roles = self._roles(seat, level)
        department = _department(seat)
        # The head takes part visibly, as programmes that last usually have it.
        status = Status.ACTIVE if boss_id is None else _STATUS.pick(rng)
        return Person(
            id=person_id,
            name=self._name(origin),
            department=department.name,
            site=site.name,
            career_level=level,
            reports_to=boss_id,
            languages=languages,
            time_zone=site.time_zone,
            roles=roles,
            capacity=_CAPACITY.pick(rng) if roles.may_mentor else 0,
            hours_per_month=int(rng.integers(2, 13)) / 2,
            status=status,
            statements=self._statements(seat, level, roles, languages, department.topics),
        )

    def _roles(self, seat: Seat, level: int) -> Roles:
        if seat.boss is None:
            return Roles.MENTEE
        if seat.n_reports:
            return _MANAGER_ROLES.pick(self._rng)
        if level > LAST_JUNIOR_LEVEL:
            return _SPECIALIST_ROLES.pick(self._rng)
        return _JUNIOR_ROLES.pick(self._rng)

    def _languages(self, site: Site, origin: str, level: int) -> tuple[str, ...]:
        """Return the site's own language first, for most, and then what else they speak."""
        chances = dict(site.languages)
        if origin in HOME_LANGUAGES:
            chances[HOME_LANGUAGES[origin]] = 0.75
        if level >= ALL_SPEAK_ENGLISH_FROM_LEVEL:
            chances["en"] = 1.0  # they lead people in several countries
        spoken = [language for language, chance in chances.items() if happens(chance, self._rng)]
        if len(spoken) > 1 and happens(0.06, self._rng):
            spoken[0], spoken[1] = spoken[1], spoken[0]
        return tuple(spoken)

    def _name(self, origin: str) -> str:
        """Return a random name; large organisations have namesakes, small ones hardly."""
        group = self._names[origin]
        name = ""
        for _ in range(N_NAME_TRIES):
            name = f"{one_of(group.first, self._rng)} {one_of(group.family, self._rng)}"
            if name not in self._used_names:
                break
        self._used_names.add(name)
        return name

    def _statements(
        self,
        seat: Seat,
        level: int,
        roles: Roles,
        languages: tuple[str, ...],
        near: frozenset[str],
    ) -> tuple[Statement, ...]:
        rng, speaker = self._rng, self._speaker
        statements: list[Statement] = []
        taken: set[str] = set()
        if roles.may_mentor:
            statements += speaker.digital_skills(languages, near, taken)
        elif seat.n_reports and happens(0.3, rng):
            statements += speaker.beginner_skill(languages, near, taken)
        if seat.n_reports:
            statements += speaker.leadership_skills(languages, int(rng.integers(1, 4)), taken)
        if roles is not Roles.MENTOR:
            statements += speaker.goals(
                Area.DIGITAL, languages, near, int(rng.integers(1, 4)), taken
            )
        if level <= LAST_JUNIOR_LEVEL:
            n = int(rng.integers(0, 3))
            statements += speaker.goals(Area.LEADERSHIP, languages, frozenset(), n, taken)
        return tuple(statements)

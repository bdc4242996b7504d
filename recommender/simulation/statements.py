"""What invented people say about themselves, dealt from the hand-written phrases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from numpy.random import Generator

from recommender.domain.people import MAX_PRIORITY, Kind, Statement
from recommender.simulation.chance import Chances, happens
from recommender.simulation.phrases import Area, Phrase

WINDOW = 12
SPOKEN_IN = ("de", "en")
STAYS_IN_FIRST_LANGUAGE = 0.8

_N_TOPICS = Chances({1: 0.3, 2: 0.45, 3: 0.25})
_GOOD_LEVEL = Chances({2: 0.08, 3: 0.32, 4: 0.4, 5: 0.2})
_LOW_LEVEL = Chances({1: 0.5, 2: 0.5})


class _Deck:
    """Shuffled phrases. None comes twice before each has come once, as far as rules allow."""

    def __init__(self, phrases: Sequence[Phrase], rng: Generator) -> None:
        self._all = tuple(phrases)
        self._rng = rng
        self._left: list[Phrase] = []

    def draw(self, near: frozenset[str], taken: set[str]) -> Phrase:
        """Take one of the upmost phrases, best of a near topic, never of a taken one."""
        while True:
            top = range(len(self._left) - 1, max(-1, len(self._left) - 1 - WINDOW), -1)
            allowed = [place for place in top if self._left[place].topic not in taken]
            if allowed:
                wished = (place for place in allowed if self._left[place].topic in near)
                return self._left.pop(next(wished, allowed[0]))
            order = self._rng.permutation(len(self._all))
            self._left += [self._all[place] for place in order.tolist()]


class Speaker:
    """Composes statements; one speaker serves a whole organisation.

    Every method takes the set of topics that the person has already spoken about, leaves them out
    and adds the new ones: nobody wants to be taught what they teach.

    Args:
        phrases: All phrases, of every area, kind and language.
        rng: Where chance comes from.
    """

    def __init__(self, phrases: Iterable[Phrase], rng: Generator) -> None:
        by_kind: dict[tuple[Area, Kind, str], list[Phrase]] = defaultdict(list)
        self._skills: dict[tuple[str, str], list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            by_kind[phrase.area, phrase.kind, phrase.language].append(phrase)
            if phrase.kind is Kind.SKILL:
                self._skills[phrase.topic, phrase.language].append(phrase)
        self._decks = {key: _Deck(group, rng) for key, group in by_kind.items()}
        self._said: dict[tuple[Phrase, int], Statement] = {}
        self._rng = rng

    def digital_skills(
        self, languages: Sequence[str], near: frozenset[str], taken: set[str]
    ) -> list[Statement]:
        """Return 2 to 6 skills of 1 to 3 topics, several for each."""
        n_topics = _N_TOPICS.pick(self._rng)
        statements: list[Statement] = []
        for _ in range(n_topics):
            n_more = 1 if n_topics == 3 else int(self._rng.integers(1, 3))
            first = self._draw(Area.DIGITAL, Kind.SKILL, languages, near, taken)
            others = [p for p in self._skills[first.topic, first.language] if p is not first]
            places = self._rng.permutation(len(others))[:n_more].tolist()
            statements += [
                self._say(phrase, _GOOD_LEVEL.pick(self._rng))
                for phrase in (first, *(others[place] for place in places))
            ]
        return statements

    def beginner_skill(
        self, languages: Sequence[str], near: frozenset[str], taken: set[str]
    ) -> list[Statement]:
        """Return one digital skill that the person has hardly begun."""
        phrase = self._draw(Area.DIGITAL, Kind.SKILL, languages, near, taken)
        return [self._say(phrase, _LOW_LEVEL.pick(self._rng))]

    def leadership_skills(
        self, languages: Sequence[str], n: int, taken: set[str]
    ) -> list[Statement]:
        """Return ``n`` skills of different topics."""
        return [
            self._say(
                self._draw(Area.LEADERSHIP, Kind.SKILL, languages, frozenset(), taken),
                _GOOD_LEVEL.pick(self._rng),
            )
            for _ in range(n)
        ]

    def goals(
        self, area: Area, languages: Sequence[str], near: frozenset[str], n: int, taken: set[str]
    ) -> list[Statement]:
        """Return ``n`` goals of different topics, the most important first."""
        return [
            self._say(self._draw(area, Kind.GOAL, languages, near, taken), min(place, MAX_PRIORITY))
            for place in range(1, n + 1)
        ]

    def _say(self, phrase: Phrase, grade: int) -> Statement:
        """Return a statement; equal ones are one object, which keeps large organisations fast."""
        if (phrase, grade) not in self._said:
            level, priority = (grade, None) if phrase.kind is Kind.SKILL else (None, grade)
            self._said[phrase, grade] = Statement(
                phrase.kind, phrase.text, phrase.language, level, priority
            )
        return self._said[phrase, grade]

    def _draw(
        self,
        area: Area,
        kind: Kind,
        languages: Sequence[str],
        near: frozenset[str],
        taken: set[str],
    ) -> Phrase:
        """Draw a phrase in a language of the person and mark its topic as taken."""
        spoken = [language for language in languages if language in SPOKEN_IN]
        stays = len(spoken) == 1 or happens(STAYS_IN_FIRST_LANGUAGE, self._rng)
        phrase = self._decks[area, kind, spoken[0] if stays else spoken[1]].draw(near, taken)
        taken.add(phrase.topic)
        return phrase

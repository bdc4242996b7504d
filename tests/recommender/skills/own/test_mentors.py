"""Which mentors know which concept: the same after any change as when read anew."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.app import Recommender
from recommender.domain.people import Kind, Roles
from recommender.skills.own import mentors
from recommender.skills.own.mentors import MentorConcepts
from recommender.store import own_gaps, people
from tests.conftest import goal, person, skill
from tests.recommender.skills.knowledge_world import REPORTS, WORD, WordLinker, WordLinks, knowledge

LEVELS = range(1, 6)


def over(recommender: Recommender, linker: WordLinker) -> MentorConcepts:
    def corrections() -> dict[int, tuple[str, ...]]:
        with recommender.store.read() as connection:
            return own_gaps.corrections(connection)

    return MentorConcepts(recommender.mirror, knowledge(linker=linker), corrections)


def everybody(recommender: Recommender) -> NDArray[np.bool_]:
    return recommender.mirror.roster.present


def told(recommender: Recommender, kept: MentorConcepts) -> dict[tuple[str, int], int]:
    """Return how many are able, by concept and level."""
    recommender.mirror.refresh()
    kept.refresh()
    eligible = everybody(recommender)
    return {(c, level): kept.n_able(c, level, eligible) for c in WORD for level in LEVELS}


def by_hand(recommender: Recommender) -> dict[tuple[str, int], int]:
    """Return the same, read from the store person by person."""
    linker = WordLinker(tuple(WORD))
    best: dict[tuple[str, str], int] = {}
    with recommender.store.read() as connection:
        stored = people.get_many(connection)
        for number, one in stored.values():
            corrected = own_gaps.corrections_of(connection, number)
            for said in one.skills if one.roles.may_mentor else ():
                found = linker.links(recommender.encoder.encode([said.text]))
                linked = tuple(linker.concepts[place] for place in found.concept)
                for name in corrected.get((Kind.SKILL, said.text), linked):
                    best[one.id, name] = max(best.get((one.id, name), 0), said.level or 0)
    return {
        (c, level): sum(name == c and at_best >= level for (_, name), at_best in best.items())
        for c in WORD
        for level in LEVELS
    }


def change(recommender: Recommender, rng: random.Random) -> None:
    """Put, erase, or correct somebody."""
    recommender.gaps.knowledge = knowledge()
    person_id = f"p{rng.randrange(6)}"
    with recommender.store.read() as connection:
        known = people.get_many(connection, [person_id]).get(person_id)
    skills = known[1].skills if known else ()
    if skills and rng.random() < 0.4:
        wanted = rng.choice([None, rng.sample(sorted(WORD), rng.randrange(3))])
        recommender.gaps.correct_link(person_id, Kind.SKILL, rng.choice(skills).text, wanted)
    elif known and rng.random() < 0.3:
        recommender.people.erase(person_id)
    else:
        texts = rng.sample([f"{verb} {word}" for verb in "abc" for word in WORD.values()], 3)
        spoken = [skill(text, rng.choice(LEVELS)) for text in texts]
        roles = rng.choice([Roles.BOTH, Roles.MENTEE])
        recommender.people.put(person(person_id, *spoken, goal("plan reports"), roles=roles))


@pytest.mark.parametrize("seed", range(3))
def test_after_any_change_it_is_what_the_store_says(
    open_recommender: Callable[[], Recommender], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(mentors, "CHUNK", 2)
    here, there = open_recommender(), open_recommender()
    rng = random.Random(seed)
    kept = over(here, WordLinker(tuple(WORD)))
    some = 0
    for _ in range(12):
        change(there, rng)
        expected = by_hand(here)
        assert told(here, kept) == expected
        some += sum(expected.values())
    assert some > 0


def test_each_statement_is_linked_once(tiny_world: Recommender) -> None:
    linker = WordLinker(tuple(WORD))
    kept = over(tiny_world, linker)
    told(tiny_world, kept)
    n_skills = len(tiny_world.mirror.skills)
    assert linker.n_linked == n_skills
    tiny_world.people.put(person("new", skill("plan reports"), skill("bake bread")))
    told(tiny_world, kept)
    told(tiny_world, kept)
    assert linker.n_linked == n_skills + 2


def test_after_the_index_is_rebuilt_everything_is_linked_anew(tiny_world: Recommender) -> None:
    linker = WordLinker(tuple(WORD))
    kept = over(tiny_world, linker)
    before = told(tiny_world, kept)
    tiny_world.rebuild_index()
    assert told(tiny_world, kept) == before
    assert linker.n_linked == 2 * len(tiny_world.mirror.skills)


def test_only_the_eligible_count(tiny_world: Recommender) -> None:
    kept = over(tiny_world, WordLinker(tuple(WORD)))
    told(tiny_world, kept)
    eligible = everybody(tiny_world).copy()
    assert kept.n_able(REPORTS, 4, eligible) == 2  # flow and near
    eligible[tiny_world.mirror.roster.row_of["flow"]] = False
    assert kept.n_able(REPORTS, 4, eligible) == 1
    assert kept.n_able("no.such", 1, eligible) == 0


def test_nobody_waits_for_the_organisation_while_texts_are_linked(tiny_world: Recommender) -> None:
    lock = tiny_world.mirror.lock

    class Watching(WordLinker):
        def links(
            self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = 3
        ) -> WordLinks:
            assert lock.acquire(blocking=False)
            lock.release()
            return super().links(vectors, threshold, most)

    linker = Watching(tuple(WORD))
    told(tiny_world, over(tiny_world, linker))
    assert linker.n_linked > 0

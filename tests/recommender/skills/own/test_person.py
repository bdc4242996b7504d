"""A person's own gaps: every level, distance and number of mentors is known by construction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.app import Recommender
from recommender.domain.errors import InvalidInput, UnknownPerson
from recommender.domain.people import Kind, Pair, PairStatus, Status
from recommender.skills.own.linking import N_SUGGESTIONS, LinkedStatement, link_statements
from recommender.skills.own.person import Gap, PersonGaps, Source
from recommender.store import pairs
from tests.conftest import HashEncoder, goal, person, skill
from tests.recommender.skills.knowledge_world import (
    CLIPS,
    REPORTS,
    ROBOTS,
    TEAMS,
    WORD,
    WordLinker,
    WordLinks,
    knowledge,
)
from tests.recommender.store.test_store import traces

AUTOMATE, FILM, LEAD = "automate weekly reports", "film short clips", "lead large teams calmly"
UNHEARD_OF = "grow tall sunflowers"


@pytest.fixture
def world(tiny_world: Recommender) -> Recommender:
    tiny_world.gaps.knowledge = knowledge()
    return tiny_world


class EveryLinker(WordLinker):
    """Links everything to everything, the first concepts most probably."""

    def links(
        self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = 3
    ) -> WordLinks:
        n = len(vectors)
        probability = np.tile(np.linspace(0.9, 0.1, most), n)
        return WordLinks(np.repeat(np.arange(n), most), np.tile(np.arange(most), n), probability)


@pytest.fixture
def there(world: Recommender, open_recommender: Callable[[], Recommender]) -> Recommender:
    """Another process on the same workspace."""
    other = open_recommender()
    other.gaps.knowledge = knowledge()
    return other


def gap(recommender: Recommender, person_id: str, concept: str | None) -> Gap:
    """Return the one gap in a concept, or the one that no concept stands for."""
    [found] = [one for one in recommender.gaps.of(person_id).gaps if one.concept == concept]
    return found


def said(recommender: Recommender, person_id: str, text: str) -> LinkedStatement:
    [found] = [one for one in recommender.gaps.of(person_id).statements if one.text == text]
    return found


def concepts(recommender: Recommender, person_id: str, text: str) -> list[str]:
    return [one.id for one in said(recommender, person_id, text).concepts]


def change(recommender: Recommender, person_id: str, **changes: object) -> None:
    known = recommender.people.get(person_id)
    recommender.people.put(replace(known, **changes))  # type: ignore[arg-type]  # as in conftest


def test_goals_become_gaps_with_levels_distances_and_mentors(world: Recommender) -> None:
    label = {"de": "office.reports (de)", "en": "office.reports (en)"}
    assert gap(world, "boss", REPORTS) == Gap(
        concept=REPORTS,
        label=label,
        goal=AUTOMATE,
        wanted=4,
        present=0,
        distance=4,
        source=Source.GOAL,
        n_mentors=1,  # flow, though by two statements; near could do it, but reports to boss
        closable=True,
    )
    film = gap(world, "boss", CLIPS)
    assert (film.wanted, film.distance, film.n_mentors, film.closable) == (2, 2, 1, True)


def test_the_widest_gap_comes_first_and_then_the_most_important(world: Recommender) -> None:
    change(
        world,
        "boss",
        statements=(
            goal("steer robots", 3),  # 2 levels missing
            goal(FILM, 2),  # 3 missing, less important than the one below
            goal(LEAD, 1),  # 3 missing
            goal(AUTOMATE, 1),  # 4 missing
            skill("lead teams", 1),
        ),
    )
    assert [one.concept for one in world.gaps.of("boss").gaps] == [REPORTS, TEAMS, CLIPS, ROBOTS]


def test_what_is_unsure_is_suggested_and_counts_nowhere(world: Recommender) -> None:
    unsure = "tidy up the pile of old papers and robots today"
    change(world, "boss", statements=(goal(unsure, 1), skill("lead teams", 3)))
    told = said(world, "boss", unsure)
    assert told.concepts == ()
    first = told.suggestions[0]
    assert first.id == ROBOTS
    assert 0.02 <= (first.probability or 0) < WordLinker.threshold
    assert gap(world, "boss", None).goal == unsure
    assert TEAMS not in [one.id for one in said(world, "boss", "lead teams").suggestions]
    world.gaps.correct_link("boss", Kind.GOAL, unsure, [ROBOTS])
    assert ROBOTS not in [one.id for one in said(world, "boss", unsure).suggestions]
    assert gap(world, "boss", ROBOTS).goal == unsure


def test_so_many_are_suggested_beside_what_is_linked() -> None:
    catalogue = [f"area.c{number}" for number in range(20)]
    world = knowledge(catalogue, EveryLinker(catalogue))
    vectors = np.zeros((2, 3), dtype=np.float32)
    for languages, n_linked, n_suggested in ((("en",), 3, N_SUGGESTIONS), (("de",), 0, 0)):
        stated = (goal("plan"), skill("build"))
        for told in link_statements(stated, vectors, {}, world, languages):
            assert [one.id for one in told.concepts] == catalogue[:n_linked]
            assert [one.id for one in told.suggestions] == catalogue[3 : 3 + n_suggested]


def test_the_highest_of_the_own_levels_is_present(world: Recommender) -> None:
    change(
        world,
        "boss",
        statements=(goal(AUTOMATE, 1), skill("plan reports", 1), skill("automate reports", 3)),
    )
    found = gap(world, "boss", REPORTS)
    assert (found.wanted, found.present, found.distance) == (4, 3, 1)


@pytest.mark.parametrize(("level", "n_mentors"), [(2, 0), (3, 1), (4, 1)])
def test_who_helps_is_a_step_ahead(world: Recommender, level: int, n_mentors: int) -> None:
    change(world, "boss", statements=(goal(AUTOMATE, 1), skill("plan reports", 2)))
    change(world, "flow", statements=(skill(AUTOMATE, level), skill("plan reports", 1)))
    assert gap(world, "boss", REPORTS).n_mentors == n_mentors


def test_a_closed_gap_is_told_as_closed(world: Recommender) -> None:
    change(world, "boss", statements=(goal(AUTOMATE, 3), skill("plan reports", 5)))
    found = gap(world, "boss", REPORTS)
    assert (found.wanted, found.present, found.distance) == (2, 5, 0)


def test_of_two_goals_the_more_important_one_counts(world: Recommender) -> None:
    change(world, "boss", statements=(goal("plan reports", 3), goal(AUTOMATE, 1)))
    found = gap(world, "boss", REPORTS)
    assert (found.goal, found.wanted) == (AUTOMATE, 4)


def test_a_goal_of_two_concepts_is_a_gap_in_both(world: Recommender) -> None:
    change(world, "boss", statements=(goal("film short clips of teams", 2),))
    assert {one.concept for one in world.gaps.of("boss").gaps} == {CLIPS, TEAMS}
    assert concepts(world, "boss", "film short clips of teams") == [TEAMS, CLIPS]  # surest first


def test_statements_tell_their_concepts_and_how_sure_that_is(world: Recommender) -> None:
    found = world.gaps.of("boss").statements
    assert [(one.kind, one.text) for one in found] == [
        (Kind.GOAL, AUTOMATE),
        (Kind.GOAL, FILM),
        (Kind.SKILL, LEAD),
    ]
    assert [one.priority for one in found] == [1, 3, None]
    assert [one.level for one in found] == [None, None, 5]
    vectors = HashEncoder().encode([AUTOMATE, WORD[REPORTS]])
    [link] = found[0].concepts
    assert link.id == REPORTS
    assert link.probability == pytest.approx(float(vectors[0] @ vectors[1]), abs=1e-6)


def test_a_goal_that_the_catalogue_does_not_know_still_counts(world: Recommender) -> None:
    change(world, "boss", statements=(goal(UNHEARD_OF, 1),))
    assert world.gaps.of("boss").gaps == (
        Gap(None, None, UNHEARD_OF, 4, 0, 4, Source.GOAL, n_mentors=0, closable=False),
    )
    world.people.put(person("garden", skill(UNHEARD_OF), skill("grow sunflowers"), career_level=1))
    assert gap(world, "boss", None).n_mentors == 1
    change(world, "garden", reports_to="boss")
    assert gap(world, "boss", None).n_mentors == 0


def test_the_own_skill_that_covers_an_unknown_goal_is_present(world: Recommender) -> None:
    change(
        world,
        "boss",
        statements=(goal(UNHEARD_OF, 1), skill("grow sunflowers", 2), skill("bake bread", 5)),
    )
    found = gap(world, "boss", None)
    assert (found.present, found.distance) == (2, 2)


def test_known_and_unknown_goals_stand_side_by_side(world: Recommender) -> None:
    change(world, "boss", statements=(goal(UNHEARD_OF, 3), goal(AUTOMATE, 2), goal("bake bread")))
    found = world.gaps.of("boss").gaps
    assert [(one.concept, one.goal) for one in found] == [
        (REPORTS, AUTOMATE),
        (None, "bake bread"),
        (None, UNHEARD_OF),
    ]
    assert [one.n_mentors for one in found] == [1, 1, 0]  # flow; cook; nobody


@pytest.mark.parametrize("person_id", ["mute", "cook"])
def test_without_goals_there_is_no_gap(world: Recommender, person_id: str) -> None:
    assert world.gaps.of(person_id).gaps == ()
    assert world.gaps.of(person_id).profile is None


def test_who_is_alone_has_gaps_that_nobody_closes(
    open_recommender: Callable[[], Recommender],
) -> None:
    recommender = open_recommender()
    recommender.gaps.knowledge = knowledge()
    with pytest.raises(UnknownPerson):
        recommender.gaps.of("one")  # nobody is there at all
    recommender.people.put(person("one", goal(AUTOMATE, 1), goal(UNHEARD_OF, 2), skill(AUTOMATE)))
    found = recommender.gaps.of("one").gaps
    assert [(one.distance, one.n_mentors) for one in found] == [(3, 0), (0, 0)]


def test_a_role_profile_is_offered_chosen_and_taken_back(
    world: Recommender, there: Recommender
) -> None:
    assert [one.id for one in world.gaps.role_profiles()] == ["office-lead", "plant-manager"]
    world.gaps.choose_role_profile("mute", "plant-manager")
    told = there.gaps.of("mute")
    assert told.profile == "plant-manager"
    assert [(one.concept, one.wanted, one.goal, one.source) for one in told.gaps] == [
        (CLIPS, 4, None, Source.ROLE_PROFILE),
        (ROBOTS, 3, None, Source.ROLE_PROFILE),
    ]
    assert [one.n_mentors for one in told.gaps] == [1, 0]
    there.gaps.choose_role_profile("mute", None)
    assert world.gaps.of("mute") == PersonGaps((), (), None)


@pytest.mark.parametrize(
    ("priority", "profile", "concept", "wanted"),
    [(3, "plant-manager", CLIPS, 4), (1, "office-lead", REPORTS, 4)],
)
def test_of_goal_and_profile_the_higher_level_counts(
    world: Recommender, priority: int, profile: str, concept: str, wanted: int
) -> None:
    text = FILM if concept == CLIPS else AUTOMATE
    change(world, "boss", statements=(goal(text, priority),))
    world.gaps.choose_role_profile("boss", profile)
    found = gap(world, "boss", concept)
    assert (found.wanted, found.source, found.goal) == (wanted, Source.BOTH, text)


def test_equal_distances_go_by_priority_and_the_profile_comes_last(world: Recommender) -> None:
    own = (goal(UNHEARD_OF, 2), goal("lead teams", 2), skill("film clips", 1))
    change(world, "mute", statements=own)
    world.gaps.choose_role_profile("mute", "plant-manager")
    found = world.gaps.of("mute").gaps
    assert [one.distance for one in found] == [3, 3, 3, 3]
    assert [one.concept for one in found] == [TEAMS, None, ROBOTS, CLIPS]


def test_an_unknown_profile_is_refused_and_the_choice_stays(world: Recommender) -> None:
    world.gaps.choose_role_profile("mute", "office-lead")
    with pytest.raises(InvalidInput, match="astronaut"):
        world.gaps.choose_role_profile("mute", "astronaut")
    assert world.gaps.of("mute").profile == "office-lead"


def test_a_profile_that_no_longer_exists_counts_as_none(
    world: Recommender, there: Recommender
) -> None:
    world.gaps.choose_role_profile("mute", "plant-manager")
    there.gaps.knowledge.profiles.clear()
    assert there.gaps.of("mute").profile is None
    assert there.gaps.of("mute").gaps == ()
    assert there.gaps.role_profiles() == ()


def test_a_concept_removed_from_the_catalogue_leaves_the_goal_by_its_words(
    world: Recommender, there: Recommender
) -> None:
    world.gaps.correct_link("boss", Kind.SKILL, LEAD, (REPORTS, TEAMS))
    world.gaps.correct_link("boss", Kind.GOAL, FILM, (REPORTS,))
    world.gaps.choose_role_profile("boss", "office-lead")
    there.gaps.knowledge = knowledge([TEAMS, CLIPS, ROBOTS])
    told = there.gaps.of("boss")
    assert [(one.concept, one.goal, one.n_mentors) for one in told.gaps] == [
        (None, AUTOMATE, 1),
        (None, FILM, 1),  # corrected: the automatic link to clips does not come back
    ]
    assert concepts(there, "boss", LEAD) == [TEAMS]
    assert said(there, "boss", FILM).corrected


def test_a_concept_that_the_linker_does_not_know_can_be_chosen(world: Recommender) -> None:
    world.gaps.knowledge = knowledge([*WORD, "new.concept"])
    world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, ["new.concept"])
    assert gap(world, "boss", "new.concept").n_mentors == 0
    world.gaps.correct_link("flow", Kind.SKILL, AUTOMATE, ["new.concept"])
    assert gap(world, "boss", "new.concept").n_mentors == 1


def test_a_correction_wins_and_can_be_forgotten(world: Recommender, there: Recommender) -> None:
    world.gaps.correct_link("boss", Kind.GOAL, f"  {AUTOMATE} ", [TEAMS, ROBOTS])
    told = said(there, "boss", AUTOMATE)
    assert told.corrected
    assert {one.id: one.probability for one in told.concepts} == {TEAMS: None, ROBOTS: None}
    assert {one.concept for one in there.gaps.of("boss").gaps} == {TEAMS, ROBOTS, CLIPS}
    assert gap(there, "boss", TEAMS).present == 5
    world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, None)
    assert concepts(there, "boss", AUTOMATE) == [REPORTS]
    assert not said(there, "boss", AUTOMATE).corrected


def test_a_goal_corrected_to_no_concept_counts_by_its_words(world: Recommender) -> None:
    world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, ())
    assert said(world, "boss", AUTOMATE).corrected
    assert gap(world, "boss", None).goal == AUTOMATE
    assert gap(world, "boss", None).n_mentors == 1


def test_a_skill_corrected_to_no_concept_is_no_longer_present(world: Recommender) -> None:
    change(world, "boss", statements=(goal(AUTOMATE, 1), skill("plan reports", 3)))
    world.gaps.correct_link("boss", Kind.SKILL, "plan reports", ())
    assert gap(world, "boss", REPORTS).present == 0


def test_what_mentors_correct_counts_for_others_at_once(
    world: Recommender, there: Recommender
) -> None:
    assert gap(there, "boss", REPORTS).n_mentors == 1
    world.gaps.correct_link("flow", Kind.SKILL, AUTOMATE, [ROBOTS])
    assert gap(there, "boss", REPORTS).n_mentors == 1  # flow has another one
    world.gaps.correct_link("flow", Kind.SKILL, "automate reports quickly", [])
    assert gap(there, "boss", REPORTS).n_mentors == 0
    world.gaps.correct_link("cook", Kind.SKILL, "bake sourdough bread", [REPORTS])
    assert gap(there, "boss", REPORTS).n_mentors == 1
    world.gaps.correct_link("flow", Kind.SKILL, AUTOMATE, None)
    assert gap(there, "boss", REPORTS).n_mentors == 2


def test_a_correction_survives_an_import(world: Recommender, tmp_path: Path) -> None:
    world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, [ROBOTS])
    world.gaps.correct_link("flow", Kind.SKILL, AUTOMATE, [])
    world.people.export_files([tmp_path / "people.xlsx"])
    change(world, "boss", name="Another name")  # so that the import writes, too
    change(world, "flow", statements=(skill(AUTOMATE, 1), skill("automate reports quickly")))
    report = world.people.import_files([tmp_path / "people.xlsx"])
    assert report.people_updated == 2
    assert concepts(world, "boss", AUTOMATE) == [ROBOTS]
    assert concepts(world, "flow", AUTOMATE) == []
    change(world, "boss", statements=(goal("automate monthly reports"),))
    assert concepts(world, "boss", "automate monthly reports") == [REPORTS]


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.GOAL, "bake sourdough bread"), (Kind.SKILL, AUTOMATE)]
)
def test_nobody_corrects_what_they_do_not_state(world: Recommender, kind: Kind, text: str) -> None:
    for wanted in ([ROBOTS], None):
        with pytest.raises(InvalidInput, match=text):
            world.gaps.correct_link("cook", kind, text, wanted)
    assert concepts(world, "flow", AUTOMATE) == [REPORTS]


def test_every_unknown_concept_is_named(world: Recommender) -> None:
    with pytest.raises(InvalidInput) as caught:
        world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, ["a.b", ROBOTS, ""])
    assert [problem.value for problem in caught.value.problems] == ["a.b", ""]
    assert concepts(world, "boss", AUTOMATE) == [REPORTS]


def test_who_is_not_stored_has_no_gaps(world: Recommender) -> None:
    for ask in (
        lambda: world.gaps.of("nobody"),
        lambda: world.gaps.choose_role_profile("nobody", None),
        lambda: world.gaps.correct_link("nobody", Kind.GOAL, AUTOMATE, None),
    ):
        with pytest.raises(UnknownPerson, match="nobody"):
            ask()


@pytest.mark.parametrize("status", [Status.PAUSED, Status.WITHDRAWN])
def test_who_takes_no_part_still_sees_their_own(world: Recommender, status: Status) -> None:
    before = world.gaps.of("boss")
    change(world, "boss", status=status)
    assert world.gaps.of("boss") == before


def test_who_withdraws_is_nobodys_mentor_at_once(world: Recommender, there: Recommender) -> None:
    assert gap(there, "boss", REPORTS).n_mentors == 1
    change(world, "flow", status=Status.WITHDRAWN)
    assert gap(there, "boss", REPORTS).n_mentors == 0


def test_who_was_a_partner_before_is_not_eligible(world: Recommender) -> None:
    with world.store.write() as connection:
        pairs.put(connection, [Pair("flow", "boss", PairStatus.ENDED)])
    assert gap(world, "boss", REPORTS).n_mentors == 0


def test_what_the_encoder_cannot_read_is_neither_linked_nor_covered(
    world: Recommender, encoder: HashEncoder
) -> None:
    change(world, "boss", statements=(goal(AUTOMATE, language="fr"), skill(FILM, language="de")))
    encoder.languages = ("de", "en")
    assert concepts(world, "boss", AUTOMATE) == []
    assert concepts(world, "boss", FILM) == [CLIPS]
    assert gap(world, "boss", None).n_mentors == 0
    world.gaps.correct_link("boss", Kind.GOAL, AUTOMATE, [REPORTS])  # the person can say it
    assert gap(world, "boss", REPORTS).n_mentors == 1


def test_who_is_erased_while_they_ask_is_unknown(world: Recommender, there: Recommender) -> None:
    class Erasing(WordLinker):
        def links(
            self, vectors: NDArray[np.float32], threshold: float | None = None, most: int = 3
        ) -> WordLinks:
            with suppress(UnknownPerson):
                there.people.erase("boss")
            return super().links(vectors, threshold, most)

    world.gaps.knowledge = knowledge(linker=Erasing(tuple(WORD)))
    with pytest.raises(UnknownPerson, match="boss"):
        world.gaps.of("boss")


SECRET = person(
    "gone-4711", goal("escape from reports quietly"), skill("juggle clips"), name="Erika M."
)


def test_no_byte_of_what_the_erased_said_is_left(world: Recommender, workspace: Path) -> None:
    world.people.put(SECRET)
    world.gaps.correct_link(SECRET.id, Kind.GOAL, SECRET.goals[0].text, [ROBOTS])
    world.gaps.correct_link(SECRET.id, Kind.SKILL, SECRET.skills[0].text, [])
    world.gaps.choose_role_profile(SECRET.id, "plant-manager")
    assert gap(world, SECRET.id, ROBOTS).source is Source.BOTH
    needles = [ROBOTS.encode(), b"plant-manager", SECRET.goals[0].text.encode(), b"Erika M."]
    assert {needle for _, needle in traces(workspace, needles)} == set(needles)
    world.people.erase(SECRET.id)
    assert traces(workspace, needles) == set()
    with pytest.raises(UnknownPerson):
        world.gaps.of(SECRET.id)

"""The invented organisation: what its size, shape and words promise, and its committed files."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from numpy.random import default_rng

from recommender.domain.errors import InvalidInput
from recommender.domain.people import Kind, PairStatus, Person, Roles, Statement, Status
from recommender.files.people import read_people
from recommender.simulation.organisation import Organisation, invent_organisation
from recommender.simulation.phrases import (
    Area,
    NameGroup,
    Phrase,
    read_names,
    read_phrases,
    topics_of,
)
from recommender.simulation.sample import SAMPLE_FILES, invent_sample, write_sample

FOLDER = Path(__file__).parents[3] / "data" / "sample_organisation"
N_LEVELS = 7


@pytest.fixture(scope="module")
def phrases() -> tuple[Phrase, ...]:
    return read_phrases(FOLDER / "phrases.csv")


@pytest.fixture(scope="module")
def names() -> dict[str, NameGroup]:
    return read_names(FOLDER / "names.toml")


@pytest.fixture(scope="module")
def sample() -> Organisation:
    return invent_sample(FOLDER)


def bosses(person: Person, by_id: dict[str, Person]) -> list[str]:
    """Walk up; a cycle would be longer than the number of people."""
    line: list[str] = []
    while person.reports_to is not None:
        assert len(line) <= len(by_id), "the tree has a cycle"
        line.append(person.reports_to)
        person = by_id[person.reports_to]
    return line


def managers(organisation: Organisation) -> set[str]:
    return {p.reports_to for p in organisation.people if p.reports_to is not None}


def test_phrases_are_valid_statements_and_none_comes_twice(phrases: tuple[Phrase, ...]) -> None:
    for phrase in phrases:
        level, priority = (3, None) if phrase.kind is Kind.SKILL else (None, 1)
        statement = Statement(phrase.kind, phrase.text, phrase.language, level, priority)
        assert statement.text == phrase.text
    assert len({phrase.text.casefold() for phrase in phrases}) == len(phrases)


def test_every_topic_has_three_phrases_of_each_kind_and_language(
    phrases: tuple[Phrase, ...],
) -> None:
    counts = Counter((p.topic, p.kind, p.language) for p in phrases)
    topics = {p.topic for p in phrases}
    assert len(topics) == 56
    assert len({p.topic for p in phrases if p.area is Area.LEADERSHIP}) == 10
    assert counts == {
        (topic, kind, language): 3 for topic in topics for kind in Kind for language in ("de", "en")
    }


def test_names_are_many(names: dict[str, NameGroup]) -> None:
    assert len({name for group in names.values() for name in group.first}) >= 110
    assert len({name for group in names.values() for name in group.family}) >= 160


def test_equal_seeds_give_equal_organisations_and_others_do_not(
    phrases: tuple[Phrase, ...], names: dict[str, NameGroup]
) -> None:
    first, same, other = (
        invent_organisation(phrases, names, default_rng(seed), 120) for seed in (5, 5, 6)
    )
    assert first == same
    assert first != other


def test_committed_files_equal_what_the_generator_writes(tmp_path: Path) -> None:
    """To record them anew: ``python -m recommender.simulation data/sample_organisation``."""
    for written in write_sample(FOLDER, tmp_path):
        assert written.read_bytes() == (FOLDER / written.name).read_bytes(), written.name


def test_committed_files_read_back_as_the_sample(sample: Organisation) -> None:
    read = read_people([FOLDER / name for name in SAMPLE_FILES])
    assert tuple(record.person for record in read.people) == sample.people
    assert tuple(record.pair for record in read.pairs) == sample.pairs


@pytest.mark.parametrize(("n_people", "seed"), [(100, 1), (137, 2), (600, 3), (4000, 4)])
def test_every_size_is_one_tree_of_seven_levels(
    n_people: int, seed: int, phrases: tuple[Phrase, ...], names: dict[str, NameGroup]
) -> None:
    organisation = invent_organisation(phrases, names, default_rng(seed), n_people)
    by_id = {person.id: person for person in organisation.people}
    chains = [bosses(person, by_id) for person in organisation.people]
    assert len(by_id) == len(organisation.people) == n_people
    assert [p.id for p in organisation.people if p.reports_to is None] == ["p0001"]
    assert {len(chain) + 1 for chain in chains} == set(range(1, N_LEVELS + 1))
    spans = Counter(p.reports_to for p in organisation.people if p.reports_to is not None)
    assert min(spans.values()) >= 3
    assert max(spans.values()) <= 15
    assert [p.id for p in organisation.people] == sorted(by_id)


def test_nobody_is_more_senior_than_their_manager(sample: Organisation) -> None:
    by_id = {person.id: person for person in sample.people}
    leading = managers(sample)
    for person in sample.people:
        if person.reports_to is not None:
            boss = by_id[person.reports_to]
            assert person.career_level < boss.career_level + (person.id not in leading)


def test_mentors_are_mostly_juniors_and_mentees_mostly_managers(sample: Organisation) -> None:
    leading = managers(sample)
    mentors = [p for p in sample.people if p.roles.may_mentor]
    mentees = [p for p in sample.people if p.roles is not Roles.MENTOR]
    assert sum(p.career_level <= 3 for p in mentors) > 0.75 * len(mentors)
    assert sum(p.id in leading for p in mentees) > 0.5 * len(mentees)
    assert Counter(p.roles for p in sample.people)[Roles.BOTH] >= 20


def test_statements_fit_roles(sample: Organisation, phrases: tuple[Phrase, ...]) -> None:
    topics = topics_of(phrases)
    areas = {phrase.text: phrase.area for phrase in phrases}
    leading = managers(sample)
    for person in sample.people:
        digital_skills = [s for s in person.skills if areas[s.text] is Area.DIGITAL]
        digital_goals = [s for s in person.goals if areas[s.text] is Area.DIGITAL]
        leadership_skills = [s for s in person.skills if areas[s.text] is Area.LEADERSHIP]
        leadership_goals = [s for s in person.goals if areas[s.text] is Area.LEADERSHIP]
        assert not {topics[s.text] for s in person.skills} & {topics[g.text] for g in person.goals}
        assert (
            (len(digital_skills) in range(2, 7))
            if person.roles.may_mentor
            else (len(digital_skills) <= 1)
        )
        if person.roles.may_mentor:
            by_topic = Counter(topics[s.text] for s in digital_skills)
            assert len(by_topic) <= 3
            assert min(by_topic.values()) >= 2
        assert len(digital_goals) in (range(1) if person.roles is Roles.MENTOR else range(1, 4))
        assert len(leadership_skills) in (range(1, 4) if person.id in leading else range(1))
        assert len(leadership_goals) <= (2 if person.career_level <= 3 else 0)


def test_every_phrase_is_said_by_somebody(
    sample: Organisation, phrases: tuple[Phrase, ...]
) -> None:
    texts = {s.text for person in sample.people for s in person.statements}
    assert texts == {phrase.text for phrase in phrases}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_at_least_150_distinct_statements_of_each_kind_and_language(
    kind: Kind, language: str, sample: Organisation
) -> None:
    texts = {
        s.text
        for person in sample.people
        for s in person.statements
        if s.kind is kind and s.language == language
    }
    assert len(texts) >= 150


def test_people_speak_the_languages_of_their_site_and_of_their_statements(
    sample: Organisation,
) -> None:
    for person in sample.people:
        own = "de" if person.time_zone == "Europe/Berlin" else "en"
        assert own in person.languages
        assert person.career_level < 8 or "en" in person.languages
        assert {s.language for s in person.statements} <= set(person.languages)
    spoken = Counter(person.languages for person in sample.people)
    assert spoken["de",] >= 20
    assert spoken["en",] >= 20
    assert {"tr", "pl", "it", "fr", "hi"} <= {code for codes in spoken for code in codes}


def test_sites_time_zones_departments_and_status_vary(sample: Organisation) -> None:
    sites = Counter((person.site, person.time_zone) for person in sample.people)
    assert len(sites) == len({site for site, _ in sites}) == 9
    assert len({time_zone for _, time_zone in sites}) == 5
    assert min(sites.values()) >= 10
    departments = {person.department for person in sample.people}
    assert len(departments - {"Management Board"}) == 12
    status = Counter(person.status for person in sample.people)
    assert status[Status.ACTIVE] > 0.8 * len(sample.people)
    assert status[Status.PAUSED] > status[Status.WITHDRAWN] > 0


def test_time_and_places_are_within_their_ranges(sample: Organisation) -> None:
    for person in sample.people:
        assert 1 <= person.hours_per_month <= 6
        assert person.capacity in (range(4) if person.roles.may_mentor else range(1))
    mentors = [person for person in sample.people if person.roles.may_mentor]
    assert 0 < sum(person.capacity == 0 for person in mentors) < 0.1 * len(mentors)


def test_names_differ_in_the_sample(sample: Organisation) -> None:
    assert len({person.name for person in sample.people}) == len(sample.people)


def test_pairs_keep_to_the_rules(sample: Organisation, phrases: tuple[Phrase, ...]) -> None:
    topics = topics_of(phrases)
    by_id = {person.id: person for person in sample.people}
    assert len(sample.pairs) == 40
    assert len({(pair.mentor_id, pair.mentee_id) for pair in sample.pairs}) == 40
    assert {pair.status for pair in sample.pairs} == {PairStatus.ACTIVE, PairStatus.ENDED}
    running = Counter(p.mentor_id for p in sample.pairs if p.status is PairStatus.ACTIVE)
    assert all(n <= by_id[mentor_id].capacity for mentor_id, n in running.items())
    for pair in sample.pairs:
        mentor, mentee = by_id[pair.mentor_id], by_id[pair.mentee_id]
        assert mentor.status is mentee.status is Status.ACTIVE
        assert mentor.roles.may_mentor
        assert mentee.roles is not Roles.MENTOR
        assert mentor.id not in bosses(mentee, by_id)
        assert mentee.id not in bosses(mentor, by_id)
        assert set(mentor.languages) & set(mentee.languages)
        taught = {topics[skill.text] for skill in mentor.skills}
        assert taught & {topics[goal.text] for goal in mentee.goals}


@pytest.mark.parametrize("n_people", [0, 99, 500_001])
def test_sizes_that_cannot_fill_the_tree_are_refused(
    n_people: int, phrases: tuple[Phrase, ...], names: dict[str, NameGroup]
) -> None:
    with pytest.raises(InvalidInput, match="100 to 500000"):
        invent_organisation(phrases, names, default_rng(1), n_people)


@pytest.mark.parametrize("name", ["phrases.csv", "names.toml", *SAMPLE_FILES])
def test_datasheet_names_the_digest_of_every_file(name: str) -> None:
    digest = sha256((FOLDER / name).read_bytes()).hexdigest()
    lines = (FOLDER / "DATASHEET.md").read_text(encoding="utf-8").splitlines()
    assert any(name in line and digest in line for line in lines), f"{name} {digest}"


def test_command_writes_the_three_files(tmp_path: Path) -> None:
    for name in ("phrases.csv", "names.toml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    command = [sys.executable, "-m", "recommender.simulation", str(tmp_path)]
    subprocess.run(command, check=True, cwd=FOLDER.parents[1])
    for name in SAMPLE_FILES:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()

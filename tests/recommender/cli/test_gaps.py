"""Gaps on the command line: one's own, kindly, in both languages; and the organisation's."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.app import Recommender
from recommender.domain.errors import EXIT_INVALID, EXIT_UNKNOWN, EXIT_UNUSABLE
from recommender.domain.people import Kind, Roles
from recommender.skills import gaps
from tests.conftest import goal, person, skill
from tests.recommender.cli.conftest import done, run
from tests.recommender.skills.knowledge_world import CLIPS, REPORTS, ROBOTS, TEAMS, WORD, knowledge

AUTOMATE = "automate weekly reports"
CATALOGUE = [*WORD, "office.numbers", "office.notes"]
GOAL = ("--kind", "goal", "--text", AUTOMATE)
WIDE = {"COLUMNS": "160", "TERM": "dumb"}
UNKIND = r"gap|deficit|defizit|lack|mangel|weak|schwach|lücke|poor|fail|missing|fehl"


@pytest.fixture(autouse=True)
def _here(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.parent)
    monkeypatch.setattr(gaps, "open_knowledge", lambda *_: knowledge(CATALOGUE))


@pytest.fixture
def company(tiny_world: Recommender) -> Recommender:
    """Twelve more who want reports, five another thing, six who know teams, seven clips."""
    tiny_world.gaps.knowledge = knowledge(CATALOGUE)
    for number in range(30):
        if number < 12:
            said = goal("plan reports")
        elif number < 17:
            said = goal("juggle numbers")
        elif number < 23:
            said = skill("lead teams", 5)
        else:
            said = skill("cut clips", 3)
        roles = Roles.MENTEE if number < 23 else Roles.BOTH
        tiny_world.people.put(person(f"p{number}", said, roles=roles))
        if said.text == "juggle numbers":
            tiny_world.gaps.correct_link(f"p{number}", Kind.GOAL, said.text, ["office.numbers"])
    return tiny_world


def lines(*arguments: str) -> list[list[str]]:
    """Return the cells of every row of every table that is printed."""
    printed = done(*arguments, **WIDE)
    rows = [re.split(r"[│┃]", line) for line in printed.splitlines() if re.match("[│┃]", line)]
    return [[cell.strip() for cell in row[1:-1]] for row in rows]


def test_a_person_sees_what_they_want_to_learn_and_who_could_help(tiny_world: Recommender) -> None:
    printed = done("gaps", "boss", **WIDE)
    assert printed.startswith("What Name of boss wants to learn\nFor this person alone")
    rows = lines("gaps", "boss")
    assert [f"{REPORTS} (en)", "at the start", "4", "4 steps", "1 person", "own goal"] in rows
    assert ["lead large teams calmly", f"{TEAMS} (en)", "recognised automatically"] in rows


def test_a_person_reads_their_own_language_unless_another_is_asked_for(
    tiny_world: Recommender,
) -> None:
    boss = tiny_world.people.get("boss")
    tiny_world.people.put(replace(boss, languages=("de", "en")))
    assert done("gaps", "boss", **WIDE).startswith("Was Name of boss lernen möchte\n")
    rows = lines("gaps", "boss")
    assert [f"{REPORTS} (de)", "ganz am Anfang", "4", "4 Schritte", "1 Person", "eigenes Ziel"] in (
        rows
    )
    assert done("gaps", "boss", "--language", "en", **WIDE).startswith("What Name of boss")
    assert run("gaps", "boss", "--language", "fr").exit_code == 2


def test_what_is_reached_or_nobody_can_help_with_is_told_kindly(tiny_world: Recommender) -> None:
    own = (goal(AUTOMATE, 3), skill("plan reports", 5), goal("grow [b]tall[/b] sunflowers", 2))
    tiny_world.people.put(person("mute", *own))
    tiny_world.gaps.choose_role_profile("mute", "plant-manager")
    rows = lines("gaps", "mute")
    assert [f"{REPORTS} (en)", "5", "2", "there already", "2 people", "own goal"] in rows
    wish = "grow [b]tall[/b] sunflowers"  # no mark-up of ours
    assert [wish, "at the start", "3", "3 steps", "nobody yet", "own goal"] in rows
    assert [wish, "nothing in the catalogue; it counts by its words"] in [r[:2] for r in rows]
    assert "role profile that was chosen" in [row[-1] for row in rows]
    for language in ("de", "en"):
        printed = done("gaps", "mute", "--language", language, **WIDE)
        assert re.search(UNKIND, printed, re.IGNORECASE) is None


def test_without_a_wish_there_is_no_table(tiny_world: Recommender) -> None:
    for language, told in (("en", "Nothing is wished for yet."), ("de", "Noch kein Wunsch.")):
        printed = done("gaps", "mute", "--language", language, **WIDE)
        assert told in printed
        assert "│" not in printed


def test_own_gaps_as_json(tiny_world: Recommender) -> None:
    told = json.loads(done("gaps", "boss", "--json"))
    assert set(told) == {"statements", "gaps", "profile"}
    assert [(one["concept"], one["n_mentors"], one["closable"]) for one in told["gaps"]] == [
        (REPORTS, 1, True),
        (CLIPS, 1, True),
    ]


@pytest.mark.parametrize(
    ("language", "people", "sentence"),
    [
        ("en", "36 people take part.", "13 want it, fewer than 5 can teach it"),
        ("de", "36 Personen nehmen teil.", "13 wollen es lernen, weniger als 5"),
    ],
)
def test_the_organisation_is_shown_in_both_languages(
    company: Recommender, language: str, people: str, sentence: str
) -> None:
    printed = done("gaps", "--language", language, **WIDE)
    assert people in printed
    rows = lines("gaps", "--language", language)
    assert any(name == f"{REPORTS} ({language})" and sentence in told for name, told, *_ in rows)
    assert ["office", "18", "–", "–"] in rows
    assert ["media", "–", "8", "16"] in rows  # film is one of them
    assert ["plant", "–", "–", "–"] in rows
    assert [f"{TEAMS} ({language})", "7"] in rows  # boss is one of them
    for somebody in ("boss", "p1", AUTOMATE, "plan reports"):
        assert somebody not in printed


def test_where_nobody_is_the_picture_is_empty(workspace: Path) -> None:
    printed = done("gaps", **WIDE)
    assert "Fewer than 5 people take part" in printed
    assert "Spoken of, and not in the catalogue yet\nNothing at the moment." in printed


def test_the_organisation_as_json(company: Recommender) -> None:
    told = json.loads(done("gaps", "--json", "--language", "de"))
    assert (told["people"], told["withheld_below"], told["language"]) == (36, 5, "de")
    [reports] = [one for one in told["concepts"] if one["concept"] == REPORTS]
    assert (reports["label"], reports["want"]) == (f"{REPORTS} (de)", 13)
    assert reports["can_teach"] is None


def test_a_report_is_written_in_both_languages(company: Recommender, tmp_path: Path) -> None:
    for language in ("de", "en"):
        path = tmp_path / f"{language}.html"
        assert done("report", path, "--language", language) == f"Wrote {path}.\n"
        page = path.read_text("utf-8")
        assert f'lang="{language}"' in page
        assert f"{REPORTS} ({language})" in page
    refused = run("report", tmp_path / "no" / "folder.html")
    assert refused.exit_code == EXIT_INVALID


def test_role_profiles_are_listed_chosen_and_taken_back(tiny_world: Recommender) -> None:
    assert done("role-profiles", "list").splitlines() == [
        "office-lead  Office lead. Runs an office.",
        "plant-manager  Plant manager. Runs a plant.",
    ]
    assert "plant-manager  Werksleitung. Führt" in done("role-profiles", "list", "--language", "de")
    told = json.loads(done("role-profiles", "list", "--json"))
    assert told[1]["expectations"][0] == {"concept": ROBOTS, "level": 3}
    assert done("role-profiles", "choose", "boss", "plant-manager") == "Chosen: plant-manager.\n"
    assert tiny_world.gaps.of("boss").profile == "plant-manager"
    assert done("role-profiles", "choose", "boss", "none") == "No role profile is chosen.\n"
    assert tiny_world.gaps.of("boss").profile is None


def test_suggestions_are_shown_by_the_ids_to_choose(tiny_world: Recommender) -> None:
    unsure = "kindly [really] mend every broken robots thing again"
    tiny_world.people.put(person("boss", goal(unsure, 1), roles=Roles.MENTEE))
    told = "`tandem links show` suggests"
    assert told in done("gaps", "boss", **WIDE)
    listed = done("links", "show", "boss", COLUMNS="20", TERM="dumb").splitlines()
    assert f"    {ROBOTS}  {ROBOTS} (en)" in listed  # an id is whole in a narrow terminal
    shown = done("links", "show", "boss", **WIDE).splitlines()
    assert shown[2:6] == [
        unsure,
        "  About:",
        "    nothing in the catalogue; it counts by its words",
        "  May also be about:",
    ]
    as_json = json.loads(done("links", "show", "boss", "--json"))
    assert as_json[0]["suggestions"][0]["id"] == ROBOTS
    done("links", "correct", "boss", "--kind", "goal", "--text", unsure, "--concept", ROBOTS)
    assert told not in done("gaps", "boss", **WIDE)
    german = done("links", "show", "boss", "--language", "de", **WIDE)
    assert f"{unsure}\n  Thema:\n    {ROBOTS}  {ROBOTS} (de)\n" in german
    assert "Nothing is said" in done("links", "show", "mute", **WIDE)


def test_a_link_is_corrected_emptied_and_returned(tiny_world: Recommender) -> None:
    def about() -> list[str]:
        return [one.id for one in tiny_world.gaps.of("boss").statements[0].concepts]

    correct = ("links", "correct", "boss", *GOAL)
    assert f"{ROBOTS}  {ROBOTS} (de)\n" in done("links", "concepts", "--language", "de")
    assert {"id": TEAMS, "label": {"de": f"{TEAMS} (de)", "en": f"{TEAMS} (en)"}} in json.loads(
        done("links", "concepts", "--json")
    )
    told = done(*correct, "--concept", ROBOTS, "--concept", TEAMS)
    assert told == f"Now about {ROBOTS}, {TEAMS}.\n"
    assert set(about()) == {ROBOTS, TEAMS}
    assert done(*correct, "--none") == "Now about nothing.\n"
    assert about() == []
    assert "automatically" in done(*correct, "--automatic")
    assert about() == [REPORTS]


@pytest.mark.parametrize(
    "said", [(), ("--none", "--automatic"), ("--concept", ROBOTS, "--none"), ("--automatic", "-x")]
)
def test_a_correction_says_one_thing(tiny_world: Recommender, said: tuple[str, ...]) -> None:
    assert run("links", "correct", "boss", *GOAL, *said).exit_code == 2
    assert not tiny_world.gaps.of("boss").statements[0].corrected


def test_refusals_have_their_exit_codes(tiny_world: Recommender) -> None:
    for unknown in (
        ("gaps", "nobody"),
        ("links", "show", "nobody"),
        ("role-profiles", "choose", "nobody", "none"),
        ("links", "correct", "nobody", *GOAL, "--none"),
    ):
        refused = run(*unknown)
        assert (refused.exit_code, refused.stdout) == (EXIT_UNKNOWN, "")
        assert "'nobody'" in refused.stderr
    for wrong, value in (
        (("role-profiles", "choose", "boss", "astronaut"), "astronaut"),
        (("links", "correct", "boss", *GOAL, "--concept", "a.b"), "a.b"),
        (("links", "correct", "boss", "--kind", "skill", "--text", "juggle", "--none"), "juggle"),
    ):
        refused = run(*wrong)
        assert refused.exit_code == EXIT_INVALID
        assert value in refused.stderr
        assert "nothing was changed" in refused.stderr
    for command in (("gaps",), ("gaps", "boss"), ("report", "r.html"), ("role-profiles", "list")):
        assert run(*command, "--encoder", "missing/model").exit_code == EXIT_UNUSABLE

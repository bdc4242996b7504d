"""Which release ranks: activation, rollback, and affinity order when it cannot be used."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from recommender.app import Recommender
from recommender.domain.errors import ArtefactRefused, RankerNotPromoted, UnknownRanker
from recommender.domain.ranking import Query, Ranking
from recommender.ranking.releases import SCORE, json_file
from tests.recommender.ranking.test_releases import score_of

Opened = Callable[[], Recommender]
FIRST, SECOND = "spring-00000001", "autumn-00000002"


def release(recommender: Recommender, version: str, promoted: bool = True, **weights: float) -> str:
    files = {SCORE: json_file(score_of(**weights).as_json())}
    recommender.rankers.releases.write(version, {"promoted": promoted}, files)
    return version


def answer(recommender: Recommender) -> Ranking:
    return recommender.recommend(Query("boss", k=5))


def shown(recommender: Recommender) -> list[str]:
    return [item.mentor_id for item in answer(recommender).recommendations]


@pytest.fixture
def here(tiny_world: Recommender) -> Recommender:
    """Return a world in which affinity puts flow first and this ranker cook."""
    tiny_world.people.put(replace(tiny_world.people.get("cook"), hours_per_month=20.0))
    release(tiny_world, FIRST, hours_per_month=1.0)
    release(tiny_world, SECOND, affinity=1.0)
    return tiny_world


def test_an_active_release_orders_and_its_contributions_add_up(here: Recommender) -> None:
    by_affinity = answer(here)
    assert (by_affinity.ranker, by_affinity.degraded) == (None, True)
    assert by_affinity.recommendations[0].mentor_id == "flow"
    assert by_affinity.recommendations[0].contributions == {
        "affinity": by_affinity.recommendations[0].affinity
    }
    here.rankers.activate(FIRST)
    ranked = answer(here)
    assert (ranked.ranker, ranked.degraded, ranked.notes) == (FIRST, False, ())
    assert ranked.recommendations[0].mentor_id == "cook"
    for item in ranked.recommendations:
        assert sum(item.contributions.values()) == pytest.approx(item.score, abs=1e-6)
        assert item.contributions["hours_per_month"] == item.features["hours_per_month"]
    assert [item.rank for item in ranked.recommendations] == [1, 2, 2]


def test_reasons_name_only_what_raises_the_score_the_strongest_first(here: Recommender) -> None:
    release(here, "weights-00000003", same_site=2.0, hours_per_month=1.0, shared_languages=-1.0)
    here.rankers.activate("weights-00000003")
    cook = answer(here).recommendations[0]
    assert [reason.feature for reason in cook.reasons] == ["hours_per_month", "same_site"]
    release(here, "harmful-00000004", same_site=-1.0)
    here.rankers.activate("harmful-00000004")
    assert {r.feature for item in answer(here).recommendations for r in item.reasons} == set()


def test_every_process_follows_activation_and_rollback(
    here: Recommender, open_recommender: Opened
) -> None:
    there = open_recommender()
    assert shown(there)[0] == "flow"
    here.rankers.activate(FIRST)
    assert shown(there)[0] == "cook"
    assert here.rankers.roll_back() is None
    assert shown(there)[0] == "flow"


def test_rolling_back_goes_down_step_by_step(here: Recommender) -> None:
    rankers = here.rankers
    for version in (FIRST, SECOND, SECOND, FIRST):
        rankers.activate(version)
    assert [rankers.roll_back() for _ in range(4)] == [SECOND, FIRST, None, None]
    assert rankers.active() is None
    versions = [activation.version for activation in rankers.history()]
    assert versions == [FIRST, SECOND, FIRST, SECOND, FIRST, None]


def test_activating_after_a_rollback_returns_to_what_was_active_then(here: Recommender) -> None:
    here.rankers.activate(FIRST)
    here.rankers.activate(SECOND)
    here.rankers.roll_back()
    here.rankers.activate(SECOND)
    assert here.rankers.roll_back() == FIRST


def test_what_is_not_promoted_needs_a_word(here: Recommender) -> None:
    release(here, "weak-0000000a", promoted=False)
    with pytest.raises(RankerNotPromoted, match="weak-0000000a"):
        here.rankers.activate("weak-0000000a")
    assert here.rankers.active() is None
    here.rankers.activate("weak-0000000a", despite_report=True)
    assert here.rankers.active() == "weak-0000000a"


def test_unknown_and_damaged_releases_are_not_activated(here: Recommender) -> None:
    here.rankers.activate(FIRST)
    (here.rankers.releases.path(SECOND) / SCORE).write_text("{}", encoding="utf-8")
    with pytest.raises(ArtefactRefused):
        here.rankers.activate(SECOND)
    with pytest.raises(UnknownRanker):
        here.rankers.activate("nobody-00000000")
    assert here.rankers.active() == FIRST
    states = {state.version: state.refusal for state in here.rankers.all()}
    assert states[FIRST] is None
    assert "damaged" in (states[SECOND] or "")


def test_a_release_whose_folder_vanishes_while_it_is_listed_is_left_out(
    here: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = here.rankers.releases
    monkeypatch.setattr(releases, "versions", lambda: [FIRST, "vanished-0000000b", SECOND])
    assert [state.version for state in here.rankers.all()] == [FIRST, SECOND]


def test_a_damaged_active_release_degrades_and_is_logged_once(
    here: Recommender, open_recommender: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    here.rankers.activate(FIRST)
    assert shown(here)[0] == "cook"
    folder = here.rankers.releases.path(FIRST)
    whole = (folder / SCORE).read_bytes()
    (folder / SCORE).write_bytes(b"{}")
    fresh = open_recommender()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            degraded = answer(fresh)
            assert (degraded.ranker, degraded.degraded) == (None, True)
            assert degraded.recommendations[0].mentor_id == "flow"
            assert "closeness in meaning" in degraded.notes[0]
    assert len(caplog.records) == 1
    assert shown(here)[0] == "cook"  # who has read it whole goes on
    (folder / SCORE).write_bytes(whole)
    (folder / "manifest.json").touch()
    assert shown(fresh)[0] == "cook"


def test_a_release_that_is_gone_degrades(here: Recommender) -> None:
    here.rankers.activate(FIRST)
    here.rankers.releases.path(FIRST).rename(here.rankers.releases.path(FIRST).with_name("x"))
    assert answer(here).degraded


def test_a_simulated_release_says_so_in_every_answer(here: Recommender) -> None:
    files = {SCORE: json_file(score_of(affinity=1.0).as_json())}
    here.rankers.releases.write("play-00000005", {"promoted": True, "simulated": True}, files)
    here.rankers.activate("play-00000005")
    ranking = answer(here)
    assert not ranking.degraded
    assert "simulated" in ranking.notes[0]

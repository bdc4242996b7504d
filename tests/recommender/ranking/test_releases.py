"""Releases on disk: immutable, and refused when anything about them is not as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recommender.domain.errors import ArtefactRefused, UnknownRanker
from recommender.matching.features import FEATURE_NAMES, FEATURE_SCHEMA
from recommender.ranking.releases import CARD, KIND, SCHEMA, SCORE, Releases, json_file
from recommender.ranking.score import AdditiveScore, Steps
from recommender.store.artefacts import MANIFEST, write_artefact

VERSION = "spring-0123abcd"
FACTS = {"version": VERSION, "encoder": "encoder-digest", "feature_schema": FEATURE_SCHEMA}


def score_of(**weights: float) -> AdditiveScore:
    n = len(FEATURE_NAMES)
    return AdditiveScore(
        FEATURE_NAMES,
        np.zeros(n),
        np.array([weights.get(name, 0.0) for name in FEATURE_NAMES]),
        (Steps.none(),) * n,
    )


def write(releases: Releases, version: str = VERSION, **weights: float) -> Path:
    releases.write(version, {"kind": "linear"}, {SCORE: json_file(score_of(**weights).as_json())})
    return releases.path(version)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "rankers", "encoder-digest")


def edit_manifest(folder: Path, **facts: object) -> None:
    path = folder / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    manifest["facts"] |= facts
    path.write_text(json.dumps(manifest), encoding="utf-8")


def test_what_is_written_is_loaded(releases: Releases) -> None:
    write(releases, affinity=2.0, same_site=0.5)
    release = releases.load(VERSION)
    features = np.arange(2.0 * len(FEATURE_NAMES)).reshape(2, -1)
    expected = score_of(affinity=2.0, same_site=0.5).score(features)
    assert release.score.score(features).tolist() == expected.tolist()
    assert release.facts["kind"] == "linear"
    assert releases.versions() == [VERSION]


def test_a_version_never_changes(releases: Releases) -> None:
    folder = write(releases, affinity=1.0)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write(releases, affinity=9.0)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_damaged_folder_is_written_anew(releases: Releases) -> None:
    folder = write(releases, affinity=1.0)
    (folder / SCORE).write_text("{}", encoding="utf-8")
    with pytest.raises(ArtefactRefused, match="damaged"):
        releases.load(VERSION)
    write(releases, affinity=1.0)
    assert releases.load(VERSION).score.weight[0] == 1.0


@pytest.mark.parametrize(
    "facts",
    [{"encoder": "another"}, {"feature_schema": 99}, {"version": "spring-ffffffff"}],
)
def test_a_foreign_or_newer_release_is_refused(
    releases: Releases, facts: dict[str, object]
) -> None:
    folder = write(releases, affinity=1.0)
    edit_manifest(folder, **facts)
    with pytest.raises(ArtefactRefused, match=next(iter(facts))):
        releases.load(VERSION)


def test_a_newer_layout_is_refused(releases: Releases) -> None:
    path = write(releases, affinity=1.0) / MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**manifest, "schema": 2}), encoding="utf-8")
    with pytest.raises(ArtefactRefused, match="schema 2"):
        releases.load(VERSION)


def test_another_set_of_features_is_refused(releases: Releases) -> None:
    other = AdditiveScore(("affinity",), np.zeros(1), np.ones(1), (Steps.none(),))
    releases.write(VERSION, {}, {SCORE: json_file(other.as_json())})
    with pytest.raises(ArtefactRefused, match="strongest_goal"):
        releases.load(VERSION)


def test_what_is_no_score_is_refused(releases: Releases) -> None:
    def not_json(path: Path) -> None:
        path.write_bytes(b"\xff not json")

    releases.write(VERSION, {}, {SCORE: not_json})
    with pytest.raises(ArtefactRefused, match="cannot be read"):
        releases.load(VERSION)
    with pytest.raises(ArtefactRefused, match=f"{VERSION}/{SCORE} cannot be read"):
        releases.text(VERSION, SCORE)


def test_a_release_without_a_card_is_told(releases: Releases) -> None:
    write(releases)
    with pytest.raises(ArtefactRefused, match=f"{VERSION}/{CARD} cannot be read"):
        releases.text(VERSION, CARD)


def damaged_score(folder: Path) -> None:
    (folder / SCORE).write_text("{}", encoding="utf-8")


def no_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def foreign(folder: Path) -> None:
    edit_manifest(folder, encoder="another")


def newer(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**manifest, "schema": 2}), encoding="utf-8")


def no_features(folder: Path) -> None:
    write_artefact(folder, KIND, SCHEMA, FACTS, {SCORE: json_file({"features": []})})


def other_features(folder: Path) -> None:
    other = AdditiveScore(("affinity",), np.zeros(1), np.ones(1), (Steps.none(),))
    write_artefact(folder, KIND, SCHEMA, FACTS, {SCORE: json_file(other.as_json())})


@pytest.mark.parametrize(
    "spoil", [damaged_score, no_manifest, foreign, newer, no_features, other_features]
)
def test_a_refusal_names_the_release_and_no_path_of_the_workspace(
    releases: Releases, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(write(releases))
    with pytest.raises(ArtefactRefused) as refusal:
        releases.load(VERSION)
    assert str(refusal.value).startswith(VERSION)
    assert str(tmp_path) not in str(refusal.value)


@pytest.mark.parametrize("version", ["nobody-00000000", "../escape-00000000", "", ".hidden"])
def test_unknown_versions_are_told(releases: Releases, version: str) -> None:
    for ask in (releases.load, releases.facts, lambda name: releases.text(name, SCORE)):
        with pytest.raises(UnknownRanker):
            ask(version)


def test_a_refusal_is_remembered_until_the_release_is_repaired(releases: Releases) -> None:
    folder = write(releases, affinity=1.0)
    whole = (folder / MANIFEST).read_text("utf-8")
    edit_manifest(folder, encoder="another")
    for _ in range(2):
        with pytest.raises(ArtefactRefused):
            releases.load(VERSION)
    (folder / MANIFEST).write_text(whole, encoding="utf-8")
    assert releases.load(VERSION).version == VERSION


def test_drafts_and_other_folders_are_no_releases(releases: Releases, tmp_path: Path) -> None:
    write(releases)
    for name in (f".{VERSION}.abc.new", "notes", "spring-0123ABCD"):
        (tmp_path / "rankers" / name).mkdir()
    assert releases.versions() == [VERSION]
    assert Releases(tmp_path / "nothing", "encoder").versions() == []

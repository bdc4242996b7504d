"""Releases of the ranker: immutable folders, written whole or not at all, read only if unchanged.

``rankers/<version>/`` holds ``manifest.json`` (what it was made from, and the SHA-256 of each
file), ``score.json`` (the score), ``report.json`` (how it was measured), ``card.md`` and its plots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.domain.errors import ArtefactRefused, UnknownRanker
from recommender.matching import FEATURE_NAMES, FEATURE_SCHEMA
from recommender.ranking.score import AdditiveScore
from recommender.store.artefacts import MANIFEST, Write, read_artefact, without_path, write_artefact

KIND = "ranker"
SCHEMA = 1
SCORE = "score.json"
REPORT = "report.json"
CARD = "card.md"
CARD_IN_GERMAN = "card.de.md"
VERSION_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}-[0-9a-f]{8}"


@dataclass(frozen=True, slots=True)
class Release:
    """A ranker that can be used: its version, its score, and the facts of its manifest."""

    version: str
    score: AdditiveScore
    facts: Mapping[str, Any]


class Releases:
    """The releases of one workspace.

    Args:
        folder: ``rankers/`` of the workspace; it need not exist.
        encoder: Digest of the encoder in use: cosines of another one mean something else.
    """

    def __init__(self, folder: Path, encoder: str) -> None:
        self._folder = folder
        self.encoder = encoder
        self._known: dict[str, tuple[tuple[int, int], Release | ArtefactRefused]] = {}

    def versions(self) -> list[str]:
        """Return the versions that have a folder, in the order of their names."""
        if not self._folder.is_dir():
            return []
        names = (path.name for path in self._folder.iterdir() if path.is_dir())
        return sorted(name for name in names if re.fullmatch(VERSION_PATTERN, name))

    def write(self, version: str, facts: Mapping[str, Any], files: Mapping[str, Write]) -> None:
        """Write a release, unless its folder is there already: a version never changes.

        Args:
            version: Its name; equal names have equal contents.
            facts: What it was made from; JSON-serialisable.
            files: Name to the function that writes the file; among them ``score.json``.
        """
        folder = self._folder / version
        if folder.exists():
            try:
                read_artefact(folder, KIND, SCHEMA)
            except ArtefactRefused:
                pass  # damaged: written anew
            else:
                return
        own = {"version": version, "encoder": self.encoder, "feature_schema": FEATURE_SCHEMA}
        write_artefact(folder, KIND, SCHEMA, {**facts, **own}, files)

    def load(self, version: str) -> Release:
        """Return a release after checking every file.

        What was loaded, or refused, is remembered until its manifest changes.

        Raises:
            UnknownRanker: if there is no such release.
            ArtefactRefused: if it is damaged, foreign, or of another schema.
        """
        known, state = self._known.get(version), self._state(version)
        if known is None or known[0] != state:
            try:
                known = (state, self._read(version))
            except ArtefactRefused as refusal:
                known = (state, refusal)
            self._known[version] = known
        if isinstance(known[1], ArtefactRefused):
            raise known[1]
        return known[1]

    def facts(self, version: str) -> dict[str, Any]:
        """Return the facts of a release whose files are unchanged, whatever encoder it needs.

        Raises:
            UnknownRanker: if there is no such release.
            ArtefactRefused: if it is damaged or of another schema.
        """
        self._state(version)
        return read_artefact(self._folder / version, KIND, SCHEMA)

    def text(self, version: str, name: str) -> str:
        """Return a text file of a release: its report or its card.

        Raises:
            UnknownRanker: if there is no such release.
            ArtefactRefused: if it is damaged, of another schema, or has no such file.
        """
        self.facts(version)
        return _text(self._folder / version, name)

    def path(self, version: str) -> Path:
        """Return the folder of a release."""
        return self._folder / version

    def _state(self, version: str) -> tuple[int, int]:
        """Return what changes when somebody replaces the release; refuse unknown versions."""
        if re.fullmatch(VERSION_PATTERN, version) and (self._folder / version).is_dir():
            try:
                status = (self._folder / version / MANIFEST).stat()
            except FileNotFoundError:
                return (0, 0)
            return (status.st_mtime_ns, status.st_size)
        raise UnknownRanker(version)

    def _read(self, version: str) -> Release:
        folder = self._folder / version
        facts = read_artefact(folder, KIND, SCHEMA)
        _refuse_foreign(version, facts, "version", version)
        _refuse_foreign(version, facts, "encoder", self.encoder)
        _refuse_foreign(version, facts, "feature_schema", FEATURE_SCHEMA)
        try:
            content = json.loads(_text(folder, SCORE))
        except ValueError as error:
            raise _unreadable(folder, SCORE, error) from error
        try:
            score = AdditiveScore.from_json(content)
        except ArtefactRefused as refusal:
            raise ArtefactRefused(f"{version}/{SCORE}: {refusal}") from refusal
        if score.names != FEATURE_NAMES:
            raise ArtefactRefused(
                f"{version}/{SCORE} scores {', '.join(score.names)} where "
                f"{', '.join(FEATURE_NAMES)} is expected. Retrain with this version of Tandem."
            )
        return Release(version, score, facts)


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # whole, but it never held such a file, or such text
        raise _unreadable(folder, name, error) from error


def _unreadable(folder: Path, name: str, error: Exception) -> ArtefactRefused:
    return ArtefactRefused(
        f"{folder.name}/{name} cannot be read ({without_path(error)}). Retrain, or roll back."
    )


def _refuse_foreign(version: str, facts: Mapping[str, Any], name: str, expected: object) -> None:
    if facts.get(name) != expected:
        raise ArtefactRefused(
            f"{version} has the {name} {facts.get(name)!r} where {expected!r} is expected: it was "
            "made elsewhere or by another version. Retrain, or roll back."
        )


def json_file(value: object) -> Callable[[Path], None]:
    """Return what writes a value as JSON, the same bytes for the same value."""

    def write(path: Path) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8")

    return write

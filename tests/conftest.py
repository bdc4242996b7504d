"""A tiny world with known right answers, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.app import Recommender
from recommender.domain.people import Kind, Person, Roles, Statement, Status
from recommender.domain.progress import Progress, silent
from recommender.encoding.encoder import Encoder
from recommender.store import Store
from tests import sample

DIMENSION = 32


class HashEncoder(Encoder):
    """Bags of words: each word is a fixed random direction, so shared words mean similarity."""

    def __init__(self, name: str = "hash", dimension: int = DIMENSION) -> None:
        self.name = name
        self.digest = hashlib.sha256(f"{name}{dimension}".encode()).hexdigest()
        self.languages = None
        self.coverage = 0.4
        self.n_encoded = 0
        self._folder = Path(__file__)  # a file: there is no folder to weigh
        self._length = dimension

    @property
    def dimension(self) -> int:
        return self._length

    def load(self) -> object:  # type: ignore[override]  # there is no model to return
        return None

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        self.n_encoded += len(texts)
        rows = np.stack([self._vector(text) for text in texts])
        progress("encoding", len(texts), len(texts))
        return rows

    def _vector(self, text: str) -> NDArray[np.float32]:
        total = np.zeros(self._length)
        for word in text.lower().split():
            total += _direction(word, self._length)
        return (total / np.linalg.norm(total)).astype(np.float32)


@cache
def _direction(word: str, length: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(length)


def skill(text: str, level: int = 4, language: str = "en") -> Statement:
    return Statement(Kind.SKILL, text, language, level=level)


def goal(text: str, priority: int = 2, language: str = "en") -> Statement:
    return Statement(Kind.GOAL, text, language, priority=priority)


def person(person_id: str, *statements: Statement, **changes: object) -> Person:
    """Return an active person of both roles at one site; name what differs."""
    values: dict[str, object] = {
        "id": person_id,
        "name": f"Name of {person_id}",
        "department": "Production",
        "site": "Cork",
        "career_level": 3,
        "reports_to": None,
        "languages": ("en",),
        "time_zone": "Europe/Dublin",
        "roles": Roles.BOTH,
        "capacity": 2,
        "hours_per_month": 3.0,
        "status": Status.ACTIVE,
        "statements": statements,
    }
    return Person(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture(scope="session")
def sample_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the vectors of the sample's texts, which all workers share."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "sample_vectors"
    folder.mkdir(exist_ok=True)
    sample.encode_sample(folder)
    return folder


@pytest.fixture
def sample_is_encoded(sample_vectors: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bundled encoder look up the texts of the sample organisation."""
    monkeypatch.setattr(Encoder, "encode", sample.looked_up(sample_vectors))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def store(workspace: Path) -> Iterator[Store]:
    opened = Store.in_folder(workspace)
    yield opened
    opened.close()


@pytest.fixture
def open_recommender(workspace: Path, encoder: HashEncoder) -> Iterator[Callable[[], Recommender]]:
    """Open the same workspace as often as a test likes: each is a process of its own."""
    opened: list[Recommender] = []

    def open_one() -> Recommender:
        opened.append(Recommender(Store.in_folder(workspace), lambda: encoder, workspace))
        return opened[-1]

    yield open_one
    for recommender in opened:
        recommender.close()


@pytest.fixture
def tiny_world(open_recommender: Callable[[], Recommender]) -> Recommender:
    """Six people: for boss, the flow builder comes first and the film maker second."""
    recommender = open_recommender()
    for one in (
        person(
            "boss",
            goal("automate weekly reports", priority=1),
            goal("film short clips", priority=3),
            skill("lead large teams calmly", level=5),
            roles=Roles.MENTEE,
            career_level=8,
        ),
        person(
            "flow",
            skill("automate weekly reports"),
            skill("automate reports quickly"),
            goal("lead large teams"),
            career_level=2,
        ),
        person("film", skill("film short clips"), skill("film clips"), career_level=2),
        person("cook", skill("bake sourdough bread"), career_level=2),
        person("near", skill("automate weekly reports"), reports_to="boss", career_level=7),
        person("mute", career_level=2),
    ):
        recommender.people.put(one)
    return recommender

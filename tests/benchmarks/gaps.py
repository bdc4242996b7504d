"""The organisation's picture of gaps: seconds and memory, once the vectors exist.

``python -m tests.benchmarks.gaps [--people 100000]`` invents an organisation with six statements
each, writes it straight into a store, and measures the picture in a process of its own. Nine of ten
statements lie near a concept of the catalogue, the others near topics that it does not have.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import insert

from recommender.skills.catalogue import Concept, read_catalogue
from recommender.skills.knowledge import Knowledge
from recommender.skills.linking.learning.trial import CERTAIN
from recommender.skills.linking.linker import ConceptLinker
from recommender.skills.picture.organisation import organisation_gaps
from recommender.store import Store, tables
from recommender.store.people import text_digest
from recommender.store.shipped import shipped

SEED = 5
ENCODER = "e" * 64
DIMENSION = 384
STATEMENTS_EACH = 6
N_TOPICS = 40
OUTSIDE_SHARE = 0.1
NOISE = 0.7
SHARPNESS = 12.0
N_DEPARTMENTS, N_SITES = 50, 20
ROLES = ("mentor", "mentee", "both")
CHUNK = 20_000
KIB_PER_MIB = 1024


def centres(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return random unit vectors, (n, dimension) float32."""
    rows = rng.standard_normal((n, DIMENSION), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def knowledge() -> Knowledge:
    """Return the catalogue with a linker whose concepts lie at the first centres."""
    concepts: Sequence[Concept] = read_catalogue(shipped("data/catalogue"))
    weights = np.zeros((len(concepts) + 1, DIMENSION + 1), dtype=np.float32)
    near = centres(len(concepts) + N_TOPICS, np.random.default_rng(SEED))[: len(concepts)]
    weights[:-1, :-1] = SHARPNESS * near
    ids = tuple(concept.id for concept in concepts)
    as_it_is = np.array([0.0, 1.0, CERTAIN, 0.0])
    linker = ConceptLinker(ids, weights, as_it_is, 0.5, {})
    return Knowledge(concepts, [], linker)


def fill(folder: Path, n_people: int) -> None:
    """Write people, statements and vectors."""
    rng = np.random.default_rng(SEED)
    n_concepts = len(knowledge().concepts)
    near = centres(n_concepts + N_TOPICS, rng)
    popularity = rng.dirichlet(np.ones(n_concepts))
    store = Store.in_folder(folder)
    with store.write() as connection:
        connection.execute(
            insert(tables.encoders),
            {"id": 1, "digest": ENCODER, "name": "b", "dimension": DIMENSION},
        )
    for first in range(0, n_people, CHUNK):
        numbers = range(first + 1, min(first + CHUNK, n_people) + 1)
        people = list(_people(numbers, rng))
        n = len(people) * STATEMENTS_EACH
        about = rng.choice(n_concepts, n, p=popularity)
        outside = rng.random(n) < OUTSIDE_SHARE
        about[outside] = n_concepts + rng.integers(N_TOPICS, size=int(outside.sum()))
        noise = centres(n, rng)
        noise *= NOISE
        noise += near[about]
        noise /= np.linalg.norm(noise, axis=1, keepdims=True)
        statements = list(_statements(numbers, about, rng))
        rows = [
            {"encoder": 1, "text_digest": statement["text_digest"], "vector": row.tobytes()}
            for statement, row in zip(statements, noise, strict=True)
        ]
        with store.write() as connection:
            connection.execute(insert(tables.people), people)
            connection.execute(insert(tables.statements), statements)
            connection.execute(insert(tables.vectors), rows)
    store.close()


def _people(numbers: range, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    # The square makes some departments and sites large and others small.
    department = (rng.random(len(numbers)) ** 2 * N_DEPARTMENTS).astype(int)
    site = (rng.random(len(numbers)) ** 2 * N_SITES).astype(int)
    roles = rng.integers(len(ROLES), size=len(numbers))
    for place, number in enumerate(numbers):
        yield {
            "number": number,
            "id": f"p{number}",
            "name": f"Somebody {number}",
            "department": f"Department {department[place]:02}",
            "site": f"Site {site[place]:02}",
            "career_level": 3,
            "languages": ("de", "en"),
            "time_zone": "Europe/Berlin",
            "roles": ROLES[roles[place]],
            "capacity": int(roles[place] != 1) * 2,
            "hours_per_month": 4.0,
            "status": "active",
        }


def _statements(
    numbers: range, about: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    level = rng.integers(1, 6, size=len(about))
    word = rng.integers(10, size=len(about))
    for place, topic in enumerate(about):
        number, position = numbers[place // STATEMENTS_EACH], place % STATEMENTS_EACH
        is_goal = position < STATEMENTS_EACH // 2
        text = f"something of {_letters(topic * 10 + word[place])} and {_letters(topic)} #{number}"
        text += f".{position}"
        yield {
            "person": number,
            "kind": "goal" if is_goal else "skill",
            "position": position,
            "text": text,
            "text_digest": text_digest(text),
            "language": "en",
            "level": None if is_goal else int(level[place]),
            "priority": 2 if is_goal else None,
        }


def _letters(number: int) -> str:
    return "word" + "".join(chr(ord("a") + int(digit)) for digit in str(number))


def measure(folder: Path) -> dict[str, float]:
    """Return seconds, the peak of memory in MiB, and what was shown."""
    known = knowledge()
    store = Store.in_folder(folder)
    before_mib = peak_mib()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    with store.read() as connection:
        picture = organisation_gaps(connection, ENCODER, known)
    seconds, cpu_seconds = time.perf_counter() - begin, time.process_time() - begin_cpu
    store.close()
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_mib": peak_mib(),
        "before_mib": before_mib,
        "concepts": picture.concepts["want"].count() / max(1, len(picture.concepts)),
        "by_department": picture.by_department["want"].count() / max(1, len(picture.by_department)),
        "by_site": picture.by_site["want"].count() / max(1, len(picture.by_site)),
        "topics": len(picture.topics),
    }


def peak_mib() -> float:
    """Return the most memory that this process has held; unlike rusage's, not its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / KIB_PER_MIB


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one row in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--measure", type=Path, help="a filled folder; used by this program itself")
    options = parser.parse_args(arguments)
    if options.measure is not None:
        print(json.dumps(measure(options.measure)))
        return
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), options.people)
        command = [sys.executable, "-m", "tests.benchmarks.gaps", "--measure", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured = json.loads(done.stdout)
    print("| people | statements | picture | peak memory | numbers shown: concepts, by department, "
          "by site | topics |\n|---|---|---|---|---|---|")  # fmt: skip
    shown = ", ".join(
        f"{measured[table]:.0%}" for table in ("concepts", "by_department", "by_site")
    )
    print(
        f"| {options.people:,} | {options.people * STATEMENTS_EACH:,} "
        f"| {measured['seconds']:.1f} s "
        f"({measured['cpu_seconds']:.1f} s of CPU) | "
        f"{measured['peak_mib']:.0f} MiB (before: {measured['before_mib']:.0f}) | {shown} | "
        f"{measured['topics']:.0f} |"
    )


if __name__ == "__main__":
    main()

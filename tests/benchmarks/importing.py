"""Importing people against bare ``SentenceTransformer.encode`` of the same texts, in turns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from recommender.app import Recommender
from recommender.domain.people import Person
from recommender.encoding.encoder import open_encoder
from recommender.files.people import write_people
from recommender.simulation.organisation import invent_organisation
from recommender.simulation.phrases import read_names, read_phrases
from recommender.store import Store
from recommender.store.shipped import shipped
from tests.benchmarks.world import give_statements

SEED = 11
ROUNDS = 3
STATEMENTS_EACH = 5


def measure(folder: Path, n_texts: int) -> list[tuple[str, str, str]]:
    """Return one row of the table."""
    invented = _people(n_texts // STATEMENTS_EACH)
    files = [folder / "people.csv", folder / "statements.csv"]
    write_people(files, invented)
    texts = sorted({s.text for person in invented for s in person.statements})
    encoder = open_encoder()
    encoder.encode(texts[:64])  # loading the model counts for neither side
    shares, encode_s, import_s = [], [], []
    for turn in range(ROUNDS):
        begin = time.perf_counter()
        encoder.load().encode(texts, show_progress_bar=False, normalize_embeddings=True)
        encode_s.append(time.perf_counter() - begin)
        workspace = folder / f"import-{turn}"
        with Recommender(Store.in_folder(workspace), lambda: encoder, workspace) as recommender:
            begin = time.perf_counter()
            report = recommender.people.import_files(files)
            import_s.append(time.perf_counter() - begin)
        if report.texts_encoded != len(texts):
            raise SystemExit(
                f"{report.texts_encoded} texts encoded where {len(texts)} was expected"
            )
        shares.append(encode_s[-1] / import_s[-1])
    rate = len(texts) / median(import_s)
    return [
        (
            f"importing, share of bare encode throughput, {len(texts):,} texts",
            f"{median(shares):.0%} ({rate:.0f} texts/s; rounds {_percent(shares)})",
            "≥ 90%",
        )
    ]


def _people(n_people: int) -> Sequence[Person]:
    rng = np.random.default_rng(SEED)
    sample = shipped("data/sample_organisation")
    phrases = read_phrases(sample / "phrases.csv")
    names = read_names(sample / "names.toml")
    people = invent_organisation(phrases, names, rng, n_people).people
    return give_statements(people, phrases, STATEMENTS_EACH, rng)


def _percent(shares: Sequence[float]) -> str:
    return ", ".join(f"{share:.0%}" for share in shares)

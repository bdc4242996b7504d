"""The whole of ``recommend`` against a bare FAISS search over the same vectors and mask."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import faiss
import numpy as np

from recommender.app import Recommender
from recommender.domain.ranking import Query
from recommender.matching.asking import Asked, ask
from recommender.matching.eligibility import decide
from recommender.matching.retrieval import Arrays, retrieve
from recommender.store import people
from tests.benchmarks.world import build_world

SEED = 7
BARE_K = 100
TOP = 5
ROUNDS = 3


def measure(
    workspace: Path, n_people: int, statements_each: int, n_queries: int
) -> list[tuple[str, str, str]]:
    """Return rows of the table for one size of organisation."""
    build_world(workspace, n_people, n_people * statements_each, SEED).close()
    faiss.omp_set_num_threads(1)
    started = time.perf_counter()
    with Recommender.open(workspace) as recommender:
        opened_s = time.perf_counter() - started
        mentees = _mentees(recommender, n_queries)
        bare = _bare_index(recommender)
        whole_ms, bare_ms, ratios = [], [], []
        for mentee in mentees * ROUNDS:
            query = Query(mentee)
            asked, mask = _asked(recommender, query)
            bare_ms.append(_bare_search(bare, asked, mask[recommender.mirror.skills.person]))
            begin = time.perf_counter()
            recommender.recommend(query)
            whole_ms.append((time.perf_counter() - begin) * 1e3)
            ratios.append(whole_ms[-1] / bare_ms[-1])
        shares = [_share_of_best(recommender, Query(mentee)) for mentee in mentees]
    size = f"{n_people:,} people, {n_people * statements_each:,} statements"
    ratio = median(whole_ms) / median(bare_ms)
    return [
        (
            f"recommend ÷ bare FAISS search, {size}",
            f"{ratio:.2f} ({median(whole_ms):.1f} ms ÷ {median(bare_ms):.1f} ms; "
            f"median of ratios {median(ratios):.2f})",
            "≤ 1.5" if n_people >= 100_000 else "",
        ),
        (
            f"affinity of the top {TOP} ÷ exhaustive search, {size}",
            f"{np.mean(shares):.4f} (worst {min(shares):.4f})",
            "",
        ),
        (f"opening without a saved index, {size}", f"{opened_s:.1f} s", ""),
    ]


def _mentees(recommender: Recommender, n: int) -> list[str]:
    """Return active people with a goal, spread over the whole organisation."""
    roster = recommender.mirror.roster
    ids = sorted(roster.row_of)
    with recommender.store.read() as connection:
        stored = people.get_many(connection, ids[:: max(1, len(ids) // (12 * n))])
    asking = [
        person.id
        for number, person in stored.values()
        if person.goals and roster.takes_part[number] and person.roles != "mentor"
    ]
    return asking[:n]


def _asked(recommender: Recommender, query: Query) -> tuple[Asked, np.ndarray]:
    organisation, config = recommender.mirror, recommender.config
    with recommender.store.read() as connection:
        asked = ask(
            connection,
            recommender.encoder,
            query,
            recommender.config.coverage_of(recommender.encoder),
        )
    roster = organisation.roster
    describes_skill = organisation.skills.who_states(roster.n_rows)
    return asked, decide(roster, describes_skill, query, asked, config.rules).mask


def _bare_index(recommender: Recommender) -> faiss.IndexFlatIP:
    skills = recommender.mirror.skills
    index = faiss.IndexFlatIP(skills.dimension)
    index.add(np.ascontiguousarray(skills.vector))
    return index


def _bare_search(index: faiss.IndexFlatIP, asked: Asked, rows: np.ndarray) -> float:
    """Return the milliseconds of the search alone: the mask is ready before."""
    selector = faiss.IDSelectorBitmap(np.packbits(rows, bitorder="little"))
    begin = time.perf_counter()
    index.search(asked.vectors, BARE_K, params=faiss.SearchParameters(sel=selector))
    return (time.perf_counter() - begin) * 1e3


def _share_of_best(recommender: Recommender, query: Query) -> float:
    """Return the mean affinity of the top 5 as a share of what exhaustive search finds."""
    asked, mask = _asked(recommender, query)
    organisation, coverage = recommender.mirror, recommender.config.coverage_of(recommender.encoder)
    arrays = Arrays(organisation.roster, organisation.skills, organisation.goals)
    searched = retrieve(arrays, asked, mask, TOP, TOP, coverage).features[:, 0]
    everybody = retrieve(arrays, asked, mask, int(mask.sum()), TOP, coverage).features[:, 0]
    return float(searched.mean() / everybody.mean()) if len(searched) else 1.0

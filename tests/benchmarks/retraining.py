"""Does retraining ever harm? Many simulated cohorts of each kind, judged by their known truth.

``python -m tests.benchmarks.retraining [--cohorts 200]`` prints a table in Markdown. Every number
in it is simulated.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.ranking.learning.trial import run_trial
from tests.worlds.worlds import World, WorldKind, affinity

N_MENTEES = (60, 120, 240)
N_FRESH = 400
N_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Result:
    """What one retraining led to: true nDCG@5 on fresh mentees with all their candidates."""

    kind: WorldKind
    promoted: bool
    ranker: str | None
    affinity: float
    challenger: float

    @property
    def gain(self) -> float:
        return self.challenger - self.affinity


def retrained(kind: WorldKind, seed: int) -> Result:
    """Simulate one cohort, retrain as Tandem does, and compare with the truth."""
    with threadpool_limits(1):
        world, rng = World(kind, seed), np.random.default_rng(seed)
        examples = world.cohort(rng, N_MENTEES[seed % len(N_MENTEES)])
        trial = run_trial(examples, rng)
        by_affinity = world.true_ndcg(affinity, np.random.default_rng(seed), N_FRESH)
        if trial.ranker is None:
            return Result(kind, False, None, by_affinity, np.nan)
        by_challenger = world.true_ndcg(trial.ranker.score, np.random.default_rng(seed), N_FRESH)
        return Result(kind, not trial.not_beaten, trial.kind, by_affinity, by_challenger)


def table(results: Sequence[Result]) -> str:
    """Return one row per kind of world."""
    lines = [
        "| world (simulated) | cohorts | trained | promoted | harmful promotions | true nDCG@5 "
        "affinity order | promoted rankers | gain, worst to best | challengers below affinity |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for kind in WorldKind:
        own = [result for result in results if result.kind is kind]
        trained = [result for result in own if result.ranker]
        promoted = [result for result in own if result.promoted]
        harmful = sum(result.gain < 0 for result in promoted)
        after = f"{np.mean([result.challenger for result in promoted]):.3f}" if promoted else "–"
        gains = [result.gain for result in promoted]
        span = f"{min(gains):+.3f} to {max(gains):+.3f}" if gains else "–"
        lines.append(
            f"| {kind} | {len(own)} | {len(trained)} | {len(promoted)} | {harmful} | "
            f"{np.mean([result.affinity for result in own]):.3f} | {after} | {span} | "
            f"{sum(result.gain < 0 for result in trained)} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all simulations on two cores and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=200, help="of each kind")
    n_cohorts = parser.parse_args(arguments).cohorts
    results: list[Result] = []
    with ProcessPoolExecutor(N_PROCESSES, mp_context=get_context("spawn")) as pool:
        for kind in WorldKind:
            results += pool.map(partial(retrained, kind), range(n_cohorts), chunksize=5)
    print(table(results))


if __name__ == "__main__":
    main()

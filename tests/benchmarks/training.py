"""Scoring and retraining: how fast, how much memory, and beside LightGBM how good.

``python -m tests.benchmarks.training [--parts scoring retraining quality]`` prints tables in
Markdown; all parts take about ten minutes. What is compared is measured in turns; medians are
reported. Every world in it is simulated.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from recommender.matching.answering import score
from recommender.matching.features import FEATURE_NAMES
from recommender.ranking.learning.estimators import MonotoneBoostingRanker, PairwiseLogisticRanker
from recommender.ranking.learning.examples import Examples
from recommender.ranking.learning.selection import MONOTONE
from recommender.ranking.learning.trial import run_trial
from recommender.ranking.releases import Release
from tests.benchmarks import training_quality
from tests.benchmarks.training_store import fill
from tests.worlds.worlds import World, WorldKind, one_after_another

N_CANDIDATES, N_FEATURES = 200, 20
N_MENTEES = 10_600
"""Shown ten mentors each, they make more than 100,000 labelled impressions."""
N_SCORINGS = 500
N_RETRAININGS = 3
RETRAINING_HEAD = (
    "what",
    "labelled impressions",
    "reports",
    "imports s",
    "reading s",
    "reading, training and card s (target < 10)",
    "of a core s",
    "peak MiB (target < 1,024)",
)


def scoring() -> None:
    """Score as an answer does, contributions and rounding included, and as scikit-learn does."""
    rng = np.random.default_rng(0)
    examples = World(WorldKind.NONLINEAR).cohort(rng, 1_000)
    n_more = N_FEATURES - len(FEATURE_NAMES)
    names = (*FEATURE_NAMES, *(f"more_{n}" for n in range(n_more)))
    features = np.hstack([examples.features, rng.standard_normal((len(examples), n_more))])
    monotone = (*MONOTONE, *([0] * n_more))
    boosting = MonotoneBoostingRanker(names, monotone)
    rankers = {
        "linear": PairwiseLogisticRanker(names, monotone),
        "boosting": boosting,
    }
    shown = features[:N_CANDIDATES]
    calls: dict[str, Callable[[], object]] = {}
    for kind, ranker in rankers.items():
        ranker.fit(features, examples.grade, examples.ranking)
        calls[kind] = partial(score, shown, Release(kind, ranker.additive_, {}))
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, examples.asked)
    default = HistGradientBoostingRegressor(random_state=0).fit(features, examples.grade)
    calls["Pipeline(StandardScaler, LogisticRegression)"] = partial(
        pipeline.decision_function, shown
    )
    calls["HistGradientBoosting, the trees of boosting"] = partial(boosting.trees_.predict, shown)
    calls["HistGradientBoosting, its defaults"] = partial(default.predict, shown)
    taken: dict[str, list[float]] = {name: [] for name in calls}
    with threadpool_limits(1):
        for _ in range(N_SCORINGS):
            for name in rng.permutation(list(calls)):  # what runs before leaves its caches
                taken[name].append(1_000 * _seconds(calls[name]))
    ms = {name: median(of_call) for name, of_call in taken.items()}
    to_beat = list(ms)[2:4]
    rows = []
    for name, own in ms.items():
        ratios = (f"{own / ms[other]:.2f}" for other in to_beat)
        rows.append([name, f"{own:.3f}", *ratios, "0.3" if name in rankers else "–"])
    head = [f"scoring {N_CANDIDATES} × {N_FEATURES}, one thread", "median ms"]
    _print_table([*head, *(f"of {other}" for other in to_beat), "target ms"], rows)


def retraining() -> None:
    """Train on 100,000 labelled impressions, then retrain from SQLite, each in a new process."""
    world, rng = World(WorldKind.LINEAR), np.random.default_rng(0)
    two = one_after_another([world.cohort(rng, N_MENTEES // 2) for _ in range(2)])
    one_cohort = world.cohort(rng, N_MENTEES)
    everybody = np.ones(len(two), dtype=np.bool_)
    material = {
        "one cohort": one_cohort,
        "two cohorts": two,
        "two cohorts, both sides reporting on everybody shown": replace(
            two, asked=everybody, accepted=everybody
        ),
    }
    rows = []
    for name, examples in list(material.items())[:2]:
        trial = partial(run_trial, examples)
        taken_s, core_s = [], []
        for _ in range(N_RETRAININGS):
            begin = time.process_time()
            taken_s.append(_seconds(partial(trial, np.random.default_rng(0))))
            core_s.append(time.process_time() - begin)
        what = [f"`run_trial`, {name}", f"{len(examples):,}", "–", "–", "–"]
        rows.append([*what, f"{median(taken_s):.1f}", f"{median(core_s):.1f}", "–"])
    for name, examples in material.items():
        n_reports, measured = _retrained(examples)
        *every_s, peak_mib = (median(column) for column in zip(*measured, strict=True))
        rows.append(
            [
                f"`Rankers.retrain`, {name}",
                f"{len(examples):,}",
                f"{n_reports:,}",
                *(f"{one_cohort:.1f}" for one_cohort in every_s),
                f"{peak_mib:.0f}",
            ]
        )
    _print_table(RETRAINING_HEAD, rows)


def _retrained(examples: Examples) -> tuple[int, list[list[float]]]:
    """Return how many reports there are, and what each retraining took."""
    with tempfile.TemporaryDirectory() as folder:
        n_reports = fill(Path(folder), examples)
        command = [sys.executable, "-m", "tests.benchmarks.training_once", folder]
        runs = [
            subprocess.run(command, stdout=subprocess.PIPE, check=True)
            for _ in range(N_RETRAININGS)
        ]
        return n_reports, [json.loads(run.stdout) for run in runs]


def quality() -> None:
    """Compare with LightGBM's LambdaMART, on the same folds."""
    with threadpool_limits(1):
        _print_table(training_quality.HEAD, training_quality.measure())


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |", flush=True)
    print()


PARTS = {"scoring": scoring, "retraining": retraining, "quality": quality}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    for part in parser.parse_args().parts:
        PARTS[part]()


if __name__ == "__main__":
    main()

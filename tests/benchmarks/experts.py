"""Real questions and real experts: ``python -m tests.benchmarks.experts --material FOLDER``.

A question of a Stack Exchange site stands for a mentee's goal, the questions that an expert has
answered for the expert's skill statements, and the answers' scores for feedback. Every order ranks
all experts known from ``train`` questions.

- Grades: accepted answer 3; another answer 2 if its score is at least half the question's best,
  else 1; no answer 0. Reciprocal rank is reported for any answerer, which decides, and for the
  accepted one. Questions whose answerers are all unknown say nothing and are left out.
- No leak: a ``test`` question is asked of profiles made of all ``train`` questions. A ``train``
  question is asked of profiles made of the other nine tenths of ``train``, which do not hold it.
  Leaving out only the question itself would teach the ranker a falsehood: whoever answered it, and
  nobody else, would have one statement fewer than at the test.
- The ranker's features and regularisation, and which learner, were chosen on ``train`` alone. The
  learner is chosen here, by the mean reciprocal rank over the tenths.

Question numbers rise in time, and ``recent`` looks only at questions asked before. The other
columns and orders treat all of ``train`` as known, as the publisher's split does.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.encoding.encoder import open_encoder
from recommender.ranking.learning.comparison import PerMentee, difference, interval
from recommender.ranking.learning.estimators import MonotoneBoostingRanker, PairwiseLogisticRanker
from recommender.ranking.metrics import reciprocal_rank
from tests.benchmarks.expert_site import (
    ACCEPTED,
    ANSWERED,
    FEATURES,
    ORDERS,
    Lists,
    Site,
    ask,
    cross_fitted,
)

FOLDER = "android_experts"
CUTOFF = 20
N_LEARNED = 100
"""Experts per question to learn from: who answered, and others drawn by lot."""
SEED = 4
RANKER, WITHOUT_RECENT = "trained ranker", "trained ranker without recent"

Ranker = PairwiseLogisticRanker | MonotoneBoostingRanker
Make = Callable[[tuple[str, ...]], Ranker]
LEARNERS: dict[str, Make] = {
    "linear, C = 0.01": lambda names: linear(names, 0.01),
    "linear, C = 0.1": lambda names: linear(names, 0.1),
    "linear, C = 1": lambda names: linear(names, 1.0),
    "boosting": lambda names: MonotoneBoostingRanker(names, (1,) * len(names)),
}


def linear(names: tuple[str, ...], C: float) -> Ranker:
    """Return the product's ranker, which believes in the first feature before any feedback."""
    return PairwiseLogisticRanker(names, (1,) * len(names), C, prior_feature=names[0])


def learn(make: Make, lists: list[Lists], columns: list[int]) -> Ranker:
    """Return a ranker fitted to who answered each question and some who did not."""
    rng = np.random.default_rng(SEED)
    features, grade, group = [], [], []
    for site_lists in lists:
        lot = np.where(site_lists.grade > 0, -1.0, rng.random(site_lists.grade.shape))
        drawn = np.argsort(lot, axis=1, kind="stable")[:, :N_LEARNED]
        taken = np.take_along_axis(site_lists.features[:, :, columns], drawn[:, :, None], axis=1)
        features.append(taken.reshape(-1, len(columns)))
        grade.append(np.take_along_axis(site_lists.grade, drawn, axis=1).ravel())
        group.append(np.repeat(site_lists.question, drawn.shape[1]))
    target = np.concatenate(grade)
    ranker = make(tuple(FEATURES[column] for column in columns))
    ranker.fit(np.concatenate(features), target, np.concatenate(group), np.ones(len(target)))
    return ranker


def predict(ranker: Ranker, lists: Lists, columns: list[int]) -> NDArray[np.float64]:
    """Return a ranker's scores, (n_questions, n_experts)."""
    flat = lists.features[:, :, columns].reshape(-1, len(columns))
    return ranker.predict(flat).reshape(lists.grade.shape)


def first_right(score: NDArray[np.float64], lists: Lists, good: int) -> NDArray[np.float64]:
    """Return the reciprocal rank of each question that has somebody to find."""
    question = np.repeat(lists.question, score.shape[1])
    value = reciprocal_rank(score.ravel(), lists.grade.ravel(), question, good).value
    return value[~np.isnan(value)]


def recall(score: NDArray[np.float64], lists: Lists, k: int = CUTOFF) -> NDArray[np.float64]:
    """Return the share of answerers among the first k, per question that has somebody to find."""
    last = -np.sort(-score, axis=1)[:, min(k, score.shape[1]) - 1][:, None]
    above, tied = score > last, score == last
    # Whom chance puts first among those who tie with the last.
    chance = above + tied * (k - above.sum(axis=1))[:, None] / tied.sum(axis=1)[:, None]
    right = lists.grade >= ANSWERED
    n_right = right.sum(axis=1)
    n_found = (right * np.minimum(chance, 1.0)).sum(axis=1)
    share: NDArray[np.float64] = n_found[n_right > 0] / n_right[n_right > 0]
    return share


def validated(make: Make, folds: list[Lists], columns: list[int]) -> NDArray[np.float64]:
    """Return the reciprocal ranks of each tenth, by a ranker fitted to the other nine."""
    parts = []
    for held_out, lists in enumerate(folds):
        ranker = learn(make, folds[:held_out] + folds[held_out + 1 :], columns)
        parts.append(first_right(predict(ranker, lists, columns), lists, ANSWERED))
    return np.concatenate(parts)


def estimate(value: NDArray[np.float64]) -> str:
    """Return the mean and its 95% bootstrap interval over questions."""
    estimated = interval(PerMentee.alike(value), np.random.default_rng(SEED))
    return f"{estimated.mean:.3f} ({estimated.low:.3f} to {estimated.high:.3f})"


def report(site: Site) -> list[str]:
    """Choose a learner on ``train``, measure every order on ``test``, and return Markdown."""
    everything = list(range(len(FEATURES)))
    folds = cross_fitted(site, np.random.default_rng(SEED))
    lines = ["| chosen on train, by cross-validation | MRR |", "|---|---|"]
    for name in ORDERS:
        value = np.concatenate([first_right(f.orders[name], f, ANSWERED) for f in folds])
        lines.append(f"| {name} | {estimate(value)} |")
    measured = {name: validated(make, folds, everything) for name, make in LEARNERS.items()}
    lines += [f"| {name} | {estimate(value)} |" for name, value in measured.items()]
    best = max(measured, key=lambda name: measured[name].mean())
    for left_out in everything:
        value = validated(LEARNERS[best], folds, everything[:left_out] + everything[left_out + 1 :])
        lines.append(f"| {best}, without {FEATURES[left_out]} | {estimate(value)} |")

    test = ask(site, np.flatnonzero(~site.train), np.flatnonzero(site.train))
    orders = dict(test.orders)
    for name, columns in ((RANKER, everything), (WITHOUT_RECENT, everything[:-1])):
        orders[name] = predict(learn(LEARNERS[best], folds, columns), test, columns)
    right = {name: first_right(score, test, ANSWERED) for name, score in orders.items()}
    lines += [
        "",
        f"{len(right[RANKER])} of {len(test.question)} test questions have an answerer among "
        f"{test.grade.shape[1]} experts of {site.train.sum()} train questions. Ranker: {best}.",
        "",
        f"| order, on test | recall@{CUTOFF} | MRR | of the accepted | ranker's MRR minus this |",
        "|---|---|---|---|---|",
    ]
    for name, score in orders.items():
        by_ranker, by_order = PerMentee.alike(right[RANKER]), PerMentee.alike(right[name])
        gain = difference(by_ranker, by_order, np.random.default_rng(SEED)).estimate
        cells = (
            estimate(recall(score, test)),
            estimate(right[name]),
            estimate(first_right(score, test, ACCEPTED)),
            "–" if name == RANKER else f"{gain.mean:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})",
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--material", type=Path, help=f"folder that holds {FOLDER}/")
    where.add_argument("--site", type=Path, help="folder of another site's questions.jsonl")
    args = parser.parse_args()
    site = Site.read(args.site or args.material / FOLDER, open_encoder(threads=1).encode)
    print("\n".join(report(site)))


if __name__ == "__main__":
    main()

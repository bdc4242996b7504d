"""How well an encoder tells the sample's topics apart: ``python -m tests.benchmarks.encoder``."""

from __future__ import annotations

import sys

import numpy as np

from recommender.domain.people import Kind
from recommender.encoding.encoder import open_encoder
from recommender.simulation.phrases import read_phrases
from recommender.store.shipped import shipped


def main() -> None:
    phrases = read_phrases(shipped("data/sample_organisation") / "phrases.csv")
    encoder = open_encoder(sys.argv[1] if len(sys.argv) > 1 else None)
    vectors = encoder.encode([phrase.text for phrase in phrases])
    topic = np.array([phrase.topic for phrase in phrases])
    language = np.array([phrase.language for phrase in phrases])
    goal = np.array([phrase.kind is Kind.GOAL for phrase in phrases])
    print("| goals → statements | MRR | first is right | goals called covered | of those right |")
    print("|---|---|---|---|---|")
    for asked in ("de", "en"):
        for offered in ("de", "en"):
            rows, columns = goal & (language == asked), ~goal & (language == offered)
            similarity = vectors[rows] @ vectors[columns].T
            right = topic[rows][:, None] == topic[columns][None, :]
            order = np.argsort(-similarity, axis=1, kind="stable")
            sorted_right = np.take_along_axis(right, order, axis=1)
            reciprocal = 1 / (1 + sorted_right.argmax(axis=1))
            covered = similarity.max(axis=1) >= encoder.coverage
            kept = f"{sorted_right[covered, 0].mean():.0%}" if covered.any() else "–"
            first = f"{sorted_right[:, 0].mean():.0%}"
            share = f"{covered.mean():.0%}"
            print(f"| {asked} → {offered} | {reciprocal.mean():.2f} | {first} | {share} | {kept} |")


if __name__ == "__main__":
    main()

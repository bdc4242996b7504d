"""A Stack Exchange site as mentoring: questions are goals, answerers are mentors.

What an expert can do is told by the questions that they answered; how well, by the answers' scores.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from recommender.matching.affinity import goal_affinities
from recommender.matching.index_faiss import StatementIndex
from recommender.ranking.learning.lexical import LexicalIndex
from recommender.store.vectors import StatementRows

N_FOLDS = 10
RECENT = 0.05
"""An answer counts as recent on the scale of this share of the known questions."""
ACCEPTED, ANSWERED = 3, 1
FEATURES = ("affinity", "best_similarity", "n_statements", "lexical", "recent")
ORDERS = ("affinity", "TF-IDF", "BM25", "popularity", "TF-IDF × log popularity", "recent alone")

Encode = Callable[[list[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Site:
    """A site's questions, the oldest first.

    Attributes:
        text: Title and text of each question.
        vector: Its meaning, (n_questions, dimension) float32.
        grade: 0 to 3, (n_questions, n_experts) int64.
        train: Whether profiles may be made of it, (n_questions,) bool.
    """

    text: list[str]
    vector: NDArray[np.float32]
    grade: NDArray[np.int64]
    train: NDArray[np.bool_]

    @classmethod
    def read(cls, folder: Path, encode: Encode) -> Self:
        """Read ``questions.jsonl`` of a folder."""
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        questions = sorted((json.loads(line) for line in lines), key=lambda q: int(q["question"]))
        experts = sorted({answer["expert"] for q in questions for answer in q["answers"]})
        column = {expert: place for place, expert in enumerate(experts)}
        grade = np.zeros((len(questions), len(experts)), dtype=np.int64)
        for row, question in enumerate(questions):
            best = max((answer["score"] for answer in question["answers"]), default=0)
            for answer in question["answers"]:
                good = ACCEPTED if answer["accepted"] else 1 + (2 * answer["score"] >= best)
                grade[row, column[answer["expert"]]] = good
        text = [f"{question['title']} {question['text']}" for question in questions]
        train = np.array([question["split"] == "train" for question in questions])
        return cls(text, encode(text), grade, train)


@dataclass(frozen=True, slots=True)
class Lists:
    """Some questions, and every expert known when they are asked.

    Attributes:
        question: Rows of the site, (n_questions,) int64.
        grade: (n_questions, n_experts) int64.
        features: In the order of ``FEATURES``, (n_questions, n_experts, n_features).
        orders: Scores of each of ``ORDERS``, (n_questions, n_experts).
    """

    question: NDArray[np.int64]
    grade: NDArray[np.int64]
    features: NDArray[np.float64]
    orders: dict[str, NDArray[np.float64]]


def ask(site: Site, asked: NDArray[np.int64], known: NDArray[np.int64]) -> Lists:
    """Ask some questions of the profiles that the known questions make; both ascending."""
    assert not np.isin(asked, known).any(), "a profile would hold the question that it is asked"
    answered = site.grade[known] > 0
    experts = np.flatnonzero(answered.any(axis=0))
    everybody = np.arange(len(experts))
    expert, answer = np.nonzero(answered[:, experts].T)
    own = np.split(known[answer], np.cumsum(np.bincount(expert))[:-1])
    profile = [" ".join(site.text[row] for row in rows) for rows in own]
    asked_text = [site.text[question] for question in asked]

    index = StatementIndex(site.vector.shape[1], len(expert))
    rating = np.ones(len(expert), dtype=np.int8)
    vector = site.vector[known[answer]]
    index.add(StatementRows(np.arange(len(expert)), expert + 1, rating, vector))
    rows = index.rows_of(np.ones(len(experts) + 1, dtype=np.bool_))
    owner = index.person[rows].astype(np.int64) - 1

    vectorizer = TfidfVectorizer().fit([site.text[row] for row in known])
    tfidf = (vectorizer.transform(asked_text) @ vectorizer.transform(profile).T).toarray()
    words = LexicalIndex(profile, everybody)

    features = np.empty((len(asked), len(experts), len(FEATURES)))
    for place, question in enumerate(asked):
        cosines = index.similarities(site.vector[question : question + 1], rows, np.float64)
        covering = goal_affinities(cosines, owner, len(experts))
        age = np.searchsorted(known, question) - 1 - np.arange(len(known))
        freshness = np.where(age >= 0, np.exp(-np.maximum(age, 0) / (RECENT * len(known))), 0.0)
        features[place] = np.column_stack(
            [
                covering.affinity[:, 0],
                covering.similarity[:, 0],
                np.log1p(np.bincount(expert)),
                words.scores([site.text[question]], np.ones(1), everybody),
                np.log1p(np.bincount(expert, freshness[answer])),
            ]
        )
    affinity, _, n_statements, lexical, recent = np.moveaxis(features, 2, 0)
    scores = (affinity, tfidf, lexical, n_statements, tfidf * n_statements, recent)
    orders = dict(zip(ORDERS, scores, strict=True))
    return Lists(asked, site.grade[np.ix_(asked, experts)], features, orders)


def cross_fitted(site: Site, rng: np.random.Generator) -> list[Lists]:
    """Return the train questions in tenths, each asked of the profiles of the others."""
    train = np.flatnonzero(site.train)
    fold = rng.permutation(len(train)) % N_FOLDS
    return [ask(site, train[fold == f], train[fold != f]) for f in np.unique(fold)]

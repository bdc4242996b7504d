"""The table that compares encoders: one command, any model.

Beside the models asked for stand all-MiniLM-L6-v2, where its package is installed, and TF-IDF over
character n-grams, which knows nothing of meaning.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder
from recommender.skills import LANGUAGES, Concept
from recommender.workshop.encoder_evaluation import (
    Measure,
    Similarities,
    esco_measures,
    goal_measures,
    order_agreement,
)
from recommender.workshop.esco import read_skills

LEXICAL = "TF-IDF"
CHARACTERS = (2, 5)
ORDERED_TEXTS = 600
TIMED_TEXTS = 640
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class EncoderReport:
    """What was measured of one model.

    Args:
        name: The model.
        measures: Quality.
        texts_per_second: Median of three rounds; None for TF-IDF.
        megabytes: Size of its files; None for TF-IDF.
    """

    name: str
    measures: tuple[Measure, ...]
    texts_per_second: float | None
    megabytes: float | None


def compare_encoders(
    encoders: Sequence[Encoder],
    catalogue: Sequence[Concept],
    material: Path | None = None,
    teacher: Encoder | None = None,
    progress: Progress = silent,
) -> tuple[EncoderReport, ...]:
    """Measure every encoder, and TF-IDF, on the same sets.

    Args:
        encoders: What to compare.
        catalogue: Goals and skills.
        material: Folder with ``esco/``, or None to leave those measures out.
        teacher: Whose order of English texts to compare with, or None to leave that out.
        progress: Told before every model.

    Raises:
        MaterialUnusable: if ``material`` lacks a file.
        EncoderUnavailable: if a model cannot be loaded.
    """
    skills = read_skills(material) if material else ()
    texts = [text for s in skills if s.held_out for text in (s.label_en, s.description_en)]
    theirs = remembering(teacher) if teacher and texts else None
    speeds = throughputs(encoders, catalogue)
    reports = []
    sources: list[tuple[str, Similarities, Encoder | None]] = [
        *((encoder.name, remembering(encoder), encoder) for encoder in encoders),
        (LEXICAL, lexical, None),
    ]
    for done, (name, alike, encoder) in enumerate(sources):
        progress(f"measuring {name}", done, len(sources))
        measures = [*goal_measures(alike, catalogue)]
        if skills:
            measures += esco_measures(alike, skills)
        if theirs:
            measures.append(order_agreement(alike, theirs, texts[:ORDERED_TEXTS]))
        reports.append(
            EncoderReport(
                name,
                tuple(measures),
                speeds[name] if encoder else None,
                encoder.n_bytes / 1e6 if encoder else None,
            )
        )
    progress("measuring", len(sources), len(sources))
    return tuple(reports)


def remembering(encoder: Encoder) -> Similarities:
    """Return cosines by an encoder that encodes each text once."""
    known: dict[str, NDArray[np.float32]] = {}

    def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, encoder.encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    return lambda queries, texts: vectors(queries) @ vectors(texts).T


def lexical(queries: Sequence[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """Return cosines of TF-IDF over character n-grams within words, fitted on ``texts``."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=CHARACTERS, sublinear_tf=True)
    known = vectorizer.fit_transform(texts)
    cosines: NDArray[np.float64] = (vectorizer.transform(queries) @ known.T).toarray()
    return cosines


def throughputs(encoders: Sequence[Encoder], catalogue: Sequence[Concept]) -> dict[str, float]:
    """Return texts per second, the median of three rounds in which the models take turns."""
    texts = [
        text
        for concept in catalogue
        for language in LANGUAGES
        for text in (concept.goals[language][0], concept.skills[language][0])
    ][:TIMED_TEXTS]
    taken: dict[str, list[float]] = {encoder.name: [] for encoder in encoders}
    for encoder in encoders:
        encoder.encode(texts[:32])
    for _ in range(ROUNDS):
        for encoder in encoders:
            start = time.perf_counter()
            encoder.encode(texts)
            taken[encoder.name].append(time.perf_counter() - start)
    return {name: len(texts) / float(np.median(times)) for name, times in taken.items()}


def markdown_table(reports: Sequence[EncoderReport]) -> str:
    """Return one row per measure and one column per model, as a Markdown table."""
    head = ["MRR (95% interval)", "queries", *(report.name for report in reports)]
    rows = [head, ["---"] * len(head)]
    for place, measure in enumerate(reports[0].measures):
        cells = [str(report.measures[place]) for report in reports]
        rows.append([measure.name, str(measure.n), *cells])
    rows.append(["texts per second", "", *(_figure(r.texts_per_second) for r in reports)])
    rows.append(["megabytes", "", *(_figure(r.megabytes) for r in reports)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"

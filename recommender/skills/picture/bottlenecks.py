"""Concepts that many want and few can teach."""

from __future__ import annotations

import numpy as np
import polars as pl

from recommender.domain.disclosure import FEWEST
from recommender.domain.texts import text
from recommender.skills.picture.counting import Tally
from recommender.skills.picture.disclosure import Shown

MANY = 10
"""So many must want it before it is called a bottleneck."""
PER_TEACHER = 5
"""So many who want it per person who can teach it make it one."""

SCHEMA = {
    "area": pl.String,
    "concept": pl.String,
    "want": pl.Int64,
    "can_teach": pl.Int64,
    "sentence_de": pl.String,
    "sentence_en": pl.String,
}


def bottlenecks(wishes: Tally, teachers: Tally) -> pl.DataFrame:
    """Return the bottlenecks, those that most people want first.

    Returns:
        Columns: area, concept, want, can_teach (null if under five), sentence_de, sentence_en.
    """
    want, teach = wishes.family.concept, teachers.family.concept
    teach_shown = teachers.shown[0]
    narrow = np.where(teach_shown, want >= PER_TEACHER * teach, few_teach(teachers))
    places = np.flatnonzero(wishes.shown[0] & (want >= MANY) & narrow)
    catalogued = wishes.catalogued
    rows = []
    for place in sorted(places.tolist(), key=lambda place: (-want[place], place)):
        number = int(teach[place]) if teach_shown[place] else None
        sentences = [_sentence(code, int(want[place]), number) for code in ("de", "en")]
        area = catalogued.areas[catalogued.area_of[place]]
        rows.append((area, catalogued.concepts[place], int(want[place]), number, *sentences))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _sentence(language: str, want: int, can_teach: int | None) -> str:
    if can_teach is None:
        return text(language, "gaps.few_teach", want=want, fewest=FEWEST)
    return text(language, "gaps.some_teach", want=want, can_teach=can_teach)


def few_teach(teachers: Tally) -> Shown:
    """Return where it may be said that fewer than five can teach, (n_concepts,) bool.

    What is said must leave more than one number possible. Up to three it always does: one more
    could teach it. Four could follow from the counts of the area and its other concepts, unless
    there is another withheld one with which a person could be exchanged.
    """
    count, shown = teachers.family.concept, teachers.shown[0]
    area_of = teachers.family.area_of
    takes_one_more = ~shown & (count < FEWEST - 1)
    in_area = np.bincount(area_of, takes_one_more, len(teachers.family.area))[area_of]
    few: Shown = ~shown & (count < FEWEST) & (in_area > 0)
    return few

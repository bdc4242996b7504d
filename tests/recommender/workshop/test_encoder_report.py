"""The table that compares encoders."""

from __future__ import annotations

import numpy as np

from recommender.workshop.encoder_report import (
    compare_encoders,
    lexical,
    markdown_table,
    remembering,
)
from tests.conftest import HashEncoder
from tests.recommender.workshop.test_encoder_evaluation import CATALOGUE


class Sized(HashEncoder):
    n_bytes = 2_000_000


def test_each_text_is_encoded_once() -> None:
    encoder = HashEncoder()
    alike = remembering(encoder)
    first = alike(["knit socks", "knit"], ["knit socks"])
    again = alike(["knit"], ["knit socks", "knit"])
    assert encoder.n_encoded == 2
    assert first[1, 0] == again[0, 0]
    assert first[0, 0] == np.float32(1.0) or abs(first[0, 0] - 1) < 1e-6


def test_tf_idf_knows_letters_and_no_meaning() -> None:
    cosines = lexical(["knit socks", "strick"], ["knit socks", "bake bread"])
    assert cosines[0, 0] > 0.99 > cosines[0, 1]
    assert lexical(["zzz"], ["knit"]).tolist() == [[0.0]]


def test_every_model_has_every_measure() -> None:
    reports = compare_encoders([Sized("one"), Sized("two")], CATALOGUE)
    assert [report.name for report in reports] == ["one", "two", "TF-IDF"]
    assert len({tuple(m.name for m in report.measures) for report in reports}) == 1
    assert reports[0].texts_per_second
    assert reports[0].megabytes == 2.0
    assert reports[2].megabytes is None


def test_the_table_is_markdown() -> None:
    reports = compare_encoders([Sized("one")], CATALOGUE)
    lines = markdown_table(reports).splitlines()
    assert lines[0] == "| MRR (95% interval) | queries | one | TF-IDF |"
    assert lines[-1] == "| megabytes |  | 2 | – |"
    assert {line.count("|") for line in lines} == {5}

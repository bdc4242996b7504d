"""The plots: pictures with something in them, the same bytes twice, and nothing shared."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from numpy.typing import NDArray

from recommender.domain.texts import LANGUAGES
from recommender.ranking.reporting.card import card_files
from recommender.ranking.reporting.report import Acceptance, AcceptanceBand, Order, RetrainingReport
from tests.recommender.ranking.report_world import VERSION, full_report, measures, ranker

NAMES = ("orders", "weights", "acceptance")
PATHS = [f"plots/{name}{ending}" for name in NAMES for ending in (".png", ".de.png")]
GREY = 0.02


def drawn(report: RetrainingReport, path: str, folder: Path, **weight: float) -> Path:
    target = folder / Path(path).name
    card_files(report, ranker(**weight), VERSION)[path](target)
    return target


def pixels(path: Path) -> NDArray[np.float32]:
    """Return the picture, (height, width, 3), 0 to 1."""
    return np.asarray(imread(path), np.float32)[:, :, :3]


@pytest.mark.parametrize("path", PATHS)
def test_drawing_twice_gives_the_same_bytes(path: str, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = drawn(full_report(), path, tmp_path, affinity=2.0).read_bytes()
    second = drawn(full_report(), path, tmp_path / "again", affinity=2.0).read_bytes()
    assert first == second
    assert first.startswith(b"\x89PNG")
    assert b"Software" not in first
    assert b"tIME" not in first


@pytest.mark.parametrize("path", PATHS)
def test_plots_are_grey_and_not_empty(path: str, tmp_path: Path) -> None:
    picture = pixels(drawn(full_report(), path, tmp_path, affinity=2.0))
    assert float((picture.max(axis=2) - picture.min(axis=2)).max()) < GREY
    dark = float((picture.mean(axis=2) < 0.5).mean())
    assert 0.005 < dark < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_each_language_has_its_own_words(name: str, tmp_path: Path) -> None:
    english = drawn(full_report(), f"plots/{name}.png", tmp_path, affinity=2.0)
    german = drawn(full_report(), f"plots/{name}.de.png", tmp_path, affinity=2.0)
    assert english.read_bytes() != german.read_bytes()
    assert len(LANGUAGES) == 2


def test_a_larger_weight_gives_a_longer_bar(tmp_path: Path) -> None:
    def dark_in_top_row(weight: float) -> int:
        path = drawn(full_report(), "plots/weights.png", tmp_path, affinity=weight, same_site=4.0)
        picture = pixels(path)
        bar = picture[: len(picture) // 16, picture.shape[1] // 2 :]
        return int((bar.mean(axis=2) < 0.5).sum())

    assert dark_in_top_row(30.0) > 2 * dark_in_top_row(3.0)


def test_orders_measured_on_few_mentees_are_not_drawn(tmp_path: Path) -> None:
    report = full_report()
    few = replace(report, orders=(*report.orders, measures(Order.LEXICAL, 0.9, n_mentees=4)))
    with_few = drawn(few, PATHS[0], tmp_path).read_bytes()
    assert with_few == drawn(report, PATHS[0], tmp_path).read_bytes()


def test_bands_of_few_impressions_are_not_drawn(tmp_path: Path) -> None:
    report = full_report()
    acceptance = report.acceptance
    assert isinstance(acceptance, Acceptance)
    bands = (*acceptance.bands, AcceptanceBand(4, 0.9, 0.1))
    few = replace(report, acceptance=replace(acceptance, bands=bands))
    path = "plots/acceptance.png"
    assert drawn(few, path, tmp_path).read_bytes() == drawn(report, path, tmp_path).read_bytes()


def test_there_is_no_plot_of_nothing() -> None:
    report = full_report()
    assert isinstance(report.acceptance, Acceptance)
    nothing = replace(
        report,
        orders=(measures(Order.CHALLENGER, 0.7, n_mentees=3),),
        acceptance=replace(report.acceptance, bands=()),
    )
    assert not [name for name in card_files(nothing, None, VERSION) if name.endswith(".png")]


def test_drawing_leaves_pyplot_alone(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from recommender.ranking.reporting.card import card_files
from tests.recommender.ranking.report_world import VERSION, full_report, ranker
for name, write in card_files(full_report(), ranker(affinity=2.0), VERSION).items():
    write(Path({str(tmp_path)!r}) / Path(name).name)
print('matplotlib.figure' in sys.modules, 'matplotlib.pyplot' in sys.modules)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == ["True", "False"]

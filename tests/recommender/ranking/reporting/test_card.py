"""The card: every part is told, in both languages alike, and nothing about a few people."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from recommender.domain.texts import LANGUAGES, text
from recommender.matching.features import FEATURES
from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.exposure import Exposure, GroupExposure
from recommender.ranking.reporting.card import card_files
from recommender.ranking.reporting.effects import ORDINARY, effects
from recommender.ranking.reporting.report import Comparison, Order, OrderMeasures, RetrainingReport
from recommender.ranking.score import AdditiveScore
from recommender.store.artefacts import write_artefact
from tests.recommender.ranking.report_world import (
    NOTHING,
    VERSION,
    empty_report,
    full_report,
    measures,
    ranker,
)

TEXTS = {"en": "card.md", "de": "card.de.md"}
PLOTS = {f"plots/{name}.png" for name in ("orders", "weights", "acceptance")}
PLOTS_OF = {"en": PLOTS, "de": {path.replace(".png", ".de.png") for path in PLOTS}}
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
SIMULATED = "SIMULATED"


def card(
    report: RetrainingReport, language: str, tmp_path: Path, score: AdditiveScore | None = None
) -> str:
    path = tmp_path / TEXTS[language]
    card_files(report, score, VERSION)[path.name](path)
    return path.read_text(encoding="utf-8")


def row(card: str, first: str) -> list[str]:
    """Return the cells of the one table row that begins with this cell."""
    (lines,) = [line for line in card.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in lines.strip("|").split("|")]


def headings(card: str) -> list[str]:
    return re.findall(r"^## (.*)$", card, re.MULTILINE)


def test_a_release_gets_a_card_and_its_plots_in_each_language(tmp_path: Path) -> None:
    files = card_files(full_report(), ranker(affinity=2.0), VERSION)
    assert set(files) == {*TEXTS.values(), *PLOTS_OF["en"], *PLOTS_OF["de"]}
    write_artefact(tmp_path / "release", "ranker", 1, {}, files)
    for language, name in TEXTS.items():
        written = (tmp_path / "release" / name).read_text(encoding="utf-8")
        shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", written)
        assert set(shown) == PLOTS_OF[language]
        assert len(shown) == 3


@EVERY_LANGUAGE
def test_every_part_is_told_in_its_order(language: str, tmp_path: Path) -> None:
    report = full_report()
    text_of = card(report, language, tmp_path, ranker(affinity=2.0))
    assert len(headings(text_of)) == 12
    parts = [
        report.verdict[language],
        ", ".join(report.cohorts),
        "| 1234 |",
        text(language, "card.left_out_unanswered"),
        text(language, "card.order_challenger"),
        text(language, "card.order_champion"),
        text(language, "card.split_cohort"),
        text(language, "card.kind_boosting"),
        text(language, "feature.affinity"),
        "| 5 | 50 |",
        "Gini",
        text(language, "card.too few people"),
        f"tandem rankers activate {VERSION}",
        "tandem rankers rollback",
    ]
    places = [text_of.index(part) for part in parts]
    assert places == sorted(places)
    assert "$" not in text_of
    assert "\n\n\n" not in text_of


@EVERY_LANGUAGE
def test_tables_have_as_many_cells_in_each_row(language: str, tmp_path: Path) -> None:
    text_of = card(full_report(), language, tmp_path, ranker(affinity=2.0))
    tables = re.findall(r"(?:^\|.*\n)+", text_of, re.MULTILINE)
    assert len(tables) == 8
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1, table


def test_numbers_stand_where_they_belong(tmp_path: Path) -> None:
    text_of = card(full_report(), "en", tmp_path, ranker(affinity=2.0))
    assert row(text_of, "new ranker (challenger)")[1:] == [
        "0.734 (0.693 to 0.771)",
        "0.634 (0.564 to 0.684)",
        "0.834 (–)",
        "61",
    ]
    assert (
        "| closeness in meaning (affinity) | −0.079 (−0.100 to −0.060) | 35 | 16 | 10 |" in text_of
    )
    assert "| 1 | 50 | 2.1% | 1.0% |" in text_of
    assert "Of 312 mentors who could be shown in the newest cohort, 57 were never shown" in text_of
    assert "as much as 88 that count alike" in text_of


def test_german_numbers_have_a_comma(tmp_path: Path) -> None:
    text_of = card(full_report(), "de", tmp_path, ranker(affinity=2.0))
    assert row(text_of, "neues Ranking (Challenger)")[1] == "0,734 (0,693 bis 0,771)"
    assert "| 1 | 50 | 2,1\u00a0% | 1,0\u00a0% |" in text_of
    assert not re.search(r"\d\.\d", text_of)


def test_both_languages_tell_the_same_numbers(tmp_path: Path) -> None:
    def numbers(language: str) -> list[str]:
        text_of = card(full_report(), language, tmp_path, ranker(affinity=2.0, same_site=-1.0))
        return sorted(re.findall(r"[−+]?\d+(?:\.\d+)?", re.sub(r"(\d),(\d)", r"\1.\2", text_of)))

    assert numbers("en") == numbers("de")
    assert len(numbers("en")) > 100


@EVERY_LANGUAGE
def test_simulated_feedback_is_named_before_everything_else(language: str, tmp_path: Path) -> None:
    real = card(full_report(), language, tmp_path)
    simulated = card(replace(full_report(), simulated=True), language, tmp_path)
    assert SIMULATED not in real
    assert SIMULATED in simulated.splitlines()[2]


@EVERY_LANGUAGE
def test_where_nothing_was_trained_the_card_says_why_and_no_more(
    language: str, tmp_path: Path
) -> None:
    files = card_files(empty_report(), None, VERSION)
    assert set(files) == set(TEXTS.values())
    text_of = card(empty_report(), language, tmp_path)
    assert empty_report().verdict[language] in text_of
    assert text(language, "card.nothing_left_out") in text_of
    assert len(headings(text_of)) == 4
    assert "None" not in text_of
    assert "$" not in text_of
    assert "tandem rankers" not in text_of


@EVERY_LANGUAGE
def test_what_was_not_measured_is_a_dash(language: str, tmp_path: Path) -> None:
    report = full_report()
    assert report.acceptance is not None
    unmeasured = OrderMeasures(Order.LEXICAL, NOTHING, NOTHING, NOTHING)
    report = replace(
        report,
        orders=(*report.orders[:3], unmeasured),
        comparisons=(Comparison(Order.LEXICAL, Difference(NOTHING, 0, 0, 0)),),
        effective_sample_size=None,
        acceptance=replace(report.acceptance, predicted=nan),
        exposure=Exposure(3, None, None),
    )
    text_of = card(report, language, tmp_path, ranker(affinity=2.0))
    assert not re.search(r"\b(nan|none|inf)\b", text_of, re.IGNORECASE)
    lexical = text(language, "card.order_lexical")
    assert f"| {lexical} | – | – | – | 0 |" in text_of
    assert f"| {lexical} | – | 0 | 0 | 0 |" in text_of


@EVERY_LANGUAGE
def test_few_people_are_not_counted(language: str, tmp_path: Path) -> None:
    few = text(language, "card.fewer_than_5")
    many = text(language, "card.at_least_5")
    report = replace(
        full_report(),
        n_mentees=4,
        n_asked=3,
        left_out={"unanswered": 2},
        orders=(measures(Order.CHALLENGER, 0.734), measures(Order.LEXICAL, 0.999, n_mentees=4)),
        comparisons=(
            Comparison(
                Order.AFFINITY,
                Difference(Estimate(0.05, 0.01, 0.09, 61), wins=40, ties=18, losses=3),
            ),
        ),
        exposure=Exposure(20, 1, 0.3),
        skew=(GroupExposure("Works", None, None, None, "too few people"),),
    )
    text_of = card(report, language, tmp_path, ranker(affinity=2.0))
    assert f"- {few}: {text(language, 'card.left_out_unanswered')}" in text_of
    assert f"| {few} |\n" in text_of
    # 61 − 40 − 18 would give the three away.
    assert re.search(rf"\| 40 \| {many} \| {few} \|", text_of)
    assert row(text_of, text(language, "card.order_lexical"))[1:] == ["–", "–", "–", few]
    assert "20" in text_of
    assert re.search(rf"20 .*{few}", text_of)
    assert row(text_of, "Works")[1:] == ["–", "–", "–", text(language, "card.too few people")]


@EVERY_LANGUAGE
def test_without_a_champion_the_card_says_what_was_in_use(language: str, tmp_path: Path) -> None:
    note = text(language, "card.no_champion")
    assert note not in card(full_report(), language, tmp_path)
    assert note in card(replace(full_report(), champion=None), language, tmp_path)


def test_names_of_groups_are_no_markup(tmp_path: Path) -> None:
    text_of = card(full_report(), "en", tmp_path)
    assert r"| Lab \| \<b\>\*North\*\</b\> | 24 | 0.55 | 0.012 | shown less often |" in text_of


def test_effects_compare_an_ordinary_low_with_an_ordinary_high_value() -> None:
    by_name = {
        effect.feature.name: effect for effect in effects(ranker(affinity=2.0, same_site=-1.0))
    }
    low, high = ORDINARY["affinity"]
    assert by_name["affinity"].change == pytest.approx(2.0 * (high - low))
    assert by_name["shared_languages"].change == pytest.approx(0.75)
    assert by_name["same_site"].change == pytest.approx(-1.0)
    assert by_name["level_above"].change == 0.0


@EVERY_LANGUAGE
def test_what_was_learned_against_the_intention_is_marked(language: str, tmp_path: Path) -> None:
    score = ranker(affinity=2.0, same_site=-1.0, time_zone_distance=-0.5, same_department=-1.0)
    text_of = card(full_report(), language, tmp_path, score)
    marked = [line for line in text_of.splitlines() if text(language, "card.against") in line]
    assert [line.split("|")[1].strip() for line in marked] == [text(language, "feature.same_site")]


@EVERY_LANGUAGE
def test_every_feature_has_a_name_a_unit_and_an_ordinary_range(
    language: str, tmp_path: Path
) -> None:
    text_of = card(full_report(), language, tmp_path, ranker(affinity=2.0))
    for feature in FEATURES:
        name = text(language, f"feature.{feature.name}")
        assert row(text_of, name)[1] == text(language, f"unit.{feature.unit}")
        low, high = ORDINARY[feature.name]
        assert feature.low <= low < high <= feature.high
    assert set(ORDINARY) == {feature.name for feature in FEATURES}


def test_importing_the_card_does_not_import_matplotlib() -> None:
    program = "import sys, recommender.ranking.reporting.card; print('matplotlib' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"

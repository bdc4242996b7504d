"""The summary: the decision first, few lines, and nothing about a few people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.domain.texts import LANGUAGES, text
from recommender.ranking.learning.comparison import Estimate
from recommender.ranking.learning.exposure import Exposure
from recommender.ranking.reporting.report import Order, OrderMeasures
from recommender.ranking.reporting.summary import summary_lines
from tests.recommender.ranking.report_world import NOTHING, VERSION, empty_report, full_report

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@EVERY_LANGUAGE
def test_the_decision_comes_first_in_a_few_lines(language: str) -> None:
    report = replace(full_report(), simulated=True)
    lines = summary_lines(report, language)
    assert lines[0] == report.verdict[language]
    assert "SIMULATED" in lines[1]
    assert 10 <= len(lines) <= 15
    assert all(line.strip() and "\n" not in line for line in lines)


@EVERY_LANGUAGE
def test_real_feedback_is_not_called_simulated(language: str) -> None:
    assert "SIMULATED" not in "\n".join(summary_lines(full_report(), language))


def test_each_order_stands_beside_the_new_ranker() -> None:
    lines = summary_lines(full_report(), "en")
    assert "  new ranker (challenger): 0.734 (0.693 to 0.771)" in lines
    assert (
        "  ranker active until now (champion): 0.689 (0.648 to 0.726); "
        "new ranker minus this: +0.045 (+0.024 to +0.064)"
    ) in lines
    assert "mean over 61 mentees" in "\n".join(lines)


def test_numbers_are_told_in_german_with_a_comma() -> None:
    lines = "\n".join(summary_lines(full_report(), "de"))
    assert "neues Ranking (Challenger): 0,734 (0,693 bis 0,771)" in lines
    assert "vorhergesagt 10,4\u00a0%, beobachtet 10,0\u00a0%" in lines
    assert "312 Personen konnten gezeigt werden, 57 davon nie; Gini 0,38" in lines


@EVERY_LANGUAGE
def test_the_last_line_says_what_can_be_done(language: str) -> None:
    promoted = summary_lines(full_report(), language)[-1]
    refused = summary_lines(replace(full_report(), promoted=False), language)[-1]
    assert VERSION in promoted
    assert promoted.endswith("tandem rankers rollback")
    assert refused.endswith(f"tandem rankers activate {VERSION} --despite-report")


@EVERY_LANGUAGE
def test_where_nothing_was_trained_there_is_nothing_to_activate(language: str) -> None:
    lines = summary_lines(empty_report(), language)
    assert lines[0] == empty_report().verdict[language]
    assert len(lines) == 2
    assert "tandem" not in "\n".join(lines)


@EVERY_LANGUAGE
def test_where_nothing_was_trained_it_says_what_was_left_out(language: str) -> None:
    left_out = {"no_mentee": 0, "other_encoder": 310, "unanswered": 2}
    lines = summary_lines(replace(empty_report(), left_out=left_out), language)
    few, why = (text(language, f"card.{key}") for key in ("fewer_than_5", "left_out_unanswered"))
    assert lines[-1] == f"  {few}: {why}"
    assert lines[-2] == f"  310: {text(language, 'card.left_out_other_encoder')}"
    assert len(lines) == 5


def test_names_of_groups_stay_on_their_line() -> None:
    report = full_report()
    skew = (replace(report.skew[0], label="Lab\n\x1b[31mNorth"),)
    assert "By group: Lab [31mNorth: shown less often." in summary_lines(
        replace(report, skew=skew), "en"
    )


@EVERY_LANGUAGE
def test_few_people_are_not_counted_and_nothing_is_no_number(language: str) -> None:
    report = replace(
        full_report(),
        n_accepted=3,
        orders=(
            OrderMeasures(Order.CHALLENGER, Estimate(0.7, 0.6, 0.8, 3), NOTHING, NOTHING),
            OrderMeasures(Order.LEXICAL, NOTHING, NOTHING, NOTHING),
        ),
        exposure=Exposure(4, None, None),
    )
    lines = "\n".join(summary_lines(report, language))
    assert lines.count(text(language, "card.fewer_than_5")) == 3
    assert "nan" not in lines
    assert "None" not in lines
    assert f"{text(language, 'card.order_challenger')}: –\n" in lines
    assert f"{text(language, 'card.order_lexical')}: –\n" in lines

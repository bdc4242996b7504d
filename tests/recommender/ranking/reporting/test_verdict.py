"""The decision in a sentence: all numbers are in it, in both languages; nobody is given away."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan

import pytest

from recommender.domain.texts import LANGUAGES, text
from recommender.ranking.learning.comparison import Difference, Estimate
from recommender.ranking.learning.trial import FEWEST_MENTEES, Trial
from recommender.ranking.reporting.report import Comparison, Order
from recommender.ranking.reporting.verdict import Verdict, judge
from tests.recommender.ranking.report_world import ranker

Interval = tuple[float, float, float]
BETTER: Interval = (0.1234, 0.0456, 0.2012)
BEST: Interval = (0.0789, 0.0123, 0.1456)
WORSE: Interval = (-0.0301, -0.0702, 0.0103)
EVEN_WORSE: Interval = (-0.0404, -0.0505, -0.0306)


def tried(**orders: Interval) -> Trial:
    """Return a trial with these means and intervals, one per order."""
    comparisons = tuple(
        Comparison(Order(order), Difference(Estimate(*numbers, 61), 30, 21, 10))
        for order, numbers in orders.items()
    )
    return Trial(61, comparisons=comparisons, ranker=ranker(affinity=1.0))


def says(verdict: Verdict, key: str, **numbers: object) -> bool:
    """Return whether it is this sentence, with these numbers, in English."""
    return verdict.sentences["en"] == text("en", f"verdict.{key}", **numbers)


def numbers_of(value: Interval, prefix: str = "") -> Mapping[str, str]:
    words = (f"{number:+.3f}".replace("-", "−") for number in value)
    return {prefix + name: word for name, word in zip(("mean", "low", "high"), words, strict=True)}


@pytest.mark.parametrize("n", [0, 5, 39])
def test_too_few_mentees_are_told_with_how_many_are_needed(n: int) -> None:
    verdict = judge(Trial(n), has_champion=True, simulated_over_real=True)
    assert not verdict.promoted
    assert says(verdict, "too_few", n=n, needed=FEWEST_MENTEES)
    for sentence in verdict.sentences.values():
        assert f"{n} " in sentence
        assert f"{FEWEST_MENTEES} " in sentence


def test_fewer_than_five_mentees_are_not_counted_out() -> None:
    sentences = [judge(Trial(n), False, False).sentences for n in (1, 2, 3, 4)]
    assert sentences[0] == sentences[1] == sentences[2] == sentences[3]
    assert "fewer than 5 rated mentees" in sentences[0]["en"]
    assert "weniger als 5 bewertete Mentees" in sentences[0]["de"]


def test_simulated_feedback_never_replaces_real() -> None:
    verdict = judge(tried(champion=BETTER, affinity=BEST), True, simulated_over_real=True)
    assert not verdict.promoted
    assert says(verdict, "simulated_over_real")


@pytest.mark.parametrize(
    ("orders", "key", "interval"),
    [
        ({"champion": WORSE, "affinity": BEST}, "not_better_than_champion", WORSE),
        ({"champion": WORSE, "affinity": EVEN_WORSE}, "not_better_than_champion", WORSE),
        ({"champion": BETTER, "affinity": WORSE}, "not_better_than_affinity", WORSE),
        ({"affinity": EVEN_WORSE}, "not_better_than_affinity", EVEN_WORSE),
    ],
)
def test_what_is_not_shown_to_be_better_stays_out(
    orders: Mapping[str, Interval], key: str, interval: Interval
) -> None:
    verdict = judge(tried(**orders), "champion" in orders, simulated_over_real=False)
    assert not verdict.promoted
    assert says(verdict, key, **numbers_of(interval))
    for number in numbers_of(interval).values():
        assert number.replace(".", ",") in verdict.sentences["de"]


def test_better_than_both_tells_both() -> None:
    verdict = judge(tried(champion=BEST, affinity=BETTER, random=WORSE), True, False)
    assert verdict.promoted
    numbers = {**numbers_of(BEST, "champion_"), **numbers_of(BETTER)}
    assert says(verdict, "better_than_both", **numbers)
    for number in numbers.values():
        assert number.replace(".", ",") in verdict.sentences["de"]


def test_without_a_champion_affinity_alone_is_to_be_beaten() -> None:
    verdict = judge(tried(affinity=BEST, lexical=WORSE, random=EVEN_WORSE), False, False)
    assert verdict.promoted
    assert says(verdict, "better_than_affinity", **numbers_of(BEST))


def test_an_interval_that_touches_zero_is_not_enough() -> None:
    assert not judge(tried(affinity=(0.05, 0.0, 0.1)), False, False).promoted
    assert judge(tried(affinity=(0.05, 1e-4, 0.1)), False, False).promoted


def test_what_could_not_be_measured_is_a_dash() -> None:
    verdict = judge(tried(affinity=(0.0, nan, nan)), False, False)
    assert not verdict.promoted
    assert says(verdict, "not_better_than_affinity", mean="+0.000", low="–", high="–")


def test_every_language_has_its_sentence() -> None:
    for verdict in (judge(Trial(7), False, False), judge(tried(affinity=BEST), False, False)):
        assert set(verdict.sentences) == set(LANGUAGES)
        assert len(set(verdict.sentences.values())) == len(LANGUAGES)

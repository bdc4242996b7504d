"""Numbers told: small counts cannot be worked out, and what is missing is a dash."""

from __future__ import annotations

from itertools import product
from math import inf, nan

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recommender.domain.texts import LANGUAGES, text
from recommender.ranking.learning.comparison import Estimate
from recommender.ranking.learning.exposure import Exposure
from recommender.ranking.learning.trial import FEWEST_MENTEES
from recommender.ranking.reporting.wording import (
    MISSING,
    count,
    counts,
    decimals,
    interval,
    never_shown,
    share,
)

FEW, MANY = (text("en", f"card.{key}") for key in ("fewer_than_5", "at_least_5"))
STEADY = settings(deadline=None, derandomize=True, max_examples=200)


@pytest.mark.parametrize(
    ("n", "words"), [(0, "0"), (1, FEW), (4, FEW), (5, "5"), (1234, "1234"), (None, MISSING)]
)
def test_one_to_four_are_not_told_apart(n: int | None, words: str) -> None:
    assert count("en", n) == words


def possible(words: str, total: int) -> range:
    if words == FEW:
        return range(1, 5)
    return range(5, total + 1) if words == MANY else range(int(words), int(words) + 1)


@given(st.lists(st.integers(0, 6) | st.integers(0, 50), min_size=3, max_size=3))
@STEADY
def test_no_small_part_can_be_worked_out_from_the_sum(parts: list[int]) -> None:
    total, words = sum(parts), counts("en", parts)
    assume(total >= FEWEST_MENTEES)
    fitting = [
        values
        for values in product(*(possible(word, total) for word in words))
        if sum(values) == total
    ]
    assert tuple(parts) in fitting
    for place, n in enumerate(parts):
        if 0 < n < 5:
            assert len({values[place] for values in fitting}) > 1


def test_large_parts_are_told_as_they_are() -> None:
    assert counts("en", (40, 0, 21)) == ["40", "0", "21"]
    assert counts("en", (40, 3, 18)) == ["40", FEW, MANY]
    assert counts("en", (50, 5, 1)) == [MANY, "5", FEW]  # six less "5 or more" would be one


@pytest.mark.parametrize(
    ("never", "words"), [(2, FEW), (10, "10"), (18, MANY), (20, "20"), (0, "0")]
)
def test_a_few_mentors_who_were_shown_are_not_given_away(never: int, words: str) -> None:
    assert never_shown("en", Exposure(20, never, 0.5)) == words


def test_numbers_have_the_mark_of_the_language_and_a_real_minus() -> None:
    assert decimals("de", -0.5, "+z.3f") == "−0,500"
    assert decimals("en", 0.0234, "+z.3f") == "+0.023"
    assert decimals("en", -0.0001) == "0.000"
    assert share("en", 0.1234) == "12.3%"
    assert share("de", 0.1234) == "12,3\u00a0%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_number_is_a_dash(language: str) -> None:
    assert {decimals(language, value) for value in (None, nan, inf, -inf)} == {MISSING}
    assert share(language, nan) == MISSING
    assert interval(language, Estimate(nan, nan, nan, 0)) == MISSING
    assert interval(language, Estimate(0.5, 0.4, 0.6, 4)) == MISSING
    assert interval("en", Estimate(0.5, nan, nan, 5)) == f"0.500 ({MISSING})"
    assert interval("de", Estimate(0.5, 0.4, 0.6, 5)) == "0,500 (0,400 bis 0,600)"

"""Additive scores: by hand, the sum to the last bit, and nothing read that was not written."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused, InvalidInput
from recommender.ranking.score import AdditiveScore, Steps

STEADY = settings(deadline=None, derandomize=True, max_examples=40)
NUMBERS = st.floats(-1e6, 1e6)


def floats(*values: float) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64)


def two_features() -> AdditiveScore:
    return AdditiveScore(
        ("affinity", "hours"),
        center=floats(0.5, 0.0),
        weight=floats(2.0, 0.0),
        steps=(Steps.none(), Steps(floats(1.0, 4.0), floats(-1.0, 0.25, 3.0))),
    )


@st.composite
def rankers(draw: st.DrawFn, n_features: int | None = None) -> AdditiveScore:
    p = n_features or draw(st.integers(1, 12))
    numbers = st.lists(NUMBERS, min_size=p, max_size=p)
    steps = []
    for _ in range(p):
        thresholds = sorted(draw(st.sets(NUMBERS, max_size=4)))
        n_values = len(thresholds) + 1
        values = draw(st.lists(NUMBERS, min_size=n_values, max_size=n_values))
        steps.append(Steps(floats(*thresholds), floats(*values)))
    names = tuple(f"feature {place}" for place in range(p))
    return AdditiveScore(names, floats(*draw(numbers)), floats(*draw(numbers)), tuple(steps))


@st.composite
def rows_for(draw: st.DrawFn, ranker: AdditiveScore) -> NDArray[np.float64]:
    """Draw feature values, many of them on a threshold."""
    n = draw(st.integers(1, 12))
    columns = [
        draw(st.lists(st.sampled_from([*step.thresholds, 0.0]) | NUMBERS, min_size=n, max_size=n))
        for step in ranker.steps
    ]
    return np.array(columns, dtype=np.float64).T


def slow_contribution(ranker: AdditiveScore, place: int, x: float) -> float:
    step = ranker.steps[place]
    value = step.values[sum(bool(threshold < x) for threshold in step.thresholds)]
    return float((x - ranker.center[place]) * ranker.weight[place] + value)


def test_contributions_are_weight_times_distance_plus_step() -> None:
    features = np.array([[0.75, 0.0], [0.5, 2.0], [0.0, 10.0]])
    # 2 · (0.75 − 0.5), 2 · 0, 2 · (−0.5); steps: up to 1, up to 4, above.
    expected = [[0.5, -1.0], [0.0, 0.25], [-1.0, 3.0]]
    assert two_features().contributions(features).tolist() == expected
    assert two_features().score(features).tolist() == [-0.5, 0.25, 2.0]


def test_a_threshold_belongs_to_the_piece_below_it() -> None:
    above = np.nextafter(1.0, 2.0)
    step = two_features().steps[1]
    assert step(floats(1.0, above, 4.0, np.nextafter(4.0, 5.0))).tolist() == [-1.0, 0.25, 0.25, 3.0]


def test_beyond_what_was_trained_steps_are_constant_and_weights_go_on() -> None:
    contributions = two_features().contributions(np.array([[100.0, -1e9], [-100.0, 1e9]]))
    assert contributions.tolist() == [[199.0, -1.0], [-201.0, 3.0]]


def test_no_candidate_has_no_score() -> None:
    assert two_features().score(np.zeros((0, 2))).shape == (0,)


@given(data=st.data())
@STEADY
def test_contributions_equal_a_slow_reference_and_sum_to_the_score(data: st.DataObject) -> None:
    ranker = data.draw(rankers())
    features = data.draw(rows_for(ranker))
    contributions = ranker.contributions(features)
    for row, candidate in enumerate(features):
        for place, x in enumerate(candidate):
            assert contributions[row, place] == slow_contribution(ranker, place, x)
    np.testing.assert_array_equal(ranker.score(features), contributions.sum(axis=1))
    assert contributions.flags.c_contiguous


@given(data=st.data())
@STEADY
def test_a_score_does_not_depend_on_the_other_candidates(data: st.DataObject) -> None:
    ranker = data.draw(rankers())
    features = data.draw(rows_for(ranker))
    order = np.array(data.draw(st.permutations(range(len(features)))))
    together = ranker.score(features)
    np.testing.assert_array_equal(ranker.score(features[order]), together[order])
    np.testing.assert_array_equal(ranker.score(np.asfortranarray(features)), together)
    np.testing.assert_array_equal(ranker.score(np.repeat(features, 3, axis=0)[::3]), together)
    for row in range(len(features)):
        assert ranker.score(features[row : row + 1])[0] == together[row]


@given(data=st.data())
@STEADY
def test_written_as_json_and_read_back_no_bit_changes(data: st.DataObject) -> None:
    ranker = data.draw(rankers())
    content = json.dumps(ranker.as_json(), allow_nan=False)
    back = AdditiveScore.from_json(json.loads(content))
    assert back.names == ranker.names
    assert back.center.tobytes() == ranker.center.tobytes()
    assert back.weight.tobytes() == ranker.weight.tobytes()
    for first, two in zip(back.steps, ranker.steps, strict=True):
        assert first.thresholds.tobytes() == two.thresholds.tobytes()
        assert first.values.tobytes() == two.values.tobytes()
    assert json.dumps(back.as_json()) == content


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e101])
def test_what_is_no_usable_number_is_refused_by_name(value: float) -> None:
    features = np.array([[0.5, 1.0], [0.5, value]])
    with pytest.raises(InvalidInput, match=r"hours: .* number from .* candidate 1") as refused:
        two_features().score(features)
    assert refused.value.problems[0].value == str(value)


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 3), (2, 2, 2)])
def test_columns_that_do_not_fit_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="affinity, hours"):
        two_features().contributions(np.zeros(shape))


def change(**values: object) -> Callable[[dict[str, Any]], None]:
    def apply(content: dict[str, Any]) -> None:
        content["features"][1].update(values)

    return apply


def drop(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["features"][1].pop(key)


REFUSED: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("no features key", lambda c: c.pop("features"), "key features"),
    ("another key", lambda c: c.update(intercept=1.0), "key features"),
    ("no feature", lambda c: c.update(features=[]), "at least one"),
    ("features not a list", lambda c: c.update(features={}), "at least one"),
    ("feature not an object", lambda c: c["features"].append(3), r"features\[2\]"),
    ("a key too many", change(note="x"), r"features\[1\]"),
    *(
        (f"no {key}", drop(key), r"features\[1\]")
        for key in two_features().as_json()["features"][1]
    ),
    ("name twice", change(name="affinity"), "'affinity' where a name"),
    ("name empty", change(name=""), "a name of its own"),
    ("name a number", change(name=7), "'7' where a name"),
    ("name a list", change(name=["hours"]), "a name of its own"),
    *(
        (f"{key} {value!r}", change(**{key: value}), f"{key} of hours is .* number from")
        for key in ("center", "weight")
        for value in (None, "1", True, [1.0], np.nan, np.inf, -np.inf, 1e101, 10**400)
    ),
    ("thresholds no list", change(thresholds=1.0), "thresholds of hours .* list"),
    ("values no list", change(values="12"), "values of hours .* list"),
    ("threshold no number", change(thresholds=[1.0, "4"]), "thresholds of hours is '4'"),
    ("threshold infinite", change(thresholds=[1.0, np.inf]), "thresholds of hours is 'inf'"),
    ("value not finite", change(values=[1.0, np.nan, 2.0]), "values of hours is 'nan'"),
    ("thresholds fall", change(thresholds=[4.0, 1.0]), "each larger"),
    ("thresholds equal", change(thresholds=[1.0, 1.0]), "each larger"),
    ("value too few", change(values=[1.0, 2.0]), "'2 values' where 3 values"),
    ("value too many", change(values=[1.0, 2.0, 3.0, 4.0]), "'4 values' where 3 values"),
]


@pytest.mark.parametrize(
    ("spoil", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_was_not_written_so_is_refused(
    spoil: Callable[[dict[str, Any]], object], message: str
) -> None:
    content = copy.deepcopy(two_features().as_json())
    AdditiveScore.from_json(content)
    spoil(content)
    with pytest.raises(ArtefactRefused, match=message) as refused:
        AdditiveScore.from_json(content)
    assert "Restore the release" in str(refused.value)


@pytest.mark.parametrize("content", [None, [], "features", 3])
def test_what_is_no_object_is_refused(content: object) -> None:
    with pytest.raises(ArtefactRefused, match="an object"):
        AdditiveScore.from_json(content)


def test_whole_numbers_are_numbers() -> None:
    content = two_features().as_json()
    content["features"][0].update(center=1, weight=3)
    assert AdditiveScore.from_json(content).score(np.array([[2, 2]])).tolist() == [3.25]


def test_scoring_needs_no_scikit_learn() -> None:
    program = "import sys, recommender.ranking.score; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

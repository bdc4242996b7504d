"""The one form of every ranker: a sum with one term per feature, so that reasons add up exactly.

A candidate with the feature values x has the score Σ_j c_j(x_j), where feature j contributes

    c_j(x) = weight_j · (x − center_j) + step_j(x)

and step_j is piecewise constant. A linear ranker has no steps; a boosted one has a weight for one
feature and the steps of trees that look at one feature each. Source: generalised additive models,
Hastie and Tibshirani 1986; with trees, Lou, Caruana and Gehrke 2012, "Intelligible models for
classification and regression".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused, InvalidInput, Problem, quoted

LARGEST = 1e100
"""No number that counts is larger, so that no sum of contributions overflows."""
NUMBER = f"a number from −{LARGEST:g} to {LARGEST:g}"
KEYS = {"name", "center", "weight", "thresholds", "values"}


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A piecewise constant function of one feature.

    A value up to and including ``thresholds[0]`` gives ``values[0]``, one above it up to and
    including ``thresholds[1]`` gives ``values[1]``, and so on; any above the last threshold gives
    the last value. Trees ask ``x <= threshold`` as well, so equality agrees with them.

    Attributes:
        thresholds: Strictly ascending, (t,) float64.
        values: (t + 1,) float64.
    """

    thresholds: NDArray[np.float64]
    values: NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """Return the function that is 0 everywhere."""
        return cls(np.zeros(0), np.zeros(1))

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at ``x`` (n,), (n,) float64."""
        return self.values.take(self.thresholds.searchsorted(x, side="left"))

    @property
    def is_zero(self) -> bool:
        return len(self.values) == 1 and self.values.item() == 0.0


@dataclass(frozen=True, slots=True, eq=False)
class AdditiveScore:
    """A score that is the sum of one contribution per feature; only its order has a meaning.

    Beyond the values it was trained on, a step keeps its outermost value and a weight goes on.

    Attributes:
        names: The features, in the order of their columns, p of them, each once.
        center: Where a weight contributes nothing, (p,) float64.
        weight: Contribution per unit of the feature, (p,) float64.
        steps: One function per feature.
    """

    names: tuple[str, ...]
    center: NDArray[np.float64]
    weight: NDArray[np.float64]
    steps: tuple[Steps, ...]

    def contributions(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each feature adds to each candidate's score, (n, p) float64.

        Args:
            features: One row per candidate, one column per name, (n, p).

        Raises:
            InvalidInput: if the columns do not fit or a value is not a number, or infinite.
        """
        self._check(features)
        added = np.subtract(features, self.center, order="C")
        added *= self.weight
        columns = np.ascontiguousarray(features.T)
        for place, step in enumerate(self.steps):
            if not step.is_zero:
                added[:, place] += step(columns[place])
        return added

    def score(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each candidate's sum of contributions, to the last bit, (n,) float64.

        Candidates with equal features have equal scores, whatever stands in the other rows.

        Raises:
            InvalidInput: if the columns do not fit or a value is not a number, or infinite.
        """
        total: NDArray[np.float64] = self.contributions(features).sum(axis=1)
        return total

    def as_json(self) -> dict[str, Any]:
        """Return the ranker in plain types; written as JSON and read back, no bit changes."""
        features = [
            {
                "name": name,
                "center": float(center),
                "weight": float(weight),
                "thresholds": step.thresholds.tolist(),
                "values": step.values.tolist(),
            }
            for name, center, weight, step in zip(
                self.names, self.center, self.weight, self.steps, strict=True
            )
        ]
        return {"features": features}

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Return the ranker that ``as_json`` wrote, after checking everything.

        Raises:
            ArtefactRefused: if anything is missing, left over, or not what it should be.
        """
        features = _entries(content)
        names = [entry["name"] for entry in features]
        for place, name in enumerate(names):
            if not isinstance(name, str) or not name or name in names[:place]:
                raise _refused(f"features[{place}].name", name, "a name of its own")
        return cls(
            tuple(names),
            np.array([_number(entry, "center") for entry in features]),
            np.array([_number(entry, "weight") for entry in features]),
            tuple(_steps(entry) for entry in features),
        )

    def _check(self, features: NDArray[np.float64]) -> None:
        shape = (len(features), len(self.names))
        if features.shape != shape:
            remedy = f"Give one column each for {', '.join(self.names)}."
            raise _unfit("features", f"shape {features.shape}", f"shape {shape}", remedy)
        usable = np.abs(features) <= LARGEST
        if not usable.all():
            row, column = np.argwhere(~usable)[0]
            remedy = f"Correct the features of candidate {row}."
            raise _unfit(self.names[column], str(features[row, column]), NUMBER, remedy)


def _unfit(field: str, value: str, expected: str, remedy: str) -> InvalidInput:
    return InvalidInput([Problem(field, value, expected, remedy)])


def _entries(content: object) -> list[dict[str, Any]]:
    if not isinstance(content, dict) or content.keys() != {"features"}:
        raise _refused("ranker", content, "an object with the key features and no other")
    features = content["features"]
    if not isinstance(features, list) or not features:
        raise _refused("features", features, "a list of at least one feature")
    for place, entry in enumerate(features):
        if not isinstance(entry, dict) or entry.keys() != KEYS:
            raise _refused(f"features[{place}]", entry, f"keys {', '.join(sorted(KEYS))}")
    return features


def _number(entry: dict[str, Any], key: str) -> float:
    return _numbers(entry["name"], key, [entry[key]])[0]


def _numbers(name: str, key: str, values: Sequence[Any]) -> list[float]:
    for value in values:
        if type(value) not in (int, float) or not abs(value) <= LARGEST:
            raise _refused(f"{key} of {name}", value, NUMBER)
    return [float(value) for value in values]


def _steps(entry: dict[str, Any]) -> Steps:
    name = entry["name"]
    for key in ("thresholds", "values"):
        if not isinstance(entry[key], list):
            raise _refused(f"{key} of {name}", entry[key], "a list of numbers")
    thresholds = np.array(_numbers(name, "thresholds", entry["thresholds"]), dtype=np.float64)
    values = np.array(_numbers(name, "values", entry["values"]), dtype=np.float64)
    if (np.diff(thresholds) <= 0).any():
        raise _refused(f"thresholds of {name}", entry["thresholds"], "each larger than the last")
    if len(values) != len(thresholds) + 1:
        raise _refused(
            f"values of {name}", f"{len(values)} values", f"{len(thresholds) + 1} values"
        )
    return Steps(thresholds, values)


def _refused(what: str, value: object, expected: str) -> ArtefactRefused:
    return ArtefactRefused(
        f"The ranker cannot be read: {what} is {quoted(value)!r} where {expected} is expected. "
        "Restore the release, or train it again."
    )

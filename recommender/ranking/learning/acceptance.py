"""How likely both sides are to want each other: a calibrated probability, for sums only.

It is kept apart from the score, whose order alone means something, and is shown to HR in aggregate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from recommender.ranking.learning.trial import Trial
from recommender.ranking.reporting.report import Acceptance, AcceptanceBand, AcceptanceModel

N_FOLDS = 5
N_BANDS = 5
FEWEST_OF_EACH = 10
"""Accepted and not accepted impressions needed to calibrate anything."""


def calibrate(trial: Trial) -> Acceptance | None:
    """Return the model, and how well it is calibrated on mentees it has not seen.

    Args:
        trial: Whose scores are by rankers that have not seen these mentees either.

    Returns:
        None if too few impressions were accepted, or too few were not.
    """
    examples, score = trial.kept_apart, trial.score
    if examples is None or score is None:
        return None
    accepted = examples.accepted
    if min(accepted.sum(), (~accepted).sum()) < FEWEST_OF_EACH:
        return None
    inputs = np.column_stack([score, np.log(examples.position)])
    predicted = np.zeros(len(examples))
    for train, test in GroupKFold(N_FOLDS).split(inputs, groups=examples.mentee):
        if accepted[train].all() or not accepted[train].any():
            return None
        predicted[test] = _fit(inputs[train], accepted[train]).predict_proba(inputs[test])[:, 1]
    return _calibration(_fit(inputs, accepted), predicted, accepted)


def _fit(inputs: NDArray[np.float64], accepted: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(solver="newton-cholesky").fit(inputs, accepted)


def _calibration(
    model: LogisticRegression, predicted: NDArray[np.float64], accepted: NDArray[np.bool_]
) -> Acceptance:
    observed = float(accepted.mean())
    bands = np.array_split(np.argsort(predicted, kind="stable"), N_BANDS)
    intercept, weights = float(model.intercept_[0]), model.coef_[0].tolist()
    return Acceptance(
        model=AcceptanceModel(intercept, *weights),
        predicted=float(predicted.mean()),
        observed=observed,
        brier=float(((predicted - accepted) ** 2).mean()),
        brier_constant=observed * (1 - observed),
        bands=tuple(
            AcceptanceBand(len(band), float(predicted[band].mean()), float(accepted[band].mean()))
            for band in bands
        ),
    )

"""The probability of acceptance: found again where it is known, and not told from too little."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from recommender.ranking.learning.acceptance import FEWEST_OF_EACH, N_BANDS, calibrate
from recommender.ranking.learning.trial import Trial
from recommender.ranking.reporting.report import Acceptance
from tests.recommender.ranking.invented_rows import rows

INTERCEPT, SCORE, LOG_POSITION = -0.5, 1.2, -0.8


def trial(accepted: NDArray[np.bool_], score: NDArray[np.float64], n_shown: int = 10) -> Trial:
    """Return a trial on lists of this length, whose mentees have two lists each."""
    n = len(accepted)
    ranking = np.arange(n) // n_shown
    examples = rows(
        accepted.astype(np.int64).tolist(),
        ranking=ranking.tolist(),
        mentee=(ranking // 2).tolist(),
        position=(np.arange(n) % n_shown + 1).tolist(),
        accepted=accepted.tolist(),
    )
    return Trial(100, kept_apart=examples, score=score)


def known_world(seed: int, n: int = 6000) -> tuple[Trial, NDArray[np.float64]]:
    """Return a trial, and with which probability each impression was accepted."""
    rng = np.random.default_rng(seed)
    score, position = rng.standard_normal(n), np.arange(n) % 10 + 1
    probability = expit(INTERCEPT + SCORE * score + LOG_POSITION * np.log(position))
    return trial(rng.random(n) < probability, score), probability


def calibrated(done: Trial) -> Acceptance:
    acceptance = calibrate(done)
    assert acceptance is not None
    return acceptance


@pytest.mark.parametrize("seed", range(3))
def test_a_known_probability_is_found_again(seed: int) -> None:
    done, probability = known_world(seed)
    acceptance = calibrated(done)
    assert acceptance.model.intercept == pytest.approx(INTERCEPT, abs=0.2)
    assert acceptance.model.score == pytest.approx(SCORE, abs=0.15)
    assert acceptance.model.log_position == pytest.approx(LOG_POSITION, abs=0.15)
    assert acceptance.predicted == pytest.approx(acceptance.observed, abs=0.003)
    assert done.kept_apart is not None
    assert acceptance.observed == pytest.approx(done.kept_apart.accepted.mean())
    best_possible = float((probability * (1 - probability)).mean())
    assert acceptance.brier == pytest.approx(best_possible, abs=0.01)
    assert acceptance.brier < 0.9 * acceptance.brier_constant


def test_each_fifth_is_accepted_as_often_as_predicted() -> None:
    acceptance = calibrated(known_world(3)[0])
    assert [band.n_impressions for band in acceptance.bands] == [6000 // N_BANDS] * N_BANDS
    predicted = [band.predicted for band in acceptance.bands]
    assert predicted == sorted(predicted)
    assert predicted[-1] > 5 * predicted[0]
    for band in acceptance.bands:
        error = np.sqrt(band.predicted * (1 - band.predicted) / band.n_impressions)
        assert abs(band.observed - band.predicted) < 4 * error
    total = sum(band.n_impressions * band.observed for band in acceptance.bands)
    assert total / 6000 == pytest.approx(acceptance.observed)


def test_a_score_that_says_nothing_does_no_better_than_the_mean() -> None:
    rng = np.random.default_rng(4)
    acceptance = calibrated(trial(rng.random(3000) < 0.2, rng.standard_normal(3000)))
    assert acceptance.model.score == pytest.approx(0.0, abs=0.15)
    assert acceptance.brier == pytest.approx(acceptance.brier_constant, rel=0.02)
    assert acceptance.brier >= acceptance.brier_constant


def test_no_mentee_is_predicted_by_a_model_that_has_seen_them() -> None:
    """Only one mentee's scores tell what they accepted; who has not seen them cannot know."""
    accepted = np.arange(400) % 2 == 0
    mentee = np.arange(400) // 80
    examples = rows(
        accepted.astype(np.int64).tolist(),
        ranking=mentee.tolist(),
        position=[1] * 400,
        accepted=accepted.tolist(),
    )
    score = np.where(mentee == 4, np.where(accepted, 5.0, -5.0), 0.0)
    acceptance = calibrated(Trial(5, kept_apart=examples, score=score))
    assert acceptance.model.score > 1.0  # who has seen everybody can
    assert acceptance.brier == pytest.approx(0.25, abs=0.005)


def test_without_a_trial_nothing_is_told() -> None:
    assert calibrate(Trial(3)) is None


@pytest.mark.parametrize(
    ("n_accepted", "is_told"),
    [
        (0, False),
        (FEWEST_OF_EACH - 1, False),
        (FEWEST_OF_EACH, True),
        (200 - FEWEST_OF_EACH, True),
        (201 - FEWEST_OF_EACH, False),
        (200, False),
    ],
)
def test_too_few_of_either_are_not_told(n_accepted: int, is_told: bool) -> None:
    score = np.random.default_rng(5).standard_normal(200)
    accepted = np.zeros(200, dtype=np.bool_)
    accepted[np.linspace(0, 199, n_accepted).astype(int)] = True
    assert accepted.sum() == n_accepted
    assert (calibrate(trial(accepted, score)) is not None) is is_told


def test_what_one_mentee_alone_accepted_is_not_told() -> None:
    accepted = np.arange(200) < 20
    assert calibrate(trial(accepted, np.zeros(200))) is None

"""Emulators: known functions are found, noise is called noise, slopes are slopes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from sim.analysis.calibration.emulator import MOST_ACTIVE, fit, screen

N, INPUTS = 120, 12


def cube(seed: int = 0, number: int = N) -> np.ndarray:
    return qmc.LatinHypercube(INPUTS, rng=np.random.default_rng(seed)).random(number)


def known(points: np.ndarray) -> np.ndarray:
    return np.sin(3.0 * points[:, 0]) + points[:, 3] ** 2


@pytest.fixture(scope="module")
def fitted():
    luck = np.random.default_rng(1)
    return fit(cube(), known(cube()) + 0.05 * luck.standard_normal(N))


def test_a_known_function_is_found_with_honest_doubt(fitted):
    asked = cube(7, 400)
    mean, variance = fitted.predict(asked)
    error = known(asked) - mean
    assert fitted.check.q2 > 0.9
    assert 1.0 - error.var() / known(asked).var() > 0.95
    assert {0, 3} <= set(fitted.active)
    assert len(fitted.active) <= MOST_ACTIVE
    # Coverage of 95% intervals of the mean: between 85% and 100% here, where the doubt is itself estimated.
    assert 0.85 <= np.mean(np.abs(error) <= 1.96 * np.sqrt(variance)) <= 1.0
    assert 0.03 < np.sqrt(fitted.noise) < 0.12


def test_twin_outputs_of_other_points_are_not_foretold():
    luck = np.random.default_rng(2)
    assert fit(cube(), luck.permutation(known(cube()))).check.q2 < 0.3


def test_noise_has_no_q2_and_the_interval_still_holds():
    check = fit(cube(), np.random.default_rng(3).standard_normal(N)).check
    assert check.q2 < 0.2
    assert 0.88 <= check.coverage <= 1.0


def test_slopes_are_those_of_the_mean(fitted):
    asked = cube(9, 20)[:, fitted.active]
    slope = fitted.slope_active(asked)
    for column in range(asked.shape[1]):
        step = np.zeros(asked.shape[1])
        step[column] = 1e-5
        by_hand = (fitted.mean_active(asked + step) - fitted.mean_active(asked - step)) / 2e-5
        np.testing.assert_allclose(slope[:, column], by_hand, atol=1e-6)


def test_an_output_that_never_moves_is_exact():
    constant = fit(cube(), np.full(N, 0.25))
    mean, variance = constant.predict(cube(5, 10))
    np.testing.assert_array_equal(mean, np.full(10, 0.25))
    np.testing.assert_array_equal(variance, np.zeros(10))


def test_outputs_that_are_missing_are_left_out_and_too_few_are_refused():
    output = known(cube())
    output[:60] = np.nan
    assert fit(cube(), output).check.n == N - 60
    output[:90] = np.nan
    with pytest.raises(ValueError, match="needs 40 points, found 30"):
        fit(cube(), output)


def test_screening_returns_at_least_one_input():
    assert len(screen(cube(), np.random.default_rng(4).standard_normal(N))) >= 1

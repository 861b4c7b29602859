"""The likelihood is Student's t, row by row; its slope is the derivative; shares have the error of a binomial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration.history_matching import _known
from sim.analysis.calibration.likelihood import FREEDOM, Aims, log_likelihood, slope_of_log_likelihood

GOAL = Aims(("a", "b", "c"), np.array([0.2, -1.0, 3.0]), np.array([0.1, 0.5, 2.0]), np.zeros(3, bool))
MEAN = np.array([[0.1, -0.5, 2.0], [0.6, -1.0, -4.0]])
VARIANCE = np.array([[0.01, 0.2, 1.0], [0.0, 0.05, 0.5]])


@pytest.mark.parametrize("observed", [None, np.array([0.0, -2.0, 1.0])])
def test_it_is_students_law(observed: np.ndarray | None) -> None:
    seen, scale = GOAL.value if observed is None else observed, np.sqrt(GOAL.spread**2 + VARIANCE)
    expected = stats.t.logpdf(seen, FREEDOM, loc=MEAN, scale=scale).sum(axis=1)
    np.testing.assert_allclose(log_likelihood(GOAL, MEAN, VARIANCE, observed), expected, rtol=1e-12)


def test_the_slope_is_its_derivative() -> None:
    slope, step = slope_of_log_likelihood(GOAL, MEAN, VARIANCE), 1e-6
    for row in range(3):
        shift = step * np.eye(3)[row]
        up, down = (log_likelihood(GOAL, MEAN + sign * shift, VARIANCE) for sign in (1, -1))
        np.testing.assert_allclose(slope[:, row], (up - down) / (2 * step), rtol=1e-6)


def test_a_share_that_was_counted_has_the_error_of_a_binomial() -> None:
    assert _known(0.25, 300) == pytest.approx((0.25, math.sqrt(0.25 * 0.75 / 300)))

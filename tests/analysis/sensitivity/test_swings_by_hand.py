"""Swings of functions that disagree: ends and medians over the functions, input by input."""

from __future__ import annotations

import numpy as np

from sim.analysis.sensitivity.tornado import ENDS, swings

FACTORS = np.array([1.0, 2.0, 4.0, 5.0])


def several(cube: np.ndarray) -> np.ndarray:
    """Four functions: factors of 3 x0 - x1."""
    return (3.0 * cube[:, :1] - cube[:, 1:2]) * FACTORS


def test_swings_by_hand() -> None:
    found = swings(several, 3)
    ends = np.quantile(FACTORS, ENDS)
    np.testing.assert_allclose(found.middle, 1.0 * ends)
    np.testing.assert_allclose(found.low, np.quantile(np.outer([-0.35, 1.45, 1.0], FACTORS), ENDS, axis=1).T)
    np.testing.assert_allclose(found.high, np.quantile(np.outer([2.35, 0.55, 1.0], FACTORS), ENDS, axis=1).T)
    np.testing.assert_allclose(found.size, [2.7 * 3.0, 0.9 * 3.0, 0.0], atol=1e-12)  # the median factor is 3

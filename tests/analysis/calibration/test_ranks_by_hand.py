"""Ranks counted in eight bins: coverage, chi-square, and the least likely parameter decides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from sim.analysis.calibration.simulation_based import Ranks

EVEN = np.arange(64)  # of 63 draws: each rank once, eight a bin
LOW = np.r_[np.zeros(20, int), np.arange(44)]


def test_the_table_counts_bins() -> None:
    covered = np.column_stack([np.arange(64) < 48, np.arange(64) < 64])
    table = Ranks(("a", "b"), np.column_stack([EVEN, LOW]), covered, 63).table()
    assert table["coverage"].tolist() == [0.75, 1.0]
    counts = np.array([28, 8, 8, 8, 8, 4, 0, 0])
    assert table["p_value"].tolist() == pytest.approx([1.0, chi2.sf(((counts - 8.0) ** 2 / 8.0).sum(), 7)])


@pytest.mark.parametrize(("second", "uniform"), [(EVEN, True), (EVEN[::-1], True), (LOW, False)])
def test_one_parameter_that_is_not_uniform_is_enough(second: np.ndarray, uniform: bool) -> None:
    assert Ranks(("a", "b"), np.column_stack([EVEN, second]), np.ones((64, 2)), 63).is_uniform is uniform
    assert Ranks(("a", "b"), np.column_stack([second, EVEN]), np.ones((64, 2)), 63).is_uniform is uniform

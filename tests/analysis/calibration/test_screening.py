"""Screening where nothing is found: the least bad input, never none."""

from __future__ import annotations

import numpy as np

from sim.analysis.calibration.emulator import screen


def test_of_noise_in_which_nothing_is_found_one_input_is_returned() -> None:
    cube = np.random.default_rng(0).random((60, 4))
    found = [screen(cube, np.random.default_rng(seed).standard_normal(60)) for seed in range(1, 9)]
    assert min(len(columns) for columns in found) == 1
    assert all((np.diff(columns) > 0).all() for columns in found)

"""Screening where nothing is found: the least bad input, never none."""

from __future__ import annotations

import numpy as np

from sim.analysis.calibration.emulator import MOST_ACTIVE, screen


def test_of_noise_in_which_nothing_is_found_one_input_is_returned() -> None:
    cube = np.random.default_rng(0).random((60, 4))
    found = [screen(cube, np.random.default_rng(seed).standard_normal(60)) for seed in range(1, 9)]
    assert min(len(columns) for columns in found) == 1
    assert all((np.diff(columns) > 0).all() for columns in found)


def test_of_ten_points_one_input_is_read_and_of_many_sixteen_at_most() -> None:
    luck = np.random.default_rng(2)
    cube = luck.random((10, 3))
    assert screen(cube, 5.0 * cube[:, 1] + 0.01 * luck.standard_normal(10)).tolist() == [1]
    wide = luck.random((240, 20))
    assert len(screen(wide, wide @ np.linspace(1.0, 3.0, 20))) == MOST_ACTIVE

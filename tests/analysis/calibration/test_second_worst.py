"""One misfit is tolerated: the second largest implausibility decides, and of one row the row itself."""

from __future__ import annotations

import numpy as np

from sim.analysis.calibration.likelihood import second_worst


def test_known_answers() -> None:
    np.testing.assert_array_equal(
        second_worst(np.array([[1.0, 5.0, 3.0], [2.0, 2.0, 0.5], [9.0, 1.0, 8.0]])), [3, 2, 8]
    )
    np.testing.assert_array_equal(second_worst(np.array([[4.0, 7.0], [1.0, 0.0]])), [4, 0])
    np.testing.assert_array_equal(second_worst(np.array([[4.0], [2.0]])), [4, 2])

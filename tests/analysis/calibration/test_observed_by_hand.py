"""What would be observed: the model's own rows, off by Student's luck as wide as spread and doubt together."""

from __future__ import annotations

import numpy as np

from sim.analysis.calibration.likelihood import FREEDOM, Aims, observe

# Two rows of one study share one fact: each is taken as twice as variable.
GOAL = Aims(("B01", "B02", "x"), np.array([1.0, 5.0, 0.0]), np.array([2.0, 0.5, 0.1]), np.zeros(3, bool))
MEAN = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
VARIANCE = np.array([[0.0, 1.0, 0.5], [5.0, 0.2, 0.0]])


def test_observed_is_the_mean_and_luck() -> None:
    found = observe(GOAL, MEAN, VARIANCE, np.random.default_rng(3))
    luck = np.random.default_rng(3).standard_t(FREEDOM, (2, 3))
    for point in range(2):
        for row, shared in enumerate((2.0, 2.0, 1.0)):
            wide = np.sqrt(shared * (GOAL.spread[row] ** 2 + VARIANCE[point, row]))
            assert found[point, row] == MEAN[point, row] + wide * luck[point, row]

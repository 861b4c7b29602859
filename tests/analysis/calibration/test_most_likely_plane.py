"""Of a plane with little noise no other variance, length or noise is more likely; planes turn about the centre."""

from __future__ import annotations

import numpy as np
from scipy.stats import qmc

from sim.analysis.calibration.emulator import UNCHECKED, _covariance, _fitted

CUBE = qmc.LatinHypercube(2, rng=np.random.default_rng(3)).random(50)
OUTPUT = 3.0 * CUBE[:, 0] - 2.0 * CUBE[:, 1] + 0.1 * np.random.default_rng(4).standard_normal(50)


def test_what_is_fitted_to_a_plane_is_most_likely() -> None:
    found = _fitted(CUBE, OUTPUT, UNCHECKED)
    values = (OUTPUT - found.centre) / found.scale

    def likelihood(logs: np.ndarray) -> float:
        smooth, linear, noise, *lengths = np.exp(logs)
        among = _covariance(found.points, found.points, np.array(lengths), smooth, linear)
        among += (noise + 1e-10) * np.eye(50)
        return float(-0.5 * values @ np.linalg.solve(among, values) - 0.5 * np.linalg.slogdet(among)[1])

    best = np.log([found.smooth, found.linear, found.noise / found.scale**2, *found.lengths])
    assert found.linear > 1.0 > found.smooth
    for at in range(len(best)):
        for step in (-0.2, 0.2):
            assert likelihood(best + step * np.eye(len(best))[at]) < likelihood(best)

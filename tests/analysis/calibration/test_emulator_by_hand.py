"""An emulator is the normal law given its points; its check is counted from what was held back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from sim.analysis.calibration.emulator import Emulator, HeldOut, fit_with_held_out

CUBE = qmc.LatinHypercube(3, rng=np.random.default_rng(3)).random(50)
OUTPUT = 5.0 + 2.0 * np.sin(4.0 * CUBE[:, 0]) + CUBE[:, 1] + 0.3 * np.random.default_rng(4).standard_normal(50)


@pytest.fixture(scope="module")
def fitted() -> tuple[Emulator, HeldOut]:
    return fit_with_held_out(CUBE, OUTPUT)


def test_mean_and_doubt_are_conditional(fitted: tuple[Emulator, HeldOut]) -> None:
    found, _ = fitted
    asked = np.vstack([np.random.default_rng(5).random((8, 3)), np.zeros((1, 3)), np.ones((1, 3))])
    at = asked[:, found.active]
    cross, among = found.covariance(at, found.points), found.factor @ found.factor.T
    mean = found.centre + found.scale * cross @ np.linalg.solve(among, (OUTPUT - found.centre) / found.scale)
    left = np.diag(found.covariance(at, at)) - np.einsum("ij,ji->i", cross, np.linalg.solve(among, cross.T))
    told, variance = found.predict(asked)
    np.testing.assert_allclose(told, mean, rtol=1e-8)
    np.testing.assert_allclose(found.mean_active(at), mean, rtol=1e-8)
    np.testing.assert_allclose(variance, found.check.inflation * found.scale**2 * left, rtol=1e-6, atol=1e-12)
    assert (found.centre, found.scale) == pytest.approx((OUTPUT.mean(), OUTPUT.std()))
    assert found.covariance(at, at)[0, 0] == pytest.approx(found.smooth + found.linear * np.sum((at[0] - 0.5) ** 2))


def test_the_check_is_counted_from_what_was_held_back(fitted: tuple[Emulator, HeldOut]) -> None:
    found, held = fitted
    error, spread = OUTPUT - held.mean, np.sqrt(held.variance)
    inflation = max(1.0, float(np.mean((error / spread) ** 2)))
    assert found.check.inflation == pytest.approx(inflation)
    assert found.check.q2 == pytest.approx(1.0 - np.mean(error**2) / OUTPUT.var())
    assert found.check.coverage == pytest.approx(np.mean(np.abs(error) <= 1.96 * np.sqrt(inflation) * spread))
    assert found.check.n == 50

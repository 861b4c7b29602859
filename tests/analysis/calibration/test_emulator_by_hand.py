"""An emulator is the normal law given its points; its check is counted from what was held back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import qmc

from sim.analysis.calibration import emulator
from sim.analysis.calibration.emulator import LEAST_NOISE, Emulator, HeldOut, fit, fit_with_held_out

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


def test_a_doubt_that_is_too_small_is_widened_by_the_mean_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of emulators one that says 2 everywhere, variance 0.5 and noise 0.5; a few outputs are far off."""
    asked, cube, output = [], CUBE[:44], np.where(np.arange(44) % 11, 2.0 + 0.1 * np.arange(44) / 43, 12.0)

    def told(given: np.ndarray, values: np.ndarray, check: emulator.Check) -> SimpleNamespace:
        asked.append(sorted(map(tuple, given)))
        assert len(values) == len(given)
        return SimpleNamespace(
            predict=lambda at: (np.full(len(at), 2.0), np.full(len(at), 0.5)), noise=0.5, check=check
        )

    monkeypatch.setattr(emulator, "_fitted", told)
    found, held = fit_with_held_out(cube, output)
    error = output - 2.0
    assert found.check.inflation == pytest.approx(np.mean(error**2))
    assert found.check.inflation > 5.0
    assert found.check.q2 == pytest.approx(1.0 - np.mean(error**2) / np.var(output))
    assert found.check.coverage == pytest.approx(np.mean(np.abs(error) <= 1.96 * np.sqrt(np.mean(error**2))))
    assert (held.mean == 2.0).all()
    assert (held.variance == 1.0).all()
    everything = sorted(map(tuple, cube))
    assert [len(points) for points in asked] == [33, 33, 33, 33, 44]
    assert asked[-1] == everything
    # Each point is held back once.
    assert sorted(point for points in asked[:4] for point in set(everything) - set(points)) == everything


def gains_of_likelihood(found: Emulator, output: np.ndarray) -> list[float]:
    """How much more likely (Rasmussen and Williams 2006, equation 2.30) it is with one variance or length moved."""
    values = (output - found.centre) / found.scale
    noise = found.noise / (found.check.inflation * found.scale**2)
    best = np.log([found.smooth, found.linear, noise, *found.lengths])
    low = np.log([1e-4, 1e-4, LEAST_NOISE, *[0.15] * len(found.lengths)])
    high = np.log([1e2, 1e3, 2.0, *[30.0] * len(found.lengths)])

    def likelihood(logs: np.ndarray) -> float:
        smooth, linear, noise, *lengths = np.exp(logs)
        moved = replace(found, smooth=smooth, linear=linear, lengths=np.array(lengths))
        among = moved.covariance(found.points, found.points) + (noise + 1e-10) * np.eye(len(values))
        return float(-0.5 * values @ np.linalg.solve(among, values) - 0.5 * np.linalg.slogdet(among)[1])

    moves = [np.clip(best + step * row, low, high) for row in np.eye(len(best)) for step in (-0.2, 0.2)]
    return [likelihood(moved) - likelihood(best) for moved in moves if not np.allclose(moved, best)]


def test_lengths_and_noise_are_the_most_likely_ones(fitted: tuple[Emulator, HeldOut]) -> None:
    gains = gains_of_likelihood(fitted[0], OUTPUT)
    assert len(gains) > 8  # few stand at an end of what they may be
    assert max(gains) <= 1e-4


def test_of_a_plane_with_little_noise_nothing_else_is_as_likely() -> None:
    cube = qmc.LatinHypercube(2, rng=np.random.default_rng(3)).random(50)
    output = 3.0 * cube[:, 0] - 2.0 * cube[:, 1] + 0.1 * np.random.default_rng(4).standard_normal(50)
    found = fit(cube, output)
    assert found.linear > 1.0 > found.smooth  # planes turn about the centre
    gains = gains_of_likelihood(found, output)
    assert len(gains) == 10
    assert max(gains) < 0.0

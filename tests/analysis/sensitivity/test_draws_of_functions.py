"""Functions of the prior are drawn in one order: frequencies, phases round the whole circle, waves, planes, luck."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.analysis.sensitivity.plausible import FEATURES, ROWS, plausible

POINTS = np.array([[0.1, 0.9], [0.5, 0.4], [0.8, 0.2]])
COVARIANCE = np.array([[2.0, 0.5, 0.1], [0.5, 2.0, 0.4], [0.1, 0.4, 2.0]])


def emulated() -> Any:
    emulator = SimpleNamespace(
        active=np.array([0, 3]), points=POINTS, lengths=np.array([0.5, 2.0]), smooth=0.7, linear=0.3, noise=2.4,
        scale=2.0, check=SimpleNamespace(inflation=1.5), factor=np.linalg.cholesky(COVARIANCE),
        covariance=lambda one, other: 1.0 + one @ other.T, mean_active=lambda asked: 10.0 * asked[:, 0],
    )  # fmt: skip
    return SimpleNamespace(emulator=emulator, back=lambda inner: inner)


def test_draws_by_hand() -> None:
    found = plausible(emulated(), 4, np.random.default_rng(5))
    luck = np.random.default_rng(5)
    frequencies = luck.standard_normal((FEATURES, 2)) / [0.5, 2.0]
    phases = 2.0 * np.pi * luck.random(FEATURES)
    waves = np.sqrt(2.0 * 0.7 / FEATURES) * luck.standard_normal((FEATURES, 4))
    slopes = np.sqrt(0.3) * luck.standard_normal((2, 4))

    def prior(asked: np.ndarray) -> np.ndarray:
        return np.cos(asked @ frequencies.T + phases) @ waves + (asked - 0.5) @ slopes

    noise = np.sqrt(2.4 / (1.5 * 4.0)) * luck.standard_normal((3, 4))
    bends = np.linalg.solve(COVARIANCE, prior(POINTS) + noise)
    np.testing.assert_allclose(found.phases, phases)
    np.testing.assert_allclose(found.bends, bends)
    asked = np.vstack([np.random.default_rng(6).random((ROWS, 2)), [[0.3, 0.6]]])  # the last row is a block of its own
    expected = 10.0 * asked[:, :1] + np.sqrt(1.5) * 2.0 * (prior(asked) - (1.0 + asked @ POINTS.T) @ bends)
    np.testing.assert_allclose(found(asked), expected)
    assert found.number == 4

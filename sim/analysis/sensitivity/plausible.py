"""Functions that an emulator holds possible: what it does not know goes into every index by way of them.

A function of the prior, by random Fourier features, is bent to the points that were run. Its distance from the
emulator's mean is widened as the check on points held back asks. Screening and lengths are taken as they are.

Sources: Rahimi and Recht 2007, NIPS 20 (features); Wilson et al. 2020, ICML (bending a function of the prior to data);
Le Gratiet, Cannamela and Iooss 2014, SIAM/ASA Journal on Uncertainty Quantification 2 (indices of such functions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from sim.analysis.calibration.emulator import Emulator
from sim.analysis.sensitivity.emulated import Emulated

FEATURES = 512
ROWS = 4096  # at once: memory


@dataclass(frozen=True)
class Plausible:
    """``number`` functions on the active inputs of an emulator.

    ``frequencies`` (F, d), ``phases`` (F,), ``waves`` (F, number) and ``slopes`` (d, number) make them functions of the
    prior; ``bends`` (n, number) bend them to the n points.
    """

    emulated: Emulated
    frequencies: np.ndarray
    phases: np.ndarray
    waves: np.ndarray
    slopes: np.ndarray
    bends: np.ndarray

    @property
    def number(self) -> int:
        """Number of functions."""
        return int(self.waves.shape[1])

    def __call__(self, asked: np.ndarray) -> np.ndarray:
        """Return outputs, (m, number), in their own unit, at points of the active inputs, (m, d)."""
        parts = [self._inner(asked[start : start + ROWS]) for start in range(0, len(asked), ROWS)]
        return self.emulated.back(np.concatenate(parts))

    def _inner(self, asked: np.ndarray) -> np.ndarray:
        emulator = self.emulated.emulator
        wide = np.sqrt(emulator.check.inflation) * emulator.scale
        off = self._prior(asked) - emulator.covariance(asked, emulator.points) @ self.bends
        return np.asarray(emulator.mean_active(asked)[:, None] + wide * off)

    def _prior(self, asked: np.ndarray) -> np.ndarray:
        return np.asarray(np.cos(asked @ self.frequencies.T + self.phases) @ self.waves + (asked - 0.5) @ self.slopes)


def plausible(emulated: Emulated, number: int, rng: np.random.Generator) -> Plausible:
    """Draw functions.

    Args:
        emulated: with at least one active input.
        number: of functions.
        rng: for the draws.
    """
    emulator = emulated.emulator
    inputs, points = len(emulator.active), len(emulator.points)
    frequencies = rng.standard_normal((FEATURES, inputs)) / emulator.lengths
    phases = rng.uniform(0.0, 2.0 * np.pi, FEATURES)
    waves = np.sqrt(2.0 * emulator.smooth / FEATURES) * rng.standard_normal((FEATURES, number))
    slopes = np.sqrt(emulator.linear) * rng.standard_normal((inputs, number))
    free = Plausible(emulated, frequencies, phases, waves, slopes, np.zeros((points, number)))
    luck = np.sqrt(_noise(emulator)) * rng.standard_normal((points, number))
    bends = cho_solve((emulator.factor, True), free._prior(emulator.points) + luck)
    return Plausible(emulated, frequencies, phases, waves, slopes, bends)


def _noise(emulator: Emulator) -> float:
    """Return the variance of the noise in the units of the fit, as it was fitted."""
    return emulator.noise / (emulator.check.inflation * emulator.scale**2)

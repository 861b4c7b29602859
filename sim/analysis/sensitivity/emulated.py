"""An emulator of one output in the output's own unit, of itself or of its inverse hyperbolic sine.

Effects and costs have long tails, which a Gaussian process fits badly. The inverse hyperbolic sine draws them in, keeps
signs, and is nearly linear in the middle. Which of the two is taken is decided by what they foretell, in the output's
own unit, of points held back; that choice of two flatters the better one a little.

Source: Burbidge, Magee and Robb 1988, Journal of the American Statistical Association 83 (the transform).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.calibration.emulator import Emulator, fit_with_held_out

LEAST_Q2 = 0.7
PLAIN, SINE = "none", "asinh"
MOST_SINE = 30.0  # beyond that, no output was ever seen; keeps an emulator that runs away finite


@dataclass(frozen=True)
class Emulated:
    """An emulator and how to read it.

    ``transform``: none or asinh; ``unit``: what outputs are divided by before it. ``q2``: share of the variance of
    points held back, in the output's own unit, that it foretells; ``coverage``: share of them in its 95% interval.
    """

    emulator: Emulator
    transform: str
    unit: float
    q2: float
    coverage: float

    @property
    def is_read(self) -> bool:
        """Whether it explains enough, and there is something to explain."""
        return self.q2 >= LEAST_Q2 and len(self.emulator.active) > 0

    def back(self, inner: np.ndarray, variance: float | np.ndarray | None = None) -> np.ndarray:
        """Return the mean output where the emulator says ``inner``, in the output's unit.

        ``variance`` is that around ``inner``, by default the emulator's noise: the mean of a transformed normal number
        is not the transform of its mean.
        """
        if self.transform == PLAIN:
            return inner
        spread = self.emulator.noise if variance is None else variance
        return np.asarray(self.unit * np.sinh(np.clip(inner, -MOST_SINE, MOST_SINE)) * np.exp(0.5 * spread))


def emulate(cube: np.ndarray, output: np.ndarray) -> Emulated:
    """Fit the emulator that foretells more of an output.

    Args:
        cube: (n, k) points of the unit cube.
        output: (n,) finite.

    Raises:
        ValueError: for fewer points than an emulator needs.
    """
    plain, held = fit_with_held_out(cube, output)
    best = Emulated(plain, PLAIN, 1.0, plain.check.q2, plain.check.coverage)
    unit = float(np.median(np.abs(output)))
    if unit == 0.0 or not len(plain.active):
        return best
    curved, held = fit_with_held_out(cube, np.arcsinh(output / unit))
    trial = Emulated(curved, SINE, unit, np.nan, curved.check.coverage)
    guessed = trial.back(held.mean, held.variance)
    q2 = float(1.0 - np.mean((output - guessed) ** 2) / np.var(output))
    return Emulated(curved, SINE, unit, q2, curved.check.coverage) if q2 > best.q2 else best

"""What the output would be with one input low or high, all others in the middle of their priors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
ENDS = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class Swings:
    """Columns of ``middle`` (3,), ``low`` and ``high`` (d, 3): lower end, median and upper end over the functions."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def size(self) -> np.ndarray:
        """Distance between high and low, (d,), by the medians."""
        return np.asarray(np.abs(self.high[:, 1] - self.low[:, 1]))


def swings(functions: Callable[[np.ndarray], np.ndarray], inputs: int) -> Swings:
    """Return the output at the 5% and the 95% quantile of each input, with 95% intervals over the functions.

    Args:
        functions: (m, d) points of the unit cube -> (m, D) outputs.
        inputs: d.
    """
    points = np.full((2 * inputs + 1, inputs), MIDDLE)
    each = np.arange(inputs)
    points[1 + each, each] = LOW
    points[1 + inputs + each, each] = HIGH
    told = np.quantile(functions(points), ENDS, axis=1).T
    return Swings(told[0], told[1 : inputs + 1], told[inputs + 1 :])

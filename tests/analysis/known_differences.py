"""Differences of known mean and standard deviation 1, from symmetric to very skewed, and when coverage is bad."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import stats

LEAST, MOST = 0.93, 0.97
Shape = Callable[[np.ndarray], np.ndarray]


def lognormal(sigma: float) -> Shape:
    mean = math.exp(sigma**2 / 2)
    spread = mean * math.sqrt(math.exp(sigma**2) - 1)
    return lambda z: (np.exp(sigma * z) - mean) / spread


def exponential(z: np.ndarray) -> np.ndarray:
    with np.errstate(under="ignore"):
        return -stats.norm.logsf(z) - 1.0


def gamma(z: np.ndarray) -> np.ndarray:
    return (stats.gamma.ppf(stats.norm.cdf(z), 4.0) - 4.0) / 2.0


def t5(z: np.ndarray) -> np.ndarray:
    return stats.t.ppf(stats.norm.cdf(z), 5) / math.sqrt(5 / 3)


def mostly_none(z: np.ndarray) -> np.ndarray:
    """0.2 of the worlds exponential, 0 in the others, less the mean."""
    u = stats.norm.cdf(z)
    value = np.where(u > 0.8, -np.log(np.maximum(1.0 - u, 1e-300) / 0.2), 0.0)
    return (value - 0.2) / 0.6


# Shapes of standard normal numbers, so that columns can be correlated whatever their shape.
SHAPES: dict[str, Shape] = {
    "normal": lambda z: z,
    "t, 5 degrees": t5,
    "gamma, skewness 1": gamma,
    "gamma, skewness -1": lambda z: -gamma(z),
    "lognormal, skewness 1.75": lognormal(0.5),
    "exponential, skewness 2": exponential,
    "lognormal, skewness 3.3": lognormal(0.75),
    "lognormal, skewness 6.2": lognormal(1.0),
    "0 in four fifths of worlds": mostly_none,
}
MILD = ("normal", "t, 5 degrees", "gamma, skewness 1", "gamma, skewness -1", "lognormal, skewness 1.75",
        "exponential, skewness 2")  # fmt: skip


def correlated(luck: np.random.Generator, n: int, columns: int, correlation: float) -> np.ndarray:
    """Standard normal numbers (n, columns) with one common factor a row."""
    common = luck.standard_normal((n, 1))
    return math.sqrt(correlation) * common + math.sqrt(1 - correlation) * luck.standard_normal((n, columns))


def covers_badly(share: float, repeats: int, least: float = LEAST, most: float = MOST) -> bool:
    """Whether coverage outside 93 to 97% is shown beyond 3.5 standard errors (false alarm below 0.03% a case)."""
    slack = 3.5 * math.sqrt(LEAST * (1 - LEAST) / repeats)
    return not least - slack <= share <= most + slack

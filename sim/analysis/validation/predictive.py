"""Predictive intervals, and what a forecast that gives an interval scores.

Two intervals, both from worlds that are each one run, so parameters and luck are inside:

- of the *simulation*: quantiles over worlds;
- of the *published figure*: each world is the centre of a normal distribution whose standard deviation joins the row's
  discrepancy (what even a perfect model of this kind may be off by) and the tolerance of the figure; the interval is
  that of the mixture. This one predicts what was published.

Sources: Kennedy and O'Hagan 2001, JRSS B 63(3), 425-464 (discrepancy as a part of prediction); Gneiting and Raftery
2007, JASA 102(477), 359-378, section 6.2 (interval score).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

LEVEL = 0.90
FAR = 10.0  # standard deviations beyond which nothing of a mixture lies
HALVINGS = 80


def simulation_interval(simulated: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of the simulation alone: quantiles over worlds, (n,)."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(simulated, [tail, 1.0 - tail]).tolist()
    return low, high


def figure_interval(simulated: np.ndarray, spread: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of the published figure: worlds (n,), each off by ``spread``, one standard deviation."""
    tail = (1.0 - level) / 2.0
    return mixture_quantile(simulated, spread, tail), mixture_quantile(simulated, spread, 1.0 - tail)


def mixture_quantile(centres: np.ndarray, spread: float, probability: float) -> float:
    """Return a quantile of an even mixture of normal distributions, by halving: no draw is made.

    Args:
        centres: their means, (n,).
        spread: their common standard deviation.
        probability: of the quantile.

    Raises:
        ValueError: without centres, without any spread, or for a probability of 0 or 1.
    """
    if not len(centres) or not spread > 0.0 or not 0.0 < probability < 1.0:
        raise ValueError("a quantile of a mixture needs centres, a spread above 0 and a probability inside 0 and 1")
    low, high = float(centres.min()) - FAR * spread, float(centres.max()) + FAR * spread
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        with np.errstate(under="ignore"):  # what is next to nothing is nothing
            below = float(np.mean(ndtr((middle - centres) / spread)))
        low, high = (middle, high) if below < probability else (low, middle)
    return 0.5 * (low + high)


def normal_interval(value: float, spread: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the interval of a published figure foretold by one number."""
    half = float(ndtri(0.5 + level / 2.0)) * spread
    return value - half, value + half


def interval_score(low: float, high: float, value: float, level: float = LEVEL) -> float:
    """Return the interval score, in the unit of the value: its width, and 2 / (1 - level) times what it misses by.

    Small is good. A proper score: no interval but the honest one does better on average.
    """
    miss = max(low - value, 0.0) + max(value - high, 0.0)
    return high - low + 2.0 / (1.0 - level) * miss

"""Functions of the unit cube whose indices are known, and a stand-in for a parameter."""

from __future__ import annotations

import datetime

import numpy as np

from sim.evidence.parameters import Parameter

G_WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0])


def ishigami(cube: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990, a = 7, b = 0.1, on three columns."""
    x = np.pi * (2.0 * cube[:, :3] - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


ISHIGAMI_FIRST, ISHIGAMI_TOTAL = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])


def g_function(cube: np.ndarray) -> np.ndarray:
    """Sobol' 1998, with weights 0, 1, 4.5 and 9."""
    return np.prod((np.abs(4.0 * cube[:, :4] - 2.0) + G_WEIGHTS) / (1.0 + G_WEIGHTS), axis=1)


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    """Return first-order and total indices of the G function."""
    own = 1.0 / (3.0 * (1.0 + G_WEIGHTS) ** 2)
    whole = np.prod(1.0 + own) - 1.0
    return own / whole, own * np.prod(1.0 + own) / (1.0 + own) / whole


SLOPES = np.array([4.0, 2.0, 1.0, 0.0])


def additive(cube: np.ndarray) -> np.ndarray:
    """A plane: indices are shares of squared slopes, first and total alike."""
    return cube[:, :4] @ SLOPES


def parameter(name: str, low: float = 0.0, high: float = 1.0, prior: str = "uniform") -> Parameter:
    day = datetime.date(2013, 7, 1)
    return Parameter(name, name, (low + high) / 2, "1", low, high, prior, "assumed", "made up", day)

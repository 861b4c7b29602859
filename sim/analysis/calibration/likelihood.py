"""How far rows of the model may lie from their targets: implausibility, and the likelihood of a point.

The spread of a row is the tolerance of its target, a discrepancy for what the model or another country's figure cannot
be, and the emulator's own doubt. Tails are those of Student's t, so that one row that contradicts the others does not
rule them all. Rows that are one fact (see ``GROUPS``) share the weight of one: their variance is multiplied by their
number.

Sources: Craig, Goldstein, Seheult and Smith 1997 (history matching); Vernon, Goldstein and Bower 2010, Bayesian
Analysis 5(4); Kennedy and O'Hagan 2001, JRSS B 63(3) (discrepancy).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln

from sim.analysis.calibration.emulator import Emulator

# Rows of one study, or read off one rule: fitting all of them would count one fact several times.
GROUPS = (("B01", "B02", "B03", "B04"), ("R01", "R02"))
FREEDOM = 4.0  # degrees of freedom of the tails
CUT = 3.0


@dataclass(frozen=True)
class Aims:
    """The rows to be met, r of them.

    ``value``, ``spread`` (r,): target, and standard deviation of target and discrepancy together, not yet shared among
    groups. ``logged`` (r,): rows that are ratios of two numbers are met as logarithms; value and spread are of those.
    """

    rows: tuple[str, ...]
    value: np.ndarray
    spread: np.ndarray
    logged: np.ndarray

    def read(self, table: pd.DataFrame) -> np.ndarray:
        """Return the rows of simulated worlds on the scale on which they are met, (n, r); NaN where there is none."""
        numbers = table[[*self.rows]].to_numpy(np.float64, copy=True)
        logged = numbers[:, self.logged]
        numbers[:, self.logged] = np.log(np.where(logged > 0.0, logged, np.nan))
        return numbers

    @property
    def shared(self) -> np.ndarray:
        """Return how many of these rows stand for the same fact, (r,)."""
        number = np.ones(len(self.rows))
        for group in GROUPS:
            mine = np.isin(self.rows, group)
            number[mine] = max(int(mine.sum()), 1)
        return number


def aims(targets: pd.DataFrame) -> Aims:
    """Return the aims of a table with columns row, unit, target, tolerance and discrepancy (standard deviations)."""
    value = targets["target"].to_numpy(float)
    spread = np.hypot(targets["tolerance"].to_numpy(float), targets["discrepancy"].to_numpy(float))
    logged = (targets["unit"] == "ratio").to_numpy() & (value > 0.0)
    whole = np.where(logged, value, 1.0)
    return Aims(tuple(targets["row"]), np.where(logged, np.log(whole), value), spread / whole, logged)


@dataclass(frozen=True)
class Emulated:
    """Emulators of all rows, on the inputs that any of them reads.

    ``names``: (k,) inputs; the points below have these columns, in this order.
    """

    names: tuple[str, ...]
    emulators: tuple[Emulator, ...]
    columns: tuple[np.ndarray, ...]

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (mean, variance) of every row, (n, r) each, at points (n, k) of the unit cube."""
        mean = np.empty((len(points), len(self.emulators)))
        variance = np.empty_like(mean)
        for row, (emulator, columns) in enumerate(zip(self.emulators, self.columns, strict=True)):
            mean[:, row], variance[:, row] = emulator.predict_active(points[:, columns])
        return mean, variance

    def mean(self, points: np.ndarray) -> np.ndarray:
        """Return the mean of every row alone, (n, r): far quicker."""
        columns = [one.mean_active(points[:, at]) for one, at in zip(self.emulators, self.columns, strict=True)]
        return np.stack(columns, axis=1)

    def pull_back(self, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the gradient of the sum of the rows' means, each times its weight (n, r), by the points, (n, k)."""
        total = np.zeros_like(points)
        for row, (one, at) in enumerate(zip(self.emulators, self.columns, strict=True)):
            total[:, at] += weights[:, [row]] * one.slope_active(points[:, at])
        return total


def emulated(emulators: Mapping[str, Emulator], rows: tuple[str, ...], parameters: tuple[str, ...]) -> Emulated:
    """Return the emulators of some rows together.

    Args:
        emulators: row -> emulator over all ``parameters``.
        rows: which, in this order.
        parameters: names of the columns that the emulators were fitted on.
    """
    chosen = tuple(emulators[row] for row in rows)
    read = sorted({int(column) for emulator in chosen for column in emulator.active})
    position = {column: number for number, column in enumerate(read)}
    columns = tuple(np.array([position[int(c)] for c in emulator.active], np.int64) for emulator in chosen)
    return Emulated(tuple(parameters[column] for column in read), chosen, columns)


def implausibility(goal: Aims, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return |mean - target| over the spread, emulator's doubt included, (n, r)."""
    return np.asarray(np.abs(mean - goal.value) / np.sqrt(goal.spread**2 + variance))


def second_worst(implausible: np.ndarray) -> np.ndarray:
    """Return the second largest implausibility of each point, (n,): one misfit is tolerated."""
    if implausible.shape[1] < 2:
        return np.asarray(implausible[:, 0])
    return np.asarray(np.partition(implausible, -2, axis=1)[:, -2])


def log_likelihood(
    goal: Aims, mean: np.ndarray, variance: np.ndarray, observed: np.ndarray | None = None
) -> np.ndarray:
    """Return the log likelihood of each point, (n,).

    Args:
        goal: values and spreads.
        mean: (n, r) rows of the points, as emulated.
        variance: (n, r) doubt of the emulators.
        observed: (n, r) or (r,) values in place of the targets'.
    """
    seen = goal.value if observed is None else observed
    square = goal.shared * (goal.spread**2 + variance)
    constant = gammaln((FREEDOM + 1) / 2) - gammaln(FREEDOM / 2) - 0.5 * np.log(FREEDOM * np.pi)
    terms = constant - 0.5 * np.log(square) - (FREEDOM + 1) / 2 * np.log1p((seen - mean) ** 2 / (FREEDOM * square))
    return np.asarray(terms.sum(axis=1))


def slope_of_log_likelihood(
    goal: Aims, mean: np.ndarray, variance: np.ndarray, observed: np.ndarray | None = None
) -> np.ndarray:
    """Return the derivative of :func:`log_likelihood` by each row's mean, (n, r), the variance held."""
    miss = (goal.value if observed is None else observed) - mean
    square = goal.shared * (goal.spread**2 + variance)
    return np.asarray((FREEDOM + 1) * miss / (FREEDOM * square + miss**2))


def observe(goal: Aims, mean: np.ndarray, variance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what would be observed if the model at these points were true, (n, r): the likelihood's own luck."""
    scale = np.sqrt(goal.shared * (goal.spread**2 + variance))
    return np.asarray(mean + scale * rng.standard_t(FREEDOM, mean.shape))

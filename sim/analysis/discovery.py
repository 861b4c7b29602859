"""In which worlds does a recommendation fail? A box of parameters in which failures are dense, and whether to trust it.

The patient rule induction method (Friedman and Fisher 1999, Statistics and Computing 9, 123-143), as used for scenario
discovery by Bryant and Lempert (2010), Technological Forecasting and Social Change 77, 34-49. *Peeling* cuts a share
``alpha`` of the worlds still inside off the end of one parameter, the one after which failures are densest, until
fewer than ``least_mass`` of all worlds are left; coverage (share of all failures inside) falls on the way, density
(share of failures among those inside) rises. *Pruning* drops the limits of a box that chance may have drawn, *pasting*
gives back ends that cost no density.

With many parameters and few worlds a dense box is always found, also where nothing is: peeling chooses the luckiest of
hundreds of cuts. So the box is found again on parts of the worlds and judged on the others (cross-fitting). Only
held-out figures are to be quoted, and only if the reading is ``FOUND``. Measured over 100 studies each, failures 0.95
in a corner of two parameters (a fifth of the worlds) and 0.1 elsewhere, or 0.3 everywhere:

============================ ====================== =========================
worlds, parameters           corner found           by chance said to be one
============================ ====================== =========================
200, 40                      100 of 100             0 of 100
120, 10                      97 of 100              1 of 100
============================ ====================== =========================

With cuts of 0.05, and the densest box unpruned, it was 62 of 100 and 3 of 100 for 200 worlds and 40 parameters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, keyed_luck, share_interval

# Friedman and Fisher advise 0.05 to 0.1 for many points; with few worlds such small cuts follow chance (see above).
ALPHA = 0.2
GIVEN_BACK = 0.05
LEAST_MASS = 0.1
LEAST_COVERAGE = 0.5
FOLDS = 5
FEWEST_FAILURES = 20  # and as many worlds that do not fail
SIGNIFICANT = 0.05
NOTHING = "no set of worlds found in which it fails more often than elsewhere"
TOO_FEW = "too few failures or successes to look for where they are"
FOUND = "fails more often inside"
LIMIT_COLUMNS = ("parameter", "low", "high", "share_of_folds")


@dataclass(frozen=True)
class Box:
    """Limits of parameters, inclusive, (p,); infinite where there is none. Shares as found, on the worlds it saw."""

    low: np.ndarray
    high: np.ndarray
    coverage: float
    density: float
    mass: float

    @property
    def restricted(self) -> np.ndarray:
        """Which parameters have a limit, (p,) bool."""
        return np.asarray(np.isfinite(self.low) | np.isfinite(self.high))

    def inside(self, parameters: np.ndarray) -> np.ndarray:
        """Which worlds are inside, (n,) bool, for (n, p) parameters."""
        return np.asarray(((parameters >= self.low) & (parameters <= self.high)).all(axis=1))


@dataclass(frozen=True)
class Discovery:
    """A box; density, coverage (Wilson's intervals), mass and p-value on worlds that did not take part in finding it.

    ``overall``: share of failures in all worlds; ``limits``: frame with ``LIMIT_COLUMNS``; ``reading``: a constant.
    """

    box: Box | None
    limits: pd.DataFrame
    density: Interval
    coverage: Interval
    mass: float
    overall: float
    p_value: float
    reading: str


def peel(parameters: np.ndarray, fails: np.ndarray, alpha: float = ALPHA, least_mass: float = LEAST_MASS) -> list[Box]:
    """Boxes from all worlds to the smallest, each a cut of the one before.

    Args:
        parameters: (n, p) one row a world.
        fails: (n,) bool.
        alpha: share of the worlds inside that a cut takes, above 0 and below 1; at least one world, and all with the
            same value.
        least_mass: share of all worlds below which no cut goes.

    Raises:
        ValueError: for a share out of range, or arrays of different length.
    """
    n, p = parameters.shape
    if not 0.0 < alpha < 1.0 or not 0.0 < least_mass <= 1.0:
        raise ValueError("alpha and least_mass are shares, above 0 and below 1")
    if len(fails) != n:
        raise ValueError(f"{n} worlds with parameters, {len(fails)} with results")
    low, high = np.full(p, -np.inf), np.full(p, np.inf)
    inside = np.arange(n)
    boxes = [_box(low, high, fails, inside)]
    while True:
        cut = _best_cut(parameters[inside], fails[inside], alpha, math.ceil(least_mass * n))
        if cut is None:
            return boxes
        column, upper, limit = cut
        (high if upper else low)[column] = limit
        held = parameters[inside, column]
        inside = inside[held <= limit] if upper else inside[held >= limit]
        boxes.append(_box(low, high, fails, inside))


def _best_cut(values: np.ndarray, fails: np.ndarray, alpha: float, least: int) -> tuple[int, bool, float] | None:
    """Column, whether its upper end, and the limit that is kept; None if every cut leaves too few."""
    m = len(values)
    taken = math.ceil(alpha * m)
    if m <= taken:
        return None
    ordered = np.partition(values, (taken, m - taken - 1), axis=0)
    best: tuple[float, int, int, bool, float] | None = None
    # Values equal to the last one taken go with it, so that a parameter of few values is cut between two of them.
    for upper, edge in ((False, ordered[taken]), (True, ordered[m - taken - 1])):
        kept = values <= edge if upper else values >= edge
        stuck = kept.all(axis=0)
        if stuck.any():  # more equal values at the end than a cut takes: all of them go
            ends = values.max(axis=0) if upper else values.min(axis=0)
            strict = values < ends if upper else values > ends
            kept = np.where(stuck, strict, kept)
        counts = kept.sum(axis=0)
        allowed = (counts >= least) & (counts < m)
        if not allowed.any():
            continue
        density = np.where(allowed, (kept & fails[:, None]).sum(axis=0) / np.maximum(counts, 1), -1.0)
        # Among equally dense ones that which keeps most, then the first: the same worlds give the same box.
        column = int(np.lexsort((-counts, -density))[0])
        found = values[kept[:, column], column]
        limit = float(found.max() if upper else found.min())
        candidate = (float(density[column]), int(counts[column]), column, upper, limit)
        if best is None or candidate[:2] > best[:2]:
            best = candidate
    return best[2:] if best is not None else None


def paste(box: Box, parameters: np.ndarray, fails: np.ndarray, alpha: float = GIVEN_BACK) -> Box:
    """The box with ends moved out again as long as density does not fall; a limit that holds nothing out goes.

    Args:
        box: to start from.
        parameters: (n, p), as in :func:`peel`.
        fails: (n,) bool.
        alpha: share of the worlds inside that one move gives back; at least one.
    """
    low, high = box.low.copy(), box.high.copy()
    while True:
        current = Box(low, high, 0.0, 0.0, 0.0).inside(parameters)
        density, taken = fails[current].mean(), max(1, int(alpha * current.sum()))
        best: tuple[float, int, bool, float] | None = None
        for column in np.flatnonzero(np.isfinite(low) | np.isfinite(high)).tolist():
            for upper in (False, True):
                ends = high if upper else low
                if not np.isfinite(ends[column]):
                    continue
                free = ends.copy()
                free[column] = np.inf if upper else -np.inf
                wide = (low, free) if upper else (free, high)
                outside = np.sort(parameters[Box(*wide, 0.0, 0.0, 0.0).inside(parameters) & ~current, column])
                gone = len(outside) <= taken
                limit = float(free[column] if gone else outside[taken - 1] if upper else outside[-taken])
                free[column] = limit
                wider = Box(*wide, 0.0, 0.0, 0.0).inside(parameters)
                reached = float(fails[wider].mean())
                if reached >= density and (best is None or reached > best[0]):
                    best = (reached, column, upper, limit)
        if best is None:
            return _box(low, high, fails, np.flatnonzero(current))
        _, column, upper, limit = best
        (high if upper else low)[column] = limit


def prune(box: Box, parameters: np.ndarray, fails: np.ndarray) -> Box:
    """The box without the limits that chance may have drawn.

    A parameter keeps its limits if so many failures inside would come by chance with a probability (Bryant and
    Lempert's quasi p-value, a binomial one) below 1 / (2 x parameters), were the failures as dense as in the box
    without these limits: of all ends free to be cut, one would pass by chance. The least significant goes first.
    Arguments as in :func:`paste`.
    """
    from scipy.stats import binom

    low, high = box.low.copy(), box.high.copy()
    least = 1.0 / (2 * parameters.shape[1])
    while True:
        inside = Box(low, high, 0.0, 0.0, 0.0).inside(parameters)
        worst, worst_p = -1, least
        for column in np.flatnonzero(np.isfinite(low) | np.isfinite(high)).tolist():
            free_low, free_high = low.copy(), high.copy()
            free_low[column], free_high[column] = -np.inf, np.inf
            without = float(fails[Box(free_low, free_high, 0.0, 0.0, 0.0).inside(parameters)].mean())
            chance = float(binom.sf(int(fails[inside].sum()) - 1, int(inside.sum()), without))
            if chance > worst_p:
                worst, worst_p = column, chance
        if worst < 0:
            return _box(low, high, fails, np.flatnonzero(inside))
        low[worst], high[worst] = -np.inf, np.inf


def choose(boxes: Sequence[Box], worlds: int, least_coverage: float = LEAST_COVERAGE) -> Box:
    """The box of a trajectory whose density is surely highest: by the lower end of Wilson's interval.

    The densest box itself would be the smallest and luckiest.

    Args:
        boxes: as :func:`peel`.
        worlds: their number.
        least_coverage: share of all failures it must hold; if no box does, all worlds are returned.
    """
    enough = [box for box in boxes if box.coverage >= least_coverage]

    def surely(box: Box) -> tuple[float, float]:
        inside = round(box.mass * worlds)
        return share_interval(round(box.density * inside), inside).low, box.mass

    return max(enough or boxes[:1], key=surely)


def discover(
    worlds: pd.DataFrame,
    fails: pd.Series[bool],
    alpha: float = ALPHA,
    least_mass: float = LEAST_MASS,
    least_coverage: float = LEAST_COVERAGE,
    folds: int = FOLDS,
    seed: int = 0,
) -> Discovery:
    """A box of parameters in which failures are dense, judged on worlds held out.

    Args:
        worlds: one row a world, world numbers as index, one column a parameter; those that do not vary are ignored.
        fails: by world number, whether the recommendation fails there, for instance ``regret > 0``.
        alpha: share of worlds a cut takes.
        least_mass: of the box, as a share of worlds.
        least_coverage: share of failures the box must hold.
        folds: parts; the box is found without one and judged on it, each in turn.
        seed: of the parts, which are keyed by it and the number of worlds.

    Raises:
        KeyError: if a world is not in ``worlds``.
    """
    table = worlds.loc[fails.index]
    table = table.loc[:, table.nunique() > 1]
    x, y = table.to_numpy(np.float64), fails.to_numpy(bool)
    n, failed, nan = len(y), int(y.sum()), math.nan
    nowhere = pd.DataFrame(columns=list(LIMIT_COLUMNS))
    blank = Interval(nan, nan, nan, n)
    overall = failed / n if n else nan
    if min(failed, n - failed) < FEWEST_FAILURES or x.shape[1] == 0:
        return Discovery(None, nowhere, blank, blank, nan, overall, nan, TOO_FEW)

    def find(rows: np.ndarray) -> Box:
        dense = choose(peel(x[rows], y[rows], alpha, least_mass), len(rows), least_coverage)
        return paste(prune(dense, x[rows], y[rows]), x[rows], y[rows])

    part = keyed_luck(seed, "parts", n).permutation(n) % folds
    inside, used = np.zeros(n, bool), np.zeros(x.shape[1])
    for fold in range(folds):
        held = find(np.flatnonzero(part != fold))
        inside[part == fold] = held.inside(x[part == fold])
        used += held.restricted / folds
    box = find(np.arange(n))
    chosen = np.flatnonzero(box.restricted)
    names = np.asarray(table.columns)[chosen]
    numbers = (box.low[chosen], box.high[chosen], used[chosen])
    limits = pd.DataFrame(dict(zip(LIMIT_COLUMNS, (names, *numbers), strict=True)))
    limits = limits.sort_values("share_of_folds", ascending=False, kind="stable", ignore_index=True)
    many, hits = int(inside.sum()), int((inside & y).sum())
    density = share_interval(hits, many) if many else blank
    p_value = _more_inside(hits, many, failed, n)
    reading = FOUND if p_value <= SIGNIFICANT else NOTHING
    return Discovery(box, limits, density, share_interval(hits, failed), many / n, overall, p_value, reading)


def _more_inside(hits: int, inside: int, failed: int, n: int) -> float:
    """Probability of so many failures inside if they were spread by chance (Fisher's exact test, one side)."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(hits - 1, n, failed, inside))


def _box(low: np.ndarray, high: np.ndarray, fails: np.ndarray, inside: np.ndarray) -> Box:
    hits, failed = int(fails[inside].sum()), int(fails.sum())
    shares = (hits / failed if failed else 0.0, hits / len(inside), len(inside) / len(fails))
    return Box(low.copy(), high.copy(), *shares)

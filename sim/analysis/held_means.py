"""Means over worlds of many columns at once, each with its pointwise interval and the one held with its family."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sim.analysis.intervals import FEWEST_DIFFERING, FEWEST_WORLDS, LEVEL, arms, moments, student, why_no_interval
from sim.analysis.simultaneous import critical_value, joint_caveat

# Above so many columns sign flips would take gigabytes; Sidak's quantile is right or too wide.
MOST_FLIPPED = 4096
OUTSIDE = "outside the family: no joint interval"


def held_means(
    values: np.ndarray, grain: np.ndarray | float = 0.0, family: np.ndarray | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Mean of each column with both intervals; see :mod:`sim.analysis.simultaneous`.

    Args:
        values: (W, K) finite, one row a world.
        grain: (K,) or a number: what is not larger in a world is rounding and counts as no difference.
        family: bool (K,), the columns that are held at once; none: all.

    Returns:
        rows of ``value, low, high, joint_low, joint_high, mc_error, n, reading``, NaN where the reading says why; and
        sentences on joint coverage.

    Raises:
        ValueError: for a number that is not finite.
    """
    if not np.isfinite(values).all():
        raise ValueError("a mean over worlds needs a finite number in every world")
    worlds, columns = values.shape
    inside = np.ones(columns, bool) if family is None else np.asarray(family, bool)
    differing = (np.abs(values) > grain).sum(axis=0)
    told = (differing >= FEWEST_DIFFERING) & (worlds >= FEWEST_WORLDS)
    joined = told & inside
    found = moments(values)
    ends = {}
    for name, critical, kept in (("", own(worlds), told), ("joint_", _joint(values[:, joined]), joined)):
        below, above = arms(found.n, found.skewness, critical)
        ends[f"{name}low"] = np.where(kept, found.mean - found.spread * below, math.nan)
        ends[f"{name}high"] = np.where(kept, found.mean + found.spread * above, math.nan)
    reading = [
        why_no_interval(worlds, int(number)) or ("" if member else OUTSIDE)
        for number, member in zip(differing, inside, strict=True)
    ]
    error = found.spread / math.sqrt(worlds)
    table = pd.DataFrame({"value": found.mean, **ends, "mc_error": error, "n": worlds, "reading": reading})
    caveat = joint_caveat(worlds, int(joined.sum())) if joined.any() else ""
    return table, [caveat] if caveat else []


def own(worlds: int) -> float:
    """Quantile of a single studentised mean."""
    return student(LEVEL, max(worlds - 1, 1))


def _joint(values: np.ndarray) -> float:
    """Quantile that holds all columns at once: every one has all worlds, so it is one number."""
    worlds, columns = values.shape
    if columns == 0:
        return own(worlds)
    if columns > MOST_FLIPPED:
        varying = max(int((moments(values).spread > 0.0).sum()), 1)
        return student(LEVEL ** (1.0 / varying), max(worlds - 1, 1))
    return float(critical_value(values).value.max())

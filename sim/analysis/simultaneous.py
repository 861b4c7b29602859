"""Paired differences of all scenarios and outcomes: pointwise and simultaneous intervals, and what pairing is worth.

A pointwise interval holds its own mean in 95% of studies; a simultaneous one holds *all* means of the table at once in
95% of studies, so that the largest of many effects may be read. Both have the shape of :mod:`sim.analysis.intervals`;
the simultaneous one replaces Student's quantile by a larger one:

- from ``FLIP_WORLDS`` worlds on, the 95% quantile of the largest studentised mean when the deviations of whole worlds
  change sign at random (max-t; Westfall and Young 1993): outcomes that move together count less than once each;
- with fewer worlds, Sidak's (1967): Student's quantile at level 0.95 ** (1 / comparisons), right or too wide whatever
  the correlations. Sign flips make skewed differences symmetric and so forgo their long tail: with few worlds they
  covered 4 to 9 points less than Sidak's.

Joint coverage in per cent of nominal 95% (``tests/analysis/test_simultaneous.py``, 400 repeats, standard error 1.1;
differences independent / correlated at 0.7):

====================== ============== ============== ==============
comparisons, worlds    normal         skewness 1     exponential
====================== ============== ============== ==============
10, 16                 96.8 / 97.0    96.8 / 96.2    92.2 / 95.8
10, 24                 95.2 / 97.2    94.8 / 97.0    93.8 / 95.5
10, 100                91.0 / 95.2    93.8 / 95.8    94.0 / 96.0
100, 24                95.2 / 96.8    92.5 / 97.8    87.2 / 96.5
100, 50                95.5 / 98.0    93.0 / 97.5    93.0 / 96.5
100, 100               95.2 / 97.2    95.5 / 96.8    94.2 / 95.8
400, 24                96.5 / 99.0    89.0 / 96.0    79.0 / 92.0
400, 50                95.2 / 99.0    92.5 / 98.2    90.8 / 96.2
400, 100               94.2 / 97.5    95.8 / 96.8    91.2 / 95.8
400, 200               94.0 / 94.8    96.8 / 96.2    97.0 / 96.8
====================== ============== ============== ==============

(91.0 is luck: 94.8 in 4,000 repeats with other seeds.) So many skewed comparisons over few worlds are not covered
jointly: :func:`joint_caveat` says so. The remedy is to name few outcomes beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.intervals import (
    FEWEST_DIFFERING,
    FEWEST_WORLDS,
    LEVEL,
    Interval,
    arms,
    keyed_luck,
    moments,
    student,
    why_no_interval,
)
from sim.analysis.paired_worlds import BASELINE, outcome_columns, paired_worlds, scenario_order

FLIP_WORLDS = 100
FLIPS = 4999
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
INTERVAL_COLUMNS = (
    "scenario", "outcome", "baseline_mean", "scenario_mean", "difference", "mc_error", "low", "high", "joint_low",
    "joint_high", *QUANTILES, "n", "differing", "pairing_gain", "gain_low", "gain_high", "reading",
)  # fmt: skip


class Critical(NamedTuple):
    """Quantile of the largest studentised mean, (K,), and how it was found: ``sign flips`` or ``Sidak``."""

    value: np.ndarray
    method: str


def paired_columns(
    runs: pd.DataFrame, baseline: str = BASELINE, outcomes: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Per-world means of every scenario and outcome, side by side.

    Args:
        runs: ``run, scenario, world, replicate`` and outcomes.
        baseline: the scenario to compare with.
        outcomes: those to take; none: all.

    Returns:
        ``difference``, ``baseline`` and ``scenario``: frames with worlds as index, ascending, and columns
        (scenario, outcome); NaN where a world has no pair.

    Raises:
        ValueError: as :func:`sim.analysis.paired_worlds.paired_worlds`.
        KeyError: if an outcome is not in the runs.
    """
    chosen = list(outcomes) if outcomes is not None else outcome_columns(runs)
    held = runs[["run", "scenario", "world", "replicate", *chosen]]
    sides = ("difference", "baseline", "scenario")
    parts: dict[str, dict[tuple[str, str], pd.Series[float]]] = {side: {} for side in sides}
    for scenario in scenario_order(held):
        if scenario == baseline:
            continue
        worlds = paired_worlds(held, scenario, baseline)
        for outcome, group in worlds.groupby("outcome", sort=False):
            indexed = group.set_index("world")
            for side in sides:
                parts[side][scenario, str(outcome)] = indexed[side].astype(np.float64)
    names = pd.MultiIndex.from_tuples(list(parts["difference"]), names=["scenario", "outcome"])
    return {side: pd.DataFrame(columns, columns=names).sort_index() for side, columns in parts.items()}


def critical_value(values: np.ndarray, level: float = LEVEL, seed: int = 0, flips: int = FLIPS) -> Critical:
    """Quantile by which all means are held at once.

    Args:
        values: (n, K) differences, one row a world, NaN where there is none; columns without spread do not count.
        level: joint probability.
        seed: of the sign flips.
        flips: how many.
    """
    found = moments(values)
    counted = (found.n > 1) & (np.nan_to_num(found.spread) > 0.0)
    compared = max(int(counted.sum()), 1)
    freedom = np.maximum(found.n - 1, 1)
    each = float(level ** (1.0 / compared))
    sidak = np.array([student(each, int(f)) for f in freedom])
    if not counted.any() or int(found.n[counted].min()) < FLIP_WORLDS:
        return Critical(sidak, "Sidak")
    n = found.n[counted].astype(np.float64)
    deviations = np.nan_to_num(values[:, counted] - found.mean[counted])
    # Whole numbers of 2**-26 of the largest: their sums are exact, so that no order of adding moves a byte.
    whole = np.rint(deviations / np.abs(deviations).max(axis=0) * 2.0**26)
    luck = keyed_luck(seed, "sign flips", *map(str, whole.shape))
    signs = luck.integers(0, 2, (flips, len(whole))) * 2.0 - 1.0
    mean = signs @ whole / n
    spread = np.sqrt(((whole**2).sum(axis=0) - n * mean**2) / (n - 1.0))
    largest = (np.abs(mean) * np.sqrt(n) / spread).max(axis=1)
    return Critical(np.full(len(found.n), float(np.quantile(largest, level, method="higher"))), "sign flips")


def joint_caveat(worlds: int, comparisons: int) -> str:
    """Return a sentence if joint coverage was measured below 93% for skewed differences at this size, else ''."""
    needed = 24 if comparisons <= 10 else 50 if comparisons <= 100 else 200
    if worlds >= needed:
        return ""
    return (
        f"{comparisons} comparisons over {worlds} worlds: simultaneous intervals of skewed differences hold all means "
        f"at once less often than stated below {needed} worlds; name fewer outcomes or run more worlds."
    )


def pairing_gain(baseline: np.ndarray, scenario: np.ndarray, level: float = LEVEL) -> Interval:
    """How many times the variance of the difference would be larger if the two sides ran in worlds of their own.

    (variance of one side + variance of the other) / variance of the paired difference. Its interval is the jackknife's
    over worlds, on the logarithm (Miller 1968, Annals of Mathematical Statistics 39, 567-582). It covers 93.6, 92.7 and
    90.1% with 24 worlds, 94.8, 93.9 and 92.3% with 100, for normal sides, skewness 1 and exponential ones: an order of
    magnitude, no more.

    Args:
        baseline: (n,) per-world means.
        scenario: (n,) the same worlds.
        level: probability of the interval.

    Returns:
        NaN for fewer than ``FEWEST_WORLDS`` worlds or where neither side varies; infinite where the difference is the
        same in every world; ends NaN where one world carries all the spread.
    """
    both = np.isfinite(baseline) & np.isfinite(scenario)
    sides = np.stack([baseline[both], scenario[both], scenario[both] - baseline[both]], axis=1)
    n, nan = len(sides), float("nan")
    if n < FEWEST_WORLDS:
        return Interval(nan, nan, nan, n)
    found = moments(sides)
    one, other, difference = (float(s) for s in found.spread)
    if difference == 0.0:
        return Interval(nan if one == other == 0.0 else float("inf"), nan, nan, n)
    unit = max(one, other, difference)
    with np.errstate(under="ignore"):
        squares = ((sides - found.mean) / np.where(found.spread > 0.0, found.spread, 1.0)) ** 2
        # Sum of squares without world i = all - n / (n - 1) x its own square.
        left = np.maximum((n - 1) - n / (n - 1) * squares, 0.0) * (found.spread / unit) ** 2
    together, paired = left[:, 0] + left[:, 1], left[:, 2]
    gain = ((one / unit) ** 2 + (other / unit) ** 2) / (difference / unit) ** 2
    if (paired <= 1e-12 * paired.max()).any() or (together <= 0.0).any():
        return Interval(gain, nan, nan, n)
    pseudo = n * np.log(gain) - (n - 1) * np.log(together / paired)
    half = student(level, n - 1) * float(pseudo.std(ddof=1)) / np.sqrt(n)
    middle = float(pseudo.mean())
    return Interval(gain, float(np.exp(middle - half)), float(np.exp(middle + half)), n)


def comparison_intervals(
    runs: pd.DataFrame,
    baseline: str = BASELINE,
    outcomes: Sequence[str] | None = None,
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Every scenario and outcome with both intervals of its mean, quantiles over worlds and the gain of pairing.

    Args:
        runs: ``run, scenario, world, replicate`` and outcomes.
        baseline: the scenario to compare with.
        outcomes: the family that is held at once; none: all of the table.
        level: probability, pointwise and joint.
        seed: of the sign flips.

    Returns:
        rows with ``INTERVAL_COLUMNS``: ``low, high`` pointwise, ``joint_low, joint_high`` simultaneous; ``differing``
        worlds whose difference is not 0; ``reading`` says in words when the ends are NaN or must not be read.
        ``attrs``: ``method`` of the joint quantile and ``caveats``, a list of sentences.

    Raises:
        ValueError, KeyError: as :func:`paired_columns`.
    """
    sides = paired_columns(runs, baseline, outcomes)
    values = sides["difference"].to_numpy(np.float64)
    found = moments(values)
    differing = np.asarray(((values != 0.0) & np.isfinite(values)).sum(axis=0))
    told = (found.n >= FEWEST_WORLDS) & (differing >= FEWEST_DIFFERING)
    kept = np.where(told, values, np.nan)
    critical = critical_value(kept, level, seed)
    own = np.array([student(level, max(int(n) - 1, 1)) for n in found.n])
    before, after = sides["baseline"].to_numpy(np.float64), sides["scenario"].to_numpy(np.float64)
    levels = [moments(side).mean for side in (before, after)]
    rows: list[dict[str, object]] = []
    ends = {}
    for name, quantile in (("", own), ("joint_", critical.value)):
        below, above = arms(np.maximum(found.n, 1), found.skewness, quantile)
        ends[f"{name}low"] = np.where(told, found.mean - found.spread * below, np.nan)
        ends[f"{name}high"] = np.where(told, found.mean + found.spread * above, np.nan)
    names = [sides["difference"].columns.get_level_values(level) for level in ("scenario", "outcome")]
    for position, (scenario, outcome) in enumerate(zip(*names, strict=True)):
        column = values[:, position][np.isfinite(values[:, position])]
        gain = pairing_gain(before[:, position], after[:, position], level)
        row: dict[str, object] = {"scenario": scenario, "outcome": outcome, "difference": found.mean[position]}
        row |= {"baseline_mean": levels[0][position], "scenario_mean": levels[1][position]}
        row["mc_error"] = found.spread[position] / np.sqrt(found.n[position])
        row |= {name: float(end[position]) for name, end in ends.items()}
        row |= {name: float(np.quantile(column, p)) if len(column) else np.nan for name, p in QUANTILES.items()}
        row |= {"n": int(found.n[position]), "differing": int(differing[position]), "pairing_gain": gain.value}
        row |= {"gain_low": gain.low, "gain_high": gain.high}
        row["reading"] = why_no_interval(int(found.n[position]), int(differing[position]))
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(INTERVAL_COLUMNS))
    compared = int(told.sum())
    caveat = joint_caveat(int(found.n[told].min()), compared) if compared else ""
    table.attrs = {"method": critical.method, "caveats": [caveat] if caveat else []}
    return table

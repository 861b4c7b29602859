"""One number a world: scenario and baseline matched by world, replicates averaged, and what a sample of worlds says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import LEVEL, arms, moments, student, why_no_interval
from sim.analysis.outcomes import OUTCOMES

BASELINE = "baseline"
# What a table says of a sample of worlds, beside the mean: the 95% interval of the mean, two quantiles over worlds, the
# standard error of the mean, the number of worlds.
SUMMARY = ("low", "high", "q05", "q95", "mc_error", "n")
_KEYS = ("run", "scenario", "world", "replicate")


def scenario_order(runs: pd.DataFrame) -> list[str]:
    """Scenario names in the order of their first run."""
    return [str(name) for name in runs.sort_values("run", kind="stable")["scenario"].unique()]


def outcome_columns(runs: pd.DataFrame) -> list[str]:
    """The outcome columns of a table of runs.

    Raises:
        ValueError: if a column is neither a key nor a registered outcome.
    """
    columns = [str(c) for c in runs.columns if c not in _KEYS]
    unknown = [c for c in columns if c not in OUTCOMES]
    if unknown:
        raise ValueError(f"runs: columns that are no outcome: {', '.join(unknown)}")
    return columns


def by_world(runs: pd.DataFrame, scenario: str, columns: list[str]) -> pd.DataFrame:
    """Outcomes of one scenario by (world, replicate)."""
    chosen = runs[runs["scenario"] == scenario].set_index(["world", "replicate"])[columns].sort_index()
    if chosen.index.has_duplicates:
        raise ValueError(f"runs: scenario '{scenario}' has two rows for one world and replicate")
    return chosen.astype(np.float64)


def paired_worlds(runs: pd.DataFrame, scenario: str, baseline: str = BASELINE) -> pd.DataFrame:
    """Per-world means of scenario, baseline and their paired difference.

    Only (world, replicate) pairs present on both sides count; replicates are averaged within a world.

    Returns:
        columns ``world, outcome, baseline, scenario, difference``, sorted by outcome order, then world.
    """
    columns = outcome_columns(runs)
    left, right = by_world(runs, scenario, columns), by_world(runs, baseline, columns)
    common = left.index.intersection(right.index)
    sides = {"baseline": right.loc[common], "scenario": left.loc[common]}
    sides["difference"] = sides["scenario"] - sides["baseline"]
    means = {side: frame.groupby(level="world", sort=True).mean() for side, frame in sides.items()}
    worlds = means["baseline"].index.to_numpy()
    keys = {"world": np.tile(worlds, len(columns)), "outcome": np.repeat(columns, len(worlds))}
    return pd.DataFrame(keys | {side: frame.to_numpy().ravel(order="F") for side, frame in means.items()})


def summarise(values: pd.Series[float]) -> dict[str, Any]:
    """Mean over worlds with its 95% interval, quantiles, standard error and number of worlds.

    As :func:`summarise_columns` of one column.
    """
    found = summarise_columns(values.to_numpy(dtype=np.float64)[:, None])
    return {name: numbers.tolist()[0] for name, numbers in found.items()}


def summarise_columns(values: np.ndarray) -> dict[str, np.ndarray]:
    """Summarise each column of a sample of worlds.

    Args:
        values: (n, K), one row a world; NaN where a column has no such world.

    Returns:
        ``mean``, ``SUMMARY`` and ``reading``, (K,). The interval has the shape of
        :func:`sim.analysis.intervals.mean_interval`; it is NaN where :func:`sim.analysis.intervals.why_no_interval`,
        the reading, says why: a mean that rests on a few worlds is not known. The standard error is NaN for one world.
    """
    found = moments(values)
    n = found.n
    differing = ((values != 0.0) & np.isfinite(values)).sum(axis=0)
    sizes, which = np.unique(n, return_inverse=True)
    own = np.array([student(LEVEL, max(int(number) - 1, 1)) for number in sizes])[which]
    below, above = arms(np.maximum(n, 1), found.skewness, own)
    reading = np.array([why_no_interval(int(a), int(b)) for a, b in zip(n, differing, strict=True)], dtype=object)
    told = reading == ""
    low = np.where(told, found.mean - found.spread * below, np.nan)
    high = np.where(told, found.mean + found.spread * above, np.nan)
    q05, q95 = np.nanquantile(values, [0.05, 0.95], axis=0)
    error = found.spread / np.sqrt(np.maximum(n, 1))
    numbers = {"mean": found.mean, "low": low, "high": high, "q05": q05, "q95": q95, "mc_error": error, "n": n}
    return numbers | {"reading": reading}

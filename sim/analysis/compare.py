"""Scenarios against their baseline, paired by world: the comparison table and the baseline levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.outcomes import OUTCOMES

BASELINE = "baseline"
LOW, HIGH = 0.025, 0.975
FEW_WORLDS = 20
COMPARISON_COLUMNS = (
    "scenario", "outcome", "label", "unit", "better", "baseline_mean", "scenario_mean",
    "difference", "low", "high", "mc_error", "n",
)  # fmt: skip
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


def _by_world(runs: pd.DataFrame, scenario: str, columns: list[str]) -> pd.DataFrame:
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
    left, right = _by_world(runs, scenario, columns), _by_world(runs, baseline, columns)
    common = left.index.intersection(right.index)
    sides = {"baseline": right.loc[common], "scenario": left.loc[common]}
    sides["difference"] = sides["scenario"] - sides["baseline"]
    means = {side: frame.groupby(level="world", sort=True).mean() for side, frame in sides.items()}
    worlds = means["baseline"].index.to_numpy()
    keys = {"world": np.tile(worlds, len(columns)), "outcome": np.repeat(columns, len(worlds))}
    return pd.DataFrame(keys | {side: frame.to_numpy().ravel(order="F") for side, frame in means.items()})


def summarise(values: pd.Series[float]) -> dict[str, float]:
    """Mean, 2.5% and 97.5% quantiles, standard error of the mean (NaN for one world) and number of worlds."""
    data = values.to_numpy(dtype=np.float64)
    n = len(data)
    low, high = np.quantile(data, [LOW, HIGH])
    error = float(data.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
    return {"mean": float(data.mean()), "low": float(low), "high": float(high), "mc_error": error, "n": n}


def compare(runs: pd.DataFrame, baseline: str = BASELINE) -> pd.DataFrame:
    """The comparison table: every scenario but the baseline, every outcome.

    Pairing is by world number, so a scenario that changes the world is compared with the baseline in its own
    worlds, which carry their own numbers.

    Args:
        runs: columns ``run, scenario, world, replicate`` and one column per outcome.
        baseline: the scenario to compare with.

    Returns:
        one row per scenario and outcome with ``COMPARISON_COLUMNS``: ``difference`` is the mean over worlds of
        the paired difference, ``low`` and ``high`` its 2.5% and 97.5% quantiles over worlds, ``mc_error`` the
        standard error of that mean, ``n`` the number of worlds. Empty when nothing can be paired.

    Raises:
        ValueError: for an unregistered outcome, or two rows for one scenario, world and replicate.
    """
    rows: list[dict[str, object]] = []
    for scenario in scenario_order(runs):
        if scenario == baseline:
            continue
        worlds = paired_worlds(runs, scenario, baseline)
        for name, group in worlds.groupby("outcome", sort=False):
            outcome, numbers = OUTCOMES[str(name)], summarise(group["difference"])
            rows.append(
                {
                    "scenario": scenario, "outcome": outcome.name, "label": outcome.label, "unit": outcome.unit,
                    "better": outcome.better, "baseline_mean": float(group["baseline"].mean()),
                    "scenario_mean": float(group["scenario"].mean()), "difference": numbers["mean"],
                    "low": numbers["low"], "high": numbers["high"], "mc_error": numbers["mc_error"],
                    "n": int(numbers["n"]),
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COMPARISON_COLUMNS))


def levels(runs: pd.DataFrame) -> pd.DataFrame:
    """Level of every outcome in every scenario over worlds: ``scenario, outcome, mean, low, high, mc_error, n``."""
    columns = outcome_columns(runs)
    rows: list[dict[str, object]] = []
    for scenario in scenario_order(runs):
        worlds = _by_world(runs, scenario, columns).groupby(level="world").mean()
        rows += [{"scenario": scenario, "outcome": c, **summarise(worlds[c])} for c in columns]
    return pd.DataFrame(rows, columns=["scenario", "outcome", "mean", "low", "high", "mc_error", "n"])


def warnings_of(comparison: pd.DataFrame) -> list[str]:
    """One sentence per thing a reader of the comparison must be warned about."""
    if comparison.empty:
        return ["No scenario could be paired with its baseline."]
    fewest, most = int(comparison["n"].min()), int(comparison["n"].max())
    found = []
    if fewest < FEW_WORLDS:
        found.append(
            f"Only {fewest} paired world{'s' if fewest != 1 else ''}: a 95% interval over fewer than "
            f"{FEW_WORLDS} worlds is little more than the smallest and the largest world drawn."
        )
    if fewest < most:
        found.append(f"Not every scenario ran in every world: between {fewest} and {most} paired worlds.")
    return found

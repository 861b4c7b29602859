"""Effects by place and paths over time: paired differences per place, quantiles over worlds per quarter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sim.analysis.paired_worlds import BASELINE, SUMMARY, summarise
from sim.analysis.run_record import FRANCE

# ends of the bands around a path that hold 95, 80 and 50% of worlds, and the median
QUANTILES = {"low": 0.025, "low_80": 0.1, "low_50": 0.25, "median": 0.5, "high_50": 0.75, "high_80": 0.9, "high": 0.975}


def horizon_by_place(runs: pd.DataFrame, series: pd.DataFrame, column: str) -> pd.DataFrame:
    """A stock at the horizon by scenario, world and place (replicates averaged): ``scenario, world, place, value``."""
    last = series[series["quarter"] == series["quarter"].max()][["run", "place", column]]
    joined = last.merge(runs[["run", "scenario", "world"]], on="run", validate="many_to_one")
    grouped = joined.groupby(["scenario", "world", "place"], sort=True, observed=True)[column].mean()
    return pd.DataFrame(grouped.rename("value").reset_index())


def differences_by_place(
    runs: pd.DataFrame, series: pd.DataFrame, column: str, baseline: str = BASELINE
) -> pd.DataFrame:
    """Paired difference of a stock at the horizon by scenario and place.

    Returns:
        ``scenario, place, baseline_mean, difference`` and what ``summarise`` says of worlds, sorted by names.
    """
    values = horizon_by_place(runs, series, column)
    base = values[values["scenario"] == baseline].drop(columns="scenario")
    other = values[values["scenario"] != baseline]
    paired = other.merge(base, on=["world", "place"], suffixes=("", "_baseline"))
    paired["difference"] = paired["value"] - paired["value_baseline"]
    rows: list[dict[str, object]] = []
    for (scenario, place), group in paired.groupby(["scenario", "place"], sort=True, observed=True):
        numbers = summarise(group["difference"])
        rows.append(
            {
                "scenario": str(scenario), "place": str(place),
                "baseline_mean": float(group["value_baseline"].mean()), "difference": numbers["mean"],
                **{name: numbers[name] for name in (*SUMMARY, "reading")},
            }
        )  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=["scenario", "place", "baseline_mean", "difference", *SUMMARY, "reading"],
    )


def national_paths(
    runs: pd.DataFrame, series: pd.DataFrame, places: pd.DataFrame, columns: Sequence[str]
) -> pd.DataFrame:
    """Totals of France and of abroad per run and quarter.

    Returns:
        ``scenario, world, replicate, quarter`` and ``<column>_france``, ``<column>_abroad`` for each column.
    """
    french = set(places.loc[places["country"] == FRANCE, "place"])
    side = np.where(series["place"].isin(french), "france", "abroad")
    totals = series.groupby([series["run"], series["quarter"], side], sort=True)[list(columns)].sum()
    wide = pd.DataFrame(totals.unstack(fill_value=0))
    wide.columns = pd.Index([f"{name[0]}_{name[1]}" for name in wide.columns])
    joined = wide.reset_index().merge(runs[["run", "scenario", "world", "replicate"]], on="run")
    keys = ["scenario", "world", "replicate", "quarter"]
    return joined[keys + [c for c in joined.columns if c not in (*keys, "run")]]


def quantile_paths(
    paths: pd.DataFrame,
    measure: Callable[[pd.DataFrame], pd.Series[float]],
    baseline: str | None = None,
) -> pd.DataFrame:
    """Quantiles over worlds per quarter of a measure, or of its paired difference to a baseline.

    Args:
        paths: as :func:`national_paths` returns.
        measure: from that frame to one value per row, such as ``lambda p: p["startups_france"]``.
        baseline: if given, subtract this scenario's value in the same world and replicate.

    Returns:
        ``scenario, quarter``, the ``QUANTILES`` and ``n``, replicates averaged within a world; no rows if nothing can
        be paired.
    """
    frame = paths[["scenario", "world", "replicate", "quarter"]].assign(value=measure(paths).astype(np.float64))
    if baseline is not None:
        base = frame[frame["scenario"] == baseline].drop(columns="scenario")
        frame = frame[frame["scenario"] != baseline].merge(
            base, on=["world", "replicate", "quarter"], suffixes=("", "_baseline")
        )
        frame["value"] -= frame["value_baseline"]
    if frame.empty:
        return pd.DataFrame(columns=["scenario", "quarter", *QUANTILES, "n"])
    worlds = frame.groupby(["scenario", "quarter", "world"], sort=True, observed=True)["value"].mean()
    grouped = worlds.groupby(level=["scenario", "quarter"], observed=True)
    result = grouped.quantile(np.array(list(QUANTILES.values()))).unstack()
    result.columns = list(QUANTILES)
    result["n"] = grouped.size()
    return result.reset_index()

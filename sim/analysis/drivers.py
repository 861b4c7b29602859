"""The driver test as a table: what it changes if one driver of the flight were in France as it is abroad."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

DRIVER_OUTCOMES = (
    "startup_departures", "startup_flight_rate", "founder_flight", "startup_returns", "startup_births",
    "talent_flight_rate", "talent_returns",
)  # fmt: skip
"""Flight first, and what comes back or begins. More startups also leave in greater number: the rate stands beside."""
LEVER = "equalisation"
DRIVERS = ("taxation", "connectivity", "real_estate", "capital")
"""Switches of the lever, on unless said otherwise."""
PREFIX = "equal_"
"""Of the names of the scenarios shipped: left out where a driver is named."""
COLUMNS = ("driver", "outcome", "label", "unit", "better", "baseline_mean", "difference", "low", "high", "percent",
           "mc_error", "n", "rank")  # fmt: skip


def is_driver(levers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a scenario with these levers is one of the driver test: equalisation alone, of exactly one driver."""
    if set(levers) != {LEVER}:
        return False
    return sum(bool(levers[LEVER].get(name, True)) for name in DRIVERS) == 1


def driver_table(comparison: pd.DataFrame, drivers: Collection[str]) -> pd.DataFrame:
    """The rows of a comparison that belong to the driver test, ranked.

    Args:
        comparison: as :func:`sim.analysis.compare.compare` returns.
        drivers: the scenarios of the driver test, as :func:`is_driver` tells them.

    Returns:
        one row per outcome of ``DRIVER_OUTCOMES`` and driver with ``COLUMNS``: ``percent`` is the mean difference in
        per cent of the baseline (NaN where that is 0), ``rank`` 1 the driver that changes the outcome most the better
        way, equal ones sharing a rank. Drivers come in the order of their rank in the first outcome that is there.
        Empty without a driver.
    """
    held = comparison[comparison["scenario"].isin(list(drivers)) & comparison["outcome"].isin(DRIVER_OUTCOMES)].copy()
    held["driver"] = held["scenario"].str.removeprefix(PREFIX)
    base = held["baseline_mean"].where(held["baseline_mean"] != 0.0)
    held["percent"] = 100.0 * held["difference"] / base
    gain = held["difference"].where(held["better"] == "higher", -held["difference"])
    held["rank"] = gain.groupby(held["outcome"]).rank(ascending=False, method="min").astype("int64")
    position = held["outcome"].map({name: i for i, name in enumerate(DRIVER_OUTCOMES)})
    if held.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    first = held[position == position.min()].set_index("driver")["rank"]
    held = held.assign(position=position, order=held["driver"].map(first))
    ordered = held.sort_values(["position", "order"], kind="stable")
    return ordered[list(COLUMNS)].reset_index(drop=True)

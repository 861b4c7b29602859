"""Is a run sane? Finite and non-negative everywhere, no place empties or explodes without a cause that has a name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.recording import Records

# Stocks of a place at the end over those at the start; outside, the change must have a named cause.
TALENTS, STARTUPS = (0.5, 2.0), (0.25, 6.0)


def impossible(records: Records) -> list[str]:
    """Columns of the series that hold a negative or a not finite number."""
    numbers = records.series.select_dtypes("number")
    found = [f"{name} is not finite" for name in numbers if not np.isfinite(numbers[name]).all()]
    return found + [f"{name} is negative" for name in numbers if (numbers[name] < 0).any()]


def extremes(records: Records) -> dict[tuple[str, str], str]:
    """Return (stock, place) -> what made it leave its bounds, from the run's own accounting of births, ends and moves.

    The cause is the largest part of the change: births, closures and sales, or net moves; ``unexplained`` if the parts
    do not add up to the change.
    """
    series = records.series
    first, last = (series[series["quarter"] == q].set_index("place") for q in (0, series["quarter"].max()))
    events = series.groupby("place")[["births", "closures", "exits"]].sum()
    found: dict[tuple[str, str], str] = {}
    for stock, (low, high) in (("talents", TALENTS), ("startups", STARTUPS)):
        flows = records.flows[records.flows["kind"].str.startswith(stock[:-1])]
        net = flows.groupby("destination")["count"].sum().sub(flows.groupby("origin")["count"].sum(), fill_value=0)
        for place in first.index:
            ratio = last.loc[place, stock] / max(first.loc[place, stock], 1)
            if low <= ratio <= high:
                continue
            change = float(last.loc[place, stock] - first.loc[place, stock])
            parts = {"moves": float(net.get(place, 0.0))}
            if stock == "startups":
                born, gone = float(events.loc[place, "births"]), float(events.loc[place, ["closures", "exits"]].sum())
                parts["births above ends" if change > 0 else "ends above births"] = born - gone
                if sum(parts.values()) != change:
                    parts = {"unexplained": change}
            sized: Mapping[str, float] = {name: part * np.sign(change) for name, part in parts.items()}
            found[stock, str(place)] = max(sized, key=lambda name: sized[name])
    return found

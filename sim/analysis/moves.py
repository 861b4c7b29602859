"""Who moves where: mean flows between places over worlds, and net flows across the French border."""

from __future__ import annotations

import pandas as pd

from sim.analysis.run_record import FRANCE, QUARTERS_PER_YEAR


def mean_flows(runs: pd.DataFrame, flows: pd.DataFrame, scenario: str, years: float) -> pd.DataFrame:
    """Moves per year between places in one scenario, mean over worlds (replicates averaged within a world).

    Args:
        runs: columns ``run, scenario, world`` at least; every run of the scenario counts, with or without flows.
        flows: ``run, origin, destination, kind, count``.
        scenario: its name.
        years: length of the horizon.

    Returns:
        ``origin, destination, kind, per_year``, sorted by these names.
    """
    chosen = runs.loc[runs["scenario"] == scenario, ["run", "world"]]
    if chosen.empty or years <= 0:
        return pd.DataFrame(columns=["origin", "destination", "kind", "per_year"])
    # each world weighs the same, whatever its number of replicates
    weight = 1.0 / chosen.groupby("world")["run"].transform("count") / chosen["world"].nunique() / years
    weighted = flows[["run", "origin", "destination", "kind", "count"]].merge(chosen.assign(weight=weight), on="run")
    weighted["per_year"] = weighted["count"] * weighted["weight"]
    keys = ["origin", "destination", "kind"]
    for key in keys:
        weighted[key] = weighted[key].astype(str)
    return weighted.groupby(keys, sort=True)["per_year"].sum().reset_index()


def horizon_years(series: pd.DataFrame) -> float:
    """Length of the horizon in years."""
    return float(series["quarter"].max()) / QUARTERS_PER_YEAR


def border_balance(moves: pd.DataFrame, places: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Moves across the French border by place.

    Args:
        moves: as :func:`mean_flows` returns.
        places: columns ``place, country``.
        kind: the kind of move.

    Returns:
        ``place, departures, returns, net`` per year for every place: for a French place moves from it to abroad,
        moves to it from abroad; for a foreign place moves from France to it and from it to France;
        ``net`` = departures less returns, so positive means that France loses.
    """
    french = set(places.loc[places["country"] == FRANCE, "place"])
    ours = moves[moves["kind"] == kind]
    out = ours[ours["origin"].isin(french) & ~ours["destination"].isin(french)]
    back = ours[~ours["origin"].isin(french) & ours["destination"].isin(french)]
    left = pd.concat([out.groupby("origin")["per_year"].sum(), out.groupby("destination")["per_year"].sum()])
    came = pd.concat([back.groupby("origin")["per_year"].sum(), back.groupby("destination")["per_year"].sum()])
    result = pd.DataFrame({"place": places["place"].astype(str)})
    result["departures"] = result["place"].map(left).fillna(0.0).astype(float)
    result["returns"] = result["place"].map(came).fillna(0.0).astype(float)
    result["net"] = result["departures"] - result["returns"]
    return result

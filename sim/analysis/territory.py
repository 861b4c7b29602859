"""Who gains and who loses on the map: places, cities and groups of places, and at whose expense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.analysis.held_means import held_means
from sim.analysis.paired_worlds import BASELINE, SUMMARY, scenario_order, summarise_columns
from sim.analysis.run_record import FRANCE, PARIS_REGION

KINDS = ("startups", "talents", "jobs")  # columns of the series
PARIS, OTHERS, ELSEWHERE, ABROAD = "paris", "other_districts", "elsewhere", "abroad"
GROUPS = (PARIS, OTHERS, ELSEWHERE, ABROAD)
NATION = "france"
LEVELS = ("place", "city", "group")
MOVERS = {"startups": ("startup_french", "startup_foreign"), "talents": ("talent_french", "talent_foreign")}
COLUMNS = ("scenario", "kind", "level", "where", "baseline_mean", "difference", *SUMMARY, "joint_low", "joint_high",
           "percent", "reading")  # fmt: skip
EXPENSE_COLUMNS = ("scenario", "kind", "gainer", "loser", "difference", *SUMMARY, "reading")
REMAINDER = "births, closures, careers"


def groups_of(places: pd.DataFrame) -> pd.Series[str]:
    """Group of each place, by its name: Paris region, other French districts, the rest of France, abroad."""
    french = places["country"] == FRANCE
    paris, rest = places["region"] == PARIS_REGION, places["kind"] == "rest"
    group = np.select([~french, rest, paris], [ABROAD, ELSEWHERE, PARIS], OTHERS)
    return pd.Series(group, index=places["place"].astype(str), dtype=object)


def territory(
    runs: pd.DataFrame, series: pd.DataFrame, places: pd.DataFrame, baseline: str = BASELINE,
    kinds: Sequence[str] = KINDS,
) -> pd.DataFrame:  # fmt: skip
    """Paired differences of stocks at the horizon by French place, city and group, for France and abroad.

    Args:
        runs: ``run, scenario, world, replicate``.
        series: ``run, quarter, place`` and the stocks.
        places: ``place, country, kind, region, city``.
        baseline: the scenario to compare with.
        kinds: columns of the series.

    Returns:
        ``COLUMNS``; levels ``place``, ``city`` (places of one city together; those without a city are their own) and
        ``group`` (with ``france``, all French ones together). Places, cities and the French groups each add up to
        France. ``joint_low, joint_high`` hold for all of one scenario, kind and level at once; ``percent`` of the mean
        baseline, 0 where that is 0.
    """
    last = series[series["quarter"] == series["quarter"].max()]
    known = places.assign(place=places["place"].astype(str)).set_index("place")
    group = groups_of(places)
    french = [str(name) for name in known.index[known["country"] == FRANCE]]
    city = known["city"].astype(str).where(known["city"].astype(str) != "", known.index.to_series())
    members: dict[str, dict[str, list[str]]] = {
        "place": {name: [name] for name in french},
        "city": {str(name): [one for one in french if city[one] == name] for name in dict.fromkeys(city[french])},
        "group": {name: [str(one) for one in group.index[group == name]] for name in GROUPS} | {NATION: french},
    }
    parts = []
    for kind in kinds:
        wide = last.assign(place=last["place"].astype(str)).pivot(index="run", columns="place", values=kind)
        for level in LEVELS:
            sums = pd.DataFrame({name: wide[held].sum(axis=1) for name, held in members[level].items()})
            for scenario, before, difference in _pairs(runs, sums.astype(np.float64), baseline):
                parts.append(_rows(scenario, kind, level, list(members[level]), before, difference))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)] if parts else pd.DataFrame(columns=list(COLUMNS))


def _pairs(
    runs: pd.DataFrame, values: pd.DataFrame, baseline: str
) -> list[tuple[str, np.ndarray, np.ndarray]]:  # fmt: skip
    """Scenario, levels of the baseline and paired differences by world, (W, K) each, replicates averaged."""
    keys = runs.set_index("run")[["scenario", "world", "replicate"]]
    table = values.join(keys.astype({"scenario": str}), how="inner")
    found = []
    base = table[table["scenario"] == baseline].drop(columns="scenario").set_index(["world", "replicate"])
    for scenario in scenario_order(runs):
        if scenario == baseline:
            continue
        ours = table[table["scenario"] == scenario].drop(columns="scenario").set_index(["world", "replicate"])
        common = ours.index.intersection(base.index).sort_values()
        if len(common):
            before = base.loc[common].groupby(level="world").mean()
            after = ours.loc[common].groupby(level="world").mean()
            found.append((scenario, before.to_numpy(np.float64), (after - before).to_numpy(np.float64)))
    return found


def _rows(
    scenario: str, kind: str, level: str, names: Sequence[str], before: np.ndarray, difference: np.ndarray
) -> pd.DataFrame:
    held, _ = held_means(difference)
    quantiles = summarise_columns(difference)
    base = before.mean(axis=0)
    kept = {name: held[name] for name in ("low", "high", "mc_error", "n", "joint_low", "joint_high", "reading")}
    return pd.DataFrame(
        {"scenario": scenario, "kind": kind, "level": level, "where": list(names), "baseline_mean": base,
         "difference": held["value"], **kept, "q05": quantiles["q05"], "q95": quantiles["q95"],
         "percent": 100.0 * held["value"] / np.where(base > 0.0, base, np.inf)}
    )  # fmt: skip


def at_whose_expense(
    runs: pd.DataFrame, series: pd.DataFrame, flows: pd.DataFrame, places: pd.DataFrame, baseline: str = BASELINE,
    movers: Mapping[str, Sequence[str]] = MOVERS,
) -> pd.DataFrame:  # fmt: skip
    """How many more move from one group of places to another than in the baseline, over the horizon.

    Args:
        runs: as :func:`territory`.
        series: the same.
        flows: ``run, origin, destination, kind, count``.
        places: as :func:`territory`.
        baseline: the same.
        movers: kinds of moves by kind of stock.

    Returns:
        ``EXPENSE_COLUMNS``: for each pair of groups, once, the difference of net moves to ``gainer`` from ``loser``;
        and for each group what of the change of its stock is no move (``loser`` is ``REMAINDER``): founded and closed,
        sold, entering and retiring. So the change of a group's stock is the sum of its rows (those in which it is the
        loser with the other sign).
    """
    group = groups_of(places)
    parts = []
    pairs = [(one, other) for n, one in enumerate(GROUPS) for other in GROUPS[n + 1 :]]
    last = series[series["quarter"] == series["quarter"].max()]
    for kind, names in movers.items():
        ours = flows[flows["kind"].astype(str).isin(list(names))]
        origin, destination = (ours[end].astype(str).map(group) for end in ("origin", "destination"))
        moved = ours.groupby([ours["run"], origin, destination])["count"].sum()
        moved.index.names = ["run", "origin", "destination"]
        wide = moved.unstack(["origin", "destination"]).reindex(runs["run"]).fillna(0.0).astype(np.float64)
        nothing = pd.Series(0.0, wide.index)

        def went(
            one: str, other: str, wide: pd.DataFrame = wide, nothing: pd.Series[float] = nothing
        ) -> pd.Series[float]:
            return wide[one, other] if (one, other) in wide.columns else nothing

        columns = {(one, other): went(other, one) - went(one, other) for one, other in pairs}
        stock = last.assign(group=last["place"].astype(str).map(group)).groupby(["run", "group"])[kind].sum().unstack()
        for name in GROUPS:
            moves = sum((value if one == name else -value for (one, other), value in columns.items()
                         if name in (one, other) and other != REMAINDER), nothing)  # fmt: skip
            columns[name, REMAINDER] = stock[name].reindex(runs["run"]).astype(np.float64) - moves
        frame = pd.DataFrame({f"{one}|{other}": value for (one, other), value in columns.items()})
        for scenario, _, difference in _pairs(runs, frame, baseline):
            summary = summarise_columns(difference)
            parts.append(
                pd.DataFrame(
                    {"scenario": scenario, "kind": kind, "gainer": [one for one, _ in columns],
                     "loser": [other for _, other in columns], "difference": summary["mean"],
                     **{name: summary[name] for name in (*SUMMARY, "reading")}}
                )
            )  # fmt: skip
    return (
        pd.concat(parts, ignore_index=True)[list(EXPENSE_COLUMNS)]
        if parts
        else pd.DataFrame(columns=list(EXPENSE_COLUMNS))
    )

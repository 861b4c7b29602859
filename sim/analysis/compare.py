"""Scenarios against their baseline, paired by world: the comparison table and the baseline levels."""

from __future__ import annotations

import pandas as pd

from sim.analysis.intervals import FEWEST_WORLDS
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import (
    BASELINE,
    SUMMARY,
    by_world,
    outcome_columns,
    scenario_order,
    summarise,
)
from sim.analysis.simultaneous import comparison_intervals

FEW_WORLDS = 20
# The family whose simultaneous intervals the sentences of a report read, named before any result was seen. All other
# outcomes are a family of their own.
HEADLINES = (
    "startup_departures", "startup_flight_rate", "startups_in_france", "startup_jobs", "talents_french_in_france",
    "talent_net_flight_rate", "public_cost",
)  # fmt: skip
COMPARISON_COLUMNS = (
    "scenario", "outcome", "label", "unit", "better", "baseline_mean", "scenario_mean", "difference", "low", "high",
    "joint_low", "joint_high", "q05", "q95", "mc_error", "n", "family", "pairing_gain", "reading",
)  # fmt: skip


def compare(runs: pd.DataFrame, baseline: str = BASELINE) -> pd.DataFrame:
    """The comparison table: every scenario but the baseline, every outcome.

    Pairing is by world number, so a scenario that changes the world is compared with the baseline in its own
    worlds, which carry their own numbers.

    Args:
        runs: columns ``run, scenario, world, replicate`` and one column per outcome.
        baseline: the scenario to compare with.

    Returns:
        one row per scenario and outcome with ``COMPARISON_COLUMNS``: ``difference`` is the mean over worlds of
        the paired difference; ``low`` and ``high`` its 95% interval; ``joint_low`` and ``joint_high`` the interval that
        holds with 95% for all scenarios and outcomes of the ``family`` at once; ``q05`` and ``q95`` quantiles over
        worlds; ``mc_error`` the standard error of the mean, ``n`` the number of worlds; ``pairing_gain`` how many times
        more worlds an unpaired comparison would need. Where ``reading`` is not empty it says why there is no interval.
        Empty when nothing can be paired. ``attrs["caveats"]``: sentences about the simultaneous intervals.

    Raises:
        ValueError: for an unregistered outcome, or two rows for one scenario, world and replicate.
    """
    columns = outcome_columns(runs)
    ran = runs.groupby(["world", "replicate"])["scenario"].agg(set)
    paired = any(baseline in names and len(names) > 1 for names in ran)
    parts: list[pd.DataFrame] = []
    caveats: list[str] = []
    for family in ("headlines", "others"):
        named = [name for name in columns if (name in HEADLINES) == (family == "headlines")]
        if named and paired:
            parts.append(comparison_intervals(runs, baseline, named).assign(family=family))
            caveats += parts[-1].attrs["caveats"]
    if not parts:
        return pd.DataFrame(columns=list(COMPARISON_COLUMNS))
    joined = pd.concat(parts, ignore_index=True)
    for name in ("label", "unit", "better"):
        joined[name] = [getattr(OUTCOMES[str(outcome)], name) for outcome in joined["outcome"]]
    place = {name: position for position, name in enumerate(scenario_order(runs))}
    order = {name: position for position, name in enumerate(columns)}
    keys = pd.DataFrame({"scenario": joined["scenario"].map(place), "outcome": joined["outcome"].map(order)})
    sorted_rows = joined.loc[keys.sort_values(["scenario", "outcome"], kind="stable").index, list(COMPARISON_COLUMNS)]
    table = sorted_rows.reset_index(drop=True)
    table.attrs = {"caveats": caveats}
    return table


def levels(runs: pd.DataFrame) -> pd.DataFrame:
    """Level of every outcome in every scenario: ``scenario, outcome`` and what :func:`summarise` says of its worlds."""
    columns = outcome_columns(runs)
    rows: list[dict[str, object]] = []
    for scenario in scenario_order(runs):
        worlds = by_world(runs, scenario, columns).groupby(level="world").mean()
        rows += [{"scenario": scenario, "outcome": c, **summarise(worlds[c])} for c in columns]
    return pd.DataFrame(rows, columns=["scenario", "outcome", "mean", *SUMMARY])


def warnings_of(comparison: pd.DataFrame) -> list[str]:
    """One sentence per thing a reader of the comparison must be warned about."""
    if comparison.empty:
        return ["No scenario could be paired with its baseline."]
    fewest, most = int(comparison["n"].min()), int(comparison["n"].max())
    worlds = f"{fewest} paired world{'s' if fewest != 1 else ''}"
    found = []
    if fewest < FEWEST_WORLDS:
        found.append(f"Only {worlds}: intervals are given from {FEWEST_WORLDS} worlds on.")
    elif fewest < FEW_WORLDS:
        found.append(f"Only {worlds}: the tails of the effects are hardly seen in fewer than {FEW_WORLDS}.")
    if fewest < most:
        found.append(f"Not every scenario ran in every world: between {fewest} and {most} paired worlds.")
    return found

"""Why they go: what made movers across the border of France consider it, and what their choice weighed.

A trigger is what made someone think of moving (or took them along); a term is one part of the utility V of a place. Of
every mover with a choice of place the difference of each term between destination and origin was summed, so that the
mean per mover says what speaks for the move (positive) and what it costs (negative). Terms are no causes: what equal
terms would change is the driver test's question.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.paired_worlds import BASELINE, SUMMARY, scenario_order, summarise_columns

REASON_COLUMNS = ("scenario", "view", "kind", "direction", "part", "name", "measure", "mean",
                  *SUMMARY, "reading")  # fmt: skip
_KEYS = ["kind", "direction", "part", "name"]
_GROUP = ["kind", "direction"]
# part of the records -> the measures made of it
MEASURES = {"trigger": ("per_year", "share"), "term": ("per_mover",)}


def world_reasons(runs: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Measures of every scenario and world; a world's replicates are pooled, each weighing the same.

    Args:
        runs: columns ``run, scenario, world``.
        reasons: ``run, year, kind, direction, part (trigger | term), name, count, total``: for triggers ``count``
            moves in a year, for terms moves with a choice of place and ``total`` the sum of differences.

    Returns:
        ``scenario, world, kind, direction, part, name, measure, value``: ``per_year`` moves by trigger, ``share`` of
        all moves of that kind and direction in per cent, ``per_mover`` mean difference of a term. Without a move,
        share and difference are not defined: no row.
    """
    known = runs[["run", "scenario", "world"]]
    years = reasons.groupby("run")["year"].nunique()
    frame = reasons.astype({key: str for key in _KEYS}).groupby(["run", *_KEYS], sort=False)[["count", "total"]].sum()
    joined = frame.reset_index().merge(known, on="run", validate="many_to_one")
    length = joined["run"].map(years)
    joined["count"] = joined["count"] / length
    joined["total"] = joined["total"] / length
    pooled = joined.groupby(["scenario", "world", *_KEYS], sort=False)[["count", "total"]].mean().reset_index()
    triggers, terms = pooled[pooled["part"] == "trigger"], pooled[pooled["part"] == "term"]
    moves = triggers.groupby(["scenario", "world", *_GROUP])["count"].transform("sum")
    moved, chose = moves > 0, terms["count"] > 0
    parts = [
        triggers.assign(measure="per_year", value=triggers["count"]),
        triggers[moved].assign(measure="share", value=100.0 * triggers["count"][moved] / moves[moved]),
        terms[chose].assign(measure="per_mover", value=terms["total"][chose] / terms["count"][chose]),
    ]
    return pd.concat(parts, ignore_index=True)[["scenario", "world", *_KEYS, "measure", "value"]]


def reason_table(runs: pd.DataFrame, reasons: pd.DataFrame, baseline: str = BASELINE) -> pd.DataFrame:
    """Levels of the baseline, and every other scenario's paired difference to it.

    Only (world, replicate) pairs present on both sides count in a difference.

    Returns:
        one row per scenario, kind, direction, name and measure with ``REASON_COLUMNS``; ``view`` is ``level`` for the
        baseline and ``difference`` for the others. Mean over worlds with its 95% interval, quantiles,
        standard error and number, as :func:`sim.analysis.paired_worlds.summarise` gives. Empty without a baseline.
    """
    base = runs[runs["scenario"] == baseline]
    parts = []
    if len(base):
        levels = world_reasons(base, reasons[reasons["run"].isin(base["run"])])
        parts.append(_summary(levels, baseline, "level"))
    known: dict[tuple[int, ...], pd.Series[float]] = {}  # most scenarios are paired with the same runs

    def side(own: pd.DataFrame) -> pd.Series[float]:
        held = tuple(int(run) for run in own["run"])
        if held not in known:
            table = world_reasons(own, reasons[reasons["run"].isin(own["run"])])
            known[held] = table.set_index(["world", *_KEYS, "measure"])["value"]
        return known[held]

    for scenario in scenario_order(runs):
        if scenario == baseline or not len(base):
            continue
        keys = ["world", "replicate"]
        pairs = runs[runs["scenario"] == scenario].merge(base[keys], on=keys)[[*keys]]
        sides = [side(runs[runs["scenario"] == name].merge(pairs, on=keys)) for name in (scenario, baseline)]
        common = sides[0].index[sides[0].index.isin(sides[1].index)]
        difference = (sides[0].loc[common] - sides[1].loc[common]).reset_index()
        parts.append(_summary(difference, scenario, "difference"))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(REASON_COLUMNS))


def _summary(values: pd.DataFrame, scenario: str, view: str) -> pd.DataFrame:
    if values.empty:
        return pd.DataFrame(columns=list(REASON_COLUMNS))
    named = [*_KEYS, "measure"]
    kept = values[named].drop_duplicates()
    wide = values.pivot(index="world", columns=named, values="value").reindex(columns=pd.MultiIndex.from_frame(kept))
    found = summarise_columns(wide.to_numpy(np.float64))
    table = pd.DataFrame({name: kept[name].to_numpy() for name in named} | found)
    table.insert(0, "scenario", scenario)
    table.insert(1, "view", view)
    return table[list(REASON_COLUMNS)]

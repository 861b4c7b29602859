"""Public accounts: what levers cost, what comes in, and the balance, against the baseline, at three discount rates.

Two accounts stand side by side. *Gross*: what levers pay or forgo, by lever, item and payer, cities' own programmes and
money that comes back included. *Net*: revenue, by cause, item and receiver, less public spending; once with
contributions counted fully and once with none, for they buy entitlements. Revenue is at the law of 2013 throughout, and
what a tax lever forgoes stands in the gross account, so that the two add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.paired_worlds import BASELINE, SUMMARY, scenario_order, summarise
from sim.analysis.run_record import FORGONE_CONTRIBUTIONS, PUBLIC_PAYERS, FloatArray, discount_rates, discounted

GROSS, REVENUE, NET = "gross", "revenue", "net"
ALL = "all"
FULL, ZERO = "contributions counted fully", "contributions at zero"
SOCIAL = "social"
# A line: account; lever or cause; item; payer or receiver. ``ALL`` where a line sums over them.
LINE = ("account", "source", "item", "party")
ACCOUNT_COLUMNS = ("scenario", *LINE, "discount", "baseline_mean", "difference", *SUMMARY, "reading")


def accounts(
    runs: pd.DataFrame,
    costs: pd.DataFrame,
    revenue: pd.DataFrame,
    baseline: str = BASELINE,
    rates: Sequence[float] | None = None,
) -> pd.DataFrame:
    """The accounts of every scenario but the baseline.

    Args:
        runs: ``run, scenario, world, replicate``.
        costs: ``run, quarter, lever, item, payer, meur`` of all runs; money coming back is negative.
        revenue: ``run, quarter, cause, item, receiver, meur`` of all runs.
        baseline: the scenario to compare with.
        rates: yearly discount rates; none: the three of the parameters.

    Returns:
        one row per scenario, line and discount rate with ``ACCOUNT_COLUMNS``, million euro: mean over worlds of the
        paired difference, its 95% interval, quantiles over worlds, standard error and number of worlds, replicates
        averaged within a world. In the account ``gross`` more is spent where the difference is positive, in ``revenue``
        and ``net`` more is left. Lines in which scenario and baseline are both empty are left out, but for totals.
    """
    keys = runs.set_index("run")[["scenario", "world", "replicate"]]
    parts = []
    for rate in discount_rates() if rates is None else rates:
        lines = _lines(keys.index, costs, revenue, rate)
        parts += [
            _differences(lines, keys, scenario, baseline).assign(scenario=scenario, discount=rate)
            for scenario in scenario_order(runs)
            if scenario != baseline
        ]
    frames = [part for part in parts if len(part)]
    if not frames:
        return pd.DataFrame(columns=list(ACCOUNT_COLUMNS))
    order = {name: position for position, name in enumerate(scenario_order(runs))}
    joined = pd.concat(frames, ignore_index=True)
    joined = joined.sort_values("scenario", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    return joined[list(ACCOUNT_COLUMNS)]


Sums = dict[tuple[str, str, str], FloatArray]  # (lever or cause, item, payer or receiver) -> (runs,)
Lines = dict[tuple[str, str, str, str], FloatArray]  # as ``LINE`` -> (runs,)


def _lines(index: pd.Index[int], costs: pd.DataFrame, revenue: pd.DataFrame, rate: float) -> Lines:
    """Discounted sums of each line by run, in the order of ``index``; totals come first in each account."""
    spent = _sums(index, costs, ("lever", "item", "payer"), rate)
    due = _sums(index, revenue, ("cause", "item", "receiver"), rate)

    def total(sums: Sums, part: int, names: Sequence[str]) -> FloatArray:
        return sum((values for line, values in sums.items() if line[part] in names), np.zeros(len(index)))

    public, everything = total(spent, 2, PUBLIC_PAYERS), sum(due.values(), np.zeros(len(index)))
    lines: Lines = {(GROSS, ALL, ALL, "public"): public}
    lines |= {(GROSS, ALL, ALL, payer): total(spent, 2, (payer,)) for payer in (*PUBLIC_PAYERS, "private")}
    lines |= {(GROSS, *line): values for line, values in spent.items()}
    lines[REVENUE, ALL, ALL, ALL] = everything
    lines |= {(REVENUE, cause, ALL, ALL): total(due, 0, (cause,)) for cause in dict.fromkeys(line[0] for line in due)}
    lines |= {(REVENUE, *line): values for line, values in due.items()}
    lines[NET, FULL, ALL, "public"] = everything - public
    public_lines = {line: values for line, values in spent.items() if line[2] in PUBLIC_PAYERS}
    forgone = total(public_lines, 1, FORGONE_CONTRIBUTIONS)
    lines[NET, ZERO, ALL, "public"] = everything - total(due, 2, (SOCIAL,)) - public + forgone
    return lines


def _sums(index: pd.Index[int], frame: pd.DataFrame, line: Sequence[str], rate: float) -> Sums:
    """Discounted money of each line by run, zero where a run has none; lines in order of their names."""
    meur, quarter = (frame[name].to_numpy(dtype=np.float64) for name in ("meur", "quarter"))
    value, runs = discounted(meur, quarter, rate), index.get_indexer(pd.Index(frame["run"]))
    value[runs < 0] = 0.0  # of a run that is not compared
    names = [frame[column].astype(str).to_numpy(dtype=object) for column in line]
    codes, found = pd.MultiIndex.from_arrays(names).factorize(sort=True)
    table = np.zeros((len(found), len(index)))
    np.add.at(table, (codes, runs), value)
    return {(str(first), str(item), str(party)): table[n] for n, (first, item, party) in enumerate(found)}


def _differences(lines: Lines, keys: pd.DataFrame, scenario: str, baseline: str) -> pd.DataFrame:
    """Paired differences of each line over worlds; no rows if nothing can be paired."""

    def of(name: str) -> pd.Series[int]:
        """Position of each run of a scenario, by world and replicate."""
        rows = np.flatnonzero(keys["scenario"] == name)
        return pd.Series(rows, pd.MultiIndex.from_frame(keys.iloc[rows][["world", "replicate"]]))

    left, right = of(scenario), of(baseline)
    common = left.index.intersection(right.index).sort_values()
    if len(common) == 0:
        return pd.DataFrame()
    worlds = common.get_level_values("world")
    ours, theirs = left.loc[common].to_numpy(), right.loc[common].to_numpy()
    rows: list[dict[str, object]] = []
    for (account, source, item, party), values in lines.items():
        after, before = values[ours], values[theirs]
        if item != ALL and not (after.any() or before.any()):
            continue
        numbers = summarise(pd.Series(after - before).groupby(worlds).mean())
        level = float(pd.Series(before).groupby(worlds).mean().mean())
        rows.append(
            {
                "account": account, "source": source, "item": item, "party": party, "baseline_mean": level,
                "difference": numbers["mean"], **{name: numbers[name] for name in (*SUMMARY, "reading")},
            }
        )  # fmt: skip
    return pd.DataFrame(rows)

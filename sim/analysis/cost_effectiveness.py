"""Public cost per unit gained, and the gain at equal public cost, of every scenario and outcome.

The numbers come from :mod:`sim.analysis.ratios`. A ratio is read as a price only where money is spent and something is
gained; all else is said in words, first of all :data:`sim.analysis.ratios.NO_EFFECT`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.intervals import FEWEST_DIFFERING, LEVEL, Interval, mean_interval, why_no_interval
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.paired_worlds import BASELINE
from sim.analysis.ratios import NO_COST, NO_EFFECT, Ratio, bootstrap_ratio, fieller
from sim.analysis.simultaneous import paired_columns

BUDGETS = (50.0, 100.0, 200.0)  # million euro
# Scaling beyond these factors of what was run is pointed out.
NEAR = (0.5, 2.0)
RATIO_COLUMNS = (
    "scenario", "outcome", "cost", "cost_low", "cost_high", "gain", "gain_low", "gain_high", "ratio", "low", "high",
    "kind", "bootstrap_low", "bootstrap_high", "bootstrap_kind", "n", "reading",
)  # fmt: skip
EQUAL_COLUMNS = ("scenario", "outcome", "budget", "scale", "gain", "low", "high", "n", "reading")


def cost_effectiveness(
    runs: pd.DataFrame,
    outcomes: Sequence[str],
    baseline: str = BASELINE,
    cost: str = "public_cost",
    level: float = LEVEL,
    seed: int = 0,
) -> pd.DataFrame:
    """Cost per unit gained, every scenario and outcome.

    Args:
        runs: ``run, scenario, world, replicate``, the outcomes and the cost.
        outcomes: what is gained; where lower is better, what is avoided.
        baseline: the scenario to compare with.
        cost: the outcome that is the cost.
        level: probability of each interval, pointwise.
        seed: of the bootstrap.

    Returns:
        rows with ``RATIO_COLUMNS``; ``gain`` is the mean difference the better way. ``ratio`` and all its ends are NaN
        unless ``reading`` is empty or ends in numbers to be read: money spent, something gained.

    Raises:
        ValueError, KeyError: as :func:`sim.analysis.simultaneous.paired_columns`.
    """
    rows: list[dict[str, object]] = []
    for scenario, outcome, gained, spent in _gains_and_costs(runs, outcomes, baseline, cost):
        gain, money = mean_interval(gained, level), mean_interval(spent, level)
        row: dict[str, object] = {"scenario": scenario, "outcome": outcome, "n": gain.n}
        row |= {"cost": money.value, "cost_low": money.low, "cost_high": money.high}
        row |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
        row |= {"ratio": math.nan, "low": math.nan, "high": math.nan, "kind": ""}
        row |= {"bootstrap_low": math.nan, "bootstrap_high": math.nan, "bootstrap_kind": ""}
        reading = _unreadable(gained, gain, NO_EFFECT)
        if not reading:
            found, drawn = fieller(spent, gained, level), bootstrap_ratio(spent, gained, level, seed)
            row |= {"kind": found.kind, "bootstrap_kind": drawn.kind}
            reading = _price_words(found, gain, money)
            if not reading or reading == NO_COST:
                row |= {"ratio": found.value, "low": found.low, "high": found.high}
                if drawn.kind == "bounded":
                    row |= {"bootstrap_low": drawn.low, "bootstrap_high": drawn.high}
        rows.append(row | {"reading": reading})
    return pd.DataFrame(rows, columns=list(RATIO_COLUMNS))


def at_equal_cost(
    runs: pd.DataFrame,
    outcomes: Sequence[str],
    budgets: Sequence[float] = BUDGETS,
    baseline: str = BASELINE,
    cost: str = "public_cost",
    level: float = LEVEL,
) -> pd.DataFrame:
    """What each scenario would gain at the same public cost, by linear scaling of gain and cost together.

    Linear scaling is an assumption, not a result: a lever twice as large need not do twice as much. ``scale`` is the
    factor from what was run, and the reading says so where it is below half or above twice.

    Args:
        runs: as in :func:`cost_effectiveness`.
        outcomes: what is gained.
        budgets: million euro, discounted as the cost is.
        baseline: the scenario to compare with.
        cost: the outcome that is the cost.
        level: probability of each interval, pointwise.

    Returns:
        rows with ``EQUAL_COLUMNS``; numbers NaN where the cost is not distinguishable from zero, or is a saving.

    Raises:
        ValueError: for a budget that is not above 0; else as :func:`cost_effectiveness`.
    """
    if any(not 0.0 < budget < math.inf for budget in budgets):
        raise ValueError("a budget is a number above 0, in million euro")
    rows: list[dict[str, object]] = []
    for scenario, outcome, gained, spent in _gains_and_costs(runs, outcomes, baseline, cost):
        money = mean_interval(spent, level)
        refused = _unreadable(spent, money, NO_COST)
        if not refused and money.low <= 0.0:
            refused = "saves money" if money.high < 0.0 else NO_COST
        found = None if refused else fieller(gained, spent, level)
        if found is not None and found.kind != "bounded":
            refused, found = NO_COST, None
        for budget in budgets:
            row: dict[str, object] = {"scenario": scenario, "outcome": outcome, "budget": budget, "n": money.n}
            row |= {"scale": math.nan, "gain": math.nan, "low": math.nan, "high": math.nan, "reading": refused}
            if found is not None:
                scale = budget / money.value
                far = "" if NEAR[0] <= scale <= NEAR[1] else ", far from what was run"
                row |= {"scale": scale, "gain": budget * found.value}
                row |= {"low": budget * found.low, "high": budget * found.high}
                row["reading"] = f"linear scaling by {scale:.2g}{far}"
                if not np.any(gained):
                    row["reading"] = why_no_interval(money.n, 0)
            rows.append(row)
    return pd.DataFrame(rows, columns=list(EQUAL_COLUMNS))


def _gains_and_costs(
    runs: pd.DataFrame, outcomes: Sequence[str], baseline: str, cost: str
) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Scenario, outcome, differences the better way and cost differences of the worlds that have both."""
    wide = paired_columns(runs, baseline, list(dict.fromkeys([*outcomes, cost])))["difference"]
    found = []
    for scenario in dict.fromkeys(wide.columns.get_level_values("scenario")):
        for outcome in outcomes:
            both = wide[scenario][[outcome, cost]].dropna().to_numpy(np.float64)
            sign = -1.0 if OUTCOMES[outcome].better == "lower" else 1.0
            found.append((str(scenario), outcome, sign * both[:, 0], both[:, 1]))
    return found


def _unreadable(values: np.ndarray, interval: Interval, words: str) -> str:
    if few := why_no_interval(interval.n):
        return few
    return words if np.count_nonzero(values) < FEWEST_DIFFERING else ""


def _price_words(ratio: Ratio, gain: Interval, money: Interval) -> str:
    """What a ratio says if it is no price; NO_COST leaves the numbers readable, as an upper end."""
    if ratio.kind != "bounded" or gain.low <= 0.0 <= gain.high:
        return NO_EFFECT
    if money.low <= 0.0 <= money.high:
        return NO_COST if gain.low > 0.0 else "loses, at a cost not distinguishable from zero"
    if gain.low > 0.0:
        return "" if money.low > 0.0 else "gains and saves money"
    return "costs money and loses" if money.low > 0.0 else "saves money and loses"

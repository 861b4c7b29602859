"""The tables of a study of packages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.intervals import FEWEST_DIFFERING, FEWEST_WORLDS, LEVEL, arms, moments, share_interval, student
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.budgets import best_within
from sim.analysis.packages.coalitions import COST, OBJECTIVES, effects_of, family_of, levels_of, sign_of
from sim.analysis.packages.frontier import frontier_counts, undominated
from sim.analysis.packages.interactions import interaction_indices, pairs_of
from sim.analysis.packages.members import Packages, find_packages
from sim.analysis.packages.shapley import shapley_values
from sim.analysis.simultaneous import critical_value, joint_caveat

BUDGETS = (50.0, 100.0, 200.0, 400.0, 800.0)  # million euro
TOTAL = "total"
NAMED = ("outcome", "label", "unit", "better")
ENDS = ("low", "high", "joint_low", "joint_high")


class PackageTables(NamedTuple):
    """One row a package and outcome; a member and outcome; a pair and outcome; a package; a budget and outcome."""

    packages: pd.DataFrame
    shapley: pd.DataFrame
    interactions: pd.DataFrame
    frontier: pd.DataFrame
    budgets: pd.DataFrame
    caveats: list[str]


def package_tables(
    runs: pd.DataFrame, scenarios: Sequence[Mapping[str, Any]], budgets: Sequence[float] = BUDGETS
) -> PackageTables:
    """Make the tables from a study that ran every subset of its members in the same worlds.

    Args:
        runs: ``scenario, world, replicate`` and outcomes.
        scenarios: as :func:`sim.analysis.packages.members.find_packages`.
        budgets: million euro.

    Returns:
        effects are paired differences to the empty package, the mean over worlds; ``low, high`` their 95% interval,
        ``joint_low, joint_high`` the one that holds for all rows of the table at once; ``reading`` says why there is
        none. ``caveats``: sentences on what the number of worlds does not support.

    Raises:
        InputError: if a subset, a world or an objective is missing.
    """
    packages = find_packages(scenarios)
    family = family_of(runs)
    effects = {outcome: effects_of(runs, packages, outcome) for outcome in family}
    worlds = effects[family[0]].shape[1]
    caveats: list[str] = []
    made = _packages(runs, packages, effects, caveats)
    return PackageTables(
        made, _shapley(packages, effects, caveats), _interactions(packages, effects, caveats),
        _frontier(packages, effects, worlds), _budgets(packages, effects, budgets), list(dict.fromkeys(caveats)),
    )  # fmt: skip


def with_intervals(rows: pd.DataFrame, values: np.ndarray, caveats: list[str]) -> pd.DataFrame:
    """Put means over worlds and both intervals beside rows.

    Args:
        rows: one a column of ``values``.
        values: (W, rows).
        caveats: sentences are added here.

    Returns:
        ``rows`` with ``value``, ``ENDS``, ``mc_error``, ``n`` and ``reading``.
    """
    found = moments(values)
    worlds = len(values)
    differing = np.count_nonzero(values, axis=0)
    told = (differing >= FEWEST_DIFFERING) & (worlds >= FEWEST_WORLDS)
    joint = critical_value(np.where(told, values, np.nan)).value
    own = student(LEVEL, max(worlds - 1, 1))
    ends = {}
    for name, quantile in (("", own), ("joint_", joint)):
        below, above = arms(found.n, found.skewness, quantile)
        ends[f"{name}low"] = np.where(told, found.mean - found.spread * below, math.nan)
        ends[f"{name}high"] = np.where(told, found.mean + found.spread * above, math.nan)
    if told.any() and (sentence := joint_caveat(worlds, int(told.sum()))):
        caveats.append(sentence)
    reading = [_reading(worlds, int(number)) for number in differing]
    error = found.spread / math.sqrt(worlds)
    return rows.assign(value=found.mean, **ends, mc_error=error, n=worlds, reading=reading)


def _reading(worlds: int, differing: int) -> str:
    if worlds < FEWEST_WORLDS:
        return f"only {worlds} worlds: no interval"
    if differing == 0:
        return f"no difference in any of {worlds} worlds"
    return f"differs in only {differing} of {worlds} worlds: no interval" if differing < FEWEST_DIFFERING else ""


def _named(outcome: str) -> dict[str, str]:
    known = OUTCOMES[outcome]
    return {"outcome": outcome, "label": known.label, "unit": known.unit, "better": known.better}


def _package(packages: Packages, mask: int) -> dict[str, object]:
    return {"package": packages.scenarios[mask], "members": packages.label(mask), "mask": mask,
            "size": mask.bit_count()}  # fmt: skip


def _packages(
    runs: pd.DataFrame, packages: Packages, effects: dict[str, np.ndarray], caveats: list[str]
) -> pd.DataFrame:
    rows, columns = [], []
    for outcome, effect in effects.items():
        level = float(levels_of(runs, packages, outcome)[1][0].mean())
        for mask in range(len(effect)):
            rows.append(_package(packages, mask) | _named(outcome) | {"baseline_mean": level})
            columns.append(effect[mask])
    table = with_intervals(pd.DataFrame(rows), np.array(columns).T, caveats).rename(columns={"value": "difference"})
    return table.sort_values(["mask"], kind="stable", ignore_index=True)


def _shapley(packages: Packages, effects: dict[str, np.ndarray], caveats: list[str]) -> pd.DataFrame:
    rows, columns = [], []
    whole = len(packages.scenarios) - 1
    for outcome, effect in effects.items():
        for n, value in enumerate(shapley_values(effect)):
            alone, last = effect[1 << n], effect[whole] - effect[whole ^ 1 << n]
            rows.append(
                _named(outcome)
                | {"member": packages.members[n], "alone": float(alone.mean()), "last": float(last.mean())}
            )
            columns.append(value)
        total = float(effect[whole].mean())
        rows.append(_named(outcome) | {"member": TOTAL, "alone": total, "last": total})
        columns.append(effect[whole])
    table = with_intervals(pd.DataFrame(rows), np.array(columns).T, caveats)
    return table[[*NAMED, "member", "value", *ENDS, "alone", "last", "mc_error", "n", "reading"]]


def _interactions(packages: Packages, effects: dict[str, np.ndarray], caveats: list[str]) -> pd.DataFrame:
    rows, columns = [], []
    for outcome, effect in effects.items():
        for (one, other), value in zip(pairs_of(packages.size), interaction_indices(effect), strict=True):
            rows.append(_named(outcome) | {"first": packages.members[one], "second": packages.members[other]})
            columns.append(value)
    table = with_intervals(pd.DataFrame(rows), np.array(columns).T, caveats)
    return table[[*NAMED, "first", "second", "value", *ENDS, "mc_error", "n", "reading"]]


def _frontier(packages: Packages, effects: dict[str, np.ndarray], worlds: int) -> pd.DataFrame:
    better = np.stack([sign_of(outcome) * effects[outcome] for outcome in OBJECTIVES], axis=1)  # (2**k, m, W)
    on_means, counts = undominated(better.mean(axis=2)), frontier_counts(better)
    rows = []
    for mask in range(len(better)):
        share = share_interval(int(counts[mask]), worlds)
        means = {outcome: float(effects[outcome][mask].mean()) for outcome in OBJECTIVES}
        rows.append(
            _package(packages, mask) | means | {"on_mean_frontier": bool(on_means[mask]), "probability": share.value,
                                                "low": share.low, "high": share.high, "n": worlds}
        )  # fmt: skip
    return pd.DataFrame(rows)


def _budgets(packages: Packages, effects: dict[str, np.ndarray], budgets: Sequence[float]) -> pd.DataFrame:
    rows = []
    for budget in budgets:
        for outcome in OBJECTIVES[:-1]:
            choice = best_within(sign_of(outcome) * effects[outcome], effects[COST], budget)
            few = choice.gain.n < FEWEST_WORLDS
            reading = f"only {choice.gain.n} worlds: no interval" if few else "chosen and judged on the same worlds"
            rows.append(
                {"budget": budget} | _named(outcome) | _package(packages, choice.mask)
                | {"gain": choice.gain.value, "low": choice.gain.low, "high": choice.gain.high,
                   "gain_held_out": choice.held_out, "public_cost": choice.cost.value, "cost_low": choice.cost.low,
                   "cost_high": choice.cost.high, "within_share": choice.within_share,
                   "probability_best": choice.best_share, "regret_mean": choice.value_of_information,
                   "regret_q95": float(np.quantile(choice.regret, 0.95)), "n": choice.gain.n, "reading": reading}
            )  # fmt: skip
    return pd.DataFrame(rows)

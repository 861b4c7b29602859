"""The five tables of a study in which every package was run.

Effects are paired differences to the empty package, means over worlds: ``low, high`` is the 95% interval of a mean
named beforehand, ``joint_low, joint_high`` holds for all rows of a table and all outcomes of the family at once. A cell
is empty only where its row's ``reading`` says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.held_means import held_means
from sim.analysis.intervals import share_interval
from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.budgets import FEWEST_HALVED, Choice, best_within
from sim.analysis.packages.coalitions import COST, FAMILY, OBJECTIVES, Effects, effects_of, sign_of
from sim.analysis.packages.frontier import frontier_counts, undominated
from sim.analysis.packages.interactions import interaction_indices, pairs_of
from sim.analysis.packages.members import Packages, find_packages
from sim.analysis.packages.shapley import shapley_values
from sim.errors import InputError

BUDGETS = (50.0, 100.0, 200.0, 400.0, 800.0)  # million euro
TOTAL = "total"
EMPTY = "the empty package itself: 0 by definition"
FLATTERED = "chosen on the same worlds: the interval is optimistic, read gain_held_out"
NOTHING = "no package within the budget gains on average: none is chosen"
PACKAGE = ("package", "members", "mask", "size")
ENDS = ("low", "high", "joint_low", "joint_high")
PACKAGE_COLUMNS = (
    *PACKAGE, "outcome", "label", "unit", "better", "baseline_mean", "difference", *ENDS, "mc_error", "n", "reading",
)  # fmt: skip
SHAPLEY_COLUMNS = ("outcome", "label", "unit", "better", "member", "value", *ENDS, "alone", "last", "n", "reading")
INTERACTION_COLUMNS = ("outcome", "label", "unit", "first", "second", "value", *ENDS, "n", "reading")
FRONTIER_COLUMNS = (*PACKAGE, *OBJECTIVES, "on_mean_frontier", "probability", "low", "high", "n")
BUDGET_COLUMNS = (
    "budget", "outcome", "package", "members", "gain", "low", "high", "public_cost", "cost_low", "cost_high",
    "within_share", "probability_best", "regret_mean", "regret_q95", "expected_regret_of_choice", "gain_held_out", "n",
    "reading",
)  # fmt: skip


class PackageTables(NamedTuple):
    """Tables with ``PACKAGE_COLUMNS`` and so on, and sentences on what the number of worlds does not support."""

    packages: pd.DataFrame
    shapley: pd.DataFrame
    interactions: pd.DataFrame
    frontier: pd.DataFrame
    budgets: pd.DataFrame
    caveats: list[str]


def package_tables(
    runs: pd.DataFrame,
    scenarios: pd.DataFrame | Sequence[Mapping[str, Any]],
    budgets: Sequence[float] = BUDGETS,
    members: Sequence[str] | None = None,
) -> PackageTables:
    """Make the tables from a results folder's frames; their rows do not depend on the order of either frame's.

    Args:
        runs: ``scenario, world, replicate`` and outcomes.
        scenarios: ``scenario`` (or ``name``) and ``levers``, ``recommendation``, ``world``, ``rivals_respond``.
        budgets: million euro, above 0.
        members: names of the members; none: the scenarios that carry a recommendation.

    Returns:
        packages and Shapley values of the outcomes of the family; ``packages`` tells the others of the runs, too,
        without a joint interval.

    Raises:
        InputError: a sentence for every budget that is none; and as :func:`sim.analysis.packages.members.find_packages`
            and :func:`sim.analysis.packages.coalitions.effects_of`.
    """
    if wrong := [budget for budget in budgets if not 0.0 < budget < math.inf]:
        raise InputError(
            [f"budgets: found {budget:g}, allowed are numbers above 0, in million euro." for budget in wrong]
        )
    packages = find_packages(_notes(scenarios), members)
    effects = effects_of(runs, packages)
    table, caveats = _packages(packages, effects)
    shapley, more = _shapley(packages, effects)
    interactions, most = _interactions(packages, effects)
    return PackageTables(
        table, shapley, interactions, _frontier(packages, effects), _budgets(packages, effects, budgets),
        [*effects.caveats, *caveats, *more, *most],
    )  # fmt: skip


def _notes(scenarios: pd.DataFrame | Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    if not isinstance(scenarios, pd.DataFrame):
        return scenarios
    records = scenarios.rename(columns={"scenario": "name"}).to_dict("records")
    return [{str(key): value for key, value in record.items()} for record in records]


def _named(outcome: str) -> dict[str, object]:
    known = OUTCOMES[outcome]
    return {"outcome": outcome, "label": known.label, "unit": known.unit, "better": known.better}


def _package(packages: Packages, mask: int) -> dict[str, object]:
    return dict(zip(PACKAGE, (packages.scenarios[mask], packages.label(mask), mask, mask.bit_count()), strict=True))


def _family(effects: Effects) -> list[str]:
    return [outcome for outcome in effects.outcomes if outcome in FAMILY]


def _joined(rows: list[dict[str, object]], held: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows with their intervals, the columns in their order, every number finite unless a reading says why."""
    table = pd.concat([pd.DataFrame(rows), held], axis=1)[list(columns)]
    numbers = table.select_dtypes("number").to_numpy(np.float64)
    if not (np.isfinite(numbers).all(axis=1) | (table["reading"] != "")).all():
        raise ValueError("a table of packages has an empty cell without a reading")
    return table


def _packages(packages: Packages, effects: Effects) -> tuple[pd.DataFrame, list[str]]:
    outcomes, size, worlds = effects.effects.shape
    values = effects.effects.transpose(1, 0, 2).reshape(-1, worlds).T  # by mask, then outcome
    inside = np.array([outcome in FAMILY for outcome in effects.outcomes])
    mask = np.repeat(np.arange(size), outcomes)
    held, caveats = held_means(values, np.tile(effects.grain, size), np.tile(inside, size))
    held.loc[mask == 0, [*ENDS, "mc_error"]] = 0.0
    held.loc[mask == 0, "reading"] = EMPTY
    levels = effects.baseline.mean(axis=1)
    named = [_named(name) | {"baseline_mean": float(levels[m])} for m, name in enumerate(effects.outcomes)]
    rows = [_package(packages, n) | note for n in range(size) for note in named]
    return _joined(rows, held.rename(columns={"value": "difference"}), PACKAGE_COLUMNS), caveats


def _shapley(packages: Packages, effects: Effects) -> tuple[pd.DataFrame, list[str]]:
    rows: list[dict[str, object]] = []
    columns, grains = [], []
    whole = len(packages.scenarios) - 1
    for outcome in _family(effects):
        effect = effects.of(outcome)
        total = float(effect[whole].mean())
        for n, member in enumerate(packages.members):
            alone, last = effect[1 << n].mean(), (effect[whole] - effect[whole ^ 1 << n]).mean()
            rows.append(_named(outcome) | {"member": member, "alone": float(alone), "last": float(last)})
        rows.append(_named(outcome) | {"member": TOTAL, "alone": total, "last": total})
        columns += [*shapley_values(effect), effect[whole]]
        grains += [effects.grain[effects.outcomes.index(outcome)]] * (len(packages.members) + 1)
    held, caveats = held_means(np.array(columns).T, np.array(grains))
    return _joined(rows, held, SHAPLEY_COLUMNS), caveats


def _interactions(packages: Packages, effects: Effects) -> tuple[pd.DataFrame, list[str]]:
    pairs = pairs_of(len(packages.members))
    if not pairs:
        return pd.DataFrame(columns=list(INTERACTION_COLUMNS)), []
    rows: list[dict[str, object]] = []
    columns: list[np.ndarray] = []
    for outcome in _family(effects):
        grain = float(effects.grain[effects.outcomes.index(outcome)])
        for one, other in pairs:
            rows.append(_named(outcome) | {"first": packages.members[one], "second": packages.members[other]})
        columns += [*interaction_indices(effects.of(outcome), grain)]
    held, caveats = held_means(np.array(columns).T)
    return _joined(rows, held, INTERACTION_COLUMNS), caveats


def _frontier(packages: Packages, effects: Effects) -> pd.DataFrame:
    better = np.stack([sign_of(outcome) * effects.of(outcome) for outcome in OBJECTIVES], axis=1)  # (2**k, 4, W)
    on_means, counts = undominated(better.mean(axis=2)), frontier_counts(better)
    means = {outcome: effects.of(outcome).mean(axis=1) for outcome in OBJECTIVES}
    rows = []
    for mask, count in enumerate(counts):
        share = share_interval(int(count), len(effects.worlds))
        row = _package(packages, mask) | {outcome: float(mean[mask]) for outcome, mean in means.items()}
        row |= {"on_mean_frontier": bool(on_means[mask]), "probability": share.value, "low": share.low}
        rows.append(row | {"high": share.high, "n": share.n})
    return pd.DataFrame(rows, columns=list(FRONTIER_COLUMNS))


def _budgets(packages: Packages, effects: Effects, budgets: Sequence[float]) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    choices: list[Choice] = []
    for outcome in (name for name in OBJECTIVES if name != COST):
        made = best_within(sign_of(outcome) * effects.of(outcome), effects.of(COST), budgets)
        for budget, choice in zip(budgets, made, strict=True):
            package = {key: value for key, value in _package(packages, choice.mask).items() if key in BUDGET_COLUMNS}
            row: dict[str, object] = {"budget": float(budget), "outcome": outcome} | package
            row |= {"within_share": choice.within_share, "probability_best": choice.best_share}
            row |= {"regret_mean": float(choice.regret.mean()), "regret_q95": float(np.quantile(choice.regret, 0.95))}
            row |= {"expected_regret_of_choice": choice.value_of_information, "gain_held_out": choice.held_out}
            rows.append(row)
            choices.append(choice)
    if not rows:
        return pd.DataFrame(columns=list(BUDGET_COLUMNS))
    grain = dict(zip(effects.outcomes, effects.grain.tolist(), strict=True))
    gain, _ = held_means(
        np.array([choice.gain for choice in choices]).T, np.array([grain[str(row["outcome"])] for row in rows])
    )
    cost, _ = held_means(np.array([choice.cost for choice in choices]).T, grain[COST])
    held = gain.rename(columns={"value": "gain"}).assign(
        public_cost=cost["value"], cost_low=cost["low"], cost_high=cost["high"]
    )
    none = np.array([choice.mask == 0 for choice in choices])
    held.loc[none, ["low", "high", "cost_low", "cost_high"]] = 0.0
    held["reading"] = [
        _choice_reading(choice, str(one), str(other))
        for choice, one, other in zip(choices, gain["reading"], cost["reading"], strict=True)
    ]
    table = _joined(rows, held, BUDGET_COLUMNS)
    return table.sort_values("budget", kind="stable", ignore_index=True)


def _choice_reading(choice: Choice, gain: str, cost: str) -> str:
    """Say what the row's numbers must not be read as."""
    short = len(choice.gain) < FEWEST_HALVED
    if choice.mask == 0:
        said = [NOTHING, f"only {len(choice.gain)} worlds: nothing held out" if short else ""]
    else:
        said = [gain, f"public cost: {cost}" if cost and cost != gain else "", "" if short else FLATTERED]
    return "; ".join(part for part in said if part)

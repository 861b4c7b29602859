"""What a policy would do, told at once from packages that were run beforehand.

At full strength a policy is one of the packages, and the estimate is that package's own result. At part strength the
value is the multilinear interpolation between the packages around it (each lever wholly on or off, weighed by its
strength), and its band the hull of the intervals of all of them: honest as long as an effect at part strength lies
between those at none and at full strength of each lever, which ``python -m benchmarks.estimates`` holds against runs. A
package that moves an outcome in too few worlds for an interval adds its value alone. Intervals are the simultaneous
ones of all packages; outcomes outside their family have those of one number alone. Anything else that a policy may
change (start, budget, places, horizon, world) has no estimate: only the live run tells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.dashboard.board import Board, Policy
from sim.dashboard.instruments import instruments
from sim.report.package_results import PackageResults
from sim.report.sentences import Effect

INTERPOLATED = "interpolated between packages"
JOINT, ALONE = ("joint_low", "joint_high"), ("low", "high")
"""Columns of the interval for all packages and outcomes of the family at once, and for one number alone."""


@dataclass(frozen=True)
class Estimate:
    """Effects by outcome, baseline levels by outcome, and whether strengths were interpolated."""

    effects: Mapping[str, Effect]
    levels: Mapping[str, float]
    interpolated: bool


class Estimator:
    """Answers from the tables of a study of every package of the eight.

    Args:
        found: the packages.
    """

    def __init__(self, found: PackageResults) -> None:
        self.found = found
        by_scenario = {own.scenario: short for short, own in instruments().items()}
        self._bits = {by_scenario[name]: bit for bit, name in enumerate(found.members) if name in by_scenario}
        settings = found.manifest.get("settings")
        years = settings.get("years", 0) if isinstance(settings, dict) else 0
        self.years = int(years) if isinstance(years, int | float) else 0
        self._tables = {
            str(outcome): rows.sort_values("mask") for outcome, rows in found.packages.groupby("outcome", sort=False)
        }

        moved = {outcome: rows[rows["mask"] > 0] for outcome, rows in self._tables.items()}
        self._ends = {outcome: JOINT if rows[JOINT[0]].notna().any() else ALONE for outcome, rows in moved.items()}

    @property
    def alone(self) -> bool:
        """Whether outcomes have the interval of one number alone, as those outside the family do."""
        return ALONE in self._ends.values()

    def why_not(self, policy: Policy, board: Board) -> str:
        """Why a policy has no estimate: a key of the catalogue's ``dashboard.no_estimate``; empty if it has one."""
        if board.years != self.years:
            return "years"
        if board.rivals or board.world:
            return "world"
        if any(choice.short not in self._bits for choice in policy.choices):
            return "lever"
        return "" if all(choice.is_as_described for choice in policy.choices) else "settings"

    def of(self, policy: Policy, board: Board) -> Estimate | None:
        """The estimate of a policy; None where there is none, see :meth:`why_not`."""
        if self.why_not(policy, board):
            return None
        weights = corner_weights({self._bits[choice.short]: choice.strength for choice in policy.choices})
        effects, levels = {}, {}
        for outcome, rows in self._tables.items():
            effects[outcome] = _effect(rows, outcome, self._ends[outcome], weights)
            levels[outcome] = float(rows["baseline_mean"].iloc[0])
        return Estimate(effects, levels, len(weights) > 1)


def corner_weights(strengths: Mapping[int, float]) -> dict[int, float]:
    """Packages around a policy and their weights, which add up to 1.

    Args:
        strengths: by bit of the mask, above 0, at most 1.
    """
    weights = {0: 1.0}
    for bit, strength in strengths.items():
        on = {mask | 1 << bit: weight * strength for mask, weight in weights.items()}
        off = {mask: weight * (1.0 - strength) for mask, weight in weights.items()} if strength < 1.0 else {}
        weights = off | on
    return weights


def _effect(rows: pd.DataFrame, outcome: str, ends: tuple[str, str], weights: Mapping[int, float]) -> Effect:
    """The effect of the packages that ``weights`` names.

    Args:
        rows: all packages of one outcome, by mask.
        outcome: its name.
        ends: columns of the interval.
        weights: share by mask, every lever of the policy on in the last one.
    """
    masks = np.fromiter(weights, np.int64)
    shares = np.fromiter(weights.values(), np.float64)
    found = rows.iloc[masks]
    values, lows, highs = (found[name].to_numpy(np.float64) for name in ("difference", *ends))
    whole, told = found.iloc[-1], np.isfinite(lows) & np.isfinite(highs)
    low = high = math.nan
    if told[masks > 0].any():
        low = float(np.where(told, lows, values).min())
        high = float(np.where(told, highs, values).max())
    reading = "" if math.isfinite(low) else str(whole["reading"])
    return Effect(
        "policy", outcome, str(whole["label"]), str(whole["unit"]), str(whole["better"]),
        float(values @ shares), low, high, int(found["n"].min()), reading,
    )  # fmt: skip

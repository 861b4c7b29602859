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


@dataclass(frozen=True)
class _Outcome:
    """An outcome in all packages, by mask. ``level``: of the baseline; ``alone``: the interval is of this number alone.

    Plain arrays: a page asks for every outcome at each change, and looking rows up in a table took most of its time.
    """

    name: str
    label: str
    unit: str
    better: str
    level: float
    alone: bool
    values: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    worlds: np.ndarray
    readings: tuple[str, ...]

    @classmethod
    def of(cls, name: str, rows: pd.DataFrame) -> _Outcome:
        """Of the rows of all packages, in the order of their masks."""
        alone = not rows.loc[rows["mask"] > 0, JOINT[0]].notna().any()
        first, ends = rows.iloc[0], ALONE if alone else JOINT
        values, lows, highs = (rows[column].to_numpy(np.float64) for column in ("difference", *ends))
        return cls(
            name, str(first["label"]), str(first["unit"]), str(first["better"]), float(first["baseline_mean"]), alone,
            values, lows, highs, rows["n"].to_numpy(np.int64), tuple(rows["reading"].astype(str)),
        )  # fmt: skip

    def effect(self, weights: Mapping[int, float]) -> Effect:
        """The effect of packages by their shares, ``weights``; in the last one every lever of the policy is on."""
        masks, shares = list(weights), np.fromiter(weights.values(), np.float64)
        values, lows, highs = self.values[masks], self.lows[masks], self.highs[masks]
        told = np.isfinite(lows) & np.isfinite(highs)
        low = high = math.nan
        if any(mask and is_told for mask, is_told in zip(masks, told, strict=True)):
            low = float(np.where(told, lows, values).min())
            high = float(np.where(told, highs, values).max())
        reading = "" if math.isfinite(low) else self.readings[masks[-1]]
        return Effect(
            "policy", self.name, self.label, self.unit, self.better, float(values @ shares), low, high,
            int(self.worlds[masks].min()), reading,
        )  # fmt: skip


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
        grouped = found.packages.sort_values("mask").groupby("outcome", sort=False)
        self._outcomes = [_Outcome.of(str(outcome), rows) for outcome, rows in grouped]
        self.alone = any(outcome.alone for outcome in self._outcomes)
        """Whether outcomes have the interval of one number alone, as those outside the family do."""

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
        effects = {outcome.name: outcome.effect(weights) for outcome in self._outcomes}
        return Estimate(effects, {outcome.name: outcome.level for outcome in self._outcomes}, len(weights) > 1)


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

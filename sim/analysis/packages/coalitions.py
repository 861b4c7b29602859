"""Effects of every package in every world, as arrays by mask, and the family of outcomes that is looked at."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.members import REMEDY, Packages
from sim.analysis.paired_worlds import outcome_columns
from sim.errors import InputError, nearest

STARTUPS = "startups_in_france"
TALENTS, JOBS, COST = "talents_french_in_france", "startup_jobs", "public_cost"
# What a package is judged by, and the outcomes told beside: named before any result was seen, because simultaneous
# intervals hold for the whole family.
OBJECTIVES = (STARTUPS, TALENTS, JOBS, COST)
FAMILY = (*OBJECTIVES, "startup_departures", "net_public_balance")
# Differences below this part of an outcome's level are rounding: the sums of a run are exact to some 2**-50 of it.
ROUNDING = 2.0**-44


class Effects(NamedTuple):
    """What every package does in every world, replicates averaged.

    ``worlds`` (W,), their numbers; ``outcomes`` m names, the family first; ``baseline`` (m, W), levels of the empty
    package; ``effects`` (m, 2**k, W), paired differences to it; ``grain`` (m,), below which a number is rounding;
    ``caveats``, sentences.
    """

    worlds: np.ndarray
    outcomes: tuple[str, ...]
    baseline: np.ndarray
    effects: np.ndarray
    grain: np.ndarray
    caveats: list[str]

    def of(self, outcome: str) -> np.ndarray:
        """Effects on one outcome, (2**k, W)."""
        return np.asarray(self.effects[self.outcomes.index(outcome)])


def sign_of(outcome: str) -> float:
    """1 where higher is better or no way is, -1 where lower is better."""
    return -1.0 if OUTCOMES[outcome].better == "lower" else 1.0


def effects_of(runs: pd.DataFrame, packages: Packages) -> Effects:
    """Paired differences of every package to the empty one.

    Only pairs of world and replicate that every package ran in count, so that all packages meet the same luck.

    Args:
        runs: ``scenario, world, replicate`` and outcomes; scenarios that are no package are left out.
        packages: which scenario each package is.

    Raises:
        InputError: one sentence for every objective that is missing, every outcome that holds no finite number
            somewhere, a package run twice in one world and replicate, or no world that has all packages.
    """
    there = outcome_columns(runs)
    problems = [
        f"runs.parquet: no outcome {name}, which packages are judged by{nearest(name, there) or '.'}"
        for name in OBJECTIVES
        if name not in there
    ]
    ours = runs[runs["scenario"].isin(packages.scenarios)]
    outcomes = [name for name in FAMILY if name in there] + [name for name in there if name not in FAMILY]
    levels = ours[outcomes].to_numpy(np.float64)
    for name, lost in zip(outcomes, (~np.isfinite(levels)).sum(axis=0), strict=True):
        if lost:
            problems.append(f"runs.parquet: {name} is no finite number in {lost} of {len(ours)} runs of packages.")
    if ours.duplicated(["scenario", "world", "replicate"]).any():
        problems.append("runs.parquet: a package has two runs in one world and replicate; each is run once.")
    if problems:
        raise InputError(problems)
    mask = pd.Index(packages.scenarios).get_indexer(pd.Index(ours["scenario"].astype(str)))
    pairs = ours.groupby(["world", "replicate"], sort=True).ngroup().to_numpy()
    size = len(packages.scenarios)
    count = np.bincount(pairs, minlength=1)
    order = np.lexsort((mask, pairs))
    order = order[count[pairs[order]] == size]  # pairs in which every package ran
    if not len(order):
        ran = set(ours["scenario"].astype(str))
        lost = [name for name in packages.scenarios if name not in ran]
        what = f"{len(lost)} were not run at all, the first is '{lost[0]}'" if lost else "each lacks some"
        raise InputError(f"runs.parquet: no world was run with every one of {size} packages: {what}; {REMEDY}.")
    cube = levels[order].reshape(-1, size, len(outcomes))  # (pair, mask, outcome)
    world = ours["world"].to_numpy()[order[::size]]
    worlds, first, replicates = np.unique(world, return_index=True, return_counts=True)
    with np.errstate(under="ignore"):  # what is next to nothing is nothing
        averaged = np.add.reduceat(cube - cube[:, :1], first, axis=0) / replicates[:, None, None]
        baseline = np.add.reduceat(cube[:, 0], first, axis=0) / replicates[:, None]
    return Effects(
        worlds, tuple(outcomes), baseline.T.copy(), averaged.transpose(2, 1, 0).copy(),
        ROUNDING * np.abs(cube).max(axis=(0, 1)), _left_out(int((count > 0).sum()), len(cube), size),
    )  # fmt: skip


def _left_out(seen: int, kept: int, size: int) -> list[str]:
    if seen == kept:
        return []
    return [
        f"{seen - kept} of {seen} pairs of world and replicate are left out: not every one of {size} packages was run "
        "there."
    ]

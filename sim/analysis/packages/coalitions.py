"""Effects of every package in every world, as one array, and the family of outcomes that is looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.outcomes import OUTCOMES
from sim.analysis.packages.members import Packages
from sim.analysis.paired_worlds import outcome_columns
from sim.errors import InputError

STARTUPS, TALENTS, JOBS, COST = "startups_in_france", "talents_french_in_france", "startup_jobs", "public_cost"
# What a package is judged by, and the outcomes that are told beside; named before any result was seen, since
# simultaneous intervals hold for the whole family.
OBJECTIVES = (STARTUPS, TALENTS, JOBS, COST)
FAMILY = (*OBJECTIVES, "startup_departures", "net_public_balance")


def family_of(runs: pd.DataFrame) -> list[str]:
    """Return the outcomes of the family that the runs have.

    Raises:
        InputError: if an objective is missing.
    """
    there = outcome_columns(runs)
    missing = [name for name in OBJECTIVES if name not in there]
    if missing:
        raise InputError(f"packages: the runs have no outcome {', '.join(missing)}, which packages are judged by.")
    return [name for name in FAMILY if name in there]


def levels_of(runs: pd.DataFrame, packages: Packages, outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Level of an outcome in every package and world, replicates averaged.

    Args:
        runs: ``scenario, world, replicate`` and the outcome.
        packages: which scenario each package is.
        outcome: its name.

    Returns:
        worlds (W,) that every package ran in, and levels (2**k, W).

    Raises:
        InputError: if no world has all packages.
    """
    means = runs.groupby(["scenario", "world"], observed=True)[outcome].mean().unstack("world")
    wide = means.reindex(list(packages.scenarios)).dropna(axis=1)
    if wide.shape[1] == 0:
        raise InputError("packages: no world was run with every package; the same sweep command makes what is missing.")
    return wide.columns.to_numpy(), wide.to_numpy(np.float64)


def effects_of(runs: pd.DataFrame, packages: Packages, outcome: str) -> np.ndarray:
    """Paired difference of every package to the empty one, (2**k, W)."""
    levels = levels_of(runs, packages, outcome)[1]
    return np.asarray(levels - levels[0])


def sign_of(outcome: str) -> float:
    """1 where higher is better, -1 where lower is."""
    return -1.0 if OUTCOMES[outcome].better == "lower" else 1.0

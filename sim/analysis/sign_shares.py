"""In how many worlds an effect has the direction that its mean has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.intervals import share_interval
from sim.analysis.paired_worlds import BASELINE, paired_worlds, scenario_order

COLUMNS = ("scenario", "outcome", "share", "low", "high", "n")


def sign_shares(runs: pd.DataFrame, baseline: str = BASELINE) -> pd.DataFrame:
    """Share of worlds in which the paired difference has the sign of its mean over worlds.

    Args:
        runs: ``run, scenario, world, replicate`` and outcomes.
        baseline: the scenario to compare with.

    Returns:
        ``COLUMNS``, a row per scenario and outcome; the interval is that of a share of ``n`` worlds. A world without a
        difference does not have the sign; where the mean is 0 the share is NaN.
    """
    rows = []
    for scenario in scenario_order(runs):
        if scenario == baseline:
            continue
        paired = paired_worlds(runs, scenario, baseline)
        for outcome, some in paired.groupby("outcome", sort=False):
            differences = some["difference"].to_numpy(np.float64)
            differences = differences[np.isfinite(differences)]
            n, mean = len(differences), float(differences.mean()) if len(differences) else 0.0
            if not n or mean == 0.0:
                rows.append((scenario, outcome, np.nan, np.nan, np.nan, n))
                continue
            found = share_interval(int((np.sign(differences) == np.sign(mean)).sum()), n)
            rows.append((scenario, outcome, found.value, found.low, found.high, n))
    return pd.DataFrame(rows, columns=list(COLUMNS))

"""How bad a choice can turn out: regret, satisficing and the worst world, over the worlds drawn.

Three measures with a plain meaning each. Hurwicz's rule is left out on purpose: its weight of optimism is a taste that
no evidence informs. Sources: Savage (1951), Journal of the American Statistical Association 46, 55-67 (regret); Starr
(1962), domain criterion, in McPhail et al. (2018), Earth's Future 6, 169-191 (satisficing); Wald (1950) (the worst).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.intervals import LEVEL, mean_interval, quantile_interval, share_interval

REGRET_COLUMNS = (
    "scenario", "mean", "low", "high", "q90", "q90_low", "q90_high", "q95", "q95_low", "q95_high", "largest",
    "without_regret", "n",
)  # fmt: skip
SATISFICING_COLUMNS = ("scenario", "threshold", "share", "low", "high", "n")
WORST_COLUMNS = ("scenario", "worst", "world", "rank", "n")


def regrets(values: pd.DataFrame) -> pd.DataFrame:
    """What is lost in each world by not having the scenario that is best there.

    Args:
        values: worlds as index, scenarios as columns, more is better, as :func:`sim.analysis.ranking.gains`. Regret
            depends on what is compared: a scenario more in the table can raise every other's, never lower it.

    Returns:
        the same shape, in the unit of the outcome; 0 where it is the best.
    """
    return -values.sub(values.max(axis=1), axis=0)


def regret_table(values: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Mean and upper quantiles of regret over worlds, with intervals.

    Args:
        values: as :func:`regrets`.
        level: probability of each interval.

    Returns:
        ``REGRET_COLUMNS``, least mean regret first; ``without_regret`` is the share of worlds in which it is the best;
        an upper end of a quantile is infinite where too few worlds were drawn to bound it.
    """
    rows = []
    for scenario, column in regrets(values).items():
        regret = column.to_numpy(np.float64)
        mean = mean_interval(regret, level)
        upper = [number for p in (0.9, 0.95) for number in quantile_interval(regret, p, level)[:3]]
        ends = (max(mean.low, 0.0), mean.high)  # regret is never negative; NaN stays NaN
        rows.append((scenario, mean.value, *ends, *upper, regret.max(), float(np.mean(regret == 0.0)), mean.n))
    table = pd.DataFrame(rows, columns=list(REGRET_COLUMNS))
    return table.sort_values("mean", kind="stable", ignore_index=True)


def satisficing(values: pd.DataFrame, threshold: float, level: float = LEVEL) -> pd.DataFrame:
    """Share of worlds in which a scenario reaches a threshold.

    Args:
        values: as :func:`regrets`; to ask for a gain against the baseline, take its column away from the others first.
        threshold: what is enough, the way of ``values``: more is better.
        level: probability of Wilson's interval.

    Returns:
        ``SATISFICING_COLUMNS``, the highest share first. Say the threshold before looking.
    """
    rows = []
    for scenario, column in values.items():
        share = share_interval(int((column >= threshold).sum()), len(column), level)
        rows.append((scenario, threshold, *share))
    table = pd.DataFrame(rows, columns=list(SATISFICING_COLUMNS))
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def worst_worlds(values: pd.DataFrame) -> pd.DataFrame:
    """Each scenario in its worst world; maximin takes the first row.

    The worst of the worlds drawn, which falls the more worlds are drawn and has no interval: an illustration, not an
    estimate. Look the world up rather than quote the number.

    Args:
        values: as :func:`regrets`.

    Returns:
        ``WORST_COLUMNS``, the best worst case first; ``rank`` 1 for it, equal ones share a rank.
    """
    worst, world = values.min(axis=0), values.idxmin(axis=0)
    table = pd.DataFrame(
        {"scenario": values.columns, "worst": worst.to_numpy(), "world": world.to_numpy(), "n": len(values)}
    )
    table["rank"] = table["worst"].rank(ascending=False, method="min").astype("int64")
    return table.sort_values("rank", kind="stable", ignore_index=True)[list(WORST_COLUMNS)]

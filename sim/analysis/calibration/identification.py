"""What the rows say about each parameter: prior against posterior.

Source: Vernon, Goldstein and Bower 2010, Bayesian Analysis 5(4) (resolution); Garrett and Sansó's use of the variance
ratio is the same idea. A parameter whose posterior is its prior is not identified by these rows, whatever its value.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

# Share of the prior's variance that is left: above, the rows say nothing; below, they say much.
NOTHING, MUCH = 0.9, 0.5
UNIFORM_VARIANCE = 1.0 / 12.0
STRONG = 0.3  # rank correlation worth telling


def identification(names: tuple[str, ...], draws: np.ndarray) -> pd.DataFrame:
    """Return one row per parameter, the best identified first.

    Args:
        names: (k,) parameters.
        draws: (n, k) of the posterior, as shares of the prior below the value (uniform under the prior).

    Returns:
        table with ``parameter, left`` (posterior over prior variance, of the shares), ``median, q05, q95`` (shares),
        ``shift`` (median less 0.5), ``distance`` (Kolmogorov-Smirnov's, from the prior) and ``verdict``.
    """
    left = draws.var(axis=0, ddof=1) / UNIFORM_VARIANCE
    distance = [stats.kstest(column, "uniform").statistic for column in draws.T]
    low, median, high = np.quantile(draws, [0.05, 0.5, 0.95], axis=0)
    table = pd.DataFrame(
        {"parameter": names, "left": left, "median": median, "q05": low, "q95": high, "shift": median - 0.5,
         "distance": distance}
    )  # fmt: skip
    shifted = np.abs(table["shift"]) > 0.15
    table["verdict"] = np.select(
        [table["left"] < MUCH, (table["left"] < NOTHING) | shifted], ["identified", "weakly identified"],
        "not identified",
    )  # fmt: skip
    return table.sort_values("left", kind="stable", ignore_index=True)


def correlations(names: tuple[str, ...], draws: np.ndarray) -> pd.DataFrame:
    """Return the pairs of parameters that the rows tie to each other, the strongest first: rank correlations."""
    ranks = np.argsort(np.argsort(draws, axis=0), axis=0).astype(float)
    matrix = np.corrcoef(ranks.T)
    one, other = np.triu_indices(len(names), 1)
    table = pd.DataFrame(
        {
            "parameter": np.array(names)[one],
            "with": np.array(names)[other],
            "correlation": matrix[one, other],
        }
    )
    strong = table[table["correlation"].abs() >= STRONG]
    return strong.sort_values("correlation", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def profiles(names: tuple[str, ...], draws: np.ndarray, level: np.ndarray, cells: int = 10) -> pd.DataFrame:
    """Return the profile of each parameter: the best log likelihood found in each tenth of its prior.

    Args:
        names: (k,) parameters.
        draws: (n, k) points looked at, of prior and posterior.
        level: (n,) log likelihood of each.
        cells: parts of the prior.

    Returns:
        table with ``parameter, share`` (middle of the cell), ``drop`` (below the best of all; NaN where nobody was).
    """
    best = float(level.max())
    rows = []
    for name, column in zip(names, draws.T, strict=True):
        cell = np.minimum((column * cells).astype(int), cells - 1)
        for number in range(cells):
            inside = level[cell == number]
            drop = best - float(inside.max()) if len(inside) else float("nan")
            rows.append({"parameter": name, "share": (number + 0.5) / cells, "drop": drop})
    return pd.DataFrame(rows)

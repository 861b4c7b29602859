"""The packages that no other beats: at least as good in every objective and better in one (Pareto).

Packages that are equal in every objective do not beat each other and stay or go together. In few worlds and with many
objectives chance alone keeps many packages undominated; the share of worlds says how firmly.
"""

from __future__ import annotations

import numpy as np


def undominated(values: np.ndarray) -> np.ndarray:
    """Which packages no other beats.

    Args:
        values: (n, m) objectives, turned so that more is better.

    Returns:
        bool (n,).
    """
    # Ranks compare as the numbers do, ties included, and are small: four bytes each in n x n comparisons.
    order = np.sort(values, axis=0)
    ranks = [np.searchsorted(order[:, m], values[:, m]).astype(np.int32) for m in range(values.shape[1])]
    as_good = np.ones((len(values), len(values)), bool)  # row by row: at least as good as the column's everywhere
    for rank in ranks:
        as_good &= rank[:, None] >= rank[None, :]
    return np.asarray(~(as_good & ~as_good.T).any(axis=0))


def frontier_counts(values: np.ndarray) -> np.ndarray:
    """In how many worlds each package is on the frontier of that world.

    Args:
        values: (n, m, W), turned so that more is better.

    Returns:
        int (n,).
    """
    counts = np.zeros(len(values), np.int64)
    for world in range(values.shape[2]):
        counts += undominated(values[:, :, world])
    return counts

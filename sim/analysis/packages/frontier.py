"""The packages that no other beats: at least as good in every objective and better in one (Pareto)."""

from __future__ import annotations

import numpy as np


def undominated(values: np.ndarray) -> np.ndarray:
    """Which rows no other row beats. Equal rows do not beat each other.

    Args:
        values: (n, m) objectives, higher is better.

    Returns:
        bool (n,).
    """
    # In falling order of the first objectives nobody is beaten by a later one.
    order = np.lexsort(tuple(-column for column in values.T[::-1]))
    kept = np.zeros(len(values), bool)
    best = np.empty((0, values.shape[1]))
    for row in order:
        mine = values[row]
        beaten = ((best >= mine).all(axis=1) & (best > mine).any(axis=1)).any()
        if not beaten:
            kept[row] = True
            best = np.vstack([best, mine])
    return kept


def frontier_counts(values: np.ndarray) -> np.ndarray:
    """In how many worlds each package is on the frontier.

    Args:
        values: (n, m, W), higher is better.

    Returns:
        int (n,).
    """
    each = [undominated(values[:, :, world]) for world in range(values.shape[2])]
    return np.asarray(np.sum(each, axis=0, dtype=np.int64))

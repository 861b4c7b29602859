"""Which members help each other and which get in each other's way: the Shapley interaction index of pairs.

What two members do together beyond what each does alone, averaged over the packages of the others that they may join,
with Shapley's weights. Positive: more together than the sum; for an outcome where lower is better, that means that they
hinder each other. In a game without interactions of three and more, half of a pair's index is in each one's Shapley
value. Source: Grabisch and Roubens (1999), An axiomatic approach to the concept of interaction among players in
cooperative games, International Journal of Game Theory 28, 547-565.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np

from sim.analysis.packages.shapley import number_of_members


def pairs_of(members: int) -> list[tuple[int, int]]:
    """Return the pairs, in their order."""
    return list(combinations(range(members), 2))


def interaction_indices(effects: np.ndarray) -> np.ndarray:
    """Index of each pair of members.

    Args:
        effects: (2**k, W), by mask; the empty package's are 0.

    Returns:
        (k (k - 1) / 2, W), in the order of :func:`pairs_of`.

    Raises:
        ValueError: as :func:`sim.analysis.packages.shapley.shapley_values`.
    """
    members = number_of_members(effects)
    masks = np.arange(len(effects))
    sizes = np.bitwise_count(masks)
    weight = [
        factorial(size) * factorial(members - size - 2) / factorial(members - 1) for size in range(max(members - 1, 0))
    ]
    found = np.empty((len(pairs_of(members)), effects.shape[1]))
    for row, (one, other) in enumerate(pairs_of(members)):
        left, right = 1 << one, 1 << other
        others = masks[(masks & (left | right)) == 0]
        together = effects[others | left | right] - effects[others | left] - effects[others | right] + effects[others]
        weights = np.array([weight[int(size)] for size in sizes[others]])
        with np.errstate(under="ignore"):  # what is next to nothing is nothing
            found[row] = (weights[:, None] * together).sum(axis=0)
    return found

"""Which members help each other and which get in each other's way: the Shapley interaction index of pairs.

What two members do together beyond what each does alone, averaged over the packages of the others that they may meet,
as if the two joined as one in every order. The index is in the unit of the outcome. Above 0: together they move the
outcome further up than the sum of both; below 0: less far up. Whether that is good depends on which way is better:

=================  ===========================  ===========================
index              higher is better             lower is better
=================  ===========================  ===========================
above 0            complements                  substitutes
below 0            substitutes                  complements
=================  ===========================  ===========================

For the public cost, above 0 means that two cost more together than apart. A game that is a sum of its members has no
interaction. In a game without interactions of three and more, half of a pair's index is in each one's Shapley value.
Source: Grabisch and Roubens (1999), An axiomatic approach to the concept of interaction among players in cooperative
games, International Journal of Game Theory 28, 547-565.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sim.analysis.packages.shapley import number_of_members, order_share


def pairs_of(members: int) -> list[tuple[int, int]]:
    """Return the pairs of members, in their order."""
    return list(combinations(range(members), 2))


def interaction_indices(effects: np.ndarray, grain: float = 0.0) -> np.ndarray:
    """Index of each pair of members.

    Args:
        effects: (2**k, W), by mask; the empty package's are 0.
        grain: what is not larger is rounding and becomes 0: the members of a sum do not interact by their last bits.

    Returns:
        (k (k - 1) / 2, W), in the order of :func:`pairs_of`.

    Raises:
        ValueError: as :func:`sim.analysis.packages.shapley.shapley_values`.
    """
    members = number_of_members(effects)
    masks = np.arange(len(effects))
    # Two join as one: so many orders as one of k - 1 has.
    share = np.array([order_share(size, members - 1) for size in range(members - 1)])
    found = np.empty((len(pairs_of(members)), effects.shape[1]))
    for row, (one, other) in enumerate(pairs_of(members)):
        left, right = 1 << one, 1 << other
        others = masks[(masks & (left | right)) == 0]
        together = effects[others | left | right] - effects[others | left] - effects[others | right] + effects[others]
        with np.errstate(under="ignore"):  # what is next to nothing is nothing
            found[row] = (share[np.bitwise_count(others)][:, None] * together).sum(axis=0)
    return np.where(np.abs(found) <= grain, 0.0, found)

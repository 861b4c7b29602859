"""What each member contributes to the full package: Shapley values, exact, world by world.

The Shapley value of a member is the mean, over all orders in which members can join, of what it adds when it joins. So
the values of all members add up to the effect of the full package in every world, whatever helps or hinders what.
Source: Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, 307-317.
"""

from __future__ import annotations

from math import factorial

import numpy as np


def shapley_values(effects: np.ndarray) -> np.ndarray:
    """Shapley values of each member.

    Args:
        effects: (2**k, W), by mask; the empty package's are 0.

    Returns:
        (k, W); the sum over members is ``effects[-1]``.

    Raises:
        ValueError: if the number of packages is no power of two.
    """
    members = number_of_members(effects)
    masks = np.arange(len(effects))
    sizes = np.bitwise_count(masks)
    values = np.empty((members, effects.shape[1]))
    for member in range(members):
        without = masks[(masks >> member & 1) == 0]
        weights = np.array([_weight(int(size), members) for size in sizes[without]])
        added = effects[without | 1 << member] - effects[without]
        with np.errstate(under="ignore"):  # what is next to nothing is nothing
            values[member] = (weights[:, None] * added).sum(axis=0)  # no matrix product: its bits depend on threads
    return values


def number_of_members(effects: np.ndarray) -> int:
    """Return k of 2**k packages.

    Raises:
        ValueError: if it is no power of two, or the empty package has an effect.
    """
    members = len(effects).bit_length() - 1
    if len(effects) != 2**members or members < 1:
        raise ValueError(f"{len(effects)} packages are not all subsets of some members")
    if effects[0].any():
        raise ValueError("the empty package differs from itself")
    return members


def _weight(before: int, members: int) -> float:
    """Share of the orders in which exactly these ``before`` members have joined when the member does."""
    return factorial(before) * factorial(members - before - 1) / factorial(members)

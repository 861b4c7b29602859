"""What each member contributes to the full package: Shapley values, exact, world by world.

The Shapley value of a member is the mean, over all orders in which members can join, of what it adds when it joins. So
the values of all members add up to the effect of the full package in every world, whatever helps or hinders what; equal
members get the same, one that never adds anything gets 0, and values of a sum of outcomes are the sums of their values.
It is a difference of effects, never a quotient, so it is identified wherever they are. It divides up a result; it is
not what happens if a member is added or left out, which ``alone`` and ``last`` tell.
Source: Shapley (1953), A value for n-person games, Contributions to the Theory of Games II, 307-317.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np


def shapley_values(effects: np.ndarray) -> np.ndarray:
    """Shapley values of each member.

    Args:
        effects: (2**k, W), by mask; the empty package's are 0.

    Returns:
        (k, W); the sum over members is ``effects[-1]``.

    Raises:
        ValueError: if the packages are not all subsets of some members, or the empty one has an effect.
    """
    members = number_of_members(effects)
    values = np.empty((members, effects.shape[1]))
    for member, (without, weights) in enumerate(joining_weights(members)):
        added = effects[without | 1 << member] - effects[without]
        with np.errstate(under="ignore"):  # what is next to nothing is nothing
            values[member] = (weights[:, None] * added).sum(axis=0)  # no matrix product: its bits depend on threads
    return values


def number_of_members(effects: np.ndarray) -> int:
    """Return k of 2**k packages.

    Raises:
        ValueError: if their number is no power of two, or the empty package has an effect.
    """
    members = len(effects).bit_length() - 1
    if len(effects) < 2 or len(effects) != 2**members:
        raise ValueError(f"{len(effects)} packages are not all subsets of some members")
    if effects[0].any():
        raise ValueError("the empty package differs from itself")
    return members


@cache
def joining_weights(members: int) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Of each member, the packages without it and how often it joins just them, both (2**(k - 1),)."""
    masks = np.arange(2**members)
    share = np.array([order_share(size, members) for size in range(members)])
    apart = [masks[(masks >> member & 1) == 0] for member in range(members)]
    return tuple((without, share[np.bitwise_count(without)]) for without in apart)


def order_share(before: int, members: int) -> float:
    """Share of all orders in which exactly these ``before`` members have joined when a given other one does."""
    return factorial(before) * factorial(members - before - 1) / factorial(members)

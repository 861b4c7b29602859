"""Games whose values are known or can be found the slow way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations
from math import factorial

import numpy as np

Game = Callable[[frozenset[int]], float]


def effects_of_game(game: Game, members: int) -> np.ndarray:
    """Return the game as effects by mask, (2**k, 1)."""
    sets = [frozenset(n for n in range(members) if mask >> n & 1) for mask in range(2**members)]
    return np.array([[game(one) - game(frozenset())] for one in sets])


def drawn(members: int, worlds: int, seed: int) -> np.ndarray:
    """Return effects without any structure, (2**k, W)."""
    effects = np.random.default_rng(seed).normal(0.0, 100.0, (2**members, worlds))
    effects[0] = 0.0
    return effects


def shapley_by_orders(effects: np.ndarray) -> np.ndarray:
    """Let members join in every order, one after the other."""
    members = len(effects).bit_length() - 1
    values = np.zeros((members, effects.shape[1]))
    for order in permutations(range(members)):
        mask = 0
        for member in order:
            values[member] += effects[mask | 1 << member] - effects[mask]
            mask |= 1 << member
    return values / factorial(members)


def interactions_by_orders(effects: np.ndarray) -> np.ndarray:
    """Merge two members into one and let the others join around it in every order; what they add beyond each alone."""
    members = len(effects).bit_length() - 1
    found = []
    for one, other in combinations(range(members), 2):
        others = [n for n in range(members) if n not in (one, other)]
        total, orders = np.zeros(effects.shape[1]), 0
        for order in permutations([*others, "both"]):
            before = sum(1 << int(n) for n in order[: order.index("both")])
            a, b = 1 << one, 1 << other
            total += effects[before | a | b] - effects[before | a] - effects[before | b] + effects[before]
            orders += 1
        found.append(total / orders)
    return np.array(found)

"""Games whose values are known or can be found the slow way."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations
from math import factorial

import numpy as np

Game = Callable[[frozenset[int]], float]


def effects_of_game(game: Game, members: int) -> np.ndarray:
    """Effects by mask, (2**k, 1)."""
    sets = [frozenset(n for n in range(members) if mask >> n & 1) for mask in range(2**members)]
    return np.array([[game(one) - game(frozenset())] for one in sets])


def drawn(members: int, worlds: int, seed: int) -> np.ndarray:
    """Effects without any structure, (2**k, W)."""
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


def interactions_by_reduction(effects: np.ndarray) -> np.ndarray:
    """Grabisch and Roubens' recursion: the pair joined to one in a game of its own, less each with the other away.

    I(ij) = value of the joint player in the game where i and j are one, less i's value in the game without j, less j's
    in the game without i; each by every order of joining.
    """
    members = len(effects).bit_length() - 1
    found = []
    for one, other in combinations(range(members), 2):
        rest = [n for n in range(members) if n not in (one, other)]

        def part(last: tuple[int, ...], rest: list[int] = rest) -> np.ndarray:
            """Value of the last player, made of the members named, among the rest."""
            players = [*((n,) for n in rest), last]
            masks = []
            for chosen in range(2 ** len(players)):
                held = [n for p, player in enumerate(players) if chosen >> p & 1 for n in player]
                masks.append(sum(1 << n for n in held))
            return shapley_by_orders(effects[masks])[-1]

        found.append(part((one, other)) - part((one,)) - part((other,)))
    return np.array(found)

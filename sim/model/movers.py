"""Movers' constants: at the start, moves of headquarters inside a country balance place by place.

Founding has its own constants. Without these, destinations inside a country would follow raw levels of wages, rents
and capital, and places would drift although nothing changes. Moves across borders are left to costs and pulls.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import root

from sim.model.founding import founding_choice
from sim.model.geography import Geography
from sim.world import World


def fit_moving(
    world: World, geography: Geography, utility: np.ndarray, cost: np.ndarray, awareness: np.ndarray, stock: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return place constants, (P,) with mean zero in each country, and the largest log gap that remains.

    Args:
        world: nest scale of startups.
        geography: countries of the places.
        utility: (P,) utility of a headquarters there without constants.
        cost: (P, P) cost of moving.
        awareness: (3, P) by group.
        stock: (P,) firms by headquarters.
    """
    places = len(stock)
    same = geography.country[:, None] == geography.country
    np.fill_diagonal(same, False)
    several = same.any(axis=1)
    group = np.where(geography.is_french, 0, 2)
    rows = np.arange(places)

    def gaps(constants: np.ndarray) -> np.ndarray:
        _, law = founding_choice(world, geography, utility + constants, cost, awareness)
        flows = stock[:, None] * law[group, rows] * same
        out = np.zeros(places)
        out[several] = np.log(flows.sum(axis=1)[several] / flows.sum(axis=0)[several])
        return out

    # Flows that balance everywhere else balance in the first place too; its constant makes the country's mean zero.
    _, first = np.unique(geography.country, return_index=True)
    free = several & ~np.isin(rows, first)

    def unknowns(values: np.ndarray) -> np.ndarray:
        constants = np.zeros(places)
        constants[free] = values
        constants[first] = -np.bincount(geography.country, weights=constants)
        return constants

    def equations(values: np.ndarray) -> np.ndarray:
        return np.asarray(gaps(unknowns(values))[free])

    found = root(equations, np.zeros(int(free.sum())))  # Powell's hybrid method (MINPACK)
    constants = unknowns(found.x)
    return constants, float(np.abs(gaps(constants)).max())

"""Shares of claims met by place: the one rationing rule, for all places at once."""

from __future__ import annotations

import numpy as np

from sim.model.compile import kernel
from sim.model.rationing import share_met


@kernel
def _shares(demand, supply, sharpness, out):
    for place in range(demand.shape[0]):
        out[place] = share_met(demand[place], supply[place], sharpness)


def shares_met(demand: np.ndarray, supply: np.ndarray, sharpness: float) -> np.ndarray:
    """Return the share of claims met by place, (P,) in [0, 1]; demand and supply (P,) in the same unit."""
    out = np.empty(len(demand))
    _shares(demand.astype(np.float64), supply.astype(np.float64), sharpness, out)
    return out

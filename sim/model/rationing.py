"""Rationing: one rule for capital, accelerator seats, premises, workers and dwellings.

Each claimant's own keyed draw is compared with a smooth acceptance from demand and supply. There is no queue, so
nobody's luck depends on the order of others; expected use never exceeds the supply; those left out are counted.
"""

from __future__ import annotations

import math

from sim.model.arithmetic import exp, ln
from sim.model.compile import rule


@rule
def share_met(demand, supply, sharpness):
    """Return the share of claims that can be met, in [0, 1]: ``(1 + (demand/supply)^k)^(-1/k)``.

    Smooth in both; tends to min(1, supply/demand) as ``sharpness`` k grows, and never exceeds it, so that the claims
    met in expectation stay below the supply. 1 without demand, 0 without supply.
    """
    if demand <= 0.0:
        return 1.0
    if supply <= 0.0:
        return 0.0
    ratio = demand / supply
    # Written around the larger side, so that no power overflows.
    if ratio <= 1.0:
        return (1.0 + ratio**sharpness) ** (-1.0 / sharpness)
    return (1.0 + ratio**-sharpness) ** (-1.0 / sharpness) / ratio


@rule
def acceptance(share, tilt, score):
    """Return the chance that a claim is met when ``share`` of claims can be: a smooth tilt by a score seen."""
    return exp(exp(-tilt * score) * ln(share)) if share > 0.0 else 0.0


@rule
def whole_claims_met(wanted, share, uniform):
    """Return how many of ``wanted`` equal claims of one claimant are met: the expected number, rounded by a draw."""
    return min(wanted, math.floor(wanted * share + uniform))

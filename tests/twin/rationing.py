"""One rule for all that is scarce (ODD 7.12)."""

from __future__ import annotations

from tests.twin.arithmetic import floor


def share_met(demand, supply, sharpness):
    """Return the share of a demand that is met; ``sharpness`` is ``price.rationing``."""
    if demand <= 0.0:
        return 1.0
    if supply <= 0.0:
        return 0.0
    x = demand / supply
    if x <= 1.0:
        return (1.0 + x**sharpness) ** (-1.0 / sharpness)
    return (1.0 + x ** (-sharpness)) ** (-1.0 / sharpness) / x


def met(claims, share, uniform):
    """Return how many of some equal claims of one claimant are met."""
    return min(claims, floor(claims * share + uniform))

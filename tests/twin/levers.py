"""Levers: what they move, what they cost, whom they reach (ODD 7.13 to 7.21, 7.23). The rules of each are a file."""

from __future__ import annotations

from tests.twin.lever_rules import (
    attractive_taxation,
    equalisation,
    international_brand,
    label_network,
    open_innovation,
    paris_showcase,
    placebo,
    seed_acceleration,
    simplification,
    ultra_broadband,
    zone_exemption,
)

RULES = {
    "label_network": label_network,
    "paris_showcase": paris_showcase,
    "international_brand": international_brand,
    "seed_acceleration": seed_acceleration,
    "ultra_broadband": ultra_broadband,
    "attractive_taxation": attractive_taxation,
    "open_innovation": open_innovation,
    "simplification": simplification,
    "zone_exemption": zone_exemption,
    "equalisation": equalisation,
    "placebo": placebo,
}


def act_lever(model, lever):
    """Let a lever move the conditions of this quarter (ODD 7.1)."""
    RULES[lever.key].apply(model, lever)


def charge_lever(model, lever):
    """Note what a lever costs this quarter, under the quarter that comes (ODD 3.1)."""
    for item, payer, meur in RULES[lever.key].charges(model, lever):
        charge(model, lever.key, item, payer, meur)


def charge(model, lever, item, payer, meur):
    """Note one charge; charges of 0 are not stored (ODD 7.13)."""
    if meur != 0.0:
        model.charges.append((model.quarter + 1, lever, item, payer, meur))


def bit_of(lever):
    """Return the bit of a lever in ``received`` (ODD 7.23)."""
    return 1 << list(RULES).index(lever.key)


def receivers_of(model, lever, acting):
    """Return the talents and firms a lever reached this quarter (ODD 7.23)."""
    return RULES[lever.key].reach(model, lever, acting)

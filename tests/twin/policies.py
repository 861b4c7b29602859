"""Conditions of a quarter: the law of 2013, coverage that moves on, then levers (ODD 7.1)."""

from __future__ import annotations

from tests.twin.conditions import copy_of

LEVER_ORDER = (
    "label_network",
    "paris_showcase",
    "international_brand",
    "seed_acceleration",
    "ultra_broadband",
    "attractive_taxation",
    "open_innovation",
    "simplification",
    "zone_exemption",
    "equalisation",
    "placebo",
)


def apply_policies(model):
    """Make the conditions of this quarter."""
    conditions = model.conditions = copy_of(model.start_conditions)
    left = (1.0 - model.world["connectivity.gap_closing"]) ** (model.quarter / 4)
    for p in range(model.geography.size):
        fibre = 1.0 - (1.0 - conditions.fibre[p]) * left
        conditions.fibre[p] = max(fibre, model.city_works.coverage[p])
        conditions.mobile[p] = 1.0 - (1.0 - conditions.mobile[p]) * left
    for lever in model.levers:
        model.act_lever(lever)
    for place in model.places:
        place.structures_added = conditions.structures_added[place.index]


def in_order(levers):
    """Return levers in the order in which they act."""
    return sorted(levers, key=lambda lever: LEVER_ORDER.index(lever.key))

"""The label rule: five thresholds that a district must meet (ODD 7.13)."""

from __future__ import annotations

import math
from types import SimpleNamespace

from tests.twin.prices import vacant_office_m2

THRESHOLDS = ("airport", "train", "vacant space", "rent", "structures")


def district_facts(model, place, vacant):
    """Return what the rule reads of a place, as last written; ``vacant`` are its vacant offices in m2."""
    return SimpleNamespace(
        airport_minutes=place.airport_minutes,
        passengers=place.airport_passengers,
        train_minutes=math.inf if math.isnan(place.train_minutes) else place.train_minutes,
        minutes_saved=place.minutes_saved,
        vacant=vacant,
        office_rent=place.office_rent,
        structures=place.structures + place.structures_added,
        talents=place.talent_stock_2013,
    )


def thresholds_missed(model, facts):
    """Return the names of the thresholds that a district with these facts misses."""
    world = model.world
    traffic = (max(facts.passengers, 0.1) / world["label.traffic_reference"]) ** (-world["label.traffic_exponent"])
    met = {
        "airport": max(facts.airport_minutes - facts.minutes_saved, 0.0) * traffic <= world["label.airport_minutes"],
        "train": facts.train_minutes - facts.minutes_saved <= world["label.train_minutes"],
        "vacant space": facts.vacant * world["price.fit_share"] >= world["label.vacant_m2"],
        "rent": facts.office_rent <= world["label.office_rent"],
        "structures": facts.structures / facts.talents * 1000.0 >= world["label.structures"],
    }
    return [name for name in THRESHOLDS if not met[name]]


def districts_with_label(model):
    """Return for each place whether the rule gives it the label."""
    vacant = vacant_office_m2(model)
    held = []
    for place in model.places:
        facts = district_facts(model, place, vacant[place.index])
        held.append(model.geography.is_district[place.index] and not thresholds_missed(model, facts))
    return held

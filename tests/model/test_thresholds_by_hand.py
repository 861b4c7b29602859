"""A threshold of the call is met where it is reached, and not by a hair less."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model.places import PlaceColumns

WORLD: Any = {
    "label.traffic_reference": 4.0, "label.traffic_exponent": 0.5, "label.airport_minutes": 30.0,
    "label.train_minutes": 60.0, "label.vacant_m2": 100.0, "label.office_rent": 300.0, "label.structures": 2.0,
}  # fmt: skip


def test_thresholds_are_met_where_they_are_reached() -> None:
    places: Any = SimpleNamespace(
        airport_passengers=np.array([4.0, 4.0, 16.0, 0.0]), airport_minutes=np.array([40.0, 40.5, 70.0, 15.0]),
        minutes_saved=np.array([10.0, 10.0, 10.0, 10.0]), train_minutes=np.array([70.0, 70.5, math.nan, 0.0]),
        structures=np.array([1.0, 1.0, 4.0, 0.0]), structures_added=np.array([3.0, 2.9, 0.0, 0.0]),
        talent_stock_2013=np.full(4, 2000.0), office_rent=np.array([300.0, 300.1, 299.0, 0.0]),
        vacant_fit_m2=lambda world: np.array([100.0, 99.9, 200.0, 0.0]),
        is_district=np.array([True, True, True, False]),
    )  # fmt: skip
    found = {name: met.tolist() for name, met in PlaceColumns.label_criteria(places, WORLD).items()}
    # The third airport has four times the traffic: an hour counts as half of it. The fourth has next to none.
    assert found == {
        "airport": [True, False, True, False], "train": [True, False, False, True], "space": [True, False, True, False],
        "rent": [True, False, True, True], "structures": [True, False, True, False],
    }  # fmt: skip
    places.label_criteria = lambda world: {"one": np.array([True, True, False, True]), "other": np.array([True] * 4)}
    assert PlaceColumns.meets_label_rule(places, WORLD).tolist() == [True, True, False, False]

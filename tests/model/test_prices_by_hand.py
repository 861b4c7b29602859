"""Rents by use over stock, wages by staff per talent: three places of two labour markets, one without a talent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.model.places import PlaceColumns

RESPONSE, TIGHTNESS = 0.5, 0.25
WORLD: Any = {"price.rent_response": RESPONSE, "price.wage_tightness": TIGHTNESS}


def test_prices_by_hand() -> None:
    market = np.array([0, 0, 1])
    places: Any = SimpleNamespace(
        _build=lambda world: None, market_total=lambda values: np.bincount(market, weights=values)[market],
        office_m2_private=np.array([900.0, 100.0, 50.0]), office_m2_2013=np.array([1000.0, 100.0, 50.0]),
        _talents_start=np.array([200.0, 0.0, 40.0]), office_rent_2013=np.array([400.0, 300.0, 200.0]),
        population=np.array([1000.0, 500.0, 30.0]), _per_dwelling=2.0, dwellings=np.array([600.0, 300.0, 15.0]),
        dwellings_2013=np.array([500.0, 300.0, 15.0]), flat_rent_2013=np.array([10.0, 12.0, 8.0]),
        _staff_ratio_2013=np.array([0.09, 0.09, 0.24]), wage_2013=np.array([50.0, 60.0, 40.0]),
    )  # fmt: skip
    conditions: Any = SimpleNamespace(office_m2_added=np.array([300.0, 0.0, 0.0]),
                                      office_rent_factor=np.array([1.0, 2.0, 1.0]),
                                      flat_rent_factor=np.array([1.0, 1.0, 3.0]))  # fmt: skip
    talents, staff = np.array([300, 6, 0]), np.array([30, 6, 8])
    PlaceColumns.update_prices(places, talents, staff, conditions, WORLD)
    office = np.array([300 / 200 / 1.2, 6 / 1, 1 / 40]) ** RESPONSE
    np.testing.assert_allclose(places.office_rent, [400.0 * office[0], 300.0 * office[1] * 2.0, 200.0 * office[2]])
    # The third place has lost more talents than it had inhabitants: a tenth of them is left.
    people = np.array([1100.0, 506.0, 3.0])
    np.testing.assert_allclose(places.dwellings_used, people / 2.0)
    flat = np.array([1.1 / 1.2, 506 / 500, 0.1]) ** RESPONSE
    np.testing.assert_allclose(places.flat_rent, [10.0 * flat[0], 12.0 * flat[1], 24.0 * flat[2]])
    ratio = np.array([36 / 306, 36 / 306, 8 / 1])
    wage = [50.0, 60.0, 40.0] * ((ratio + 0.01) / [0.1, 0.1, 0.25]) ** TIGHTNESS
    np.testing.assert_allclose(places.wage, wage)
    np.testing.assert_array_equal(places.office_m2, [1200.0, 100.0, 50.0])

"""Means over the hubs of a table of four places, by hand: firms' quantities by startups, talents' by talents."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.model.levers.equalisation import Equalisation, _mean

FIRMS, TALENTS = np.array([50.0, 20.0, 30.0, 10.0]), np.array([9.0, 1.0, 4.0, 6.0])
MINUTES, OFFICE, FLAT = np.array([30.0, 60.0, 90.0, 120.0]), np.array([400.0, 300.0, 500.0, 700.0]), FIRMS + 1.0
NAMES = ("employer_rate", "profit_rate", "founder_exit_rate", "research_subsidy", "fibre", "mobile")


def model() -> SimpleNamespace:
    """Two French places, and two hubs of 30 and 10 startups, 4 and 6 talents."""
    french = np.array([True, True, False, False])
    places = SimpleNamespace(is_french=french, talent_stock_2013=TALENTS, office_rent_2013=OFFICE, flat_rent_2013=FLAT,
                             mask=lambda names: np.array(["a", "b", "c", "d"]) == names[0])  # fmt: skip
    columns = {"digital_startups": FIRMS, "airport_minutes": MINUTES}
    kinds = [SimpleNamespace(kind=kind) for kind in ("district", "rest", "hub", "hub")]
    return SimpleNamespace(quarter=0, places=places, evidence=SimpleNamespace(places=kinds, column=columns.__getitem__))


def conditions() -> SimpleNamespace:
    found = {name: np.arange(4.0) + place for place, name in enumerate((*NAMES, "wage_employer_rate"))}
    return SimpleNamespace(
        **found, tax_wedge=np.arange(12.0).reshape(3, 4), hours_saved=np.full(4, 0.25), capital_factor=np.ones(4),
        office_rent_factor=np.full(4, 2.0), flat_rent_factor=np.full(4, 3.0),
    )  # fmt: skip


def applied(strength: float = 1.0, **more: object) -> SimpleNamespace:
    found = conditions()
    Equalisation(start="2013Q3", strength=strength, capital=False, **more).apply(found, model())
    return found


@pytest.mark.parametrize("strength", [1.0, 0.25])
def test_places_go_to_the_means(strength: float) -> None:
    before, after = conditions(), applied(strength)

    def moved(values: np.ndarray, mean: float) -> np.ndarray:
        return np.where([True, True, False, False], values + strength * (mean - values), values)

    for name in NAMES:
        values = getattr(before, name)
        np.testing.assert_allclose(
            getattr(after, name), moved(values, (30 * values[2] + 10 * values[3]) / 40), rtol=1e-14
        )
    for one, other in zip([before.wage_employer_rate, *before.tax_wedge],
                          [after.wage_employer_rate, *after.tax_wedge], strict=True):  # fmt: skip
        np.testing.assert_allclose(other, moved(one, (4 * one[2] + 6 * one[3]) / 10), rtol=1e-14)
    mean_hours = (30 * 1.5 + 10 * 2.0) / 40
    hours = 0.25 + strength * np.array([0.5 - mean_hours, 1.0 - mean_hours, 0.0, 0.0])
    np.testing.assert_allclose(after.hours_saved, hours, rtol=1e-14)
    office, flat = (30 * 500 + 10 * 700) / 40, (4 * 31 + 6 * 11) / 10
    np.testing.assert_allclose(after.office_rent_factor * OFFICE, 2.0 * moved(OFFICE, office), rtol=1e-13)
    np.testing.assert_allclose(after.flat_rent_factor * FLAT, 3.0 * moved(FLAT, flat), rtol=1e-13)
    assert (after.capital_factor == 1.0).all()


def test_a_named_place_moves_alone() -> None:
    after = applied(places=("b",))
    assert np.flatnonzero(after.employer_rate != conditions().employer_rate).tolist() == [1]


def test_a_mean_weighs_by_shares() -> None:
    assert _mean(np.array([1.0, 5.0, 9.0]), np.array([2.0, 6.0, 0.0])) == 4.0

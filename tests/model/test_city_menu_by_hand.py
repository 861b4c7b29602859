"""Prices, what is left on sale, and what a city expects of one unit more: two districts, round numbers."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.model.city_choice import LastYear, Outlook, last_year
from sim.model.city_menu import FIBRE, INCUBATOR, PREMISES, SCHOOLING, SHUTTLE, CityMenu
from sim.model.city_works import CityWorks

WORLD = {
    "city.premises_m2": 1000.0, "city.vacancy_limit": 0.2, "city.fibre_step": 0.1, "city.shuttle_minutes": 6.0,
    "city.schooling_step": 0.05, "lever.open_innovation.orders_per_structure_year": 3.0, "city.shuttle_lines": 2.0,
    "city.schooling_lots": 4.0, "lever.open_innovation.eur_per_structure_year": 200_000.0, "city.incubator_years": 5.0,
    "lever.open_innovation.public_share": 0.5, "lever.paris_showcase.cost_eur_per_m2": 4000.0,
    "lever.paris_showcase.public_share": 0.6, "lever.ultra_broadband.eur_per_premise": 500.0,
    "lever.ultra_broadband.public_share": 0.4, "city.shuttle_eur_per_inhabitant": 3.0,
    "city.schooling_eur_per_talent": 20.0, "startup.beta_found": 0.5, "startup.beta_move": 0.25,
    "city.believed_gain": 0.3, "startup.share_premises": 0.1, "startup.fibre": 0.2, "startup.travel": 0.4,
    "talent.cost_border": 2.0,
}  # fmt: skip
PLACES: Any = SimpleNamespace(
    count=2, premises_count=lambda world: np.array([10_000.0, 4000.0]), population=np.array([50_000.0, 20_000.0]),
    talent_stock_2013=np.array([8000.0, 1000.0]), airport_minutes=np.array([40.0, 5.0]),
    train_minutes=np.array([10.0, math.nan]), office_m2=np.array([100_000.0, 40_000.0]),
    lasting_office_response=lambda world: 0.5, talents=np.array([9000.0, 0.0]),
)  # fmt: skip
NONE = np.zeros((5, 2), np.int64)


def menu() -> CityMenu:
    return CityMenu(PLACES, WORLD)


def outlook() -> Outlook:
    works = CityWorks(PLACES, menu())
    works.units[INCUBATOR] = [2, 0]
    works.units[SCHOOLING] = [1, 4]
    conditions = SimpleNamespace(fibre=np.array([0.25, 0.9]), orders=np.array([1.5, 0.0]))
    model: Any = SimpleNamespace(
        world=WORLD, places=PLACES, conditions=conditions, startup_counts=SimpleNamespace(young=np.array([10.0, 1.0])),
        settings=SimpleNamespace(startup_scale=2.0),
    )  # fmt: skip
    year = LastYear(births=np.array([12.0, 3.0]), moves_in=np.array([4.0, 1.0]), talents_in=np.array([90.0, 10.0]))
    return Outlook(model, works.menu, works, year, np.zeros(2, bool), np.array([5000.0, 7000.0]))


def test_prices_of_city_and_partners() -> None:
    found = menu()
    whole = [[1e6, 1e6], [4e6, 4e6], [500_000.0, 200_000.0], [150_000.0, 60_000.0], [160_000.0, 20_000.0]]
    share = [[0.5], [0.6], [0.4], [1.0], [1.0]]
    np.testing.assert_allclose(found.price, np.multiply(whole, share))
    np.testing.assert_allclose(found.private, np.multiply(whole, 1.0 - np.array(share)), atol=1e-9)


@pytest.mark.parametrize(
    ("item", "built", "coverage", "offices", "vacant", "left"),
    [
        (SHUTTLE, 0, 0.0, 0.0, 0.0, 2), (SHUTTLE, 2, 0.0, 0.0, 0.0, 0), (SHUTTLE, 3, 0.0, 0.0, 0.0, 0),
        (SCHOOLING, 1, 0.0, 0.0, 0.0, 3), (FIBRE, 5, 0.65, 0.0, 0.0, 3), (FIBRE, 0, 0.7, 0.0, 0.0, 3),
        (FIBRE, 0, 1.0, 0.0, 0.0, 0), (INCUBATOR, 7, 0.0, 0.0, 0.0, 1_000_000),
        # (0.2 x 100,000 - 12,000) / 0.8 / 1000 = 10 lots: 22,000 of 110,000 m2 are empty then.
        (PREMISES, 3, 0.0, 100_000.0, 12_000.0, 10), (PREMISES, 0, 0.0, 100_000.0, 12_001.0, 9),
        (PREMISES, 0, 0.0, 100_000.0, 20_000.0, 0), (PREMISES, 0, 0.0, 100_000.0, 30_000.0, 0),
    ],
)  # fmt: skip
def test_what_is_left(item: int, built: int, coverage: float, offices: float, vacant: float, left: int) -> None:
    assert menu().units_left(item, built, coverage, offices, vacant) == left


def test_what_is_on_sale_after_a_first_purchase() -> None:
    found, bought = outlook(), NONE.copy()
    assert [found.on_sale(item, 0, bought) for item in (PREMISES, FIBRE, SHUTTLE, SCHOOLING)] == [18, 7, 2, 3]
    bought[:, 0] = [0, 3, 2, 1, 2]
    assert [found.on_sale(item, 0, bought) for item in (PREMISES, FIBRE, SHUTTLE, SCHOOLING)] == [15, 5, 1, 1]
    assert [found.on_sale(item, 1, bought) for item in (PREMISES, FIBRE, SHUTTLE, SCHOOLING)] == [1, 1, 2, 0]


def test_what_a_unit_more_is_expected_to_bring() -> None:
    found, weight = outlook(), 0.5 * 12.0 + 0.25 * 4.0
    # 20 young firms; 6 orders a year are there, and three of each of two incubators.
    assert found.gain(INCUBATOR, 0, NONE) == pytest.approx(0.3 * 3.0)
    bought = NONE.copy()
    bought[:, 0] = [2, 5, 0, 1, 0]  # two incubators more: 18 orders, two firms without one
    assert found.gain(INCUBATOR, 0, bought) == pytest.approx(0.3 * 2.0)
    bought[INCUBATOR, 0] = 3
    assert found.gain(INCUBATOR, 0, bought) == 0.0
    assert found.gain(PREMISES, 0, NONE) == pytest.approx(weight * 0.1 * 0.5 * math.log(101.0 / 100.0))
    assert found.gain(PREMISES, 0, bought) == pytest.approx(weight * 0.1 * 0.5 * math.log(106.0 / 105.0))
    assert found.gain(FIBRE, 0, NONE) == pytest.approx(weight * 0.2 * 0.1)
    assert found.gain(SCHOOLING, 0, NONE) == pytest.approx(90.0 * 2.0 * 0.05 * 12.0 / 9000.0)
    assert found.gain(SCHOOLING, 1, NONE) == pytest.approx(10.0 * 2.0 * 0.05 * 3.0 / 1.0)
    first = found.gain(SHUTTLE, 0, NONE)
    assert first > found.gain(SHUTTLE, 0, bought) > 0.0
    assert first == pytest.approx(weight * 0.4 * 12.0 / 60.0)  # six minutes to the airport, six to the station


def test_last_year_counts_real_firms_and_talents_from_other_countries() -> None:
    flows = np.arange(18).reshape(2, 3, 3)
    quarter = SimpleNamespace(counts={"births": np.array([1, 2, 3])}, startup_flows=flows, talent_flows=10 * flows)
    model: Any = SimpleNamespace(
        settings=SimpleNamespace(startup_scale=2, talent_scale=5), places=SimpleNamespace(count=3),
        geography=SimpleNamespace(country=np.array([0, 0, 1])), past_year=[quarter, quarter],
    )  # fmt: skip
    found, both = last_year(model), flows.sum(axis=0)
    assert found.births.tolist() == [4.0, 8.0, 12.0]
    assert found.moves_in.tolist() == (2 * 2 * both.sum(axis=0)).tolist()
    came = [both[2, 0], both[2, 1], both[0, 2] + both[1, 2]]
    assert found.talents_in.tolist() == [2 * 10 * 5 * number for number in came]


def test_settling_and_structures_are_counted_by_units() -> None:
    works = outlook().works
    np.testing.assert_allclose(works.settling, [0.05, 0.2])
    assert works.structures.tolist() == [2.0, 0.0]
    works.add(np.array([[0, 1], [2, 0], [3, 0], [1, 0], [0, 0]]), np.array([0.5, 0.9]))
    assert works.m2.tolist() == [2000.0, 0.0]
    assert works.minutes.tolist() == [6.0, 0.0]
    np.testing.assert_allclose(works.coverage, [0.8, 0.0])
    works.add(np.array([[0, 0], [0, 0], [4, 2], [0, 0], [0, 0]]), np.array([0.7, 0.9]))
    np.testing.assert_allclose(works.coverage, [1.0, 1.0])

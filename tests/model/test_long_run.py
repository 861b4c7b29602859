"""With choice alone and prices frozen, lives and long runs have the shares of the analytic solution.

The statistical checks together raise a false alarm once in 10,000.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from sim.model.constants import _BAND_AGES, band_values, expected_stocks
from sim.model.desk import new_desk
from sim.model.flight import FlightModel, apply_policies
from sim.model.lives import live_so_far
from sim.model.migration import migrate_talents, renew_talents
from sim.model.tables import class_shares
from sim.model.talent_rules import TalentTable
from tests.model.frozen_choice import analytic, frozen_table, stock_p
from tests.model.small_runs import Case, flight

FALSE_ALARM = 1e-4


def brute_force_chain(case: Case, origin: int, skill: int, tastes: np.ndarray) -> np.ndarray:
    """Return the share of a career spent in each place by one type of person, (P,): plain NumPy, nothing shared."""
    table, rates = frozen_table(case), frozen_table(case).rates
    country, places = table.country, len(table.country)
    pay = math.exp(table.class_log_pay[skill])

    def wedge(j: int) -> float:
        ratio = table.wage_ratio[j] * pay
        low, high = table.wedge_100[j], table.wedge_167[j]
        if ratio <= 1.67:
            return float(np.interp(ratio, [1.0, 1.67], [low, high]))
        return float((1.67 * high + (ratio - 1.67) * table.top_rate[j]) / ratio)

    def law(residence: int, cost_factor: float) -> np.ndarray:
        value, seen = np.empty(places), np.empty(places)
        france = case.start.geography.is_french
        group = 0 if france[residence] else (1 if france[origin] else 2)
        for j in range(places):
            crossing = country[j] != country[residence]
            kept = 1.0 - wedge(j) + (table.relief[skill, j] if crossing else 0.0)
            net = table.log_labour_cost[j] + math.log(pay * kept) - table.housing[j]
            value[j] = rates.beta * net + table.constants[origin, j] + tastes[j]
            value[j] -= cost_factor * table.class_cost[skill] * table.cost[residence, j]
            value[j] -= table.entry[origin, j] * crossing
            seen[j] = 2.0 if j in (residence, origin) else table.awareness[group, j]
        total = np.zeros(places)
        edges = np.unique(np.append(np.clip(seen, 0.0, 1.0), [0.0, 1.0]))
        for low, high in itertools.pairwise(edges):
            shown = seen > (low + high) / 2.0
            inclusive = np.zeros(len(table.nest_size))
            inside = np.zeros(places)
            for c in np.unique(country[shown]):
                scale = rates.nest if table.nest_size[c] > 1 else 1.0
                members = shown & (country == c)
                weight = np.where(members, np.exp((value - value.max()) / scale), 0.0)
                inclusive[c] = weight.sum() ** scale
                inside += weight / weight.sum()
            total += (high - low) * inside * (inclusive / inclusive.sum())[country]
        return total

    home = country == country[origin]
    chains = []
    for factor, hazard in ((rates.school_cost, 1.0), (1.0, rates.hazard_young), (rates.older_cost, rates.hazard_older)):
        hazards = np.where(home | (hazard == 1.0), hazard, hazard * rates.hazard_abroad)
        moves = np.array([law(residence, factor) for residence in range(places)])
        chains.append(hazards[:, None] * moves + np.diag(1.0 - hazards))
    here, spent = np.eye(places)[origin], np.zeros(places)
    for age in range(rates.career_quarters):
        spent += here / rates.career_quarters
        here = here @ chains[0 if age == 0 else 1 if age < rates.young_quarters else 2]
    return spent


@pytest.mark.parametrize(("place", "skill"), [("lyon", 1), ("berlin", 3), ("rest_of_world", 2)])
def test_expected_stocks_equal_a_brute_force_chain(case: Case, place: str, skill: int) -> None:
    table = frozen_table(case)
    places, classes = len(table.country), len(class_shares(case.world))
    origin = case.start.geography.ids.index(place)
    tastes = np.random.default_rng(3).normal(scale=0.6, size=places)
    values = np.zeros((places, classes, _BAND_AGES, places, places))
    seen = np.zeros_like(values)
    ages = np.array([0, 1, table.rates.young_quarters], dtype=np.int64)
    band_values(table, skill, origin, ages, np.zeros(places), values[origin, skill], seen[origin, skill])
    out = np.zeros((places, places))
    weight, persons = np.eye(classes)[skill], np.eye(places)[origin]
    # The table holds the constants already, so the chain gets none beside them.
    expected_stocks(table, np.zeros((places, places)), tastes[None, :], weight, persons, ages, values, seen, out)
    np.testing.assert_allclose(out[origin], brute_force_chain(case, origin, skill, tastes), rtol=1e-9, atol=1e-15)


def lived(case: Case, table: TalentTable) -> np.ndarray:
    """Return stocks by origin and place after lives so far under a table, agents without tastes."""
    arrays = {name: column.copy() for name, column in case.start.talents.items()}
    number, places = len(arrays["slot"]), len(table.country)
    columns = (arrays[n] for n in ("slot", "origin", "skill", "place", "entry", "log_ability", "arrived"))
    live_so_far(table, np.uint64(9), 0.0, 0, number, new_desk(places, len(table.nest_size)), *columns)
    found = np.zeros((places, places))
    np.add.at(found, (arrays["origin"], arrays["place"]), 1.0)
    return found


def test_lives_so_far_have_the_analytic_shares(choice_alone: Case) -> None:
    table = frozen_table(choice_alone)
    assert stock_p(analytic(choice_alone), lived(choice_alone, table)) >= FALSE_ALARM / 2


def test_twins_wrong_lives_are_reported(choice_alone: Case) -> None:
    table = frozen_table(choice_alone)
    for change in ({"hazard_young": 2.0 * table.rates.hazard_young}, {"nest": 0.9 * table.rates.nest}):
        wrong = table._replace(rates=table.rates._replace(**change))
        assert stock_p(analytic(choice_alone), lived(choice_alone, wrong)) < FALSE_ALARM / 2, change


def careers(case: Case, migrate: Callable[[FlightModel], None]) -> np.ndarray:
    """Return stocks by origin and place when all have been replaced once: choice alone, prices frozen."""

    class ChoiceAlone(FlightModel):
        processes = (apply_policies, migrate, renew_talents)

    with flight(case, kind=ChoiceAlone) as model:
        model.build_tables()
        model.talents.data["firms"][:] = 0
        # Fibre rises on its own; it is no part of a talent's utility.
        for _ in range(int(4 * case.world["talent.career_years"]) + 4):
            for process in model.processes:
                process(model)
            model.quarter += 1
        places = model.places.count
        found = np.zeros((places, places))
        np.add.at(found, (model.talents.data["origin"], model.talents.data["place"]), 1.0)
    return found


def test_long_run_shares_equal_the_analytic_solution(choice_alone: Case) -> None:
    assert stock_p(analytic(choice_alone), careers(choice_alone, migrate_talents)) >= FALSE_ALARM / 2


def test_twin_a_migration_that_forgets_a_tenth_of_the_costs_is_reported(choice_alone: Case) -> None:
    def careless(model: FlightModel) -> None:
        kept = model.talent_table
        model.talent_table = kept._replace(cost=0.9 * kept.cost)
        migrate_talents(model)
        model.talent_table = kept

    assert stock_p(analytic(choice_alone), careers(choice_alone, careless)) < FALSE_ALARM / 2

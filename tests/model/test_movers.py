"""Movers' constants: inside a country, moves of headquarters balance place by place at the start."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.founding import founding_choice
from sim.model.movers import fit_moving
from sim.model.places import PlaceColumns
from sim.model.start import startup_perimeter
from sim.model.startup_tables import StartupTables
from tests.model.small_runs import Case


def imbalance(case: Case, constants: np.ndarray, tables: StartupTables, stock: np.ndarray) -> float:
    """Return the largest net inflow of a French place over its inflow, from a plain loop over pairs of places."""
    start = case.start
    places = PlaceColumns(case.evidence, case.world, start.geography)
    utility = tables.move_utility(tables.log_value(places, start.conditions, stock, 0)) + constants
    _, law = founding_choice(case.world, start.geography, utility, tables.cost, start.conditions.awareness)
    french = np.flatnonzero(start.geography.is_french).tolist()
    worst = 0.0
    for place in french:
        inflow = sum(stock[other] * law[0, other, place] for other in french if other != place)
        outflow = sum(stock[place] * law[0, place, other] for other in french if other != place)
        worst = max(worst, abs(inflow - outflow) / inflow)
    return worst


@pytest.fixture(scope="module")
def parts(case: Case) -> tuple[StartupTables, np.ndarray]:
    tables = StartupTables(case.evidence, case.world, case.start.geography)
    return tables, case.evidence.column("digital_startups") * startup_perimeter(case.world, case.evidence)


def test_moves_inside_france_balance_and_without_constants_they_do_not(
    case: Case, parts: tuple[StartupTables, np.ndarray]
) -> None:
    tables, stock = parts
    assert case.start.facts["moving_residual"] < 1e-6
    assert imbalance(case, case.start.moving, tables, stock) < 1e-6
    assert imbalance(case, np.zeros(len(stock)), tables, stock) > 0.05  # the twin without constants


def test_constants_have_mean_zero_by_country_and_none_where_a_country_has_one_place(
    case: Case, parts: tuple[StartupTables, np.ndarray]
) -> None:
    tables, stock = parts
    start = case.start
    places = PlaceColumns(case.evidence, case.world, start.geography)
    utility = tables.move_utility(tables.log_value(places, start.conditions, stock, 0))
    constants, _ = fit_moving(case.world, start.geography, utility, tables.cost, start.conditions.awareness, stock)
    assert constants.tobytes() == start.moving.tobytes()
    for country in range(len(start.geography.countries)):
        members = constants[start.geography.country == country]
        assert abs(members.mean()) < 1e-12
        if len(members) == 1:
            assert members[0] == 0.0

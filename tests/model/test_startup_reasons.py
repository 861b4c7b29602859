"""Why headquarters cross the border of France: triggers count the flows, terms add up to the gain in utility."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.events import STARTUP_TERMS, STARTUP_TRIGGERS, TERM_UNIT
from sim.model.flight import FlightModel
from sim.model.headquarters import Moves, consider, explain
from sim.model.relocation import relocate_startups
from sim.model.startup_rules import move_trigger, startup_tastes
from tests.model.small_runs import Case, flight, with_process

QUARTERS = 6


@pytest.fixture(scope="module")
def restless(case: Case) -> Case:
    """Return a world in which headquarters move often, and many firms are outgrown."""
    return case.with_world(
        startup__move_hazard=0.2, startup__move_hazard_premises=0.3, startup__cost_border=1.0, price__fit_share=0.01
    )


def moves_of(model: FlightModel) -> Moves:
    """Return the headquarters that would move now."""
    live, data = model.live_rows(), model.startups.data
    return consider(model.startup_table, model.key, model.population_key, model.quarter, live, data)


def utility(model: FlightModel, row: int, place: int) -> float:
    """Return the systematic utility of a headquarters for a firm, written out apart from the kernels."""
    table, data, rates = model.startup_table, model.startups.data, model.startup_table.rates
    tastes = np.empty(model.places.count)
    startup_tastes(rates.taste, model.population_key, data["uid"][row], tastes)
    value = table.move_value[place] + tastes[place] - table.move_cost[data["hq"][row], place]
    country = model.geography.country
    lead = country[data["foreign_lead"][row]]
    pulled = model.quarter - data["last_foreign"][row] <= rates.foreign_quarters
    return float(value + (rates.pull_lead if pulled and country[place] == lead else 0.0))


def test_terms_add_up_to_the_difference_of_utility(restless: Case) -> None:
    with flight(restless) as model:
        for _ in range(QUARTERS):
            model.step()
        model.build_tables()
        moves = moves_of(model)
        terms = explain(model.startup_table, model.population_key, model.quarter, moves, model.startups.data)
        assert terms.shape == (len(moves.rows), len(STARTUP_TERMS))
        gains = [
            utility(model, row, there) - utility(model, row, here)
            for row, here, there in zip(moves.rows, moves.origins, moves.targets, strict=True)
        ]
        assert len(gains) > 100
        np.testing.assert_allclose(terms.sum(axis=1), gains, rtol=0.0, atol=1e-9)
        for name in ("taste", "lead investor", "moving cost", "capital", "place and country"):
            left = np.delete(terms, STARTUP_TERMS.index(name), axis=1)  # twin: a term forgotten
            assert np.abs(left.sum(axis=1) - gains).max() > 1e-3, name


def test_named_terms_are_those_of_the_value_of_a_place(case: Case) -> None:
    with flight(case) as model:
        value = model.startup_tables.log_value(model.places, model.conditions, model.startup_counts.real, 0)
        assert (*value, "place and country", "taste", "lead investor", "moving cost") == STARTUP_TERMS
        model.build_tables()
        table = model.startup_table
        np.testing.assert_allclose(table.move_terms.sum(axis=0), table.move_value, rtol=1e-12)
        # A term of an experiment has no name of its own, and is not lost.
        shocked = value | {"shock": np.linspace(0.0, 1.0, model.places.count)}
        gain = model.startup_tables.move_terms(shocked) - model.startup_tables.move_terms(value)
        assert not gain[:-1].any()
        np.testing.assert_allclose(gain[-1], case.world["startup.beta_move"] * shocked["shock"], atol=1e-12)


def reason_violations(case: Case, kind: type[FlightModel] = FlightModel) -> set[str]:
    """Return which laws between flows, triggers and terms fail in some quarter; flows must be many."""
    found: set[str] = set()
    total = np.zeros(len(STARTUP_TRIGGERS), np.int64)
    with flight(case, kind=kind) as model:
        french = model.geography.is_french
        for _ in range(QUARTERS):
            model.step()
            flows, triggers = model.events.startup_flows, model.events.startup_triggers
            out = flows[:, french][:, :, ~french].sum(axis=(1, 2))
            back = flows[:, ~french][:, :, french].sum(axis=(1, 2))
            if not np.array_equal(triggers.sum(axis=2), np.stack([out, back], axis=1)):
                found.add("triggers are not the flows across the border")
            # Moving always costs; nobody moves: no terms.
            cost = model.events.startup_terms[:, :, STARTUP_TERMS.index("moving cost")]
            if (cost > -triggers.sum(axis=2) * case.world["startup.cost_border"] / TERM_UNIT + 1).any():
                found.add("terms are not those of the flows")
            total += triggers.sum(axis=(0, 1))
    assert (total > 0).all(), total
    return found


def test_triggers_count_the_flows_across_the_border(restless: Case) -> None:
    assert reason_violations(restless) == set()


def doubles_triggers(model: FlightModel) -> None:
    relocate_startups(model)
    model.events.startup_triggers *= 2


def swaps_directions(model: FlightModel) -> None:
    relocate_startups(model)
    model.events.startup_triggers[:] = model.events.startup_triggers[:, ::-1].copy()
    model.events.startup_terms[:] = model.events.startup_terms[:, ::-1].copy()


@pytest.mark.parametrize("broken", [doubles_triggers, swaps_directions])
def test_twins_with_wrong_reasons_are_reported(restless: Case, broken: object) -> None:
    kind = with_process("relocate_startups", broken)  # type: ignore[arg-type]
    assert "triggers are not the flows across the border" in reason_violations(restless, kind)


def test_each_trigger_has_the_chance_of_its_own_part_of_the_hazard(case: Case) -> None:
    with flight(case) as model:
        model.build_tables()
        rates = model.startup_table.rates
    grid = (np.arange(20_000) + 0.5) / 20_000
    parts = (rates.move_hazard, rates.move_hazard_funded, rates.move_hazard_foreign, rates.move_hazard_premises)
    for funded, foreign, outgrown in np.ndindex(2, 2, 2):
        since = 1 if foreign else rates.foreign_quarters + 1
        drawn = np.array([move_trigger(rates, bool(funded), since, bool(outgrown), u) for u in grid])
        wanted = np.array(parts) * (1, funded, foreign, outgrown)
        shares = [float(np.mean(drawn == trigger)) for trigger in range(len(STARTUP_TRIGGERS))]
        np.testing.assert_allclose(shares, wanted, atol=1e-4)
        assert np.mean(drawn < 0) == pytest.approx(1.0 - wanted.sum(), abs=2e-4)

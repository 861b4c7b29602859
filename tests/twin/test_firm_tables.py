"""Tables of firms are the same under conditions no scenario reaches: caps, floors and many labels (ODD 7.5 – 7.7)."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import pytest

from sim.model.flight import FlightModel
from tests.twin import funding, operating, startup_value
from tests.twin.comparing import difference
from tests.twin.runs import COARSE, arguments, evidence, start_of, world_named
from tests.twin.world_of_2013 import WorldOf2013

pytestmark = pytest.mark.long  # one Python suffices

QUARTER = 9
WORLDS = ["central", pytest.param(1, marks=pytest.mark.torture), pytest.param(4, marks=pytest.mark.torture)]


def stretch(conditions):
    """Give conditions of either model values that differ by place and reach every cap and floor."""
    conditions.network_strength, conditions.hub_ties, conditions.jei_profit_share = 0.3, 0.2, 0.6
    for p in range(26):
        by_place(conditions.labelled, p, p % 3 != 1 and p < 14)
        for factor in ("employer_rate", "profit_rate", "founder_exit_rate"):
            by_place(getattr(conditions, factor), p, 0.02 * (p % 7) + (0.5 if p % 5 == 0 else 0.0))
        by_place(conditions.hours_saved, p, 0.9 * (p % 4))
        by_place(conditions.public_capital, p, 0.7 * (p % 3))
        by_place(conditions.capital_factor, p, 1.0 + 0.3 * (p % 2))
        by_place(conditions.investor_awareness, p, 0.4 + 0.04 * (p % 15))
        by_place(conditions.start_cost_days, p, 1.0 + 3.0 * (p % 6))
        by_place(conditions.premises_discount, p, 0.1 * (p % 4))
        by_place(conditions.research_subsidy, p, -0.1 + 0.07 * (p % 11))
        by_place(conditions.fibre, p, 0.03 * p)
        by_place(conditions.mobile, p, 1.0 - 0.03 * p)
        by_place(conditions.orders, p, 1.5 * (p % 5))
    for year in range(8):
        by_place(conditions.jei_payroll_schedule, year, 1.0 - 0.06 * year)


def by_place(column, place, value):
    column[place] = value


def tables(name):
    """Return (tables of the engine, table of the quarter of the engine, the twin with its tables)."""
    levers, world, _, start, settings, key, rivals = arguments(name, None, 1, COARSE)
    engine = FlightModel(levers, world, evidence(), start, settings, key, rivals)
    conditions = copy.deepcopy(engine.conditions)
    stretch(conditions)
    firms = engine.startup_counts
    value = engine.startup_tables.log_value(engine.places, conditions, firms.real, QUARTER)
    # What the engine calls living young firms are real firms.
    quarter_table = engine.startup_tables.build(engine.places, conditions, value, firms.young * settings.startup_scale)

    twin = WorldOf2013(world, evidence(), settings, start.population_seed)
    twin.start, twin.quarter = start_of(name), QUARTER
    twin.startup_counts = SimpleNamespace(real=firms.real.tolist(), young=firms.young.tolist())
    stretch(twin.conditions)
    twin.startup_table = startup_value.startup_tables(twin)
    return SimpleNamespace(
        tables=engine.startup_tables, conditions=conditions, value=value, quarter=quarter_table
    ), twin


def differences_of_tables(name):
    """Return one sentence for every table of firms in which engine and twin differ."""
    engine, twin = tables(name)
    table, world, places = twin.startup_table, world_named(name), range(26)
    found = []
    for term, values in engine.value.items():
        found += difference(f"term {term}", values, table.terms[term])
    found += difference("capital on offer", engine.tables.capital(QUARTER, engine.conditions), table.capital)
    found += difference("cost of moving", engine.quarter.move_cost, table.cost)
    found += difference("utility of movers", engine.quarter.move_value, table.moving)
    beta = world["startup.beta_move"]
    terms = [[beta * value for value in term] for term in table.terms.values()]
    found += difference("terms of movers", engine.quarter.move_terms, [*terms, table.moving_place])
    found += difference("start cost", engine.tables.start_cost(engine.conditions), startup_value.start_cost(twin))

    money = operating.site_money(twin)
    labour, premises, research, revenue, profit_rate, spared = engine.quarter.money
    found += difference("cost", labour + premises - research, money.cost)
    found += difference("revenue", revenue, money.revenue)
    found += difference("profit tax", profit_rate, twin.conditions.profit_rate)
    exempt = [twin.conditions.jei_profit_share if french else 0.0 for french in twin.geography.is_french]
    found += difference("exempt profit", spared, exempt)
    found += difference("relief", engine.quarter.jei_relief, money.relief)
    found += difference("chance of an order", engine.quarter.order_chance, money.order)

    firms = [[SimpleNamespace(hq=p, stage=stage) for p in places] for stage in range(4)]
    shares = [[funding.foreign_lead_chance(twin, firm) for firm in row] for row in firms]
    found += difference("foreign leads", engine.tables.foreign_share(engine.conditions), shares)
    cumulative = engine.tables.lead_cumulative(QUARTER, engine.conditions)
    draws = [(n + 0.5) / 200 for n in range(200)]
    leads = [[int((row <= u).sum()) for u in draws] for row in cumulative]
    plain = [[funding.foreign_lead_place(twin, home, table.capital, u) for u in draws] for home in places]
    found += difference("place of foreign leads", leads, plain)
    return found


@pytest.mark.parametrize("name", WORLDS)
def test_tables_of_firms_are_the_same(name):
    """7.5, 7.6 and 7.7: values, costs, capital and chances by place, number by number."""
    assert differences_of_tables(name) == []


def own_ecosystem(model):
    """An ecosystem without partners and ties."""
    return list(model.startup_counts.real)


def heedless_leads(model, firm):
    """Foreign leads that do not heed how well investors know a place."""
    return min(model.world[f"capital.foreign_lead.{funding.stage_name(firm.stage)}"], 0.95)


BROKEN = {
    "points of relief": ("jei_points", lambda model, place: model.world["law.jei_points"]),
    "ecosystem": ("ecosystem", own_ecosystem),
    "4G": ("productivity", lambda model, conditions: [model.world["startup.fibre"] * f for f in conditions.fibre]),
    "growth of capital": ("capital_on_offer", lambda model, quarter: CAPITAL(model, 0)),
    "attention of investors": ("foreign_lead_chance", heedless_leads),
    "cost of moving": ("moving_cost", lambda model, kind: MOVING(model, "talent")),
}
CAPITAL, MOVING = startup_value.capital_on_offer, startup_value.moving_cost


@pytest.mark.parametrize("law", BROKEN)
def test_a_broken_table_is_noticed(monkeypatch, law):
    """Each quantity, computed otherwise in the twin, shows in the comparison."""
    name, broken = BROKEN[law]
    for module in (funding, operating, startup_value):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, broken)
    assert differences_of_tables("central")

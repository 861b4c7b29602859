"""Startups: one row each, and the compiled loops over them. Money is whole euro, headcount whole persons."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.model.choice import nested_choice
from sim.model.columns import Columns, RowAgent
from sim.model.compile import kernel
from sim.model.randomness import Purpose, uniforms
from sim.model.startup_rules import (
    NO_ROUND,
    death_hazard,
    growth_rate,
    move_hazard,
    quarterly_money,
    startup_tastes,
)

ALIVE, CLOSED, SOLD = 1, 2, 3
STATUS = {ALIVE: "alive", CLOSED: "closed", SOLD: "sold"}
P_SEEK, P_ORDER, P_LEAD = int(Purpose.SEEK), int(Purpose.ORDER), int(Purpose.LEAD)
P_MOVE, P_MOVE_PLACE, P_CLOSE = (int(Purpose[n]) for n in ("MOVE", "MOVE_PLACE", "CLOSE"))
P_NEST, P_SEES, P_SEAT = int(Purpose.NEST), int(Purpose.SEES), int(Purpose.SEAT)

STARTUP_TYPES: dict[str, Any] = {
    "uid": np.uint64,
    "founder_slot": np.int64,
    "founder_generation": np.int16,
    "french_founder": np.uint8,
    "origin": np.uint8,
    "hq": np.uint8,
    "ops": np.uint8,
    "founded": np.int16,
    "quality": np.float64,
    "jei": np.uint8,
    "headcount": np.int64,
    "stage": np.uint8,
    "accelerated": np.uint8,
    "cash": np.int64,
    "raised": np.int64,
    "last_round": np.int16,
    "last_foreign": np.int16,
    "lead": np.uint8,
    "foreign_lead": np.uint8,
    "status": np.uint8,
}


class Startup(RowAgent):
    """A young digital firm: founder, origin, headquarters, operations, quality, headcount, stage, cash, status."""

    @property
    def alive(self) -> bool:
        """Whether the firm is active and independent."""
        return bool(self.status == ALIVE)


class Startups(Columns):
    """All startups ever founded in this run, closed ones included (``status``)."""

    agent_class = Startup

    def living(self) -> Startups:
        """Return the living firms as a selection."""
        return Startups(self.model, self.data, np.flatnonzero(self.data["status"] == ALIVE))


@kernel
def operate(
    table,
    seed,
    quarter,
    live,
    uid,
    founded,
    quality,
    jei,
    ops,
    headcount,
    cash,
    flows,
    out_payroll_heads,
    out_young_heads,
    out_profit,
    out_jei_profit,
):
    """Earn, pay, grow or shrink; ``flows`` (live,) gets each cash flow.

    Adds heads and taxable profits (euro) by place, and heads of JEI firms by place and year of age.
    """
    rates, cash_rows, jei_relief = table.rates, table.money, table.jei_relief
    order_chance, hiring = table.order_chance, table.hiring
    for n in range(live.shape[0]):
        i = live[n]
        age = quarter - founded[i]
        place = ops[i]
        first, second = uniforms(seed, P_ORDER, uid[i], quarter, 0)
        orders = 0
        if 0 < age < rates.young_quarters and first < order_chance[place]:
            orders = 1
        money, profit = quarterly_money(
            rates, cash_rows, jei_relief, place, age, quality[i], headcount[i], jei[i], orders
        )
        out_payroll_heads[place] += headcount[i]
        if jei[i] and age < 32:
            out_young_heads[place, age // 4] += headcount[i]
            out_jei_profit[place] += int(profit)
        else:
            out_profit[place] += int(profit)
        cash[i] += int(money)
        flows[n] = int(money)
        broke = cash[i] < 0
        if broke:
            cash[i] = 0
        year_of_cash = not broke and cash[i] >= -4 * min(int(money), 0) and cash[i] > 0
        target = headcount[i] * math.exp(growth_rate(rates, hiring[place], age, quality[i], year_of_cash, broke))
        headcount[i] = max(1, math.floor(target + second))


@kernel
def consider_headquarters(
    table,
    seed,
    population_seed,
    quarter,
    live,
    uid,
    founded,
    origin,
    french_founder,
    hq,
    stage,
    last_foreign,
    foreign_lead,
    movers,
    targets,
):
    """Write (row, new place) of firms that move their headquarters; return how many."""
    rates, country, nest_size = table.rates, table.country, table.nest_size
    move_value, move_cost, awareness = table.move_value, table.move_cost, table.awareness
    places = country.shape[0]
    tastes, value, seen = np.zeros(places), np.zeros(places), np.zeros(places)
    moved = 0
    for n in range(live.shape[0]):
        i = live[n]
        if founded[i] >= quarter:
            continue
        since = quarter - last_foreign[i]
        first, _ = uniforms(seed, P_MOVE, uid[i], quarter, 0)
        if first >= move_hazard(rates, stage[i] > 0, since):
            continue
        here = hq[i]
        startup_tastes(rates.taste, population_seed, uid[i], tastes)
        group = 0 if country[here] == rates.france else (1 if french_founder[i] else 2)
        for j in range(places):
            v = move_value[j] + tastes[j] - move_cost[here, j]
            if since <= rates.foreign_quarters and country[j] == country[foreign_lead[i]]:
                v += rates.pull_lead
            value[j] = v
            seen[j] = 2.0 if (j == here or j == origin[i]) else awareness[group, j]
        there = nested_choice(
            value, seen, country, nest_size, rates.nest, seed, uid[i], quarter, P_MOVE_PLACE, P_NEST, P_SEES
        )
        if there != here:
            movers[moved] = i
            targets[moved] = there
            moved += 1
    return moved


@kernel
def close_or_sell(table, seed, quarter, live, uid, founded, quality, cash, stage, status, flows):
    """Close firms by hazard, sell some funded ones; ``flows`` holds the last quarter's cash flow by row."""
    rates = table.rates
    for n in range(live.shape[0]):
        i = live[n]
        age = quarter - founded[i]
        broke = cash[i] <= 0
        year_of_cash = cash[i] > 0 and cash[i] >= -4 * min(flows[n], 0)
        first, second = uniforms(seed, P_CLOSE, uid[i], quarter, 0)
        if first < death_hazard(rates, age, quality[i], year_of_cash, broke):
            status[i] = CLOSED
        elif stage[i] > 0 and age >= 16 and second < rates.exit_hazard:
            status[i] = SOLD


__all__ = [
    "ALIVE",
    "CLOSED",
    "NO_ROUND",
    "SOLD",
    "STARTUP_TYPES",
    "Startup",
    "Startups",
    "close_or_sell",
    "consider_headquarters",
    "operate",
]

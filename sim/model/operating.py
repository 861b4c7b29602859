"""Operating: a firm wins its first customer, earns, pays, and wishes to grow or has to shrink, at up to two places."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.model.arithmetic import exp
from sim.model.compile import kernel, rule
from sim.model.desk import LOT, new_desk
from sim.model.lots import firm_draws
from sim.model.randomness import Purpose, uniforms
from sim.model.startup_rules import NEVER, StartupTable, customer_chance, earning_power, growth_rate, quarterly_money
from sim.model.startups import pick

P_ORDER, P_CUSTOMER, P_HIRE = np.int64(Purpose.ORDER), np.int64(Purpose.CUSTOMER), np.int64(Purpose.HIRE)
SPLIT = 2  # block of HIRE that splits a change of staff between the two sites
COLUMNS = "uid founded quality jei ops hq headcount away cash customer"


@dataclass
class Quarter:
    """What firms did in one quarter, before they hire: per living firm (N) and by place (P), agents."""

    flows: np.ndarray  # (N,) euro
    wishes: np.ndarray  # (N, 2) change of staff wished at operations and at a headquarters abroad
    heads: np.ndarray  # (P,) staff paid, where they work
    jei_heads: np.ndarray  # (P, 8) staff at operations of young innovative firms, by year of age
    profit: np.ndarray  # (P,) taxable euro, other firms
    jei_profit: np.ndarray  # (P,)
    customers: np.ndarray  # (P,) first customers, by operations


@rule
def split_change(change, headcount, away, uniform):
    """Return the part of a change of staff that falls on the headquarters abroad, in proportion to where staff are."""
    if away == 0:
        return 0
    size = abs(change)
    part = min(size, math.floor(size * away / headcount + uniform))
    if change < 0:
        # Neither site can lose more than it has.
        return -max(min(part, away), size - (headcount - away))
    return part


@kernel
def order_draws(seed, quarter, uid, young, out):
    """Write the draw that young firms compared with the chance of an order, once more."""
    for i in range(uid.shape[0]):
        if young[i]:
            out[i], _ = uniforms(seed, P_ORDER, uid[i], quarter, 0)


@kernel
def operate_rows(
    table,
    seed,
    quarter,
    live,
    desk,
    uid,
    founded,
    quality,
    jei,
    ops,
    hq,
    headcount,
    away,
    cash,
    customer,
    out_flows,
    out_wishes,
    out_heads,
    out_jei_heads,
    out_profit,
    out_jei_profit,
    out_customers,
):
    """Run one quarter of living firms; see :class:`Quarter` for the outputs."""
    rates, cash_rows, jei_relief, order_chance = table.rates, table.money, table.jei_relief, table.order_chance
    earning, attraction = desk.earning, desk.chance
    at = -LOT
    for n in range(live.shape[0]):
        i = live[n]
        if i < at or i >= at + LOT:
            at = i
            firm_draws(seed, P_ORDER, quarter, uid, at, desk.first, desk.second)
            for k in range(min(LOT, uid.shape[0] - at)):
                attraction[k] = customer_chance(rates, quality[at + k])
                earning[k] = earning_power(rates, quarter - customer[at + k], quality[at + k])
        m = i - at
        age = quarter - founded[i]
        place = ops[i]
        second = desk.second[m]
        orders = 0
        if 0 < age < rates.young_quarters and desk.first[m] < order_chance[place]:
            orders = 1
        if customer[i] == NEVER:
            found, _ = uniforms(seed, P_CUSTOMER, uid[i], quarter, 0)
            if orders == 1 or found < attraction[m]:
                customer[i] = quarter
                earning[m] = earning_power(rates, 0, quality[i])
                out_customers[place] += 1
        power = earning[m] if customer[i] != NEVER else 0.0
        here = headcount[i] - away[i]
        money, profit = quarterly_money(
            rates, cash_rows, jei_relief, place, hq[i], age, power, here, away[i], jei[i], orders
        )
        out_heads[place] += here
        out_heads[hq[i]] += away[i]
        if jei[i] and age < 32:
            out_jei_heads[place, age // 4] += here
            out_jei_profit[place] += int(profit)
        else:
            out_profit[place] += int(profit)
        cash[i] += int(money)
        out_flows[n] = int(money)
        broke = cash[i] < 0
        if broke:
            cash[i] = 0
        year_of_cash = not broke and cash[i] >= -4 * min(int(money), 0) and cash[i] > 0
        target = headcount[i] * exp(growth_rate(rates, age, quality[i], year_of_cash, broke))
        change = max(1, math.floor(target + second)) - headcount[i]
        abroad = 0
        if change != 0 and away[i] > 0:
            split, _ = uniforms(seed, P_HIRE, uid[i], quarter, SPLIT)
            abroad = split_change(change, headcount[i], away[i], split)
        out_wishes[n, 0] = change - abroad
        out_wishes[n, 1] = abroad


def operate(
    table: StartupTable, key: np.uint64, quarter: int, live: np.ndarray, data: dict[str, np.ndarray]
) -> Quarter:
    """Let living firms operate one quarter; cash and first customers are written to ``data``."""
    places = len(table.country)

    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.int64)

    done = Quarter(
        flows=zeros(len(live)),
        wishes=zeros(len(live), 2),
        heads=zeros(places),
        jei_heads=zeros(places, 8),
        profit=zeros(places),
        jei_profit=zeros(places),
        customers=zeros(places),
    )
    desk = new_desk(places, len(table.nest_size))
    operate_rows(table, key, quarter, live, desk, *pick(data, COLUMNS), *vars(done).values())
    return done

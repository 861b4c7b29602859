"""How a startup values a place, grows, is funded, moves and closes. Scalar rules."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from sim.model.compile import rule
from sim.model.randomness import Purpose, normals

P_STARTUP_TASTE = int(Purpose.STARTUP_TASTE)
STAGES = ("seed", "a", "b", "c")
NO_ROUND = -30_000


class StartupRates(NamedTuple):
    """Numbers the rules read; kept apart from arrays, because loops pass them on for every firm."""

    nest: float
    france: int
    taste: float
    pull_lead: float
    foreign_quarters: int
    move_hazard: float
    move_hazard_funded: float
    move_hazard_foreign: float
    jei_take_up: float
    revenue_quarters: float
    revenue_quality: float
    young_quarters: int
    order_eur: float
    growth_base: float
    growth_quality: float
    growth_cash: float
    shrink: float
    death_base: float
    death_quality: float
    death_cash: float
    death_broke: float
    death_mature: float
    exit_hazard: float
    seek: float
    seek_again: float
    seek_quality: float
    round_quarters: int
    tilt: float
    signal: float
    growth_age: float


# Rows of StartupTable.money: per head except the two rates.
LABOUR, PREMISES, RESEARCH, REVENUE, PROFIT_RATE, JEI_PROFIT = range(6)


class StartupTable(NamedTuple):
    """All that the rules read in one quarter; P = places, C = countries."""

    rates: StartupRates
    country: Any  # int64 (P,)
    nest_size: Any  # int64 (C,)
    move_value: Any  # (P,) utility of a headquarters there, before costs
    move_cost: Any  # (P, P)
    awareness: Any  # (3, P)
    money: Any  # (6, P) euro a quarter: see MONEY
    jei_relief: Any  # (P, 8) euro per head of a JEI firm, by year of age
    hiring: Any  # (P,) factor on growth by tightness of the labour market, 1 at the start
    order_chance: Any  # (P,)
    ask: Any  # (4,) euro by stage


@rule
def startup_tastes(spread, seed, uid, out):
    """Write a firm's lasting tastes for places, (P,)."""
    for block in range((out.shape[0] + 1) // 2):
        first, second = normals(seed, P_STARTUP_TASTE, uid, 0, block)
        out[2 * block] = spread * first
        if 2 * block + 1 < out.shape[0]:
            out[2 * block + 1] = spread * second


@rule
def move_hazard(rates, funded, quarters_since_foreign):
    """Return the chance to consider moving the headquarters: more once funded, more after a foreign lead."""
    hazard = rates.move_hazard
    if funded:
        hazard += rates.move_hazard_funded
    if quarters_since_foreign <= rates.foreign_quarters:
        hazard += rates.move_hazard_foreign
    return hazard


@rule
def seek_chance(rates, stage, quality, quarters_since_round):
    """Return the chance to look for a round: rises with quality; none within a year of the last one."""
    if quarters_since_round < rates.round_quarters:
        return 0.0
    base = rates.seek if stage == 0 else rates.seek_again
    return 1.0 - math.exp(-base * math.exp(rates.seek_quality * quality))


@rule
def quarterly_money(rates, money, jei_relief, place, age, quality, headcount, is_jei, orders):
    """Return (cash flow after tax, taxable profit), euro in the quarter, for a firm that operates in ``place``."""
    cost = headcount * (money[LABOUR, place] + money[PREMISES, place] - money[RESEARCH, place])
    year = age // 4
    if is_jei and year < 8:
        cost -= headcount * jei_relief[place, year]
    maturity = 1.0 - math.exp(-(age + 1.0) / rates.revenue_quarters)
    revenue = headcount * money[REVENUE, place] * maturity * math.exp(rates.revenue_quality * quality)
    profit = revenue + orders * rates.order_eur - cost
    if profit <= 0.0:
        return profit, 0.0
    rate = money[PROFIT_RATE, place]
    if is_jei and year < 8:
        rate *= 1.0 - money[JEI_PROFIT, place]
    return profit * (1.0 - rate), profit


@rule
def growth_rate(rates, hiring, age, quality, year_of_cash, broke):
    """Return ln growth of headcount this quarter; growth slows with age and where hiring is tight."""
    if broke:
        return math.log(1.0 - rates.shrink)
    rate = rates.growth_base + rates.growth_quality * quality
    if year_of_cash:
        rate += rates.growth_cash
    return rate * hiring / (1.0 + age / rates.growth_age) if rate > 0.0 else rate


@rule
def death_hazard(rates, age, quality, year_of_cash, broke):
    """Return the chance of closing this quarter."""
    hazard = rates.death_base * ((age + 1.0) / 12.0) ** 0.07 * math.exp(-rates.death_quality * quality)
    if year_of_cash:
        hazard *= rates.death_cash
    elif broke:
        hazard *= rates.death_broke
    if age >= rates.young_quarters:
        hazard *= rates.death_mature
    return min(hazard, 1.0)

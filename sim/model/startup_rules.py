"""How a startup values a place, grows, is funded, moves and closes. Scalar rules."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from sim.model.compile import kernel
from sim.model.randomness import Purpose, normals

P_STARTUP_TASTE = int(Purpose.STARTUP_TASTE)
STAGES = ("seed", "a", "b", "c")
NO_ROUND = -30_000


class StartupTable(NamedTuple):
    """All that the rules read in one quarter; P = places, C = countries."""

    country: Any  # int64 (P,)
    nest_size: Any  # int64 (C,)
    nest: float
    move_value: Any  # (P,) utility of a headquarters there, before costs
    move_cost: Any  # (P, P)
    awareness: Any  # (3, P)
    france: int
    taste: float
    pull_lead: float
    foreign_quarters: int
    move_hazard: float
    move_hazard_funded: float
    move_hazard_foreign: float
    # Money, euro a quarter
    labour_cost: Any  # (P,) per head, before JEI relief
    jei_relief: Any  # (P, 8) per head of a JEI firm, by year of age
    jei_take_up: float
    premises_cost: Any  # (P,) per head
    research_subsidy: Any  # (P,) per head
    revenue_per_head: Any  # (P,) at maturity
    profit_rate: Any  # (P,)
    jei_profit_share: Any  # (P,)
    revenue_quarters: float
    revenue_quality: float
    young_quarters: int
    order_chance: Any  # (P,)
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
    ask: Any  # (4,) euro by stage
    tilt: float
    signal: float


@kernel
def startup_tastes(table, seed, uid, out):  # type: ignore[no-untyped-def]
    """Write a firm's lasting tastes for places, (P,)."""
    for block in range((out.shape[0] + 1) // 2):
        first, second = normals(seed, P_STARTUP_TASTE, uid, 0, block)
        out[2 * block] = table.taste * first
        if 2 * block + 1 < out.shape[0]:
            out[2 * block + 1] = table.taste * second


@kernel
def move_hazard(table, funded, quarters_since_foreign):  # type: ignore[no-untyped-def]
    """Return the chance to consider moving the headquarters: a background, more once funded, more after a foreign lead."""
    hazard = table.move_hazard
    if funded:
        hazard += table.move_hazard_funded
    if quarters_since_foreign <= table.foreign_quarters:
        hazard += table.move_hazard_foreign
    return hazard


@kernel
def seek_chance(table, stage, quality, quarters_since_round):  # type: ignore[no-untyped-def]
    """Return the chance to look for a round: rises with quality; none within a year of the last one."""
    if quarters_since_round < table.round_quarters:
        return 0.0
    base = table.seek if stage == 0 else table.seek_again
    return 1.0 - math.exp(-base * math.exp(table.seek_quality * quality))


@kernel
def acceptance(share, tilt, quality):  # type: ignore[no-untyped-def]
    """Return the chance that a claim is met when ``share`` of claims can be: a smooth tilt by the quality seen."""
    return share ** math.exp(-tilt * quality)


@kernel
def quarterly_money(table, place, age, quality, headcount, is_jei, orders):  # type: ignore[no-untyped-def]
    """Return (cash flow after tax, taxable profit), euro in the quarter, for a firm that operates in ``place``."""
    cost = headcount * (table.labour_cost[place] + table.premises_cost[place] - table.research_subsidy[place])
    year = age // 4
    if is_jei and year < 8:
        cost -= headcount * table.jei_relief[place, year]
    maturity = 1.0 - math.exp(-(age + 1.0) / table.revenue_quarters)
    revenue = headcount * table.revenue_per_head[place] * maturity * math.exp(table.revenue_quality * quality)
    profit = revenue + orders * table.order_eur - cost
    if profit <= 0.0:
        return profit, 0.0
    rate = table.profit_rate[place]
    if is_jei and year < 8:
        rate *= 1.0 - table.jei_profit_share[place]
    return profit * (1.0 - rate), profit


@kernel
def growth_rate(table, quality, year_of_cash, broke):  # type: ignore[no-untyped-def]
    """Return ln growth of headcount this quarter."""
    if broke:
        return math.log(1.0 - table.shrink)
    rate = table.growth_base + table.growth_quality * quality
    return rate + table.growth_cash if year_of_cash else rate


@kernel
def death_hazard(table, age, quality, year_of_cash, broke):  # type: ignore[no-untyped-def]
    """Return the chance of closing this quarter."""
    hazard = table.death_base * ((age + 1.0) / 12.0) ** 0.07 * math.exp(-table.death_quality * quality)
    if year_of_cash:
        hazard *= table.death_cash
    elif broke:
        hazard *= table.death_broke
    if age >= table.young_quarters:
        hazard *= table.death_mature
    return min(hazard, 1.0)

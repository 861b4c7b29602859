"""How a startup values a place, grows, is funded, moves and closes. Scalar rules."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model.arithmetic import exp, ln
from sim.model.compile import rule
from sim.model.randomness import Purpose, normal_row

P_STARTUP_TASTE = np.int64(Purpose.STARTUP_TASTE)
STAGES = ("seed", "a", "b", "c")
NEVER = -30_000  # a quarter long before any firm: no move, no customer
NO_ROUND = NEVER
FOLLOW_QUARTERS = 8  # staff follow a headquarters over two years; from then on the site may close
DEATH_AGE_POWER = 0.07
BACKGROUND, FUNDED, FOREIGN_LEAD, OUTGROWN = range(4)  # triggers, as in events.STARTUP_TRIGGERS


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
    move_hazard_premises: float
    follow: float
    site_close: float
    customer_hazard: float
    customer_quality: float
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
    move_terms: Any  # (10, P) its parts: named terms of ln value in their order, then place and country
    move_cost: Any  # (P, P)
    awareness: Any  # (3, P)
    money: Any  # (6, P) euro a quarter: see MONEY
    jei_relief: Any  # (P, 8) euro per head of a JEI firm, by year of age
    order_chance: Any  # (P,)
    ask: Any  # (4,) euro by stage


@rule
def startup_tastes(spread, seed, uid, out):
    """Write a firm's lasting tastes for places to ``out``, a row of draws."""
    normal_row(seed, P_STARTUP_TASTE, uid, 0, out)
    for j in range(out.shape[0]):
        out[j] *= spread


@rule
def move_trigger(rates, funded, quarters_since_foreign, outgrown, uniform):
    """Return what makes a firm consider moving its headquarters this quarter, -1 for nothing.

    The hazard is a sum of parts; the part into which the one uniform falls is the trigger.
    """
    hazard = rates.move_hazard
    if uniform < hazard:
        return BACKGROUND
    if funded:
        hazard += rates.move_hazard_funded
        if uniform < hazard:
            return FUNDED
    if quarters_since_foreign <= rates.foreign_quarters:
        hazard += rates.move_hazard_foreign
        if uniform < hazard:
            return FOREIGN_LEAD
    if outgrown and uniform < hazard + rates.move_hazard_premises:
        return OUTGROWN
    return -1


@rule
def follow_chance(share):
    """Return the chance a quarter that a worker follows, such that ``share`` follows in FOLLOW_QUARTERS quarters."""
    return 1.0 - (1.0 - share) ** (1.0 / FOLLOW_QUARTERS)


@rule
def customer_chance(rates, quality):
    """Return the chance a quarter to win the first customer; rises with quality."""
    return 1.0 - exp(-rates.customer_hazard * exp(rates.customer_quality * quality))


@rule
def seek_chance(rates, stage, quality, quarters_since_round):
    """Return the chance to look for a round: rises with quality; none within a year of the last one."""
    base = rates.seek if stage == 0 else rates.seek_again
    chance = 1.0 - exp(-base * exp(rates.seek_quality * quality))
    return 0.0 if quarters_since_round < rates.round_quarters else chance


@rule
def earning_power(rates, since_customer, quality):
    """Return what a firm earns over what is usual per head: it matures from the first customer on, rises with quality.

    ``since_customer``: quarters since the first customer.
    """
    maturity = 1.0 - exp(-(since_customer + 1.0) / rates.revenue_quarters)
    return maturity * exp(rates.revenue_quality * quality)


@rule
def quarterly_money(rates, money, jei_relief, place, hq, age, earning, at_place, away, is_jei, orders):
    """Return (cash flow after tax, taxable profit), euro in the quarter.

    ``at_place`` persons work at operations in ``place``, ``away`` persons at the headquarters ``hq``: each costs and
    earns what is usual where they work; relief for young innovative firms and profit tax are those of ``place``.
    ``earning``: :func:`earning_power`, 0 without a customer.
    """
    cost = at_place * (money[LABOUR, place] + money[PREMISES, place] - money[RESEARCH, place])
    cost += away * (money[LABOUR, hq] + money[PREMISES, hq] - money[RESEARCH, hq])
    year = age // 4
    if is_jei and year < 8:
        cost -= at_place * jei_relief[place, year]
    revenue = (at_place * money[REVENUE, place] + away * money[REVENUE, hq]) * earning
    profit = revenue + orders * rates.order_eur - cost
    if profit <= 0.0:
        return profit, 0.0
    rate = money[PROFIT_RATE, place]
    if is_jei and year < 8:
        rate *= 1.0 - money[JEI_PROFIT, place]
    return profit * (1.0 - rate), profit


@rule
def growth_rate(rates, age, quality, year_of_cash, broke):
    """Return ln growth of headcount that the firm wishes this quarter; growth slows with age."""
    if broke:
        return ln(1.0 - rates.shrink)
    rate = rates.growth_base + rates.growth_quality * quality
    if year_of_cash:
        rate += rates.growth_cash
    return rate / (1.0 + age / rates.growth_age) if rate > 0.0 else rate


@rule
def frailty_of(rates, age, quality):
    """Return the part of the chance of closing that age and quality make."""
    return rates.death_base * exp(DEATH_AGE_POWER * ln((age + 1.0) / 12.0)) * exp(-rates.death_quality * quality)


@rule
def death_hazard(rates, frailty, age, year_of_cash, broke):
    """Return the chance of closing this quarter; ``frailty``: :func:`frailty_of`."""
    hazard = frailty
    if year_of_cash:
        hazard *= rates.death_cash
    elif broke:
        hazard *= rates.death_broke
    if age >= rates.young_quarters:
        hazard *= rates.death_mature
    return min(hazard, 1.0)

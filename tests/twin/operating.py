"""Firms win customers, earn, pay and wish; claims for workers and premises are met or refused (ODD 7.6)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.twin.agents import ALIVE, NEVER
from tests.twin.arithmetic import clip, exp, floor, ln, trunc
from tests.twin.draws import Purpose, two
from tests.twin.prices import fit_office_m2
from tests.twin.rationing import met, share_met
from tests.twin.startup_value import jei_points, productivity

RELIEF_YEARS = 8


def site_money(model: Any) -> SimpleNamespace:
    """ODD 7.6: cost and revenue per head and quarter by place, relief by place and year, chance of an order."""
    world, conditions, geography, old = model.world, model.conditions, model.geography, model.start_conditions
    productive, productive_2013 = productivity(model, conditions), productivity(model, old)
    table = SimpleNamespace(cost=[], revenue=[], relief=[], order=[])
    for p, place in enumerate(model.places):
        pay = place.wage * world["startup.pay_factor"] / 4
        labour = pay * (1 + conditions.employer_rate[p])
        rent = place.office_rent * (1 - conditions.premises_discount[p])
        premises = world["price.office_m2_per_job"] * rent / 4
        subsidy = clip(conditions.research_subsidy[p], -0.05, 0.5)
        research = subsidy * world["startup.share_research"] * labour
        table.cost.append(labour + premises - research)

        cost_2013 = place.wage_2013 * world["startup.pay_factor"] / 4 * (1 + old.employer_rate[p])
        gain = exp(productive[p] - productive_2013[p])
        table.revenue.append(cost_2013 * world["startup.revenue_mature"] * gain)

        spared = jei_points(model, p) * world["law.jei_research_staff"] * pay if geography.is_french[p] else 0.0
        table.relief.append([spared * kept for kept in conditions.jei_payroll_schedule])

        young = model.startup_counts.young[p] * model.settings.startup_scale
        table.order.append(min(conditions.orders[p] / max(young, 1), 1.0))
    return table


def new_tax_base(model: Any) -> SimpleNamespace:
    """ODD 7.6: an empty tax base of a quarter."""
    places = range(len(model.places))
    return SimpleNamespace(
        heads=[0 for _ in places],
        jei_heads=[[0 for _ in range(RELIEF_YEARS)] for _ in places],
        profit=[0 for _ in places],
        jei_profit=[0 for _ in places],
        exit_gains=[0 for _ in places],
    )


def order_of(model: Any, firm: Any, table: SimpleNamespace, seed: int, quarter: int) -> int:
    """ODD 7.6 step 1: whether a young firm wins an order of an open-innovation structure."""
    age = quarter - firm.founded
    if not 0 < age < trunc(4 * model.world["startup.young_years"]):
        return 0
    return 1 if two(seed, Purpose.ORDER, firm.uid, quarter, 0)[0] < table.order[firm.ops] else 0


def wins_first_customer(model: Any, firm: Any, order: int, seed: int, quarter: int) -> bool:
    """ODD 7.6 step 2: whether a firm without a customer wins its first."""
    if firm.customer != NEVER:
        return False
    if order:
        return True
    world = model.world
    rate = world["startup.customer_hazard"] * exp(world["startup.customer_quality"] * firm.quality)
    return two(seed, Purpose.CUSTOMER, firm.uid, quarter, 0)[0] < 1 - exp(-rate)


def cost_of(firm: Any, table: SimpleNamespace, quarter: int) -> float:
    """ODD 7.6 step 3: euro a quarter."""
    here, year = firm.headcount - firm.away, (quarter - firm.founded) // 4
    cost = here * table.cost[firm.ops] + firm.away * table.cost[firm.hq]
    if firm.jei and year < RELIEF_YEARS:
        cost -= here * table.relief[firm.ops][year]
    return cost


def revenue_of(model: Any, firm: Any, table: SimpleNamespace, quarter: int) -> float:
    """ODD 7.6 step 4: euro a quarter."""
    if firm.customer == NEVER:
        return 0.0
    world, here = model.world, firm.headcount - firm.away
    maturity = 1 - exp(-(quarter - firm.customer + 1) / world["startup.revenue_quarters"])
    at_maturity = here * table.revenue[firm.ops] + firm.away * table.revenue[firm.hq]
    return at_maturity * maturity * exp(world["startup.revenue_quality"] * firm.quality)


def profit_and_tax(model: Any, firm: Any, profit: float, quarter: int) -> tuple[float, float]:
    """ODD 7.6 step 5: cash flow and taxable profit, euro."""
    if profit <= 0:
        return profit, 0.0
    rate = model.conditions.profit_rate[firm.ops]
    if firm.jei and (quarter - firm.founded) // 4 < RELIEF_YEARS:
        spared = model.conditions.jei_profit_share if model.geography.is_french[firm.ops] else 0.0
        rate = rate * (1 - spared)
    return profit * (1 - rate), profit


def enter_tax_base(base: SimpleNamespace, firm: Any, taxable: float, quarter: int) -> None:
    """ODD 7.6 step 6: heads and profit of one firm."""
    here, year = firm.headcount - firm.away, (quarter - firm.founded) // 4
    base.heads[firm.ops] += here
    base.heads[firm.hq] += firm.away
    if firm.jei and year < RELIEF_YEARS:
        base.jei_heads[firm.ops][year] += here
        base.jei_profit[firm.ops] += trunc(taxable)
    else:
        base.profit[firm.ops] += trunc(taxable)


def year_of_cash(cash: int, flow: int) -> bool:
    """ODD 7.6 step 7, 7.9: cash lasts for a year at this quarter's cash flow."""
    return cash > 0 and cash >= -4 * min(flow, 0)


def wish_of(model: Any, firm: Any, flow: int, broke: bool, seed: int, quarter: int) -> int:
    """ODD 7.6 step 8: persons a firm wishes to hire, or to lose."""
    world = model.world
    if broke:
        growth = ln(1 - world["startup.shrink"])
    else:
        growth = world["startup.growth_base"] + world["startup.growth_quality"] * firm.quality
        if year_of_cash(firm.cash, flow):
            growth += world["startup.growth_cash"]
        if growth > 0:
            growth = growth / (1 + (quarter - firm.founded) / world["startup.growth_age"])
    uniform = two(seed, Purpose.ORDER, firm.uid, quarter, 0)[1]
    return max(1, floor(firm.headcount * exp(growth) + uniform)) - firm.headcount


def split_of(firm: Any, wish: int, seed: int, quarter: int) -> tuple[int, int]:
    """ODD 7.6 step 9: the wish at operations, and at a headquarters abroad."""
    if firm.away <= 0 or wish == 0:
        return wish, 0
    uniform = two(seed, Purpose.HIRE, firm.uid, quarter, 2)[0]
    size = abs(wish)
    part = min(size, floor(size * firm.away / firm.headcount + uniform))
    if wish > 0:
        return wish - part, part
    part = max(min(part, firm.away), size - (firm.headcount - firm.away))
    return wish + part, -part


def operate(
    model: Any, firm: Any, table: SimpleNamespace, base: SimpleNamespace, seed: int, quarter: int
) -> SimpleNamespace:
    """ODD 7.6, first pass: a quarter of one firm; return its cash flow, wishes by site and whether a customer came."""
    order = order_of(model, firm, table, seed, quarter)
    first = wins_first_customer(model, firm, order, seed, quarter)
    if first:
        firm.customer = quarter
    orders = order * model.world["lever.open_innovation.order_eur"]
    profit = revenue_of(model, firm, table, quarter) + orders - cost_of(firm, table, quarter)
    cash_flow, taxable = profit_and_tax(model, firm, profit, quarter)
    enter_tax_base(base, firm, taxable, quarter)
    flow = trunc(cash_flow)
    firm.cash += flow
    broke = firm.cash < 0
    if broke:
        firm.cash = 0
    wish = wish_of(model, firm, flow, broke, seed, quarter)
    here, away = split_of(firm, wish, seed, quarter)
    return SimpleNamespace(flow=flow, here=here, away=away, first_customer=first)


def sites_of(firm: Any, result: SimpleNamespace) -> list[tuple[int, int, int]]:
    """ODD 7.6: (block of draws, place, wish) of operations and of a headquarters abroad."""
    return [(0, firm.ops, result.here), (1, firm.hq, result.away)]


def grow(firm: Any, result: SimpleNamespace, shares: SimpleNamespace, claims: Any, seed: int, quarter: int) -> None:
    """ODD 7.6, third pass: wishes of one firm are done, met or refused; ``claims`` counts by place."""
    claimed = refused = False
    for block, place, wish in sites_of(firm, result):
        change = wish
        if wish > 0:
            claimed = True
            rounding, premises = two(seed, Purpose.HIRE, firm.uid, quarter, block)
            if premises >= shares.premises_met[place]:
                refused = True
                claims.refused_premises[place] += 1
                change = 0
            else:
                change = met(wish, shares.workers_met[place], rounding)
                claims.hired[place] += change
                claims.refused_workers[place] += wish - change
        firm.headcount += change
        if block == 1:
            firm.away += change
    if claimed:
        firm.outgrown = 1 if refused else 0


def claims_met(model: Any, wished: list[int]) -> SimpleNamespace:
    """ODD 7.6, second pass: shares met of claims of ``wished`` persons (agents) by place."""
    world, scale, geography = model.world, model.settings.startup_scale, model.geography
    places, k = range(len(model.places)), world["price.rationing"]
    vacant = fit_office_m2(model)
    workers, premises = [], []
    for p in places:
        market = [o for o in places if geography.market[o] == geography.market[p]]
        talents = sum(model.places[o].talents for o in market)
        staff = sum(model.places[o].startup_staff for o in market)
        demand = sum(wished[o] for o in market) * scale
        workers.append(share_met(demand, world["startup.hiring_pool"] * max(talents - staff, 0), k))
        premises.append(share_met(wished[p] * world["price.office_m2_per_job"] * scale, vacant[p], k))
    return SimpleNamespace(workers_met=workers, premises_met=premises)


def grow_startups(model: Any) -> None:
    """ODD 7.6: three passes over living firms."""
    places, quarter = range(len(model.places)), model.quarter
    table, model.tax_base = site_money(model), new_tax_base(model)
    counts, model.cash_flows = model.events.counts, {}
    wished, sites = [0 for _ in places], [0 for _ in places]
    results = []
    for firm in model.startups:
        if firm.status != ALIVE:
            continue
        result = operate(model, firm, table, model.tax_base, model.key, quarter)
        results.append((firm, result))
        model.cash_flows[firm.uid] = result.flow
        counts["first_customers"][firm.ops] += 1 if result.first_customer else 0
        for _, place, wish in sites_of(firm, result):
            wished[place] += max(wish, 0)
            sites[place] += 1 if wish > 0 else 0

    claims = claims_met(model, wished)
    claims.workers, claims.premises = wished, sites
    claims.hired, claims.refused_workers, claims.refused_premises = ([0 for _ in places] for _ in range(3))
    for firm, result in results:
        grow(firm, result, claims, claims, model.key, quarter)
    for p in places:
        counts["refused_hires"][p] += claims.refused_workers[p]
        counts["refused_premises"][p] += claims.refused_premises[p]
    model.growth_claims = claims

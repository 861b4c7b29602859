"""Firms close or are sold; sites left behind close (ODD 7.9)."""

from __future__ import annotations

from typing import Any

from tests.twin.agents import ALIVE, CLOSED, SOLD
from tests.twin.arithmetic import exp, trunc
from tests.twin.draws import Purpose, two
from tests.twin.operating import year_of_cash
from tests.twin.relocation import FOLLOW_QUARTERS

SALE_AGE_QUARTERS = 16


def death_hazard(model: Any, age: int, quality: float, *, lasting: bool, broke: bool) -> float:
    """ODD 7.9: chance to close this quarter; ``lasting``: with a year of cash."""
    world = model.world
    hazard = world["startup.death_base"] * ((age + 1) / 12) ** 0.07 * exp(-world["startup.death_quality"] * quality)
    if lasting:
        hazard *= world["startup.death_cash"]
    elif broke:
        hazard *= world["startup.death_broke"]
    if age >= trunc(4 * world["startup.young_years"]):
        hazard *= world["startup.death_mature"]
    return min(hazard, 1.0)


def end_of(model: Any, firm: Any, flow: int, seed: int, quarter: int) -> int:
    """ODD 7.9: status of a living firm after this quarter: alive, closed or sold."""
    age = quarter - firm.founded
    closes, sold = two(seed, Purpose.CLOSE, firm.uid, quarter, 0)
    lasting, broke = year_of_cash(firm.cash, flow), firm.cash <= 0
    if closes < death_hazard(model, age, firm.quality, lasting=lasting, broke=broke):
        return CLOSED
    if firm.stage > 0 and age >= SALE_AGE_QUARTERS and sold < model.world["startup.exit_hazard"]:
        return SOLD
    return ALIVE


def site_closes(model: Any, firm: Any, seed: int, quarter: int) -> bool:
    """ODD 7.9: whether the site a headquarters left behind closes."""
    country = model.geography.country
    if country[firm.hq] == country[firm.ops] or quarter - firm.moved <= FOLLOW_QUARTERS:
        return False
    uniform, _ = two(seed, Purpose.CLOSE_SITE, firm.uid, quarter, 0)
    return bool(uniform < model.world["startup.site_close_hazard"])


def leave_site(firm: Any) -> None:
    """ODD 7.9: only the headquarters remains; where nobody had followed, the founder starts again alone."""
    firm.ops, firm.headcount, firm.away = firm.hq, max(1, firm.away), 0


def close_startups(model: Any) -> None:
    """ODD 7.9: closures and sales first, then sites of firms still alive."""
    world, quarter, counts = model.world, model.quarter, model.events.counts
    lost = [0 for _ in model.places]
    for firm in model.startups:
        if firm.status != ALIVE:
            continue
        firm.status = end_of(model, firm, model.cash_flows[firm.uid], model.key, quarter)
        if firm.status == CLOSED:
            counts["closures"][firm.hq] += 1
            counts["closures_french"][firm.hq] += 1 if model.geography.is_french[firm.origin] else 0
            lost[firm.ops] += firm.headcount - firm.away
            lost[firm.hq] += firm.away
        elif firm.status == SOLD:
            counts["exits"][firm.hq] += 1
            founders = world["startup.exit_multiple"] * world["startup.exit_founder_share"]
            model.tax_base.exit_gains[firm.hq] += trunc(firm.raised * founders)
        if firm.status != ALIVE and firm.founder_slot >= 0:
            founder = model.talents[firm.founder_slot]
            if founder.generation == firm.founder_generation:
                founder.firms -= 1
    for firm in model.startups:
        if firm.status == ALIVE and site_closes(model, firm, model.key, quarter):
            counts["site_closures"][firm.ops] += 1
            lost[firm.ops] += firm.headcount - firm.away
            leave_site(firm)
    model.jobs_lost = [float(jobs * model.settings.startup_scale) for jobs in lost]

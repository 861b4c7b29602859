"""Revenue forgone on the simulated base of the quarter against the law of 2013 (ODD 7.18)."""

from __future__ import annotations

from tests.twin.agents import lives_in_france
from tests.twin.arithmetic import exp, trunc
from tests.twin.talent_choice import SKILLS, class_pay


def french_places(model):
    """Return the French places."""
    return [place for place in model.places if model.geography.is_french[place.index]]


def meur(model, euro):
    """Return million real euro of euro of agents."""
    return euro * model.settings.startup_scale / 1e6


def startup_pay(model, place):
    """Return pay of a head and quarter in a startup (ODD 7.6)."""
    return place.wage * model.world["startup.pay_factor"] / 4


def contributions_due(model, place, rate, schedule):
    """Return euro of employers' contributions on the staff of startups at a place, at a rate and a schedule."""
    base = model.tax_base
    kept = 0.0
    for heads, share in zip(base.jei_heads[place.index], schedule, strict=True):
        kept += heads * share
    spared = min(model.world["law.jei_points"], rate) * model.world["law.jei_research_staff"] * kept
    return startup_pay(model, place) * (base.heads[place.index] * rate - spared)


def jei_payroll_relief(model):
    """Return million euro that a wider relief on payrolls forgoes."""
    law, old = model.conditions, model.start_conditions
    total = 0.0
    for place in french_places(model):
        rate = old.employer_rate[place.index]
        total += contributions_due(model, place, rate, old.jei_payroll_schedule)
        total -= contributions_due(model, place, rate, law.jei_payroll_schedule)
    return meur(model, total)


def jei_profit_relief(model):
    """Return million euro that a wider relief on profits forgoes."""
    gain = model.conditions.jei_profit_share - model.start_conditions.jei_profit_share
    total = 0.0
    for place in french_places(model):
        total += model.tax_base.jei_profit[place.index] * model.start_conditions.profit_rate[place.index] * gain
    return meur(model, total)


def founder_exit_tax(model):
    """Return million euro that a lower tax on founders' gains forgoes."""
    total = 0.0
    for place in french_places(model):
        p = place.index
        gap = model.start_conditions.founder_exit_rate[p] - model.conditions.founder_exit_rate[p]
        total += model.tax_base.exit_gains[p] * gap
    return meur(model, total)


def employer_contributions(model):
    """Return million euro that lower rates of contributions forgo."""
    law, old = model.conditions, model.start_conditions
    total = 0.0
    for place in french_places(model):
        for sign, rates in ((1.0, old.employer_rate), (-1.0, law.employer_rate)):
            total += sign * contributions_due(model, place, rates[place.index], law.jei_payroll_schedule)
    return meur(model, total)


def profit_tax(model):
    """Return million euro that lower rates of the profit tax forgo."""
    law, base = model.conditions, model.tax_base
    total = 0.0
    for place in french_places(model):
        p = place.index
        taxed = base.profit[p] + base.jei_profit[p] * (1.0 - law.jei_profit_share)
        total += taxed * (model.start_conditions.profit_rate[p] - law.profit_rate[p])
    return meur(model, total)


def impatriates(model, years):
    """Return talents in France who arrived under the regime and are within some years of arrival."""
    since, q = model.conditions.impatriate_since, model.quarter
    return [
        talent
        for talent in model.talents
        if talent.counts
        and lives_in_france(model, talent.place)
        and talent.arrived >= since
        and q - talent.arrived < round(4 * years)
    ]


def impatriate_relief(model, share, years):
    """Return euro a year of agents spared by the regime at a share and a number of years."""
    total = 0.0
    for talent in impatriates(model, years):
        pay = class_pay(model.world, talent.skill) * model.places[talent.place].wage * exp(talent.log_ability)
        total += trunc(pay) * model.world[f"law.impatriate_marginal.{SKILLS[talent.skill]}"]
    return total * share * model.world["law.impatriate_take_up"]


def impatriate_regime(model):
    """Return million euro a quarter that a wider regime for arriving talents forgoes."""
    law, old = model.conditions, model.start_conditions
    now = impatriate_relief(model, law.impatriate_exempt_share, law.impatriate_years)
    then = impatriate_relief(model, old.impatriate_exempt_share, old.impatriate_years)
    return (now - then) * model.settings.talent_scale / 4 / 1e6

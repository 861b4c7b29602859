"""Public revenue of a quarter at the law of July 2013 (ODD 7.22)."""

from __future__ import annotations

from tests.twin.arithmetic import exp, trunc
from tests.twin.lever_rules.forgone import french_places, meur, startup_pay
from tests.twin.talent_choice import average_wedge, class_pay


def collect_revenue(model):
    """Note revenue by cause, item and receiver, under the quarter that comes."""
    real = model.settings.talent_scale / 1e6
    then, now = taxes_on_pay(model, "wage_2013"), taxes_on_pay(model, "wage")
    rows = []
    for item, receiver in (("income tax", "state"), ("contributions", "social")):
        rows.append(("people", item, receiver, then[item] * real))
        rows.append(("wages", item, receiver, (now[item] - then[item]) * real))
    rows += [
        ("firms", "profit tax", "state", profit_tax(model)),
        ("firms", "founder exit tax", "state", founder_exit_tax(model)),
        ("firms", "jei payroll relief", "social", -jei_payroll_relief(model)),
    ]
    for cause, item, receiver, amount in rows:
        model.revenue.append((model.quarter + 1, cause, item, receiver, amount))


def taxes_on_pay(model, wage):
    """Return whole euro of income tax and contributions of all talents in France at one of two wages."""
    average = model.evidence.column("average_wage_2013").tolist()
    total = {"income tax": 0, "contributions": 0}
    for talent in model.talents:
        place = model.places[talent.place]
        if not talent.counts or not model.geography.is_french[place.index]:
            continue
        pay = getattr(place, wage) * (class_pay(model.world, talent.skill) * exp(talent.log_ability))
        income_tax, contributions = taxes_of(model, place.index, pay, pay / average[place.index])
        total["income tax"] += trunc(income_tax + 0.5)
        total["contributions"] += trunc(contributions + 0.5)
    return total


def taxes_of(model, p, pay, ratio):
    """Return income tax and contributions of a quarter on yearly gross ``pay``, ``ratio`` times the average wage."""
    law, gross = model.start_conditions, pay / 4
    employer, employee = law.wage_employer_rate[p], model.world["law.employee_contributions"]
    w100, w167, top = (row[p] for row in law.tax_wedge)
    due = gross * (1.0 + employer) * average_wedge(ratio, w100, w167, top)
    contributions = min(gross * (employer + employee), due)
    return due - contributions, contributions


def profit_tax(model):
    """Return million euro of profit tax."""
    law, base = model.start_conditions, model.tax_base
    total = 0.0
    for place in french_places(model):
        p = place.index
        taxed = base.profit[p] + base.jei_profit[p] * (1.0 - law.jei_profit_share)
        total += taxed * law.profit_rate[p]
    return meur(model, total)


def founder_exit_tax(model):
    """Return million euro of tax on founders' gains."""
    total = 0.0
    for place in french_places(model):
        total += model.tax_base.exit_gains[place.index] * model.start_conditions.founder_exit_rate[place.index]
    return meur(model, total)


def jei_payroll_relief(model):
    """Return million euro of contributions that young innovative firms are spared."""
    law, world, total = model.start_conditions, model.world, 0.0
    for place in french_places(model):
        points = min(world["law.jei_points"], law.employer_rate[place.index])
        spared = 0.0
        for heads, share in zip(model.tax_base.jei_heads[place.index], law.jei_payroll_schedule, strict=True):
            spared += heads * share
        total += startup_pay(model, place) * points * world["law.jei_research_staff"] * spared
    return meur(model, total)

"""R6: attractive taxation (ODD 7.18)."""

from __future__ import annotations

from tests.twin.agents import ALIVE, SOLD, lives_in_france
from tests.twin.lever_rules import forgone
from tests.twin.lever_rules.fields import intensity, quarter_of, towards

RELIEF_YEARS = 8


def switch(model, lever, name):
    """Return the intensity of one of the four switches, from its own date if it has one."""
    return intensity(model, lever, getattr(lever, f"{name}_start")) if getattr(lever, name) else 0.0


def apply(model, lever):
    """Move the law; no relief is ever narrowed."""
    law = model.conditions
    s = switch(model, lever, "jei_payroll")
    law.jei_payroll_schedule = [
        kept + s * max(lever.jei_payroll_exemption - kept, 0.0) for kept in law.jei_payroll_schedule
    ]
    s = switch(model, lever, "jei_profit")
    law.jei_profit_share += s * max(lever.jei_profit_exemption - law.jei_profit_share, 0.0)
    s = switch(model, lever, "founder_exit")
    for p, french in enumerate(model.geography.is_french):
        if french:
            law.founder_exit_rate[p] = towards(law.founder_exit_rate[p], lever.founder_exit_rate, s)
    s = switch(model, lever, "impatriate")
    law.impatriate_exempt_share += s * max(lever.impatriate_exempt_share - law.impatriate_exempt_share, 0.0)
    law.impatriate_years += s * max(lever.impatriate_years - law.impatriate_years, 0.0)
    if s > 0.0:
        law.impatriate_since = quarter_of(lever.impatriate_start or lever.start)


def charges(model, lever):
    """Charge revenue forgone, by switch."""
    items = {
        "jei_payroll": ("jei payroll relief", forgone.jei_payroll_relief),
        "jei_profit": ("jei profit relief", forgone.jei_profit_relief),
        "founder_exit": ("founder exit tax", forgone.founder_exit_tax),
        "impatriate": ("impatriate regime", forgone.impatriate_regime),
    }
    return [(item, "state", rule(model)) for name, (item, rule) in items.items() if getattr(lever, name)]


def reach(model, lever, acting):
    """Return young innovative firms and founders better off than in 2013, and talents under the regime (ODD 7.23)."""
    law, old = model.conditions, model.start_conditions
    found = [seen.firm for seen in acting if has_wider_relief(model, lever, seen)]
    if lever.founder_exit:
        for firm in sold_now(model, acting):
            if lives_in_france(model, firm.hq) and law.founder_exit_rate[firm.hq] < old.founder_exit_rate[firm.hq]:
                found.append(firm)
    if lever.impatriate:
        found += forgone.impatriates(model, law.impatriate_years)
    return found


def has_wider_relief(model, lever, seen):
    """Say whether a firm that acted has more relief than under the law of 2013."""
    law, old, firm = model.conditions, model.start_conditions, seen.firm
    year = (model.quarter - firm.founded) // 4
    if not firm.jei or not lives_in_france(model, seen.ops) or year >= RELIEF_YEARS:
        return False
    payroll = lever.jei_payroll and law.jei_payroll_schedule[year] > old.jei_payroll_schedule[year]
    profit = lever.jei_profit and law.jei_profit_share > old.jei_profit_share
    return payroll or profit


def sold_now(model, acting):
    """Return firms sold this quarter."""
    assert all(seen.status == ALIVE for seen in acting)
    return [seen.firm for seen in acting if seen.firm.status == SOLD]

"""Revenue of the State and of social funds from the simulated base, each quarter, at the law of July 2013.

Two parts of a policy's effect on public money are kept apart, so that they add up and nothing is counted twice:

* *gross*: what a lever pays or forgoes. A tax lever forgoes the simulated base of the scenario times the change of
  its own rate (:meth:`sim.model.growth.TaxBase.forgone`).
* *behaviour*: the revenue here, the simulated base of the scenario at the rates of 2013. Against the baseline it
  changes only because people, wages or firms differ.

Revenue at the law in force = revenue at the law of 2013 - revenue forgone, so that the net balance is behaviour less
gross cost.

Talents who live in France owe, on a labour cost of wage x pay x (1 + employer rate), the average wedge of
:func:`sim.model.talent_rules.average_wedge`. Contributions are wage x pay x (employer rate + employee rate), as far as
the wedge reaches; the rest is income tax, with levies on pay that buy no entitlement (in law the funds' own, here with
the State). The relief of arriving talents is left out at any law: the regime of 2013 is a cost of both runs, a change
of it a cost of its lever. Staff of startups are talents: firms' payrolls are in here, and not counted again. (What a
lever forgoes on payrolls is computed on firms' heads at the startups' average pay, a second estimate of the same pay.)

Firms in France owe profit tax, and founders tax on gains in sales. Relief of young innovative firms on contributions
is a revenue of the funds with a minus: in the account without contributions it vanishes with them.

Not counted: value-added tax, local taxes, taxes on property and on other incomes, unemployment benefits, public
services that additional people use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.model.arithmetic import exp
from sim.model.blocks import map_blocks
from sim.model.compile import kernel
from sim.model.conditions import Conditions
from sim.model.tables import class_log_pay
from sim.model.talent_rules import average_wedge

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

PEOPLE, WAGES, FIRMS = "people", "wages", "firms"  # what a change of revenue is due to
INCOME_TAX, CONTRIBUTIONS = "income tax", "contributions"
# Item of talents' revenue -> who receives it, in the order of the kernel's sums.
TALENT_ITEMS = {INCOME_TAX: "state", CONTRIBUTIONS: "social"}


class Levies(NamedTuple):
    """What the kernel reads; K wages (now, 2013), P places, S skill classes. Zero pay outside France."""

    pay: Any  # (K, S, P) gross euro a quarter of a talent of ability 1
    ratio: Any  # (K, S, P) the same pay over the average wage
    employer: Any  # (P,)
    employee: float
    wedge: Any  # (3, P) on labour cost: average at 100% and 167% of the average wage, marginal above
    french: Any  # (P,) bool


@kernel
def levies_of(ratio, gross, employer, employee, wedge_100, wedge_167, top):
    """Return (income tax, contributions) on gross pay, euro, each at least 0; their sum is the average wedge."""
    wedge = average_wedge(ratio, wedge_100, wedge_167, top)
    due = gross * (1.0 + employer) * wedge
    contributions = min(gross * (employer + employee), due)
    return due - contributions, contributions


@kernel
def add_levies(
    pay, ratio, employer, employee, wedge, french, start, stop, skill, place, log_ability, counts, out
):  # fmt: skip
    """Add levies of the talents of rows start..stop, whole euro each, to ``out`` (wages K, items 2, P)."""
    for i in range(start, stop):
        here = place[i]
        if not counts[i] or not french[here]:
            continue
        ability = exp(log_ability[i])
        for k in range(pay.shape[0]):
            tax, contributions = levies_of(
                ability * ratio[k, skill[i], here], ability * pay[k, skill[i], here],
                employer[here], employee, wedge[0, here], wedge[1, here], wedge[2, here],
            )  # fmt: skip
            out[k, 0, here] += int(tax + 0.5)
            out[k, 1, here] += int(contributions + 0.5)


def levies_table(model: FlightModel) -> Levies:
    """Return the law of July 2013 at today's wages and at those of 2013."""
    world, places, law = model.world, model.places, model.startup_tables.conditions_2013
    wages = np.array([places.wage, places.wage_2013])
    classes = np.exp(class_log_pay(world))[:, None]
    pay = wages[:, None, :] * classes / 4.0
    ratio = wages[:, None, :] / model.evidence.column("average_wage_2013") * classes
    employee = world["law.employee_contributions"]
    return Levies(pay, ratio, law.employer_rate, employee, law.tax_wedge, model.geography.is_french)


def talent_revenue(model: FlightModel) -> np.ndarray:
    """Return levies on talents' pay this quarter, whole euro of agents, (2 wages: now and 2013, 2 items, P)."""
    table, places = levies_table(model), model.places.count
    columns = model.talents.table(("skill", "place", "log_ability", "counts"))

    def work(start: int, stop: int) -> np.ndarray:
        out = np.zeros((2, len(TALENT_ITEMS), places), np.int64)
        add_levies(*table, start, stop, *columns, out)
        return out

    blocks = map_blocks(work, model.talents.size, model.settings.threads)
    return np.asarray(sum(blocks, np.zeros((2, len(TALENT_ITEMS), places), np.int64)))


def firm_revenue(model: FlightModel, law: Conditions) -> dict[tuple[str, str], float]:
    """Return what firms and founders in France owe this quarter under a law, million euro, by (item, receiver)."""
    world, base, french = model.world, model.tax_base, model.places.is_french
    million = model.settings.startup_scale / 1e6
    pay = model.places.wage * world["startup.pay_factor"] / 4.0
    points = np.minimum(world["law.jei_points"], law.employer_rate) * world["law.jei_research_staff"]
    relief = pay * points * (base.jei_heads @ law.jei_payroll_schedule)
    profit = (base.profit + base.jei_profit * (1.0 - law.jei_profit_share)) * law.profit_rate
    gains = base.exit_gains * law.founder_exit_rate
    return {
        ("profit tax", "state"): million * float(np.sum(french * profit)),
        ("founder exit tax", "state"): million * float(np.sum(french * gains)),
        ("jei payroll relief", "social"): -million * float(np.sum(french * relief)),
    }


def collect_revenue(model: FlightModel) -> None:
    """Record the quarter's revenue at the law of July 2013, after the agents have acted.

    ``people``: of talents at the wages of 2013; ``wages``: what today's wages add to it, so that the two together are
    all that talents owe; ``firms``.
    """
    quarter = model.quarter + 1
    million = model.settings.talent_scale / 1e6
    now, then = talent_revenue(model).sum(axis=2)
    for n, (item, receiver) in enumerate(TALENT_ITEMS.items()):
        model.recorder.collect(quarter, PEOPLE, item, receiver, million * float(then[n]))
        model.recorder.collect(quarter, WAGES, item, receiver, million * float(now[n] - then[n]))
    for (item, receiver), meur in firm_revenue(model, model.startup_tables.conditions_2013).items():
        model.recorder.collect(quarter, FIRMS, item, receiver, meur)

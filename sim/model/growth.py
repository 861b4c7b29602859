"""Growth: firms earn, pay wages, rent and tax, claim workers and premises; the quarter's tax base is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.blocks import map_blocks
from sim.model.claims import shares_met
from sim.model.hiring import GrowthClaims, claim, hire
from sim.model.operating import operate
from sim.model.talents import SKILLS, impatriate_pay

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

YEAR_QUARTERS = 4


@dataclass
class TaxBase:
    """The simulated base of startups' taxes this quarter; whole euro and heads by place, agents (unscaled)."""

    heads: np.ndarray  # (P,)
    jei_heads: np.ndarray  # (P, 8) by year of age
    profit: np.ndarray  # (P,) taxable, firms outside JEI
    jei_profit: np.ndarray  # (P,)
    exit_gains: np.ndarray  # (P,) founders' gains in sales

    @classmethod
    def empty(cls, places: int) -> TaxBase:
        """Return a base of zeros."""
        z = [np.zeros(places, np.int64) for _ in range(4)]
        return cls(z[0], np.zeros((places, 8), np.int64), z[1], z[2], z[3])

    def forgone(self, model: FlightModel) -> dict[str, float]:
        """Return revenue forgone against the law of July 2013, million euro this quarter, by item.

        Each item is the simulated base times the change of its own rate.
        """
        world, now = model.world, model.conditions
        law = model.startup_tables.conditions_2013
        scale = model.settings.startup_scale / 1e6
        pay = model.places.wage * world["startup.pay_factor"] / 4.0
        research = world["law.jei_research_staff"]

        def contributions(rate: np.ndarray, schedule: np.ndarray) -> np.ndarray:
            points = np.minimum(world["law.jei_points"], rate)
            return np.asarray(pay * (self.heads * rate - points * research * (self.jei_heads @ schedule)))

        due = contributions(law.employer_rate, law.jei_payroll_schedule)
        due_relief = contributions(law.employer_rate, now.jei_payroll_schedule)
        due_now = contributions(now.employer_rate, now.jei_payroll_schedule)
        french = model.places.is_french
        profit_share = now.jei_profit_share - law.jei_profit_share
        full_profit = self.profit + self.jei_profit * (1.0 - french * now.jei_profit_share)
        return {
            "jei payroll relief": scale * float(np.sum(french * (due - due_relief))),
            "jei profit relief": scale * float(np.sum(french * self.jei_profit * law.profit_rate * profit_share)),
            "founder exit tax": scale
            * float(np.sum(french * self.exit_gains * (law.founder_exit_rate - now.founder_exit_rate))),
            "impatriate regime": _impatriate_forgone(model),
            "employer contributions": scale * float(np.sum(french * (due_relief - due_now))),
            "profit tax": scale * float(np.sum(french * full_profit * (law.profit_rate - now.profit_rate))),
        }


def _impatriate_forgone(model: FlightModel) -> float:
    """Return income tax forgone on arrivals since the regime changed, beyond the law of 2013, million euro."""
    world, now, law = model.world, model.conditions, model.startup_tables.conditions_2013
    marginal = np.array([world[f"law.impatriate_marginal.{s}"] for s in SKILLS])
    take_up = world["law.impatriate_take_up"]
    total = 0.0
    for state, sign in ((now, 1.0), (law, -1.0)):
        quarters = round(state.impatriate_years * YEAR_QUARTERS)
        pay = arrivals_pay(model, now.impatriate_since, quarters)
        total += sign * float(np.sum(pay * marginal)) * state.impatriate_exempt_share * take_up
    return total * model.settings.talent_scale / 4.0 / 1e6


def arrivals_pay(model: FlightModel, since: int, quarters: int) -> np.ndarray:
    """Return yearly gross pay (euro, agents) of talents in France who arrived since a quarter, by skill, (S,)."""
    talents = model.talents
    pay = np.exp(model.talent_table.class_log_pay)[:, None] * model.places.wage[None, :]
    columns = talents.table(("skill", "place", "log_ability", "arrived", "counts"))

    def work(start: int, stop: int) -> np.ndarray:
        out = np.zeros(len(SKILLS), np.int64)
        impatriate_pay(
            start,
            stop,
            model.quarter,
            since,
            quarters,
            model.geography.country,
            model.geography.france,
            pay,
            *columns,
            out,
        )
        return out

    return np.asarray(sum(map_blocks(work, talents.size, model.settings.threads)))


def grow_startups(model: FlightModel) -> None:
    """Process: each living firm operates one quarter, then those that wish to grow claim workers and premises."""
    data, live, key, quarter = model.startups.data, model.live_rows(), model.key, model.quarter
    done = operate(model.startup_table, key, quarter, live, data)
    base = TaxBase.empty(model.places.count)
    base.heads, base.jei_heads, base.profit, base.jei_profit = done.heads, done.jei_heads, done.profit, done.jei_profit
    model.tax_base, model.cash_flows = base, done.flows

    claims = claim(live, data, done.wishes, model.places.count)
    _ration(model, claims)
    hire(key, quarter, live, data, done.wishes, claims)
    model.growth_claims = claims
    counts = model.events.counts
    counts["first_customers"] += done.customers
    counts["refused_hires"] += claims.refused_workers
    counts["refused_premises"] += claims.refused_premises


def _ration(model: FlightModel, claims: GrowthClaims) -> None:
    """Set the shares of claims met: workers by labour market, premises by place; demand and supply in real units."""
    world, places, sharpness = model.world, model.places, model.world["price.rationing"]
    wanted = claims.workers * float(model.settings.startup_scale)
    market = model.geography.market
    free = np.bincount(market, weights=places.talents - places.startup_staff)
    supply = world["startup.hiring_pool"] * np.maximum(free, 0.0)
    claims.workers_met = shares_met(np.bincount(market, weights=wanted), supply, sharpness)[market]
    space = wanted * world["price.office_m2_per_job"]
    claims.premises_met = shares_met(space, places.vacant_fit_m2(world), sharpness)

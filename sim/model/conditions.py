"""The named quantities that levers and cities move: one fresh copy a quarter, from the law and programmes of 2013."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sim.evidence import Evidence
from sim.model.geography import Geography
from sim.world import World

JEI_YEARS = 8
UNCHANGED = 1_000_000  # a quarter that never comes


@dataclass
class Conditions:
    """Quantities by place (P,) unless said otherwise. Levers and cities' works change these and nothing else."""

    labelled: np.ndarray  # bool
    awareness: np.ndarray  # (3, P): residents of France, French abroad, foreigners abroad
    investor_awareness: np.ndarray
    network_strength: float  # weight of labelled partners' ecosystem
    hub_ties: float  # weight of the Paris ecosystem for labelled districts
    office_m2_added: np.ndarray
    office_rent_factor: np.ndarray  # 1 = as the market makes it
    premises_discount: np.ndarray  # average cut of young firms' rent
    public_capital: np.ndarray  # million euro this quarter
    accelerator_seats: np.ndarray  # seats this quarter
    fibre: np.ndarray  # share of premises
    mobile: np.ndarray  # share of population, 4G
    employer_rate: np.ndarray  # employer contributions over gross, startups
    profit_rate: np.ndarray  # profit tax of startups
    founder_exit_rate: np.ndarray
    jei_payroll_schedule: np.ndarray  # (8,) share of the JEI relief kept, by year of age
    jei_profit_share: float  # share of a young firm's profit exempt
    impatriate_exempt_share: float
    impatriate_years: float
    impatriate_since: int  # first quarter of a regime that differs from the law of 2013
    structures_added: np.ndarray
    orders: np.ndarray  # first orders this quarter
    start_cost_days: np.ndarray
    visa_cost: np.ndarray
    # Moved by what cities buy (the first one by the reference experiments, too).
    hours_saved: np.ndarray  # hours of travel to the airport or the station that a shuttle saves
    settling: np.ndarray  # share of a talent's cost of moving in from another country that schooling spares
    # Moved by the reference experiments that equalise France and abroad.
    flat_rent_factor: np.ndarray  # 1 = as the market makes it
    capital_factor: np.ndarray  # private money on offer, 1 = as in the world
    research_subsidy: np.ndarray  # implied subsidy per euro of research
    wage_employer_rate: np.ndarray  # employer contributions over gross in talents' labour cost
    tax_wedge: np.ndarray  # (3, P) on labour cost: average at 100% and 167% of the average wage, marginal above

    def copy(self) -> Conditions:
        """Return an independent copy."""
        changes: dict[str, Any] = {
            f.name: v.copy() for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)
        }
        return replace(self, **changes)


def conditions_2013(evidence: Evidence, world: World, geography: Geography) -> Conditions:
    """Return the quantities in force on 1 July 2013, before any lever."""
    places = len(geography.ids)
    awareness = np.ones((3, places))
    awareness[0, geography.is_french] = world["talent.aware_resident"]
    awareness[1, geography.is_french] = world["talent.aware_diaspora"]
    awareness[2, geography.is_french] = world["talent.aware_foreign"]
    # France's visa counts for people from outside free movement; elsewhere it is inside the fitted constants.
    visa = np.where(geography.is_french, world["talent.visa_cost"], 0.0)
    investor = np.where(geography.is_french, world["capital.investor_awareness"], 1.0)
    return Conditions(
        labelled=np.zeros(places, dtype=bool),
        awareness=awareness,
        investor_awareness=investor,
        network_strength=0.0,
        hub_ties=0.0,
        office_m2_added=np.zeros(places),
        office_rent_factor=np.ones(places),
        premises_discount=np.zeros(places),
        public_capital=np.zeros(places),
        accelerator_seats=np.zeros(places),
        fibre=np.array(evidence.column("ftth_coverage")),
        mobile=np.array(evidence.column("lte_4g_population_coverage_end2013")),
        employer_rate=np.array(evidence.column("employer_ssc_rate_at_60k")),
        profit_rate=np.array(evidence.column("cit_rate_applied_to_startup")),
        founder_exit_rate=np.array(evidence.column("cgt_founder_exit_rate")),
        jei_payroll_schedule=np.array([world[f"law.jei_schedule.{y}"] for y in range(1, JEI_YEARS + 1)]),
        jei_profit_share=world["law.jei_profit_share"],
        impatriate_exempt_share=world["law.impatriate_exempt_share"],
        impatriate_years=world["law.impatriate_years"],
        impatriate_since=UNCHANGED,
        structures_added=np.zeros(places),
        orders=np.zeros(places),
        start_cost_days=np.array(evidence.column("days_to_start_business")),
        visa_cost=visa,
        hours_saved=np.zeros(places),
        settling=np.zeros(places),
        flat_rent_factor=np.ones(places),
        capital_factor=np.ones(places),
        research_subsidy=np.array(evidence.column("rd_implied_tax_subsidy_rate")),
        wage_employer_rate=np.array(evidence.column("employer_ssc_rate_at_60k")),
        tax_wedge=_tax_wedge(evidence, world),
    )


def _tax_wedge(evidence: Evidence, world: World) -> np.ndarray:
    """Return wages' tax wedges on labour cost, (3, P): at 100% and 167% of the average wage, marginal above.

    The published top rate is on gross pay, a wedge on labour cost.
    """
    above = world["talent.employer_above"] * evidence.column("employer_ssc_rate_at_60k")
    top = 1.0 - (1.0 - evidence.column("top_personal_income_tax_rate_all_in")) / (1.0 + above)
    return np.array([evidence.column("tax_wedge_100pct_AW"), evidence.column("tax_wedge_167pct_AW"), top])


def close_coverage_gap(conditions: Conditions, world: World, quarter: int) -> None:
    """Move fibre and 4G towards full coverage at the world's yearly pace, from the 2013 values."""
    left = (1.0 - world["connectivity.gap_closing"]) ** (quarter / 4.0)
    conditions.fibre = 1.0 - (1.0 - conditions.fibre) * left
    conditions.mobile = 1.0 - (1.0 - conditions.mobile) * left

"""The named quantities levers may move, at the law and programmes of 1 July 2013 (ODD 2.7)."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace


def conditions_of_2013(model):
    """Return the start values of all conditions."""
    world, evidence, geography = model.world, model.evidence, model.geography
    count = geography.size

    def everywhere(value):
        return [value] * count

    def in_france(inside, outside):
        return [inside if french else outside for french in geography.is_french]

    def column(name):
        return evidence.column(name).tolist()

    employer_rate = column("employer_ssc_rate_at_60k")
    top = []
    for rate, employer in zip(column("top_personal_income_tax_rate_all_in"), employer_rate, strict=True):
        top.append(1.0 - (1.0 - rate) / (1.0 + world["talent.employer_above"] * employer))
    return SimpleNamespace(
        labelled=everywhere(False),
        awareness=[
            in_france(world[name], 1.0)
            for name in ("talent.aware_resident", "talent.aware_diaspora", "talent.aware_foreign")
        ],
        investor_awareness=in_france(world["capital.investor_awareness"], 1.0),
        network_strength=0.0,
        hub_ties=0.0,
        office_m2_added=everywhere(0.0),
        office_rent_factor=everywhere(1.0),
        premises_discount=everywhere(0.0),
        public_capital=everywhere(0.0),
        accelerator_seats=everywhere(0.0),
        fibre=column("ftth_coverage"),
        mobile=column("lte_4g_population_coverage_end2013"),
        employer_rate=list(employer_rate),
        profit_rate=column("cit_rate_applied_to_startup"),
        founder_exit_rate=column("cgt_founder_exit_rate"),
        jei_payroll_schedule=[world[f"law.jei_schedule.{year}"] for year in range(1, 9)],
        jei_profit_share=world["law.jei_profit_share"],
        impatriate_exempt_share=world["law.impatriate_exempt_share"],
        impatriate_years=world["law.impatriate_years"],
        impatriate_since=1_000_000,
        structures_added=everywhere(0.0),
        orders=everywhere(0.0),
        start_cost_days=column("days_to_start_business"),
        visa_cost=in_france(world["talent.visa_cost"], 0.0),
        hours_saved=everywhere(0.0),
        settling=everywhere(0.0),
        flat_rent_factor=everywhere(1.0),
        capital_factor=everywhere(1.0),
        research_subsidy=column("rd_implied_tax_subsidy_rate"),
        wage_employer_rate=list(employer_rate),
        tax_wedge=[column("tax_wedge_100pct_AW"), column("tax_wedge_167pct_AW"), top],
    )


def copy_of(conditions):
    """Return a copy in which nothing is shared."""
    return deepcopy(conditions)

"""The registry of place variables: what each column of the evidence means, its unit and its allowed range."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A figure that every place has. Outside ``low`` and ``high`` lies what can only be a typing error."""

    name: str
    unit: str
    low: float
    high: float
    description: str
    optional: bool = False
    dated: bool = True


_ALL = (
    Variable("latitude_city", "deg", -90, 90, "latitude of the city's centre", dated=False),
    Variable("longitude_city", "deg", -180, 180, "longitude of the city's centre", dated=False),
    Variable("latitude_district", "deg", -90, 90, "latitude of the district", dated=False),
    Variable("longitude_district", "deg", -180, 180, "longitude of the district", dated=False),
    Variable("metro_population_thousand", "thousand", 100, 60_000, "people in the urban area"),
    Variable("cit_combined_statutory_rate", "share", 0, 0.6, "headline corporate tax, all levels and surcharges"),
    Variable("cit_rate_applied_to_startup", "share", 0, 0.6, "corporate tax rate that a young firm in profit pays"),
    Variable(
        "cit_small_company_reduced_rate",
        "share",
        0,
        0.6,
        "reduced corporate tax rate, if the country has one",
        optional=True,
    ),
    Variable(
        "employer_ssc_rate_at_60k",
        "share of gross",
        0,
        0.7,
        "employer contributions on a gross wage of 60,000 EUR",
    ),
    Variable(
        "employer_ssc_rate_at_60k_JEI",
        "share of gross",
        0,
        0.7,
        "the same with the relief for young innovative firms",
        optional=True,
    ),
    Variable("tax_wedge_167pct_AW", "share of labour cost", 0, 0.8, "tax wedge at 167% of the average wage"),
    Variable("tax_wedge_100pct_AW", "share of labour cost", 0, 0.8, "tax wedge at the average wage"),
    Variable("top_personal_income_tax_rate_all_in", "share", 0, 0.8, "top marginal personal rate with levies"),
    Variable("cgt_founder_exit_rate", "share of gain", 0, 0.8, "tax on the gain when a founder sells"),
    Variable(
        "rd_implied_tax_subsidy_rate",
        "share of R&D spend",
        -0.2,
        0.7,
        "implied tax subsidy on R&D (negative: a tax)",
    ),
    Variable("days_to_start_business", "days", 0.5, 120, "days to start a firm"),
    Variable("akamai_avg_speed_q4_2013", "Mbit/s", 0.5, 50, "mean connection speed, end of 2013"),
    Variable("share_connections_above_10mbps", "share", 0, 1, "connections above 10 Mbit/s", optional=True),
    Variable("nga_30mbps_coverage", "share of homes", 0, 1, "homes covered at 30 Mbit/s or more"),
    Variable("ftth_coverage", "share of homes", 0, 1, "homes covered by fibre"),
    Variable("lte_4g_population_coverage_end2013", "share", 0, 1, "people covered by 4G, end of 2013"),
    Variable("airport_passengers_million", "million/yr", 0, 150, "traffic of the airport that the place uses"),
    Variable("airport_minutes", "min (public transport or road)", 0, 240, "minutes to that airport"),
    Variable(
        "fastest_train_minutes_to_paris",
        "min",
        0,
        1_000,
        "fastest train to Paris, where there is one",
        optional=True,
    ),
    Variable("office_rent_district_or_prime", "EUR/m2/yr", 50, 2_000, "office rent of the district, or prime rent"),
    Variable("office_vacancy", "share", 0.005, 0.5, "vacant share of the office stock"),
    Variable("flat_rent", "EUR/m2/month", 2, 80, "rent of a flat"),
    Variable("software_engineer_gross_salary", "EUR/yr", 5_000, 200_000, "gross salary of a software engineer"),
    Variable(
        "digital_jobs",
        "jobs",
        1_000,
        3_000_000,
        "digital jobs of the labour market (see labour_market_share)",
    ),
    Variable("digital_startups", "firms", 1, 50_000, "digital startups alive"),
    Variable("startup_births_per_year", "firms/yr", 0, 10_000, "digital firms founded in a year"),
    Variable("incubators_accelerators", "count", 0, 1_000, "incubators and accelerators"),
    Variable("ef_epi_2013", "score 0-100", 0, 100, "English proficiency (100 where English is native)"),
    Variable("french_speaking", "0/1", 0, 1, "1 where French is a working language"),
    Variable("average_wage_2013", "EUR/yr", 2_000, 150_000, "gross wage of the average worker (base of the wedges)"),
    Variable("labour_market_share", "share", 0.01, 1, "share of digital_jobs that belongs to the place"),
    Variable("births_perimeter_factor", "factor", 0.1, 3, "factor from counted births to startup births"),
    Variable("open_innovation_structures", "count", 0, 2_000, "large-firm labs, schools, fab labs open to startups"),
    Variable("vc_investment", "EUR M/yr", 0, 50_000, "venture capital received (its home is capital.csv)"),
)

VARIABLES: dict[str, Variable] = {variable.name: variable for variable in _ALL}
CAPITAL = "vc_investment"

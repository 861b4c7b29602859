"""Elasticities of the rows that the model may be fitted to, from paired runs."""

from __future__ import annotations

import math

import numpy as np

from sim.experiments.targets.film import Persons, Watch
from sim.experiments.targets.laboratory import (
    RISE,
    Laboratory,
    Measure,
    arrivals,
    error_of_mean,
    grouped,
    probes_of,
    stock_elasticity,
    stock_weights,
)
from sim.experiments.targets.shock import Shock
from sim.model.talents import SKILLS

ARRIVAL_YEARS, TAX_YEARS = 3, 5
DISTRICT = "lyon"
REGIONS = {"Ile-de-France": ("paris_sentier", "paris_rive_gauche", "paris_saclay"), "Lyon": ("lyon",)}
COUNTRIES = ("FR", "GB", "DE")


def elasticities(lab: Laboratory) -> dict[str, Measure]:
    """Return the measures of all rows that need paired runs."""
    return country_rows(lab) | {
        "M06": arrival_row(lab),
        "M16": region_row(lab),
        "F01": profit_tax_row(lab),
        "F07": mobility_row(lab),
    }


def country_rows(lab: Laboratory) -> dict[str, Measure]:
    """M01 and M08: everyone's net pay in one country up by ten per cent, for France, the UK and Germany in turn."""
    base = probes_of(lab.base)
    home = lab.geography.country[base.origin]
    top = base.skill == SKILLS.index("top")
    foreign: dict[str, tuple[float, float]] = {}
    tenth: dict[str, tuple[float, float]] = {}
    for code in COUNTRIES:
        where = lab.country(code)
        shocked = probes_of(lab.pay_rise(where))
        others = top & (home != lab.geography.countries.index(code))
        everyone = np.ones(len(top), dtype=bool)
        for found, who in ((foreign, others), (tenth, everyone)):
            pair = (stock_weights(persons, who, where, lab.first) for persons in (base, shocked))
            found[code] = grouped(*pair)
    mean = float(np.mean([value for value, _ in tenth.values()]))
    return {
        "M01": Measure(foreign["FR"][0], _each(foreign), foreign["FR"][1]),
        "M08": Measure(mean, _each(tenth), error_of_mean(tenth)),
    }


def _each(found: dict[str, tuple[float, float]]) -> str:
    return ", ".join(f"{name} {value:.2f} (± {error:.2f})" for name, (value, error) in found.items())


def arrival_row(lab: Laboratory) -> Measure:
    """M06: arrivals of highly paid foreigners in France over three years in which they keep ten per cent more."""
    where = lab.country("FR")
    shocked = probes_of(lab.run(Shock(where, net_pay_arrivals=RISE), ARRIVAL_YEARS))
    base = probes_of(lab.base)
    moments = len(shocked.place)
    base = Persons(base.origin, base.skill, base.weight, base.place[:moments], base.entry[:moments], base.pay[:moments])
    who = ~lab.geography.is_french[base.origin]
    value, error = grouped(arrivals(base, who, where), arrivals(shocked, who, where))
    return Measure(value, f"standard error {error:.2f}", error)


def region_row(lab: Laboratory) -> Measure:
    """M16: top class of French origin in a French region; mean of two regions, one large and one middle-sized."""
    base = probes_of(lab.base)
    who = (base.skill == SKILLS.index("top")) & lab.geography.is_french[base.origin]
    found: dict[str, tuple[float, float]] = {}
    for name, places in REGIONS.items():
        where = lab.named(places)
        shocked = probes_of(lab.pay_rise(where))
        found[name] = grouped(*(stock_weights(persons, who, where, lab.first) for persons in (base, shocked)))
    mean = float(np.mean([value for value, _ in found.values()]))
    return Measure(mean, _each(found), error_of_mean(found))


def profit_tax_row(lab: Laboratory) -> Measure:
    """F01: per cent change per point of French profit tax in foundings by foreigners living abroad, five years."""
    shocked = lab.run(Shock(lab.country("FR"), profit_tax_points=1.0), TAX_YEARS)
    before = float(lab.base.foreign_foundings[: len(shocked.foreign_foundings)].sum())
    value = 100.0 * (float(shocked.foreign_foundings.sum()) / before - 1.0)
    return Measure(value, f"expected foundings, {before:.0f} over five years without the shock")


def mobility_row(lab: Laboratory) -> Measure:
    """F07: ten-year elasticity of firms over that of talents, to ten per cent more value of the same district."""
    where = lab.named((DISTRICT,))
    firms = lab.run(Shock(where, startup_value=RISE))
    people = lab.pay_rise(where)

    def last_year(watch: Watch, column: str) -> np.ndarray:
        series = watch.series[watch.series["place"] == DISTRICT]
        return series[column].to_numpy()[-4:]

    of_firms = stock_elasticity(last_year(lab.base, "startups"), last_year(firms, "startups"))
    of_people = stock_elasticity(last_year(lab.base, "talents"), last_year(people, "talents"))
    ratio = of_firms / of_people if of_people != 0.0 else math.nan  # too few simulated talents to respond
    return Measure(ratio, f"{DISTRICT.title()}: firms {of_firms:.2f}, talents {of_people:.2f}")

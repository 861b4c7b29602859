"""Reference experiment: France as the hubs abroad, one driver at a time (ODD 7.21)."""

from __future__ import annotations

from tests.twin.lever_rules.fields import france_or_places, intensity, nobody, nothing, towards
from tests.twin.startup_value import money_of_2013

charges, reach = nothing, nobody


def mean_of_hubs(model, values, weight):
    """Return the mean of a quantity over the foreign hubs, weighted by a column of 2013."""
    weights, total, mass = model.evidence.column(weight).tolist(), 0.0, 0.0
    for p, is_hub in enumerate(model.geography.is_hub):
        if is_hub:
            total += values[p] * weights[p]
            mass += weights[p]
    return total / mass


def talents_mean(model, values):
    """Return the mean over hubs by talents of 2013."""
    weights = [place.talent_stock_2013 for place in model.places]
    hubs = [p for p, is_hub in enumerate(model.geography.is_hub) if is_hub]
    return sum(values[p] * weights[p] for p in hubs) / sum(weights[p] for p in hubs)


def startups_mean(model, values):
    """Return the mean over hubs by startups of 2013."""
    return mean_of_hubs(model, values, "digital_startups")


def apply(model, lever):
    """Let each driver that is switched on act."""
    i = intensity(model, lever)
    treated = [p for p, aimed in enumerate(france_or_places(model, lever)) if aimed]
    if lever.taxation:
        equal_taxation(model, i, treated)
    if lever.connectivity:
        equal_connectivity(model, i, treated)
    if lever.real_estate:
        equal_real_estate(model, i, treated)
    if lever.capital:
        equal_capital(model, i, treated)


def move(values, treated, goal, i):
    """Move a column of the treated places towards a goal."""
    for p in treated:
        values[p] = towards(values[p], goal, i)


def equal_taxation(model, i, treated):
    """Tax firms, founders and wages as the hubs do."""
    law = model.conditions
    for column in (law.employer_rate, law.profit_rate, law.founder_exit_rate, law.research_subsidy):
        move(column, treated, startups_mean(model, column), i)
    for column in (law.wage_employer_rate, *law.tax_wedge):
        move(column, treated, talents_mean(model, column), i)


def equal_connectivity(model, i, treated):
    """Give the coverage of the hubs and their way to the airport."""
    conditions = model.conditions
    for column in (conditions.fibre, conditions.mobile):
        move(column, treated, startups_mean(model, column), i)
    hours = [place.airport_minutes / 60 for place in model.places]
    for p in treated:
        conditions.hours_saved[p] += i * (hours[p] - startups_mean(model, hours))


def equal_real_estate(model, i, treated):
    """Let the rents of the hubs, as of 2013."""
    conditions = model.conditions
    offices = [place.office_rent_2013 for place in model.places]
    flats = [place.flat_rent_2013 for place in model.places]
    for p in treated:
        conditions.office_rent_factor[p] *= 1.0 + i * (startups_mean(model, offices) / offices[p] - 1.0)
        conditions.flat_rent_factor[p] *= 1.0 + i * (talents_mean(model, flats) / flats[p] - 1.0)


def equal_capital(model, i, treated):
    """Put as much private money per startup on offer as in the hubs."""
    geography, world = model.geography, model.world
    invested = money_of_2013(model)
    startups = model.evidence.column("digital_startups").tolist()
    money, firms = {"hub": 0.0, "france": 0.0}, {"hub": 0.0, "france": 0.0}
    for p in range(geography.size):
        side = "hub" if geography.is_hub[p] else "france" if geography.is_french[p] else None
        if side is None:
            continue
        growth = world[f"capital.growth.{geography.countries[geography.country[p]]}"]
        money[side] += invested[p] * growth ** (model.quarter / 4)
        firms[side] += startups[p] * perimeter(model, p)
    ratio = (money["hub"] / firms["hub"]) / (money["france"] / firms["france"])
    for p in treated:
        model.conditions.capital_factor[p] *= 1.0 + i * (ratio - 1.0)


def perimeter(model, p):
    """Return the share of the startups of evidence that are in the model's perimeter (ODD 5.5)."""
    if not model.geography.is_french[p]:
        return 1.0
    region = "paris" if model.geography.is_ile_de_france[p] else "rest"
    return model.world[f"population.perimeter_{region}"]

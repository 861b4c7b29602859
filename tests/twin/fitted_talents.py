"""What the fitted constants of talents must solve: stocks of 2013 are what lives add up to (ODD 5.3)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.agents import group_of
from tests.twin.arithmetic import ln
from tests.twin.choice import nested_probabilities
from tests.twin.population import class_shares, people_by_origin, stocks_by_country
from tests.twin.talent_choice import career_quarters, hazard, talent_tables, values, young_quarters
from tests.twin.world_of_2013 import WorldOf2013

BANDS = (0, 1, 2)  # just out of school, young, older


def largest_gap(world, evidence, settings, population_seed, constants, types):
    """Return the largest absolute gap of stocks in logarithms: by country of origin x country, and by place.

    ``types`` are tastes by place of the types of people; ``constants`` are origin x place.
    """
    model = WorldOf2013(world, evidence, settings, population_seed)
    model.constants = constants
    model.talent_table = talent_tables(model, [[0.0] * model.geography.size for _ in constants])
    stock = expected_stocks(model, types)
    country, places = model.geography.country, range(model.geography.size)
    target = stocks_by_country(model)
    gaps = []
    for a in range(len(target)):
        for b in range(len(target)):
            there = sum(stock[o][j] for o in places for j in places if country[o] == a and country[j] == b)
            gaps.append(abs(ln(target[a][b] / there)))
    for j in places:
        gaps.append(abs(ln(model.places[j].talent_stock_2013 / sum(stock[o][j] for o in places))))
    return max(gaps)


def expected_stocks(model, types):
    """Return expected persons, origin x place."""
    count = model.geography.size
    people, shares = people_by_origin(model), class_shares(model.world)
    stock = [[0.0] * count for _ in range(count)]
    for origin in range(count):
        for skill, share in enumerate(shares):
            person = SimpleNamespace(origin=origin, skill=skill, log_ability=0.0, tastes=[0.0] * count)
            utility = {(band, r): values(model, person, age_of(model, band), r) for band, r in states(origin, count)}
            weight = people[origin] * share / len(types) / career_quarters(model.world)
            for taste in types:
                live_and_add(model, person, utility, taste, weight, stock[origin])
    return stock


def states(origin, count):
    """Return (band, residence) of all states a life can be in: it starts at the origin."""
    return [(0, origin)] + [(band, r) for band in BANDS[1:] for r in range(count)]


def age_of(model, band):
    """Return the age in quarters at which a band is weighed."""
    return (0, 1, young_quarters(model.world))[band]


def live_and_add(model, person, utility, taste, weight, stock):
    """Add the persons a life of one type stands for to the stock by place."""
    count, young = model.geography.size, young_quarters(model.world)
    rows = {state: transition(model, person, *state, value, taste) for state, value in utility.items()}
    law = [0.0] * count
    law[person.origin] = 1.0
    for age in range(career_quarters(model.world)):
        for j in range(count):
            stock[j] += weight * law[j]
        band = 0 if age == 0 else 1 if age < young else 2
        after = [0.0] * count
        for r in range(count):
            if law[r] != 0.0:
                share = law[r]
                after = [old + share * chance for old, chance in zip(after, rows[band, r], strict=True)]
        law = after


def transition(model, person, band, residence, value, taste):
    """Return where one lives a quarter later: chances by place."""
    group = group_of(model, residence, model.geography.is_french[person.origin])
    awareness = list(model.talent_table.awareness[group])
    awareness[residence] = awareness[person.origin] = 2.0
    utility = [value[j] + taste[j] for j in range(len(value))]
    law, _ = nested_probabilities(utility, awareness, model.world["talent.nest"], model.geography)
    h = hazard(model, person, age_of(model, band), residence)
    return [h * p + (1.0 - h) * (j == residence) for j, p in enumerate(law)]

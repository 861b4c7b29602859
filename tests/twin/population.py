"""Who comes from where, and how many agents stand for them (ODD 5.2, 5.4)."""

from __future__ import annotations

from tests.twin.arithmetic import floor, matrix
from tests.twin.talent_choice import SKILLS


def stocks_by_country(model):
    """Return persons by country of origin x country (ODD 5.2)."""
    world, geography = model.world, model.geography
    countries = range(len(geography.countries))
    france, rest = geography.france, geography.countries.index("ZZ")
    hubs = [c for c in countries if c not in (france, rest)]
    total = by_country(model, [place.talent_stock_2013 for place in model.places])
    gravity = gravity_of(model)
    stock = matrix(len(total), len(total))
    for country, persons in enumerate(by_country(model, french_abroad(model, gravity, hubs, rest))):
        stock[france][country] += persons

    weight = by_country(model, gravity)
    weight[france] = 0.0
    weight[rest] = sum(weight)
    for c in countries:
        stock[c][france] += world["population.foreign_share_france"] * total[france] * weight[c] / sum(weight)
    for hub in hubs:
        stock[rest][hub] = world["population.foreign_share_hubs"] * total[hub]
    for hub in hubs:
        leaving = world["population.hub_exchange"] * total[hub]
        others = [other for other in hubs if other != hub]
        for other in others:
            stock[hub][other] += 0.85 * leaving * total[other] / sum(total[o] for o in others)
        stock[hub][rest] += 0.15 * leaving
    for c in countries:
        stock[c][c] = total[c] - sum(stock[o][c] for o in countries if o != c)
        if stock[c][c] <= 0.0:
            raise ValueError("more people from abroad than people")
    return stock


def by_country(model, values):
    """Return sums by country of values by place."""
    sums = [0.0] * len(model.geography.countries)
    for place, value in enumerate(values):
        sums[model.geography.country[place]] += value
    return sums


def gravity_of(model):
    """Return how strongly places attract the French, by place."""
    world, geography = model.world, model.geography
    found = []
    for place, speaks in zip(model.places, model.evidence.column("french_speaking").tolist(), strict=True):
        language = world["population.diaspora_language"] if speaks > 0.5 else 1.0
        distance = max(geography.km[place.index][geography.paris], 100.0)
        found.append(place.talent_stock_2013 * language * distance ** -world["population.diaspora_distance"])
    return found


def french_abroad(model, gravity, hubs, rest):
    """Return French persons abroad by place."""
    world, geography = model.world, model.geography
    silicon_valley = geography.ids.index("silicon_valley")
    persons = [0.0] * geography.size
    for j in range(geography.size):
        if geography.country[j] in hubs:
            persons[j] = world["population.french_silicon_valley"] * gravity[j] / gravity[silicon_valley]
    persons[geography.country.index(rest)] = world["population.diaspora_world_share"] * sum(persons)
    return persons


def people_by_origin(model):
    """Return persons by place of origin."""
    geography = model.geography
    stock = stocks_by_country(model)
    total = by_country(model, [place.talent_stock_2013 for place in model.places])
    people = []
    for place in model.places:
        c = geography.country[place.index]
        people.append(sum(stock[c]) * place.talent_stock_2013 / total[c])
    return people


def class_shares(world):
    """Return the shares of the skill classes; engineers are the rest."""
    others = {skill: world[f"talent.share_{skill}"] for skill in SKILLS if skill != "engineer"}
    others["engineer"] = 1.0 - sum(others.values())
    return [others[skill] for skill in SKILLS]


def whole_numbers(parts, number):
    """Return whole numbers in proportion to ``parts`` that add up to ``number``: largest remainders."""
    exact = [part / sum(parts) * number for part in parts]
    found = [floor(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: -(exact[n] - found[n]))
    for n in by_remainder[: number - sum(found)]:
        found[n] += 1
    return found

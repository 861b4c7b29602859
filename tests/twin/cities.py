"""Cities decide once a year what to build, and what they built acts (ODD 7.2)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.city_gains import buy_by_gain, hours_saved
from tests.twin.city_label import buy_for_label
from tests.twin.city_menu import ITEMS, Day, price_of
from tests.twin.levers import charge

DECISION_QUARTER = 2
OWN_PROGRAMMES = ("cities", "rival_cities")


def new_city_works(model):
    """Return works of which nothing is built yet: units by item and place, fibre coverage reached (ODD 2.2)."""
    count = model.geography.size
    return SimpleNamespace(units={item: [0] * count for item in ITEMS}, coverage=[0.0] * count)


def act_cities(model):
    """Decide in the first quarter of a calendar year; apply all that stands."""
    if model.quarter % 4 == DECISION_QUARTER:
        day = Day(model)
        for city in model.cities:
            decide(day, city)
        build(day)
        pay(day)
    apply_works(model)


def decide(day, city):
    """Let one city buy for the label first, then by its rule of thumb, and save what is left."""
    model, world = day.model, day.model.world
    if not city.is_french and not model.rivals_respond:
        return
    each = world["city.budget_eur_per_inhabitant"] if city.is_french else rivals_budget(model)
    city.budget_eur_per_inhabitant = each
    city.budget = each * sum(place.population for place in city.places)
    before = {item: [day.bought[item][place.index] for place in city.places] for item in ITEMS}
    money, saves = buy_for_label(
        day, city, city.saved + city.budget, (1.0 + world["city.carry_over_years"]) * city.budget
    )
    if not saves:
        money = buy_by_gain(day, city, money)
    city.saved = min(max(money, 0.0), world["city.carry_over_years"] * city.budget)
    for item in ITEMS:
        for place, had in zip(city.places, before[item], strict=True):
            units = day.bought[item][place.index] - had
            if units > 0:
                euro = units * price_of(day.menu, item, place.index)
                city.bought.append((model.quarter, item, place.id, units, euro))


def rivals_budget(model):
    """Return what foreign cities spend per inhabitant: they match what French levers spent in the districts."""
    spent = 0.0
    for quarter, lever, _, payer, meur in model.charges:
        recent = model.quarter - 3 <= quarter <= model.quarter
        if recent and meur > 0.0 and payer in ("state", "city") and lever not in OWN_PROGRAMMES:
            spent += meur * 1e6
    population = sum(place.population for place in model.places if model.geography.is_district[place.index])
    return model.world["city.rival_match"] * spent / population


def build(day):
    """Let all that was bought today stand."""
    model, works = day.model, day.model.city_works
    for item in ITEMS:
        for p, units in enumerate(day.bought[item]):
            works.units[item][p] += units
            if item == "fibre" and units > 0:
                coverage = min(model.conditions.fibre[p] + units * model.world["city.fibre_step"], 1.0)
                works.coverage[p] = max(coverage, works.coverage[p])


def pay(day):
    """Note what cities and their private partners paid today, by item."""
    model, menu = day.model, day.menu
    for item in ITEMS:
        french = abroad = 0.0
        for p, units in enumerate(day.bought[item]):
            euro = units * menu.total[item][p]
            if model.geography.is_french[p]:
                french += euro
            else:
                abroad += euro
        charge(model, "cities", item, "city", french * menu.share[item] / 1e6)
        charge(model, "cities", item, "private", french * (1.0 - menu.share[item]) / 1e6)
        charge(model, "rival_cities", item, "abroad", abroad / 1e6)


def apply_works(model):
    """Add works of cities to what levers left."""
    world, conditions, works = model.world, model.conditions, model.city_works
    brought = world["lever.open_innovation.orders_per_structure_year"]
    for place in model.places:
        p = place.index
        minutes = works.units["shuttle"][p] * world["city.shuttle_minutes"]
        conditions.fibre[p] = max(conditions.fibre[p], works.coverage[p])
        conditions.structures_added[p] += works.units["incubator"][p]
        conditions.orders[p] += works.units["incubator"][p] * brought / 4
        conditions.office_m2_added[p] += works.units["premises"][p] * world["city.premises_m2"]
        conditions.hours_saved[p] += hours_saved(place, minutes)
        conditions.settling[p] += works.units["schooling"][p] * world["city.schooling_step"]
        place.structures_added = conditions.structures_added[p]
        place.minutes_saved = minutes

"""What a city believes that a unit brings, in startups a year: a rule of thumb (ODD 7.2, otherwise)."""

from __future__ import annotations

from tests.twin.arithmetic import ln
from tests.twin.city_label import rent_elasticity
from tests.twin.city_menu import ITEMS, price_of, units_left


def last_year(model, p):
    """Return births, headquarters moved in and talents from other countries in the last four quarters (real)."""
    firms, persons = model.settings.startup_scale, model.settings.talent_scale
    country = model.geography.country
    births = moved_in = came = 0
    for events in model.past_year:
        births += events.counts["births"][p]
        for origin in range(model.geography.size):
            moved_in += sum(kind[origin][p] for kind in events.startup_flows)
            if country[origin] != country[p]:
                came += sum(kind[origin][p] for kind in events.talent_flows)
    return births * firms, moved_in * firms, came * persons


def hours_saved(place, minutes):
    """Return hours that shuttles save to the airport and to the station."""
    train = 0.0 if place.train_minutes != place.train_minutes else min(minutes, place.train_minutes)
    return (min(minutes, place.airport_minutes) + train) / 60


def gain(day, item, p):
    """Return the gain of one more unit."""
    model, world, place = day.model, day.model.world, day.model.places[p]
    if p not in day.last_year:
        day.last_year[p] = last_year(model, p)
    births, moved_in, came = day.last_year[p]
    weight = world["startup.beta_found"] * births + world["startup.beta_move"] * moved_in
    if item == "incubator":
        brought = world["lever.open_innovation.orders_per_structure_year"]
        young = model.startup_counts.young[p] * model.settings.startup_scale
        without = young - (4 * model.conditions.orders[p] + day.works("incubator", p) * brought)
        return world["city.believed_gain"] * min(brought, max(without, 0.0))
    if item == "premises":
        stock = place.office_m2 + day.new_m2(p)
        cheaper = ln((stock + world["city.premises_m2"]) / stock) * rent_elasticity(world)
        return weight * world["startup.share_premises"] * cheaper
    if item == "fibre":
        return weight * world["startup.fibre"] * world["city.fibre_step"]
    if item == "shuttle":
        minutes = day.works("shuttle", p) * world["city.shuttle_minutes"]
        more = hours_saved(place, minutes + world["city.shuttle_minutes"]) - hours_saved(place, minutes)
        return weight * world["startup.travel"] * more
    settled = came * world["talent.cost_border"] * world["city.schooling_step"]
    return settled * births / max(place.talents, 1)


def buy_by_gain(day, city, money):
    """Buy unit by unit what brings most per euro; return the money left."""
    while True:
        best, best_value = None, 0.0
        for item in ITEMS:
            for place in city.places:
                p = place.index
                price = price_of(day.menu, item, p)
                if price > money or units_left(day, item, p) == 0:
                    continue
                value = gain(day, item, p) / price
                if value > best_value:
                    best, best_value = (item, p, price), value
        if best is None:
            return money
        item, p, price = best
        money -= price
        day.bought[item][p] += 1

"""What a city buys so that a district wins the label (ODD 7.2)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.arithmetic import floor
from tests.twin.city_menu import ITEMS, price_of, units_left
from tests.twin.lever_rules.label_network import is_open_call
from tests.twin.lever_rules.label_rule import district_facts, thresholds_missed

LIFTED_BY = {
    "airport": "shuttle",
    "train": "shuttle",
    "vacant space": "premises",
    "rent": "premises",
    "structures": "incubator",
}


def open_to_call(model, p):
    """Say whether a lever's open call concerns a district."""
    return any(lever.key == "label_network" and is_open_call(model, lever, p) for lever in model.levers)


def missed_with(day, p, more):
    """Return thresholds a district misses with works, levers' structures, what was bought today and ``more`` units."""
    model, world, place = day.model, day.model.world, day.model.places[p]
    facts = district_facts(model, place, 0.0)
    facts.minutes_saved = (day.works("shuttle", p) + more.get("shuttle", 0)) * world["city.shuttle_minutes"]
    structures = day.works("incubator", p) + more.get("incubator", 0)
    facts.structures = place.structures + model.conditions.structures_added[p] + structures
    m2 = day.new_m2(p) + more.get("premises", 0) * world["city.premises_m2"]
    facts.vacant = day.vacant_with(p, m2)
    facts.office_rent = place.office_rent * ((place.office_m2 + m2) / place.office_m2) ** -rent_elasticity(world)
    return thresholds_missed(model, facts)


def rent_elasticity(world):
    """Return the elasticity of an office rent to the stock once building has answered (ODD 7.2, 7.3)."""
    response = world["price.rent_response"]
    return response / (1.0 + response * world["price.office_supply"])


def steps_for(day, p, missed, most):
    """Return units by item that lift all thresholds missed at the least, or None if one cannot be lifted."""
    steps = {}
    for threshold in missed:
        item = LIFTED_BY[threshold]
        left = units_left(day, item, p)
        limit = floor(most / price_of(day.menu, item, p))
        limit = limit if left is None else min(left, limit)
        units = next((n for n in range(1, limit + 1) if threshold not in missed_with(day, p, {item: n})), None)
        if units is None:
            return None
        steps[item] = max(steps.get(item, 0), units)
    return steps


def within_reach(day, city, most):
    """Return plans for the city's districts that miss something and can have the label for ``most`` euro."""
    plans = []
    for place in city.places:
        p = place.index
        missed = missed_with(day, p, {}) if open_to_call(day.model, p) else []
        steps = steps_for(day, p, missed, most) if missed else None
        if not steps:
            continue
        costs = {item: steps[item] * price_of(day.menu, item, p) for item in ITEMS if item in steps}
        if sum(costs.values()) <= most:
            plans.append(SimpleNamespace(p=p, steps=steps, costs=costs, total=sum(costs.values())))
    return plans


def buy_for_label(day, city, money, most):
    """Buy step by step for the cheapest district; return money left and whether the city now saves."""
    while True:
        plans = within_reach(day, city, most)
        if not plans:
            return money, False
        plan = min(plans, key=lambda plan: plan.total)
        item = min(plan.costs, key=plan.costs.get)
        if plan.costs[item] > money:
            return money, True
        money -= plan.costs[item]
        day.bought[item][plan.p] += plan.steps[item]

"""What a place is worth to a talent, and which one is chosen (ODD 7.8, value of place)."""

from __future__ import annotations

from types import SimpleNamespace

from tests.twin.agents import group_of
from tests.twin.arithmetic import exp, ln, trunc
from tests.twin.choice import TALENT_CHOICE, nested_choice
from tests.twin.draws import Purpose, normals, numbers
from tests.twin.startup_value import moving_cost

SKILLS = ("technician", "engineer", "star", "top")
TERMS = ("wage", "taxes", "housing", "place and country", "home", "people and jobs", "taste", "moving cost", "visa")
RELIEF_HORIZON_YEARS = 8


def talent_tables(model, affinity):
    """Return what talents read of places this quarter; ``affinity`` is origin x place."""
    world, geography, conditions = model.world, model.geography, model.conditions
    count = geography.size
    average = model.evidence.column("average_wage_2013").tolist()
    cost = moving_cost(model, "talent")
    for r in range(count):
        for j in range(count):
            if geography.country[r] != geography.country[j]:
                cost[r][j] *= 1.0 - conditions.settling[j]
    return SimpleNamespace(
        log_labour_cost=[ln(place.wage * (1.0 + conditions.wage_employer_rate[place.index])) for place in model.places],
        wage_ratio=[place.wage / average[place.index] for place in model.places],
        wedge=conditions.tax_wedge,
        housing=[world["talent.housing_share"] * ln(place.flat_rent) for place in model.places],
        constants=model.constants,
        affinity=affinity,
        cost=cost,
        visa=[[visa(model, o, j) for j in range(count)] for o in range(count)],
        relief=[[impatriate_relief(model, skill, j) for j in range(count)] for skill in range(len(SKILLS))],
        awareness=conditions.awareness,
    )


def visa(model, origin, place):
    """Return what a visa costs a person of this origin at a place, in utility."""
    country, free = model.geography.country, model.geography.free
    if country[origin] == country[place] or (free[country[origin]] and free[country[place]]):
        return 0.0
    return model.conditions.visa_cost[place]


def impatriate_relief(model, skill, place):
    """Return the share of labour cost that the regime for arriving talents spares at a place; 0 abroad."""
    if not model.geography.is_french[place]:
        return 0.0
    world, conditions = model.world, model.conditions
    years = min(1.0, conditions.impatriate_years / RELIEF_HORIZON_YEARS)
    weight = conditions.impatriate_exempt_share * world["law.impatriate_take_up"] * years
    marginal = world[f"law.impatriate_marginal.{SKILLS[skill]}"]
    return marginal * weight * (1.0 / (1.0 + conditions.wage_employer_rate[place]))


def class_pay(world, skill):
    """Return pay of a skill class relative to an engineer."""
    return 1.0 if SKILLS[skill] == "engineer" else world[f"talent.pay_{SKILLS[skill]}"]


def average_wedge(x, w100, w167, top):
    """Return the average tax wedge at ``x`` times the average wage."""
    if x <= 1.0:
        return w100
    if x <= 1.67:
        return w100 + (w167 - w100) * (x - 1.0) / 0.67
    return (w167 * 1.67 + top * (x - 1.67)) / x


def young_quarters(world):
    """Return the quarters since school after which a talent is no longer young."""
    return trunc(4.0 * (30.0 - world["talent.entry_age"]))


def career_quarters(world):
    """Return the length of a working life."""
    return trunc(4.0 * world["talent.career_years"])


def hazard(model, talent, age, place):
    """Return the chance that a talent considers moving (ODD 7.8, first pass)."""
    world, country = model.world, model.geography.country
    if age == 0:
        return 1.0
    chance = world["talent.hazard_young"] if age < young_quarters(world) else world["talent.hazard_older"]
    if country[place] != country[talent.origin]:
        chance *= world["talent.hazard_abroad"]
    return chance


def tastes(model, talent):
    """Return the lasting tastes of a person by place."""
    if talent.tastes is None:
        world, geography = model.world, model.geography
        seed, uid = model.population_key, talent.uid
        z = numbers(seed, Purpose.TASTE, uid, 0, geography.size, normals)
        nest = numbers(seed, Purpose.TASTE_NEST, uid, 0, len(geography.countries), normals)
        talent.tastes = [
            world["talent.taste_place"] * z[j] + world["talent.taste_country"] * nest[geography.country[j]]
            for j in range(geography.size)
        ]
    return talent.tastes


def cost_factor(world, talent, age):
    """Return the factor on a talent's cost of moving."""
    skill = SKILLS[talent.skill]
    factor = 1.0 if skill == "engineer" else world[f"talent.cost_{skill}"]
    if age == 0:
        factor *= world["talent.cost_school"]
    if age >= young_quarters(world):
        factor *= world["talent.cost_older"]
    return factor


def log_pay(world, talent):
    """Return the logarithm of a person's pay relative to an engineer of mean ability."""
    return ln(class_pay(world, talent.skill)) + talent.log_ability


def value_terms(model, talent, age, here, places):
    """Return, for each of some places, the nine named terms of its value for a talent who lives ``here``."""
    pay, factor = exp(log_pay(model.world, talent)), cost_factor(model.world, talent, age)
    return [terms_of_place(model, talent, here, j, pay, factor) for j in places]


def terms_of_place(model, talent, here, j, pay, factor):
    """Return the nine named terms of the value of place ``j``; ``factor`` is on the cost of moving."""
    world, table, geography = model.world, model.talent_table, model.geography
    beta, origin = world["talent.beta"], talent.origin
    abroad = geography.country[here] != geography.country[j]
    w100, w167, top = (row[j] for row in table.wedge)
    wedge = average_wedge(table.wage_ratio[j] * pay, w100, w167, top)
    relief = table.relief[talent.skill][j] if abroad else 0.0
    return {
        "wage": beta * table.log_labour_cost[j],
        "taxes": beta * ln(1.0 - wedge + relief),
        "housing": -beta * table.housing[j],
        "place and country": table.constants[origin][j],
        "home": world["talent.home"] if origin == j else 0.0,
        "people and jobs": table.affinity[origin][j],
        "taste": tastes(model, talent)[j],
        "moving cost": -factor * table.cost[here][j],
        "visa": -table.visa[origin][j] if abroad else 0.0,
    }


def values(model, talent, age, here):
    """Return the value of every place for a talent who lives ``here``."""
    pay = model.world["talent.beta"] * log_pay(model.world, talent)
    places = range(model.geography.size)
    return [pay + sum(terms.values()) for terms in value_terms(model, talent, age, here, places)]


def choose_place(model, talent, age, seed, quarter):
    """Return the place a talent chooses at an age in quarters."""
    here = talent.place
    group = group_of(model, here, model.geography.is_french[talent.origin])
    awareness = list(model.talent_table.awareness[group])
    awareness[here] = awareness[talent.origin] = 2.0
    value = values(model, talent, age, here)
    return nested_choice(value, awareness, model.world["talent.nest"], model, seed, talent.uid, quarter, TALENT_CHOICE)

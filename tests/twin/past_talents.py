"""Talents with a life behind them: each lives from school to quarter 0 (ODD 5.4)."""

from __future__ import annotations

from tests.twin.agents import NEVER_ARRIVED, Talent, enters_france
from tests.twin.arithmetic import ln, trunc
from tests.twin.draws import Purpose, two
from tests.twin.population import class_shares, people_by_origin, whole_numbers
from tests.twin.renewal import drawn_ability
from tests.twin.talent_choice import career_quarters, choose_place, hazard, talent_tables, young_quarters
from tests.twin.world_of_2013 import WorldOf2013


def talents_with_a_past(world, evidence, settings, population_seed, constants):
    """Return talents at quarter 0; ``constants`` are the fitted ones, origin x place."""
    model = WorldOf2013(world, evidence, settings, population_seed)
    model.constants = constants
    model.talent_table = talent_tables(model, [[0.0] * model.geography.size for _ in constants])
    talents = newborn(model)
    for talent in talents:
        live_so_far(model, talent)
    return talents


def newborn(model):
    """Return the rows by origin, then skill."""
    people = people_by_origin(model)
    talents = []
    agents = whole_numbers(people, round(sum(people) / model.settings.talent_scale))
    for origin, count in enumerate(agents):
        for skill, members in enumerate(whole_numbers(class_shares(model.world), count)):
            for _ in range(members):
                talents.append(new_talent(model, len(talents), origin, skill))
    return talents


def new_talent(model, slot, origin, skill):
    """Return a talent at the origin."""
    talent = Talent(
        model,
        slot=slot,
        generation=0,
        place=origin,
        origin=origin,
        skill=skill,
        entry=0,
        firms=0,
        arrived=NEVER_ARRIVED,
        counts=1,
        received=0,
    )
    talent.log_ability = drawn_ability(model, talent.uid)
    return talent


def live_so_far(model, talent):
    """Let a talent choose places from the end of school to quarter 0."""
    seed, world = model.population_key, model.world
    age_now = trunc(two(seed, Purpose.ENTRY, talent.uid, 0, 0)[0] * career_quarters(world))
    talent.entry = -age_now
    age = event = 0
    while age < age_now:
        place = choose_place(model, talent, age, seed, age - age_now)
        if enters_france(model, talent.place, place):
            talent.arrived = age - age_now
        talent.place = place
        age += 1
        age, event = waited(model, talent, age, age_now, event)


def waited(model, talent, age, age_now, event):
    """Return the age of the next choice and the number of waits so far."""
    young = young_quarters(model.world)
    while age < age_now:
        h = hazard(model, talent, age, talent.place)
        uniform = two(model.population_key, Purpose.START, talent.uid, 0, event)[0]
        event += 1
        wait = trunc(ln(uniform) / ln(1.0 - h))
        if age < young <= age + wait:
            age = young
        else:
            return age + wait, event
    return age, event

"""Lives so far: each talent lives from leaving school to the first quarter, with its own tastes, at frozen inputs."""

from __future__ import annotations

import math

import numpy as np

from sim.model.choice import nested_choice
from sim.model.compile import kernel
from sim.model.randomness import Purpose, uniforms
from sim.model.talent_rules import consider_hazard, persistent_tastes, place_values
from sim.model.talents import NEVER, ability_of, person_uid

P_ENTRY, P_START = int(Purpose.ENTRY), int(Purpose.START)
P_PLACE, P_NEST, P_SEES = (int(Purpose[n]) for n in ("PLACE", "NEST", "SEES"))


@kernel
def live_so_far(table, seed, spread, start, stop, slots, origin, skill, place, entry, log_ability, arrived):
    """Let each talent of rows start..stop live from entry to the first quarter at frozen inputs.

    Tastes and places are joint because each life is lived with its own tastes. Waiting times to the next
    consideration are geometric, which is the quarterly hazard drawn at once.
    """
    places = table.country.shape[0]
    tastes, value, seen = np.zeros(places), np.zeros(places), np.zeros(places)
    for i in range(start, stop):
        uid = person_uid(slots[i], 0)
        log_ability[i] = ability_of(seed, uid, spread)
        first, _ = uniforms(seed, P_ENTRY, uid, 0, 0)
        age_now = int(first * table.rates.career_quarters)
        entry[i] = -age_now
        place[i] = origin[i]
        arrived[i] = NEVER
        if age_now == 0:
            continue
        persistent_tastes(table, seed, uid, tastes)
        age = 0
        event = 0
        while age < age_now:
            here = place[i]
            place_values(table, origin[i], here, skill[i], log_ability[i], age, tastes, value, seen)
            there = nested_choice(
                value,
                seen,
                table.country,
                table.nest_size,
                table.rates.nest,
                seed,
                uid,
                age - age_now,
                P_PLACE,
                P_NEST,
                P_SEES,
            )
            if table.country[there] == table.rates.france and table.country[here] != table.rates.france:
                arrived[i] = age - age_now
            place[i] = there
            # Wait for the next consideration; the wait restarts where the hazard changes (it has no memory).
            age += 1
            while age < age_now:
                abroad = table.country[there] != table.country[origin[i]]
                hazard = consider_hazard(table.rates, age, abroad)
                draw, _ = uniforms(seed, P_START, uid, 0, event)
                event += 1
                wait = int(math.log(draw) / math.log(1.0 - hazard))
                if age < table.rates.young_quarters and age + wait >= table.rates.young_quarters:
                    age = table.rates.young_quarters
                    continue
                age += wait
                break

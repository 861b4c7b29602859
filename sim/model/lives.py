"""Lives so far: each talent lives from leaving school to the first quarter, with its own tastes, at frozen inputs."""

from __future__ import annotations

import numpy as np

from sim.model.arithmetic import ln
from sim.model.compile import kernel
from sim.model.lots import person_uid
from sim.model.randomness import Purpose, uniforms
from sim.model.talent_rules import choose_place, consider_hazard, persistent_tastes
from sim.model.talents import NEVER, ability_of

P_ENTRY, P_START = np.int64(Purpose.ENTRY), np.int64(Purpose.START)


@kernel
def live_so_far(table, seed, spread, start, stop, desk, slots, origin, skill, place, entry, log_ability, arrived):
    """Let each talent of rows start..stop live from entry to the first quarter at frozen inputs.

    Tastes and places are joint because each life is lived with its own tastes. Waiting times to the next
    consideration are geometric, which is the quarterly hazard drawn at once.
    """
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
        persistent_tastes(table, seed, uid, desk)
        age = 0
        event = 0
        while age < age_now:
            here = place[i]
            there = choose_place(table, seed, uid, age - age_now, origin[i], here, skill[i], log_ability[i], age, desk)
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
                wait = int(ln(draw) / ln(1.0 - hazard))
                if age < table.rates.young_quarters and age + wait >= table.rates.young_quarters:
                    age = table.rates.young_quarters
                    continue
                age += wait
                break

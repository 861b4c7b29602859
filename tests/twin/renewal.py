"""Those at the end of working life are replaced (ODD 7.10)."""

from __future__ import annotations

from tests.twin.agents import NEVER_ARRIVED
from tests.twin.arithmetic import single
from tests.twin.draws import Purpose, normals, two
from tests.twin.talent_choice import career_quarters


def renew_talents(model):
    """Let the next person of a slot start where the last one came from."""
    for talent in model.talents:
        if model.quarter + 1 - talent.entry < career_quarters(model.world):
            continue
        talent.generation += 1
        talent.entry = model.quarter + 1
        talent.place = talent.origin
        talent.firms = 0
        talent.arrived = NEVER_ARRIVED
        talent.log_ability = drawn_ability(model, talent.uid)
        talent.startup_rank = drawn_rank(model, talent.uid)
        talent.tastes = None
        model.events.retired += 1


def drawn_ability(model, uid):
    """Return a person's ability: the logarithm of pay relative to the class; its mean is 1 (ODD 5.4)."""
    spread = model.world["talent.ability_sd"]
    return spread * normals(model.population_key, Purpose.ABILITY, uid, 0, 0)[0] - 0.5 * spread * spread


def drawn_rank(model, uid):
    """Return a person's lasting rank among those who work in startups (ODD 2.5)."""
    return single(two(model.population_key, Purpose.STARTUP_JOB, uid, 0, 0)[0])

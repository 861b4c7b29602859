"""Probe persons: enough people of small groups to be measured, who change nothing.

They live and move by the model's own rules, but are inert (``counts`` is 0): they enter no stock, price, market or
firm, and a run with them has the same history as a run without.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from sim.evidence import Evidence
from sim.model.blocks import map_blocks
from sim.model.desk import new_desk
from sim.model.lives import live_so_far
from sim.model.places import PlaceColumns
from sim.model.population import whole_numbers
from sim.model.start import Start
from sim.model.tables import TalentTables
from sim.model.talents import NEVER, SKILLS
from sim.settings import Settings
from sim.world import World

PROBED = ("star", "top")  # the two classes that make the highest-paid tenth of talents


def with_probes(start: Start, evidence: Evidence, world: World, settings: Settings, number: int) -> Start:
    """Return a start with ``number`` probe persons of each probed class appended, lives so far included.

    Origins are those of the population in proportion; tastes and abilities are drawn as everybody's.
    """
    places = PlaceColumns(evidence, world, start.geography)
    table = TalentTables(evidence, world, start.geography).build(places, start.conditions, start.constants)
    people = np.bincount(start.talents["origin"], minlength=places.count).astype(float)
    by_origin = whole_numbers(people, number)
    size, first = number * len(PROBED), len(start.talents["slot"])
    origin = np.tile(np.repeat(np.arange(places.count), by_origin), len(PROBED)).astype(np.uint8)
    new = {
        "slot": np.arange(first, first + size),
        "place": origin.copy(),
        "origin": origin,
        "skill": np.repeat([SKILLS.index(name) for name in PROBED], number),
        "arrived": np.full(size, NEVER),
    }
    columns = {
        name: np.ascontiguousarray(new.get(name, np.zeros(size)), dtype=kept.dtype)
        for name, kept in start.talents.items()
    }
    lived = tuple(columns[n] for n in ("slot", "origin", "skill", "place", "entry", "log_ability", "arrived"))
    key, spread = np.uint64(start.population_seed), world["talent.ability_sd"]

    def live(begin: int, end: int) -> None:
        live_so_far(table, key, spread, begin, end, new_desk(len(table.country), len(table.nest_size)), *lived)

    map_blocks(live, size, settings.threads)
    talents = {name: np.concatenate([kept, columns[name]]) for name, kept in start.talents.items()}
    return dataclasses.replace(start, talents=talents)

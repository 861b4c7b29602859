"""R2: Paris as showcase (ODD 7.14)."""

from __future__ import annotations

from tests.twin.lever_rules.fields import (
    intensity,
    memory_of,
    nobody,
    parameter,
    rive_gauche_or_places,
    shared_between,
    towards,
)

reach = nobody


def size_m2(model, lever):
    """Return the offices to be built."""
    return lever.office_m2 if lever.office_m2 > 0 else parameter(model, lever, "office_m2")


def apply(model, lever):
    """Build offices, make the Paris region seen, tie other holders of the label to it."""
    conditions, i = model.conditions, intensity(model, lever)
    memory = memory_of(model, lever, built=0.0, built_before=0.0)
    memory.built_before, memory.built = memory.built, max(memory.built, i)
    sites = rive_gauche_or_places(model, lever)
    for p in range(model.geography.size):
        if sites[p]:
            conditions.office_m2_added[p] += memory.built * size_m2(model, lever) / sum(sites)
        if model.geography.is_ile_de_france[p]:
            for group in conditions.awareness:
                group[p] = towards(group[p], 1.0, i * parameter(model, lever, "visibility"))
    conditions.hub_ties += i * parameter(model, lever, "hub_ties")


def charges(model, lever):
    """Charge works of the quarter and the running programme."""
    memory = model.lever_memory[lever.key]
    m2 = (memory.built - memory.built_before) * size_m2(model, lever)
    works = m2 * parameter(model, lever, "cost_eur_per_m2") / 1e6
    running = intensity(model, lever) * parameter(model, lever, "running_meur_per_year") / 4
    return [
        *shared_between("m2 built", works, parameter(model, lever, "public_share")),
        ("showcase programme", "city", running),
    ]

"""R5: fibre and 4G (ODD 7.17)."""

from __future__ import annotations

from tests.twin.lever_rules.fields import districts_or_places, intensity, memory_of, parameter, shared_between

NETWORKS = ("fibre", "mobile")


def apply(model, lever):
    """Raise coverage; what is built stays."""
    count, i, aimed = model.geography.size, intensity(model, lever), districts_or_places(model, lever)
    memory = memory_of(
        model,
        lever,
        level={name: [0.0] * count for name in NETWORKS},
        built={name: [0.0] * count for name in NETWORKS},
        ever_built=[False] * count,
    )
    for name in NETWORKS:
        coverage = getattr(model.conditions, name)
        for p in range(count):
            before = max(memory.level[name][p], coverage[p])
            step = i * (1.0 - coverage[p]) if aimed[p] and getattr(lever, name) else 0.0
            memory.level[name][p] = max(before, coverage[p] + step)
            memory.built[name][p] = memory.level[name][p] - before
            coverage[p] = memory.level[name][p]
            if memory.built[name][p] > 0.0:
                memory.ever_built[p] = True


def premises(model):
    """Return premises to be connected by place."""
    return [place.talent_stock_2013 * model.world["price.premises_per_talent"] for place in model.places]


def charges(model, lever):
    """Charge what was built this quarter."""
    memory, public = model.lever_memory[lever.key], parameter(model, lever, "public_share")
    connected, thousands = 0.0, 0.0
    for p, count in enumerate(premises(model)):
        connected += memory.built["fibre"][p] * count
        thousands += memory.built["mobile"][p] * count / 1000.0
    sites = thousands * parameter(model, lever, "sites_per_thousand_premises")
    antennas = sites * parameter(model, lever, "eur_per_site") / 1e6
    return [
        *shared_between("fibre", connected * parameter(model, lever, "eur_per_premise") / 1e6, public),
        ("4G sites", "state", public * antennas),
        ("4G sites", "private", (1.0 - public) * antennas),
    ]


def reach(model, lever, acting):
    """Return firms where the lever has built (ODD 7.23)."""
    memory = model.lever_memory[lever.key]
    return [seen.firm for seen in acting if memory.ever_built[seen.ops]]

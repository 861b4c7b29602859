"""R3: one international identity (ODD 7.15)."""

from __future__ import annotations

from tests.twin.arithmetic import exp
from tests.twin.lever_rules.fields import (
    districts_or_places,
    intensity,
    memory_of,
    nobody,
    parameter,
    quarter_of,
    towards,
)

reach = nobody


def spending(model, lever):
    """Return million euro spent this quarter."""
    if model.quarter - quarter_of(lever.start) >= lever.spend_quarters:
        return 0.0
    return intensity(model, lever) * lever.budget_meur / lever.spend_quarters


def apply(model, lever):
    """Let promotion, and what is left of earlier promotion, be seen abroad."""
    conditions = model.conditions
    memory = memory_of(model, lever, stock=0.0)
    memory.stock = parameter(model, lever, "carry_over") * memory.stock + spending(model, lever)
    share = 1.0 - exp(-parameter(model, lever, "reach_per_meur") * memory.stock)
    weight = parameter(model, lever, "investor_weight")
    for p, aimed in enumerate(districts_or_places(model, lever)):
        if aimed:
            for group in (1, 2):
                conditions.awareness[group][p] = towards(conditions.awareness[group][p], 1.0, share)
            conditions.investor_awareness[p] = towards(conditions.investor_awareness[p], 1.0, weight * share)


def charges(model, lever):
    """Charge the promotion."""
    return [("promotion", "state", spending(model, lever))]

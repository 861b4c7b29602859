"""R7: open-innovation structures (ODD 7.19)."""

from __future__ import annotations

from tests.twin.arithmetic import trunc
from tests.twin.draws import Purpose, two
from tests.twin.lever_rules.fields import districts_or_places, intensity, parameter, shared_between


def structures(model, lever):
    """Return structures of this lever by place."""
    each = lever.structures_per_place or parameter(model, lever, "structures_per_place")
    i = intensity(model, lever)
    return [i * each if aimed else 0.0 for aimed in districts_or_places(model, lever)]


def orders(model, lever):
    """Return first orders a quarter that these structures bring, by place."""
    each = parameter(model, lever, "orders_per_structure_year") / 4
    return [count * each for count in structures(model, lever)]


def apply(model, lever):
    """Open structures, which bring first orders."""
    for p, (count, brought) in enumerate(zip(structures(model, lever), orders(model, lever), strict=True)):
        model.conditions.structures_added[p] += count
        model.conditions.orders[p] += brought


def charges(model, lever):
    """Charge the running of the structures."""
    running = sum(structures(model, lever)) * parameter(model, lever, "eur_per_structure_year") / 4 / 1e6
    return shared_between("structures", running, parameter(model, lever, "public_share"))


def reach(model, lever, acting):
    """Return young firms whose order is one of this lever's structures (ODD 7.23)."""
    own, all_orders, q = orders(model, lever), model.conditions.orders, model.quarter
    found = []
    for seen in acting:
        p, firm = seen.ops, seen.firm
        if own[p] <= 0.0 or not 0 < q - firm.founded < trunc(4 * model.world["startup.young_years"]):
            continue
        chance = min(all_orders[p] / max(seen.young_at_ops, 1), 1.0)
        if two(model.key, Purpose.ORDER, firm.uid, q, 0)[0] < chance * own[p] / all_orders[p]:
            found.append(firm)
    return found

"""R8: simplification (ODD 7.20)."""

from __future__ import annotations

from tests.twin.lever_rules.fields import france_or_places, intensity, parameter


def apply(model, lever):
    """Cut the days it takes to start a firm and the cost of visas."""
    conditions, i = model.conditions, intensity(model, lever)
    for p, aimed in enumerate(france_or_places(model, lever)):
        if aimed and lever.one_stop_shop:
            conditions.start_cost_days[p] *= 1.0 - i * parameter(model, lever, "days_cut_share")
        if aimed and lever.visas:
            conditions.visa_cost[p] *= 1.0 - i * parameter(model, lever, "visa_cut_share")


def charges(model, lever):
    """Charge the offices, each with its switch."""
    i, found = intensity(model, lever), []
    if lever.one_stop_shop:
        found.append(("one-stop shop", "state", i * parameter(model, lever, "shop_meur_per_year") / 4))
    if lever.visas:
        found.append(("visas", "state", i * parameter(model, lever, "visa_meur_per_year") / 4))
    return found


def reach(model, lever, acting):
    """Return firms founded and talents with a visa who arrived this quarter in the places aimed at (ODD 7.23)."""
    if intensity(model, lever) <= 0.0:
        return []
    aimed, q, found = france_or_places(model, lever), model.quarter, []
    if lever.one_stop_shop:
        found += [seen.firm for seen in acting if seen.firm.founded == q and aimed[seen.hq]]
    if lever.visas:
        found += [
            t for t in model.talents if t.arrived == q and aimed[t.place] and needs_visa(model, t.origin, t.place)
        ]
    return found


def needs_visa(model, origin, place):
    """Say whether a person of this origin needs a visa there (ODD 7.8)."""
    country, free = model.geography.country, model.geography.free
    return country[origin] != country[place] and not (free[country[origin]] and free[country[place]])

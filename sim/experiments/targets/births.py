"""How many firms are expected to be founded where, read just before foundings are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.model.founding import founder_factors, founding_choice

RESIDENT, DIASPORA, FOREIGN_ABROAD = range(3)  # rows of the founders' tables


def expect_foundings(model: Any) -> None:
    """Process: note how many firms are expected to be founded in each place this quarter, real firms.

    Those that foreigners living abroad found in France are noted apart. The expectation of what ``found_startups``
    draws next: a change of a few per cent would drown in counts.
    """
    world, geography, fitted = model.world, model.geography, model.start.founding
    terms = model.startup_tables.log_value(model.places, model.conditions, model.startup_counts.real, model.quarter)
    value = sum(terms.values()) + model.startup_tables.start_cost(model.conditions)
    value = world["startup.beta_found"] * value + fitted.place
    logsum, law = founding_choice(world, geography, value, model.startup_tables.cost, model.conditions.awareness)
    people = model.talents.data
    weight = founder_factors(world)[people["skill"]] * model.settings.talent_scale
    young = model.quarter - people["entry"] < 4 * (30 - world["talent.entry_age"])
    weight = weight * np.where(young, world["startup.founding_young"], 1.0)
    counts, at_home = people["counts"] > 0, geography.is_french[people["place"]]
    group = np.where(at_home, RESIDENT, np.where(geography.is_french[people["origin"]], DIASPORA, FOREIGN_ABROAD))
    places = len(geography.ids)
    cell = group * places + people["place"]
    weights = np.bincount(cell[counts], weights=weight[counts], minlength=3 * places).reshape(3, places)
    rate = fitted.rate * np.exp(world["startup.entry_elasticity"] * (logsum - fitted.logsum))
    share = law[FOREIGN_ABROAD][:, geography.is_french].sum(axis=1)
    model.film.foreign_foundings.append(float(np.sum(weights[FOREIGN_ABROAD] * rate[FOREIGN_ABROAD] * share)))
    model.film.births.append(np.einsum("gr,grj->j", weights * rate, law))

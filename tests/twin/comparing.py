"""Compare the engine with the twin: whole numbers exactly, others to 1e-9 relative."""

from __future__ import annotations

import math
from dataclasses import astuple

from tests.twin.events import COUNTS

TOLERANCE = 1e-9
TINY = 1e-12  # sums that cancel to zero
PLACES = (
    "talent_stock_2013",
    "population",
    "wage",
    "wage_2013",
    "office_rent",
    "office_rent_2013",
    "flat_rent",
    "flat_rent_2013",
    "vacancy",
    "office_m2_2013",
    "office_m2_private",
    "office_m2",
    "dwellings_2013",
    "dwellings",
    "dwellings_used",
    "talents",
    "startup_staff",
    "structures",
    "structures_added",
    "minutes_saved",
    "airport_minutes",
    "airport_passengers",
    "train_minutes",
)
MODEL = ("quarter", "talent_counts", "talent_counts_french", "jobs_lost", "following")
STARTUP_COUNTS = ("by_place", "french", "champions", "champions_french", "staff", "young", "real")
EVENTS = (
    "capital_eur",
    "retired",
    "talent_flows",
    "startup_flows",
    "talent_triggers",
    "talent_terms",
    "startup_triggers",
    "startup_terms",
)
TAX_BASE = ("heads", "jei_heads", "profit", "jei_profit", "exit_gains")
GROWTH_CLAIMS = (
    "workers",
    "premises",
    "workers_met",
    "premises_met",
    "hired",
    "refused_workers",
    "refused_premises",
)
CITIES = ("name", "budget_eur_per_inhabitant", "budget", "saved")
FUNDING = ("seats_used", "public_invested_meur")


def state_of(model, people, firms, place_column):
    """Return every number of a model by name; the last three arguments give columns of agents by name."""
    state = {f"model.{name}": getattr(model, name) for name in MODEL}
    state |= {f"places.{name}": place_column(name) for name in PLACES}
    state |= {f"talents.{name}": column for name, column in people.items()}
    state |= {f"startups.{name}": column for name, column in firms.items()}
    state |= {f"startup_counts.{name}": getattr(model.startup_counts, name) for name in STARTUP_COUNTS}
    state |= {f"conditions.{name}": value for name, value in vars(model.conditions).items()}
    state |= {f"events.{name}": model.events.counts[name] for name in COUNTS}
    state |= {f"events.{name}": getattr(model.events, name) for name in EVENTS}
    for name in CITIES:
        state[f"cities.{name}"] = [getattr(city, name) for city in model.cities]
    state["cities.bought"] = [list(purchase) for city in model.cities for purchase in plain(city.bought)]
    if model.quarter:
        state |= {f"tax_base.{name}": getattr(model.tax_base, name) for name in TAX_BASE}
        state |= {f"growth_claims.{name}": getattr(model.growth_claims, name) for name in GROWTH_CLAIMS}
        state |= {f"funding.{name}": getattr(model.funding, name) for name in FUNDING}
    return {name: flat(values) for name, values in state.items()}


def plain(purchases):
    """Return purchases of a city as tuples: quarter, item, place, units, euro."""
    return [purchase if isinstance(purchase, tuple) else astuple(purchase) for purchase in purchases]


def state_of_engine(engine):
    """Return the state of the engine."""
    # The engine keeps spare rows behind the living ones of its columns.
    people = {name: column[: len(engine.start.talents["slot"])] for name, column in engine.talents.data.items()}
    return state_of(engine, people, engine.startups.data, lambda name: getattr(engine.places, name))


def state_of_twin(twin):
    """Return the state of the twin, with the columns the engine has."""
    people = {name: [getattr(t, name) for t in twin.talents] for name in (*twin.start.talents, "startup_rank")}
    firms = {name: [getattr(s, name) for s in twin.startups] for name in twin.start.startups}
    return state_of(twin, people, firms, lambda name: [getattr(place, name) for place in twin.places])


def flat(values):
    """Return nested lists or an array as one list of plain numbers."""
    values = values.tolist() if hasattr(values, "tolist") else values
    if not isinstance(values, list | tuple):
        return [values]
    if not values or not isinstance(values[0], list | tuple):
        return list(values)
    return [number for row in values for number in flat(row)]


def same(one, other):
    """Say whether two numbers are the same: whole numbers exactly, others to the tolerance."""
    if one == other or one is other:
        return True
    if isinstance(one, float) or isinstance(other, float):
        both_missing = math.isnan(one) and math.isnan(other)
        return both_missing or math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TINY)
    return False


def difference(name, engine, twin):
    """Return a sentence, in a list, if two columns differ; else an empty list."""
    one, other = flat(engine), flat(twin)
    if len(one) != len(other):
        return [f"{name}: {len(one)} numbers in the engine, {len(other)} in the twin"]
    if one == other:
        return []
    wrong = [n for n, pair in enumerate(zip(one, other, strict=True)) if not same(*pair)]
    if not wrong:
        return []
    n = wrong[0]
    where = f"{len(wrong)} of {len(one)} differ, the first is number {n}"
    return [f"{name}: {where}: engine {one[n]!r}, twin {other[n]!r}"]


def differences(engine, twin):
    """Return one sentence for every name of two states under which numbers differ."""
    found = [f"{name}: only in one of the two" for name in sorted(set(engine) ^ set(twin))]
    for name in engine:
        found += difference(name, engine[name], twin.get(name, engine[name]))
    return found

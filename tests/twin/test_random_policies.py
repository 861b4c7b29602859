"""Random levers in random worlds: fields and parameters that no scenario of the project sets (ODD 7.2, 7.13 to 7.23).

Both models start from one prepared start; only parameters that are read after it are drawn.
"""

from __future__ import annotations

import random

import pytest

from sim.model.flight import FlightModel
from sim.model.levers import LEVERS
from sim.quarters import quarter_label
from sim.world import World
from tests.twin.comparing import differences, state_of_engine, state_of_twin
from tests.twin.model import PlainModel
from tests.twin.records import compare_records
from tests.twin.runs import COARSE, evidence, start_of, world_named

pytestmark = pytest.mark.long  # one Python suffices

QUARTERS = 16
DRAWN = ("city.", "label.", "lever.", "law.", "price.", "connectivity.")
# Beyond the priors: rich and poor cities, short waves, money that comes back soon, offices hard to find.
FAR = {
    "city.budget_eur_per_inhabitant": (0.0, 8.0, 30.0),
    "city.vacancy_limit": (0.06, 0.09),
    "city.carry_over_years": (0.0, 1.0, 5.0),
    "price.fit_share": (0.02, 0.2, 0.8),
    "lever.label_network.wave_quarters": (1.0, 3.0, 7.5),
    "lever.seed_acceleration.recovery_quarters": (1.0, 4.0, 9.7),
}
FIELDS = {
    "paris_showcase": {"office_m2": (0.0, 1000.0, 100_000.0)},
    "international_brand": {"budget_meur": (1.0, 50.0), "spend_quarters": (1, 4, 11)},
    "seed_acceleration": {
        "budget_meur": (20.0, 500.0, 1500.0),
        "drawdown_quarters": (1, 6, 20),
        "accelerator_share": (0.0, 0.3, 1.0),
        "labelled_share": (0.0, 0.6, 1.0),
    },
    "attractive_taxation": {
        "jei_payroll_start": (None, "2014Q3"),
        "jei_profit_start": (None, "2013Q4"),
        "founder_exit_start": (None, "2015Q1"),
        "impatriate_start": (None, "2014Q2"),
        "jei_payroll_exemption": (0.3, 0.9, 1.0),
        "jei_profit_exemption": (0.2, 0.6, 1.0),
        "founder_exit_rate": (0.1, 0.33, 0.6),
        "impatriate_exempt_share": (0.2, 0.7),
        "impatriate_years": (3, 5, 10),
    },
    "open_innovation": {"structures_per_place": (0, 1, 8)},
    "zone_exemption": {"payroll_exemption": (0.25, 1.0), "profit_exemption": (0.5, 1.0)},
    "placebo": {"rent_change": (0.0001, 0.01)},
}


def random_world(luck):
    """Return the central world, or the busy one, with other parameters drawn."""
    base = luck.choice(("central", "busy"))
    values = dict(world_named(base).values)
    for name, prior in evidence().parameters.items():
        if name.startswith(DRAWN) and prior.prior != "fixed" and luck.random() < 0.6:
            values[name] = luck.choice((prior.low, prior.high, luck.uniform(prior.low, prior.high)))
    for name, choices in FAR.items():
        if luck.random() < 0.4:
            values[name] = luck.choice(choices)
    return base, World(0, values, {})


def random_lever(luck, key):
    """Return a lever with fields of its own."""
    start = luck.randrange(8)
    fields = {"strength": luck.choice((1.0, 1.0, 0.5, 0.3, 0.0)), "start": quarter_label(start)}
    if luck.random() < 0.3:
        fields["end"] = quarter_label(start + luck.randrange(1, 10))
    if luck.random() < 0.5:
        fields["ramp_quarters"] = luck.randrange(8)
    french = [place.place for place in evidence().places if place.country == "FR"]
    places = luck.sample(french, luck.randrange(1, 7))
    if key == "label_network" and luck.random() < 0.3:
        fields["label_dates"] = {place: quarter_label(luck.randrange(14)) for place in places}
    elif key != "attractive_taxation" and luck.random() < 0.4:
        fields["places"] = tuple(places)
    for name, field in LEVERS[key].model_fields.items():
        if isinstance(field.default, bool) and luck.random() < 0.25:
            fields[name] = not field.default
    for name, choices in FIELDS.get(key, {}).items():
        if luck.random() < 0.6:
            fields[name] = luck.choice(choices)
    return LEVERS[key](**fields)


def first_difference(seed):
    """Return (quarter, sentences) of the first difference in a random run, or nothing."""
    luck = random.Random(seed)
    base, world = random_world(luck)
    keys = luck.sample(list(LEVERS), luck.randrange(1, 8))
    levers = tuple(random_lever(luck, key) for key in LEVERS if key in keys)
    given = (levers, world, evidence(), start_of(base), COARSE, seed, luck.random() < 0.5)
    engine, twin = FlightModel(*given), PlainModel(*given)
    for _ in range(QUARTERS):
        engine.step()
        twin.step()
        found = differences(state_of_engine(engine), state_of_twin(twin))
        if found:
            return engine.quarter, found
    found = compare_records(twin, engine)
    return (QUARTERS, found) if found else None


@pytest.mark.parametrize("seed", range(4))
def test_random_policies_are_the_same(seed):
    assert first_difference(seed) is None


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(100, 400))
def test_many_random_policies_are_the_same(seed):
    assert first_difference(seed) is None

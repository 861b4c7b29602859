"""Talents of the prepared start are those ODD describes: their numbers, their lives, the constants fitted to stocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import qmc

from tests.twin import past_talents, talent_choice
from tests.twin.arithmetic import trunc
from tests.twin.comparing import differences, flat
from tests.twin.fitted_talents import largest_gap
from tests.twin.runs import COARSE, TINY, evidence, start_of, world_named

# The founders of initial firms are drawn when firms are made (5.7, step 7).
COLUMNS = ("slot", "generation", "place", "origin", "skill", "entry", "log_ability", "arrived", "counts", "received")


def engine_and_twin(world, settings=COARSE):
    """Return the talents of the prepared start and those of the twin, by column."""
    start = start_of(world, settings)
    people = past_talents.talents_with_a_past(
        world_named(world), evidence(), settings, start.population_seed, start.constants.tolist()
    )
    twin = {name: [getattr(person, name) for person in people] for name in COLUMNS}
    return {name: flat(start.talents[name]) for name in COLUMNS}, twin


@pytest.mark.parametrize("world", ["central", "busy", 1])
def test_lives_before_the_start_are_the_same(world):
    assert differences(*engine_and_twin(world)) == []


@pytest.mark.parametrize("world", ["central", "busy"])
def test_tiny_worlds_have_the_same_lives(world):
    assert differences(*engine_and_twin(world, TINY)) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "rule", "bent"),
    [
        (past_talents, "class_shares", lambda world: [0.25] * 4),
        (past_talents, "enters_france", lambda model, old, new: False),
        (past_talents, "young_quarters", lambda world: 0),
        (past_talents, "trunc", lambda x: trunc(x) + 1),
        (talent_choice, "cost_factor", lambda world, talent, age: 1.0),
    ],
    ids=["shares", "arrivals", "young", "waits", "costs"],
)
def test_a_bent_life_is_caught(monkeypatch, module, rule, bent):
    monkeypatch.setattr(module, rule, bent)
    assert differences(*engine_and_twin("central")) != []


def types_of_taste(world, geography):
    """Return the 16 types of taste of ODD 5.3 by place."""
    size, countries = geography.size, len(geography.countries)
    cube = qmc.Sobol(size + countries, scramble=True, rng=np.random.default_rng(20130701)).random(8)
    half = ndtri(np.clip(cube, 1e-6, 1.0 - 1e-6))
    score = np.concatenate([half, -half])
    score = score / np.maximum(np.std(score, axis=0), 1e-9)
    place, country = world["talent.taste_place"], world["talent.taste_country"]
    return (place * score[:, :size] + country * score[:, size:][:, geography.country]).tolist()


@pytest.mark.torture
@pytest.mark.parametrize("world", ["central", 1])
def test_fitted_constants_leave_the_gap_the_start_states(world):
    from tests.twin.geography import make_geography

    start, values = start_of(world), world_named(world)
    types = types_of_taste(values, make_geography(evidence()))
    gap = largest_gap(values, evidence(), COARSE, start.population_seed, start.constants.tolist(), types)
    assert gap == pytest.approx(start.facts["constants_residual"], rel=1e-6)
    assert gap < 2e-3

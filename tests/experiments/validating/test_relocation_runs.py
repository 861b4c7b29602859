"""Experiments on what moves headquarters: each changes what it says and nothing before it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.analysis.validation.relocation import ABROAD, BASE, TAX, US, column
from sim.evidence import Evidence
from sim.experiments.engine import ModelEngine
from sim.experiments.targets.rows import SCENARIO
from sim.experiments.validating.relocation import LOW_RATE, RelocationEngine, changed_model, moves_abroad
from sim.model.adapter import forget
from sim.model.flight import FlightModel
from sim.model.randomness import run_seed
from sim.scenario import load_scenario
from sim.settings import Settings
from sim.world import World

SMALL = Settings(talent_scale=1000, startup_scale=2, years=1)
SEED = 3


@pytest.fixture(scope="module")
def start(evidence: Evidence, world: World) -> object:
    return ModelEngine().prepare(evidence, world, SMALL, SEED, 0)


@pytest.fixture(scope="module")
def run(evidence: Evidence, world: World, start: object) -> Callable[[str], FlightModel]:
    def run(experiment: str) -> FlightModel:
        model = changed_model(experiment)((), world, evidence, start, SMALL, run_seed(SEED, 0, 0))
        for _ in range(SMALL.quarters):
            model.step()
        forget(model)
        return model

    return run


def led(model: FlightModel) -> tuple[int, int, int]:
    """Return rounds of the last quarter in France: all, led from abroad, of these from the United States."""
    data, french = model.startups.data, model.geography.is_french
    recent = data["last_round"] == model.quarter - 1
    home = recent & french[data["hq"]]
    abroad = home & (data["last_foreign"] == model.quarter - 1)
    us = model.geography.country == model.geography.countries.index("US")
    return int(home.sum()), int(abroad.sum()), int(np.sum(abroad & us[data["foreign_lead"]]))


def test_each_experiment_changes_what_it_says(run: Callable[[str], FlightModel]) -> None:
    as_it_was, without_us, alone, taxed = (run(name) for name in (BASE, US, ABROAD, TAX))
    rounds, abroad, american = led(as_it_was)
    assert abroad > american > 0
    assert led(without_us)[2] == 0
    assert led(without_us)[1] > 0
    assert led(alone)[1] == 0
    assert led(alone)[0] == pytest.approx(rounds, rel=0.1)  # led at home, with the same money
    assert led(taxed)[1] > 0
    france = taxed.geography.is_french
    assert (taxed.conditions.profit_rate[france] == LOW_RATE).all()
    assert (taxed.conditions.profit_rate[~france] == as_it_was.conditions.profit_rate[~france]).all()


def test_the_engine_counts_moves_of_each_experiment(
    evidence: Evidence, world: World, start: object, run: Callable[[str], FlightModel]
) -> None:
    scenario = load_scenario(SCENARIO, evidence)
    found = RelocationEngine().simulate(scenario, world, evidence, start, SMALL, SEED, 0, 0).rows
    assert set(found) == {column(what, name) for what in ("moves", "to_us") for name in (BASE, US, ABROAD, TAX)}
    assert all(found[column("to_us", name)] <= found[column("moves", name)] for name in (BASE, US, ABROAD, TAX))
    model = run(BASE)
    flows = model.records().flows
    assert moves_abroad(flows, model.geography, only_us=False) >= moves_abroad(flows, model.geography, only_us=True)
    assert len(RelocationEngine().code_digest()) == 64

"""Pairs of runs, engine and twin, on one prepared start."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sim.evidence.loader import load_evidence
from sim.model import start as start_module
from sim.model.flight import FlightModel
from sim.model.randomness import population_seed, run_seed
from sim.scenario import load_scenario
from sim.settings import Settings
from sim.world import World, central_world, draw_world
from tests.twin.comparing import differences, state_of_engine, state_of_twin
from tests.twin.model import PlainModel
from tests.twin.records import compare_records

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CASES = Path(__file__).parent / "cases"
STUDY = 2013
COARSE = Settings(talent_scale=1000, startup_scale=50, years=10)


class Unbounded(Settings):
    """Scales beyond those that a user may ask for."""

    def __post_init__(self):
        pass


TINY = Unbounded(talent_scale=10_000, startup_scale=500, years=10)  # some 270 talents and 80 firms
# Rare events made common: moves abroad, staff who follow, sites left behind, refused claims, lost jobs.
BUSY = {
    "startup.move_hazard": 0.1,
    "startup.move_hazard_funded": 0.1,
    "startup.move_hazard_foreign": 0.3,
    "startup.move_hazard_premises": 0.3,
    "startup.staff_follow": 0.9,
    "startup.site_close_hazard": 0.3,
    "startup.death_base": 0.08,
    "startup.exit_hazard": 0.1,
    "startup.cost_border": 0.5,
    "startup.founding_star": 3.0,
    "price.dwelling_turnover": 0.02,
    "price.fit_share": 0.02,
    "talent.displaced_consider": 0.95,
    "talent.cost_border": 1.0,
    "talent.hazard_older": 0.03,
    "lever.label_network.wave_quarters": 3.0,
    "lever.seed_acceleration.recovery_quarters": 3.0,
}


@cache
def evidence():
    return load_evidence()


@cache
def world_named(name):
    """Return the central world, the busy one, or the drawn world of a number."""
    central = central_world(evidence())
    if name == "central":
        return central
    if name == "busy":
        unknown = set(BUSY) - set(central.values)
        assert not unknown, unknown
        return World(0, {**central.values, **BUSY}, {})
    return draw_world(evidence(), STUDY, name)


@cache
def fits_of(name):
    """Return where the fitted constants of a world are kept: they depend on it alone, not on the scales."""
    return []


@cache
def start_of(name, settings=COARSE):
    """Return the engine's prepared start of a world."""
    world, kept, fit = world_named(name), fits_of(name), start_module.fit_constants

    def fitted(*given):
        kept.extend([] if kept else [fit(*given)])
        return kept[0]

    start_module.fit_constants = fitted
    try:
        return start_module.prepare_start(evidence(), world, settings, population_seed(STUDY, world.index))
    finally:
        start_module.fit_constants = fit


def path_of(scenario):
    """Return the file of a scenario of the project, or of a case made for these tests."""
    path = SCENARIOS / f"{scenario}.toml"
    return path if path.exists() else CASES / f"{scenario}.toml"


def arguments(name, scenario, seed, settings):
    """Return what both models are made of, for a file of scenarios or none."""
    levers, rivals = (), False
    if scenario is not None:
        loaded = load_scenario(path_of(scenario), evidence())
        assert not loaded.world_overrides, "the start belongs to another world"
        levers, rivals = loaded.levers, loaded.rivals_respond
    key = run_seed(STUDY, world_named(name).index, seed)
    return levers, world_named(name), evidence(), start_of(name, settings), settings, key, rivals


@cache
def run_of_engine(quarters, name="central", scenario=None, seed=1, settings=COARSE):
    """Return the engine at the end of a run, and its states at quarters 0, 1 ..."""
    engine = FlightModel(*arguments(name, scenario, seed, settings))
    states = [state_of_engine(engine)]
    for _ in range(quarters):
        engine.step()
        states.append(state_of_engine(engine))
    return engine, states


def first_differences(quarters, name="central", scenario=None, seed=1, settings=COARSE):
    """Return (quarter, sentences) of the first difference between engine and twin, or nothing.

    Records are compared at the end: they hold all quarters.
    """
    engine, states = run_of_engine(quarters, name, scenario, seed, settings)
    twin = PlainModel(*arguments(name, scenario, seed, settings))
    for quarter, state in enumerate(states):
        if quarter:
            twin.step()
        found = differences(state, state_of_twin(twin))
        if found:
            return quarter, found
    found = compare_records(twin, engine)
    return (quarters, found) if found else None

"""Starts shared by the tests of the model: preparing one takes seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.evidence import Evidence
from sim.model.start import Start, prepare_start
from sim.settings import Settings
from sim.world import World
from tests.model.small_runs import SMALL, Case

POPULATION_SEED = 42


@pytest.fixture(scope="session")
def prepare(evidence: Evidence, world: World) -> Callable[..., Case]:
    """Return a function that prepares a case, once per world and pair of scales."""
    kept: dict[tuple[str, int, int], Start] = {}

    def of(settings: Settings = SMALL, own: World = world) -> Case:
        key = (own.digest, settings.talent_scale, settings.startup_scale)
        if key not in kept:
            kept[key] = prepare_start(evidence, own, settings, POPULATION_SEED)
        return Case(own, evidence, kept[key], settings)

    return of


@pytest.fixture(scope="session")
def case(prepare: Callable[..., Case]) -> Case:
    """Return the central world, small."""
    return prepare()

"""Starts shared by the tests of the model: preparing one takes seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sim.evidence import Evidence
from sim.model.start import Start, prepare_start
from sim.settings import Settings
from sim.world import World
from tests.model.frozen_choice import CHOICE_ALONE
from tests.model.small_runs import SMALL, Case, changed_world

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


@pytest.fixture(scope="session")
def choice_alone(prepare: Callable[..., Case]) -> Case:
    """Return a world without tastes and without the pull of others, with 53,000 talents."""
    own = changed_world(prepare().world, CHOICE_ALONE)
    return prepare(Settings(talent_scale=50, startup_scale=100, years=1), own)

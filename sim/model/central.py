"""What a model of the central world is made of, prepared in one call."""

from __future__ import annotations

from sim.evidence import Evidence, load_evidence
from sim.model.randomness import population_seed, run_seed
from sim.model.start import Start, prepare_start
from sim.settings import Settings
from sim.world import World, central_world


def central_parts(settings: Settings | None = None, seed: int = 2013) -> tuple[World, Evidence, Start, Settings, int]:
    """Return world, evidence, start, settings and run seed, as the command line's for study seed ``seed``."""
    evidence, settings = load_evidence(), settings or Settings()
    world = central_world(evidence)
    start = prepare_start(evidence, world, settings, population_seed(seed, 0))
    return world, evidence, start, settings, run_seed(seed, 0, 0)

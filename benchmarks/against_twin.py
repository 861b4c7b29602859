"""The engine against the twin: the second, plain form of the whole model in ``tests/twin``."""

from __future__ import annotations

import importlib
from pathlib import Path

from benchmarks.clock import alternate, ratios
from benchmarks.figures import Figure, Section
from benchmarks.new_process import ROOT
from benchmarks.sizes import Sizes
from benchmarks.worlds import SEED, evidence, model_of, start, world
from sim.model.adapter import forget
from sim.settings import Settings

TITLE = "Against the twin"


def measure(sizes: Sizes) -> list[Section]:
    """Return how many times faster the engine is, per agent and step; or a sentence where there is no twin."""
    if not Path(ROOT, "tests", "twin", "model.py").exists():
        return [Section(TITLE, ["Skipped: there is no `tests/twin` here."])]
    section = Section(TITLE, ["Both make whole steps of the same world in turns: baseline, 1 thread."])
    for number, (talent_scale, startup_scale) in enumerate(sizes.twin_worlds):
        settings = Settings(talent_scale=talent_scale, startup_scale=startup_scale, threads=1)
        agents, twin, engine, same = _measured(settings, sizes.twin_pairs)
        name = f"talent scale {talent_scale}, startup scale {startup_scale}"
        section.text.append(
            f"In the world of {name} ({agents:,} talents and living startups) all talents live in the same places "
            f"afterwards: {'yes' if same else '**NO**'}."
        )
        section.figures += [
            Figure(f"twin / engine, {name}", ratios(twin, engine), reach=None if number else 300, at_least=True),
            Figure(f"twin, {name}", ratios(twin, [agents] * len(twin), 1e6), "µs per agent"),
            Figure(f"engine, {name}", ratios(engine, [agents] * len(twin), 1e6), "µs per agent"),
        ]
    return [section]


def _measured(settings: Settings, pairs: int) -> tuple[int, list[float], list[float], bool]:
    """Return agents, seconds a step of the twin and of the engine, and whether both put talents in the same places."""
    begin = start(settings.talent_scale, settings.startup_scale)
    twin = importlib.import_module("tests.twin.model").PlainModel((), world(), evidence(), begin, settings, SEED)
    try:
        with model_of(begin, settings) as model:
            of_twin, of_engine = alternate(twin.step, model.step, pairs)
            same = [talent.place for talent in twin.talents] == model.talents.data["place"].tolist()
            return model.talents.size + len(model.live_rows()), of_twin, of_engine, same
    finally:
        forget(twin)

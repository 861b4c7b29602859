"""The engine's moving process against the same rule written as one writes it with Mesa."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.clock import ratios, seconds
from benchmarks.figures import Figure, Section
from benchmarks.mesa_rule import MovingModel
from benchmarks.moving_loop import MovingLoop, MovingState, compiler
from benchmarks.moving_pair import PROCESS
from benchmarks.sizes import Sizes
from benchmarks.worlds import SEED, model_of, replace_process, start
from sim.model.adapter import forget
from sim.model.flight import FlightModel
from sim.model.randomness import Purpose, uniforms
from sim.settings import Settings

TITLE = "Against the rule written with Mesa"
RATES = ("beta", "nest", "hazard_young", "hazard_older", "hazard_abroad", "young_quarters", "school_cost", "older_cost")
TABLES = (
    "country", "nest_size", "log_labour_cost", "wage_ratio", "wedge_100", "wedge_167", "top_rate", "housing",
    "constants", "affinity", "cost", "entry", "awareness", "relief", "class_log_pay", "class_cost",
)  # fmt: skip
COLUMNS = ("place", "origin", "skill", "entry", "log_ability", "firms", "startup_rank", "arrived", "counts")


def measure(sizes: Sizes) -> list[Section]:
    """Return how many times faster the engine is, per agent and step, on the same agents and on a large world."""
    settings = Settings(talent_scale=sizes.mesa_scale, startup_scale=sizes.large_startups, threads=1)
    begin = start(sizes.mesa_scale, sizes.large_startups)
    engine, mesa_times, by_hand, moves = [], [], [], np.zeros(2, np.int64)
    with model_of(begin, settings) as model, tempfile.TemporaryDirectory() as folder:
        loop = MovingLoop(model.talents.data, Path(folder)) if compiler() else None
        plain: list[MovingModel] = []

        def both(model: FlightModel) -> None:
            """Let the Mesa model and the process of the engine act on the same state."""
            people, numbers, table, state = people_of(model), *quarter_of(model), MovingState(model)
            if not plain:
                plain.append(MovingModel(people, tastes_of(model), SEED))
            for agent, person in zip(plain[0].agents, people, strict=True):
                agent.remember(person)
            plain[0].read(numbers, table)
            before = int(model.events.talent_flows.sum())
            if model.quarter % 2:
                mesa_times.append(seconds(plain[0].step))
            engine.append(seconds(lambda: process(model)))
            if not model.quarter % 2:
                mesa_times.append(seconds(plain[0].step))
            if loop is not None:
                by_hand.append(loop.run(state))
            moves[:] += int(np.sum(plain[0].flows)), int(model.events.talent_flows.sum()) - before

        process = replace_process(model, PROCESS, both)
        for _ in range(sizes.mesa_pairs + 1):
            model.step()
        agents = model.talents.size
        forget(plain[0])
    large = _large_world(sizes)
    per_agent = [t / agents for t in mesa_times[1:]]
    return [
        Section(
            TITLE,
            [
                f"`benchmarks/mesa_rule.py`: {agents:,} agents, {sizes.mesa_pairs} quarters in a row, 1 thread. Both "
                "see the same state each quarter, in turns one first and the other. "
                f"Mesa {_mesa_version()}. With luck of its own the Mesa model made {moves[0]} moves in "
                f"{sizes.mesa_pairs + 1} quarters, the engine {moves[1]}."
            ],
            [
                Figure("Mesa / engine, the same agents", ratios(mesa_times[1:], engine[1:]), reach=100, at_least=True),
                Figure(
                    "Mesa / engine at talent scale " + str(sizes.small) + ", per agent",
                    ratios(per_agent, large[: len(per_agent)]),
                    note="for information",
                ),
                *([Figure("Mesa / C loop, the same agents", ratios(mesa_times[1:], by_hand[1:]))] if by_hand else []),
                Figure("Mesa", tuple(1e6 * t for t in per_agent), "µs per agent"),
            ],
        )
    ]


def _mesa_version() -> str:
    import mesa

    return str(mesa.__version__)


def _large_world(sizes: Sizes) -> list[float]:
    """Return the engine's seconds per agent and step in the world of the ten-year run."""
    settings = Settings(talent_scale=sizes.small, startup_scale=sizes.large_startups, threads=1)
    taken = []
    with model_of(start(sizes.small, sizes.large_startups), settings) as model:
        for _ in range(sizes.mesa_pairs + 1):
            before = model.timings[PROCESS]
            model.step()
            taken.append((model.timings[PROCESS] - before) / model.talents.size)
    return taken[1:]


def people_of(model: FlightModel) -> list[dict[str, Any]]:
    """Return the talents as plain values."""
    columns = [model.talents.data[name].tolist() for name in COLUMNS]
    return [dict(zip(COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]


def quarter_of(model: FlightModel) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Return what the rule reads in the quarter a model is in, as plain numbers and lists."""
    table, world, places = model.talent_table, model.world, model.places
    numbers = {name: getattr(table.rates, name) for name in RATES} | {
        "france": int(table.rates.france),
        "quarter": model.quarter,
        "displaced": world["talent.displaced_consider"],
        "tied": min(1.0, model.settings.startup_scale / model.settings.talent_scale),
        "dwellings_per_agent": model.settings.talent_scale / world["price.persons_per_dwelling"],
        "rationing": world["price.rationing"],
        "offered": places.dwellings_on_offer(world).tolist(),
        "market": model.geography.market.tolist(),
        "staff": places.startup_staff.tolist(),
        "people": places.talents.tolist(),
        "jobs_lost": model.jobs_lost.tolist(),
        "staff_moves": model.following.tolist(),
    }
    return numbers, {name: np.asarray(getattr(table, name)).tolist() for name in TABLES}


def tastes_of(model: FlightModel) -> list[list[float]]:
    """Return everyone's lasting tastes for places (7.8)."""
    rates, country = model.talent_table.rates, model.talent_table.country.tolist()
    countries = max(country) + 1
    every = []
    for uid in model.talents.uid:
        by_country = _normals(model.population_key, Purpose.TASTE_NEST, uid, countries)
        by_place = _normals(model.population_key, Purpose.TASTE, uid, len(country))
        pairs = zip(by_place, country, strict=True)
        every.append([rates.taste_place * z + rates.taste_country * by_country[c] for z, c in pairs])
    return every


def _normals(seed: np.uint64, purpose: Purpose, uid: np.uint64, number: int) -> list[float]:
    """Return standard normals by Box and Muller, two from each block."""
    out: list[float] = []
    for block in range((number + 1) // 2):
        first, second = uniforms(seed, int(purpose), uid, 0, block)
        radius, angle = math.sqrt(-2.0 * math.log(first)), 2.0 * math.pi * second
        out += [radius * math.cos(angle), radius * math.sin(angle)]
    return out[:number]

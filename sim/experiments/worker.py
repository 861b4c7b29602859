"""What a worker process does: prepare one world once, then make its runs and keep each as it ends."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.design import Experiment, WorldPlan
from sim.experiments.engine import Engine, draw, place_table
from sim.experiments.pairs import count_pairs
from sim.experiments.store import TABLES, Store
from sim.scenario import Scenario
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# File of the results folder from which the workers of a running command load what they share.
CONTEXT = ".context"


@dataclass(frozen=True)
class WorldTask:
    """Runs of one world still to make: (experiment, name of its shard), the reference scenario's first."""

    plan: WorldPlan
    runs: tuple[tuple[Experiment, str], ...]


@dataclass(frozen=True)
class Context:
    """What all tasks share; read once by each worker process. ``references``: shard of a run -> of its reference."""

    engine: Engine
    evidence: Evidence
    scenarios: tuple[Scenario, ...]
    settings: Settings
    seed: int
    results: Path
    references: Mapping[str, str]


_context: Context | None = None


def initialise(context: Path) -> None:
    """Make this process a worker: Ctrl-C is the driver's business, and without a driver there is no work."""
    global _context
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with context.open("rb") as file:
        _context = pickle.load(file)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def warm_up() -> None:
    """Compile the model into the cache the other workers load from."""
    assert _context is not None
    _context.engine.warm_up()


def run_world(task: WorldTask) -> float:
    """Make the runs of one world; return the seconds its start took. Runs that raise are kept as failures."""
    assert _context is not None
    context, plan = _context, task.plan
    store = Store(context.results)
    begun = time.perf_counter()
    try:
        world = draw(plan, context.evidence, context.seed)
        start = context.engine.prepare(context.evidence, world, context.settings, context.seed, plan.draw)
    except Exception:
        for _, name in task.runs:
            store.write_failure(name, traceback.format_exc())
        return 0.0
    prepared = time.perf_counter() - begun
    for experiment, name in task.runs:
        try:
            records = context.engine.simulate(
                context.scenarios[experiment.scenario], world, context.evidence, start, context.settings,
                context.seed, plan.draw, experiment.replicate,
            )  # fmt: skip
            outcomes = context.engine.outcomes(records, _places())
            frames = {table: getattr(records, table) for table in TABLES}
            reference = context.references.get(name)
            if reference is not None and store.receipt(reference) is not None:
                count_pairs(store, name, reference, _places(), context.settings, records.persons)
            store.write(name, frames, outcomes, records.facts, records.timings, records.persons)
        except Exception:
            store.write_failure(name, traceback.format_exc())
    return prepared


@cache
def _places() -> pd.DataFrame:
    assert _context is not None
    return place_table(_context.evidence)


def _end_with_driver() -> None:
    """End this process when the driver is gone, however it went."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        connection.wait([driver.sentinel])
        os._exit(1)

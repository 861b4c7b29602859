"""Workers loaded before it is known what they shall do: the next driver of this process takes them."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.engine import Engine
from sim.experiments.running.pool import WorkerPool

if TYPE_CHECKING:
    import pandas as pd

    from sim.evidence import Evidence
    from sim.scenario import Scenario
    from sim.settings import Settings
    from sim.world import World

_held: tuple[WorkerPool, list[Future[Any]]] | None = None
_loaded: list[Engine] = []  # in this process


@dataclass(frozen=True)
class LoadedOnce:
    """An engine that a process loads once, whoever asks for it. ``engine``: what makes the runs."""

    engine: Any  # an Engine that can be hashed, as a frozen dataclass can

    def code_digest(self) -> str:
        """Return that of the engine."""
        digest: str = self.engine.code_digest()
        return digest

    def warm_up(self) -> None:
        """Load and compile, unless this process has."""
        _load(self.engine)

    def prepare(self, evidence: Evidence, world: World, settings: Settings, seed: int, draw: int) -> Any:
        """Return the start of a world."""
        return self.engine.prepare(evidence, world, settings, seed, draw)

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> Any:  # fmt: skip
        """Return the records of one run."""
        return self.engine.simulate(scenario, world, evidence, start, settings, seed, draw, replicate)

    def outcomes(self, records: Any, places: pd.DataFrame) -> dict[str, float]:
        """Return outcome name -> value for one run."""
        measured: dict[str, float] = self.engine.outcomes(records, places)
        return measured


def keep_warm(engine: Engine, workers: int, seconds_per_run: float | None, loaded: int = 1) -> None:
    """Start worker processes that load the model and wait for a driver of this process.

    Args:
        engine: the model.
        workers: how many the driver will want.
        seconds_per_run: limit of a run; None for none.
        loaded: how many of them start now; the others do when they get work, so that less memory waits.
    """
    global _held
    pool = WorkerPool(workers, Path(), 1, seconds_per_run)
    _held = pool, [pool.submit(_load, engine) for _ in range(min(loaded, workers))]


def take_warm(workers: int, folder: Path, threads: int, seconds_per_run: float | None) -> WorkerPool | None:
    """Return the workers kept warm, once they have loaded; None if there are none, or they are of another kind.

    Args:
        workers: how many are wanted.
        folder: of the driver that takes them.
        threads: of each worker.
        seconds_per_run: limit of a run; None for none.
    """
    global _held
    if _held is None:
        return None
    (pool, loading), _held = _held, None
    if not pool.is_like(workers, threads, seconds_per_run):
        pool.end()
        return None
    for future in loading:
        future.exception()  # what went wrong shows again when it is at work
    pool.serve(folder)
    return pool


def _load(engine: Engine) -> None:
    if engine in _loaded:
        return
    import sim.analysis  # noqa: F401  (measures runs)

    engine.warm_up()
    _loaded.append(engine)

"""A short pilot before a study: how long, how much memory and disk it will take, and whether that fits."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.designs.study import Study
from sim.experiments.engine import Engine
from sim.experiments.running.runner import Manner, StudyFolder

if TYPE_CHECKING:
    from sim.evidence import Evidence

PILOT_SCENARIOS, PILOT_WORLDS = 3, 2
DRIVER_BYTES, DRIVER_BYTES_PER_RUN = 200e6, 60.0
# The tables of the results folder hold what the shards hold, once more.
COPIES = 2.0


@dataclass(frozen=True)
class Forecast:
    """What a study will take: seconds of work, bytes of memory of one worker and of disk, by what a pilot took."""

    runs: int
    worlds: int
    seconds_per_run: float
    seconds_per_world: float
    worker_bytes: int
    bytes_per_run: float

    def seconds(self, workers: int) -> float:
        """Return the wall time with so many workers, without compiling."""
        return (self.runs * self.seconds_per_run + self.worlds * self.seconds_per_world) / workers

    @property
    def disk_bytes(self) -> float:
        """Return what the results will take on disk."""
        return COPIES * self.runs * self.bytes_per_run

    def memory_bytes(self, workers: int) -> float:
        """Return what driver and workers will hold together."""
        return DRIVER_BYTES + DRIVER_BYTES_PER_RUN * self.runs + workers * self.worker_bytes


class PilotFailed(Exception):
    """The pilot itself did not succeed; the text says why."""


def forecast(study: Study, evidence: Evidence, engine: Engine, runs: int, worlds: int, limit: float | None) -> Forecast:
    """Make a few runs of a study in a folder of their own, which goes again, and scale them up.

    Args:
        study: the whole study.
        evidence: what its worlds are made of.
        engine: the model.
        runs: still to make.
        worlds: with runs still to make.
        limit: seconds a run may take.

    Raises:
        PilotFailed: if a run of the pilot fails.
    """
    names = [study.reference] if study.reference is not None else []
    names += [s.name for s in study.scenarios if s.name != study.reference and not s.world_overrides]
    names += [s.name for s in study.scenarios if s.world_overrides]
    chosen = tuple(s for s in study.scenarios if s.name in names[:PILOT_SCENARIOS])
    small = replace(study, scenarios=chosen, points=study.points.first(PILOT_WORLDS), replicates=1)
    with tempfile.TemporaryDirectory(prefix="pilot-") as made:
        folder = StudyFolder(Path(made), small, evidence, engine.code_digest())
        outcome = folder.run(engine, Manner(workers=1, seconds_per_run=limit), lambda outcome, doing: None)
        if outcome.trouble or outcome.failures or outcome.interrupted:
            why = outcome.trouble or (outcome.failures[0][1] if outcome.failures else "It was stopped.")
            raise PilotFailed(why.strip())
        bytes_per_run = folder.ledger.bytes() / max(outcome.made, 1)
        per_run = outcome.run_seconds / max(outcome.made, 1)
        per_world = outcome.prepare_seconds / max(outcome.worlds, 1)
        return Forecast(runs, worlds, per_run, per_world, outcome.peak_bytes, bytes_per_run)


def misfits(found: Forecast, workers: int, folder: Path, disk_limit: int | None, run_limit: float | None) -> list[str]:
    """Return one sentence for everything that does not fit: disk, memory, time of a run."""
    problems = []
    free = shutil.disk_usage(next(path for path in (folder, *folder.absolute().parents) if path.exists())).free
    if found.disk_bytes > free:
        problems.append(f"{folder}: {_gb(found.disk_bytes)} of disk are needed, {_gb(free)} are free.")
    if disk_limit is not None and found.disk_bytes > disk_limit:
        problems.append(f"limits.disk: {_gb(found.disk_bytes)} are needed, allowed are {_gb(disk_limit)}.")
    memory = free_memory()
    if memory is not None and found.memory_bytes(workers) > memory:
        fitting = max(int((memory - found.memory_bytes(0)) // max(found.worker_bytes, 1)), 0)
        problems.append(
            f"--workers: {workers} need {_gb(found.memory_bytes(workers))} of memory, {_gb(memory)} are free;"
            f" {fitting} would fit."
        )
    if run_limit is not None and found.seconds_per_run > run_limit:
        problems.append(
            f"limits.seconds_per_run: a run takes {found.seconds_per_run:.1f} seconds, allowed are {run_limit:g}."
        )
    return problems


def free_memory() -> int | None:
    """Return the bytes of memory that programs can still get; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None


def _gb(found: float) -> str:
    return f"{found / 1e9:.3g} GB" if found >= 1e8 else f"{found / 1e6:.3g} MB"

"""Chunks: the runs that one worker makes in one go, and what it says when it is through."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.designs.study import Experiment, WorldPlan
from sim.experiments.engine import Engine
from sim.scenario import Scenario
from sim.settings import Settings

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.storage.identity import RunId

# Files of a driver's own folder: what the workers share, and the sign that they shall stop after the run in hand.
CONTEXT, STOP = "context", "stop"
# File in which a worker that takes too long over a run leaves where it was.
HANGING = "hanging-{pid}"


@dataclass(frozen=True)
class RunTask:
    """One run to make. ``reference``: the run to pair it with; ``persons``: keep everyone at its horizon.

    ``made_in``: the run is there, its persons in this shard, and only its pairs are missing.
    """

    experiment: Experiment
    id: RunId
    reference: RunId | None
    persons: bool
    made_in: str | None = None


@dataclass(frozen=True)
class WorldPart:
    """Runs of one world, the reference scenario's first.

    ``key``: identity of the world. ``persons``: reference run -> shard that holds its persons, of those made before.
    """

    plan: WorldPlan
    key: bytes
    runs: tuple[RunTask, ...]
    persons: Mapping[RunId, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chunk:
    """Runs of one or more worlds."""

    parts: tuple[WorldPart, ...]

    @property
    def n_runs(self) -> int:
        """Number of runs."""
        return sum(len(part.runs) for part in self.parts)

    def tasks(self) -> list[RunTask]:
        """Return its runs in the order in which they are made."""
        return [task for part in self.parts for task in part.runs]

    def split(self, suspect: int | None) -> list[Chunk]:
        """Return smaller chunks that hold the same runs.

        ``suspect``: number of the run that was being made when the worker died; it then stands alone. Without it, two
        halves: what kills workers is found by halving.
        """
        tasks = self.tasks()
        at = next((n for n, task in enumerate(tasks) if task.experiment.run == suspect), None)
        half = len(tasks) // 2
        cuts = [(0, half), (half, len(tasks))] if at is None else [(at, at + 1), (0, at), (at + 1, len(tasks))]
        return [self._within(low, high) for low, high in cuts if low < high]

    def without(self, runs: Set[RunId]) -> Chunk:
        """Return a chunk that lacks some runs."""
        kept = [replace(part, runs=tuple(task for task in part.runs if task.id not in runs)) for part in self.parts]
        return Chunk(tuple(part for part in kept if part.runs))

    def _within(self, low: int, high: int) -> Chunk:
        parts, first = [], 0
        for part in self.parts:
            runs = part.runs[max(low - first, 0) : max(high - first, 0)]
            first += len(part.runs)
            if runs:
                parts.append(WorldPart(part.plan, part.key, runs, part.persons))
        return Chunk(tuple(parts))


@dataclass(frozen=True)
class Context:
    """What all chunks of a driver share; each worker process reads it once, from a file of the results folder."""

    engine: Engine
    evidence: Evidence
    scenarios: tuple[Scenario, ...]
    settings: Settings
    seed: int
    keep: frozenset[str]
    results: Path
    seconds_per_run: float | None


@dataclass(frozen=True)
class Receipt:
    """What a worker says of a chunk: below half a kilobyte, whatever the chunk, but for the runs that raised.

    ``shard``: the one it left, None if it has nothing to keep; what is in it says the shard's own receipt. ``failed``:
    runs that raised, with their tracebacks; ``untried``: how many were left when it was told to stop.
    """

    shard: str | None
    failed: tuple[tuple[RunTask, str], ...]
    untried: int
    run_seconds: float
    prepare_seconds: float
    worlds: int
    peak_bytes: int

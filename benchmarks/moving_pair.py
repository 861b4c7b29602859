"""The engine's moving process and the C loop side by side: quarter by quarter in a running model, on the same state."""

from __future__ import annotations

import copy
import time
from pathlib import Path

from benchmarks.moving_loop import MovingLoop, MovingState
from benchmarks.worlds import replace_process
from sim.model.events import Events
from sim.model.flight import FlightModel

PROCESS = "migrate_talents"


class MovingPair:
    """Watches a model's moving process: times it, and the loops on copies of what it reads; compares what they decide.

    In every second quarter the loops come first.

    Attributes:
        engine: seconds of the process, one per quarter.
        loops: (chunk, threads) -> seconds of that loop, one per quarter.
        moves: moves so far.
        differing: rows that differ between process and loop so far; ``differing_counts``: moves, refusals and triggers.
        largest_term: largest difference of a sum of terms of utility, in millionths.
        compiled: chunk -> the loop.
    """

    def __init__(self, model: FlightModel, folder: Path, variants: tuple[tuple[int, int], ...]) -> None:
        self.engine: list[float] = []
        self.loops: dict[tuple[int, int], list[float]] = {variant: [] for variant in variants}
        self.moves, self.differing, self.differing_counts, self.largest_term = 0, 0, 0, 0
        self.compiled = {chunk: MovingLoop(model.talents.data, folder, chunk) for chunk, _ in variants}
        self._process = replace_process(model, PROCESS, self._both)

    def _both(self, model: FlightModel) -> None:
        before = copy.deepcopy(model.events)
        states = {variant: MovingState(model) for variant in self.loops}
        if model.quarter % 2:
            self._run_loops(states)
        begun = time.perf_counter()
        self._process(model)
        self.engine.append(time.perf_counter() - begun)
        if not model.quarter % 2:
            self._run_loops(states)
        happened = _difference(model.events, before)
        self.moves += int(happened.talent_flows.sum())
        for state in states.values():
            self.differing += state.differing_rows(model)
            self.differing_counts += state.differing_counts(happened)
            self.largest_term = max(self.largest_term, state.largest_term_difference(happened))

    def _run_loops(self, states: dict[tuple[int, int], MovingState]) -> None:
        for (chunk, threads), state in states.items():
            self.loops[chunk, threads].append(self.compiled[chunk].run(state, threads))


def _difference(after: Events, before: Events) -> Events:
    """Return what the moving process added to the quarter's events; founders moved before it."""
    added = Events(after.places)
    name = "refused_dwellings"
    added.counts[name] += after.counts[name] - before.counts[name]
    for part in ("talent_flows", "talent_triggers", "talent_terms"):
        getattr(added, part)[...] = getattr(after, part) - getattr(before, part)
    return added

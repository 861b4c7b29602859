"""A run leaves nothing behind: no model, no object, no memory."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim.model.flight import FlightModel, simulate
from tests.model.small_runs import Case, policy

ROOT = Path(__file__).parents[2]
# Growth per run in resident bytes and in objects: of runs, then of runs of which something is kept each time.
PROGRAM = """
import gc, json, sys, weakref
from types import SimpleNamespace
import numpy as np
from sim.model.flight import FlightModel, simulate
from sim.model.levers import Simplification
from sim.settings import Settings

runs, settings = int(sys.argv[1]), Settings(talent_scale=1000, startup_scale=100, years=1)
first = FlightModel.in_central_world(settings=settings)
given, policy, kept, models = (first.world, first.evidence, first.start, settings), SimpleNamespace(), [], []
policy.levers = (Simplification(),)
del first
begin = FlightModel.__init__
FlightModel.__init__ = lambda self, *words: (models.append(weakref.ref(self)), begin(self, *words))[1]

def once(number, leak):
    records = simulate(policy, *given, number)
    if leak:
        kept.append([np.ones(2560), records.facts])
    models[:] = [model for model in models if model() is not None]

def size():
    gc.collect()
    objects = len(gc.get_objects())  # a list of its own size: made before memory is read, every time
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]), objects

def growth(number, leak=False):
    pages, objects = size()
    for run in range(number):
        once(run, leak)
        if run % 20 == 0:  # else the shells of dead models wait, and how many is the collector's affair
            gc.collect()
    more, others = size()
    return [4096 * (more - pages) / number, (others - objects) / number]

growth(100)  # until the allocator has what it needs
plain = growth(runs)
print(json.dumps({"plain": plain, "alive": sum(model() is not None for model in models), "leak": growth(50, True)}))
"""


def measured(runs: int) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(runs)],
        # Memory once used stays with the process, so what the allocator hands back and takes again is no growth.
        env=os.environ | {"PYTHONPATH": str(ROOT), "MALLOC_TRIM_THRESHOLD_": str(2**30)},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read where Linux says it")
@pytest.mark.parametrize(
    "runs", [20, pytest.param(500, marks=pytest.mark.torture), pytest.param(5000, marks=pytest.mark.torture)]
)
def test_consecutive_runs_grow_by_less_than_a_kilobyte_each(runs: int) -> None:
    found = measured(runs)
    (resident, objects), (leaked, more) = found["plain"], found["leak"]
    assert found["alive"] == 0
    assert abs(objects) < 0.5
    if runs >= 500:  # fewer runs measure the allocator's pages
        assert resident < 1000.0
    # The twin: runs of which 20 kB are kept are seen in both.
    assert leaked > 10_000.0
    assert more > 0.9


def test_a_model_that_is_let_go_is_freed(case: Case) -> None:
    class Own(mesa.Agent):
        """An agent that a user adds."""

    model = FlightModel((), case.world, case.evidence, case.start, case.settings, 1)
    agents = [Own(model) for _ in range(3)]
    assert [agent.unique_id for agent in agents] == [49, 50, 51]
    model.step()
    talent, seen = model.talents[0], weakref.ref(model)
    del model, agents
    gc.collect()
    assert seen() is talent.model  # an agent that is held holds its model
    del talent
    gc.collect()
    assert seen() is None


def test_a_finished_run_frees_its_columns_at_once(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[np.ndarray]] = []
    begin = FlightModel.__init__

    def noting(self: FlightModel, *words: object) -> None:
        begin(self, *words)  # type: ignore[arg-type]
        held.append(weakref.ref(self.talents.data["log_ability"]))

    monkeypatch.setattr(FlightModel, "__init__", noting)
    gc.collect()
    gc.disable()  # what waits for the collector may wait for tens of runs
    try:
        simulate(policy(), case.world, case.evidence, case.start, case.with_settings(years=1).settings, 1)
        assert held[0]() is None
        monkeypatch.setattr("sim.model.flight.empty", lambda model: None)  # the twin: the run is kept until then
        simulate(policy(), case.world, case.evidence, case.start, case.with_settings(years=1).settings, 1)
        assert held[1]() is not None
    finally:
        gc.enable()


def test_ids_count_from_one_in_every_model() -> None:
    for _ in range(2):
        model = mesa.Model(rng=1)
        assert [mesa.Agent(model).unique_id for _ in range(3)] == [1, 2, 3]

"""What every test shares: strict arithmetic, fixed seeds, the evidence and the central world."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

# Before NumPy and Numba are imported: linear algebra on one thread (its sums depend on their number); for
# Numba two, so that the tests that compare one thread with two can run on any machine.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["NUMBA_NUM_THREADS"] = "2"
os.environ["MPLBACKEND"] = "Agg"  # figures are drawn without a screen
os.environ["TALENT_FLIGHT_STARTS"] = "off"  # tests of the kept starts name their own folder

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from xdist.remote import Producer

    from sim.evidence.loader import Evidence
    from sim.world import World
    from tests.spread import Spread

# The same examples every time; no time limit, because the first example may compile.
hypothesis_settings.register_profile("house", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the long forms take as long as they take."""
    for item in items:
        if item.get_closest_marker("torture"):
            item.add_marker(pytest.mark.timeout(0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Spread | None:
    """Spread tests over workers as suits them, unless another way is asked for."""
    if config.getoption("dist") != "load":
        return None
    from tests.spread import Spread

    return Spread(config, log)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Write down what was watched (``make coverage``): who gathers workers kills those that take long to end."""
    watching = sys.modules.get("coverage")
    if watching is not None and (current := watching.Coverage.current()) is not None:
        current.save()


@pytest.fixture(autouse=True)
def strict_arithmetic() -> Iterator[None]:
    """Make an overflow, underflow, division by zero or invalid operation in NumPy an error."""
    before = np.seterr(all="raise")
    yield
    np.seterr(**before)


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """Give back what Ctrl-C and SIGTERM do: a command run within a test would keep them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    """Return the evidence the project ships, loaded once per test process."""
    from sim.evidence.loader import load_evidence

    return load_evidence()


@pytest.fixture(scope="session")
def world(evidence: Evidence) -> World:
    """Return the central world: every parameter at its central value."""
    from sim.world import central_world

    return central_world(evidence)


@pytest.fixture
def adopted_posterior(evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small fresh posterior the adopted one, whatever the evidence folder holds; return its folder."""
    from tests.made_posterior import write_posterior_files

    (folder := tmp_path / "adopted").mkdir()
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", folder)
    return write_posterior_files(evidence, folder)


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make runs in the test's own process: for tests of what comes of them, not of who makes them."""
    from sim.experiments.running.executors import SerialExecutor

    monkeypatch.setattr("sim.experiments.running.runner.take_warm", lambda *_: SerialExecutor())

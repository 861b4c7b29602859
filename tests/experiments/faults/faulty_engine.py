"""The stand-in for the model with one run that goes wrong in a chosen way. Worker processes import it."""

from __future__ import annotations

import ctypes
import importlib
import os
import posix
import shutil
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.scenario import Scenario
from tests.experiments.fake_model import FakeEngine, FakeRecords
from tests.experiments.faults import kill_steps

kill_steps.install()
ODD = "odd"  # a fact of the run whose outcomes are no numbers


class Unpicklable(Exception):
    """Cannot be sent to another process, and could not be made again there."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("neither to be sent nor to be made")
        self.lock = threading.Lock()


@dataclass(frozen=True)
class FaultyEngine(FakeEngine):
    """``fault``: name of what happens in the run ``at`` ("scenario draw replicate"), or while the worker starts."""

    fault: str = ""
    at: str = "eased 1 0"

    def __reduce__(self) -> Any:
        if self.fault == "dies at start":
            return posix._exit, (1,)  # that of os may be a wrapper of who watches which branches are taken
        if self.fault == "cannot be imported":
            return importlib.import_module, ("a_model_that_is_not_installed",)
        return super().__reduce__()

    def simulate(
        self, scenario: Scenario, world: Any, evidence: Any, start: str, settings: Any,
        seed: int, draw: int, replicate: int,
    ) -> FakeRecords:  # fmt: skip
        if f"{scenario.name} {draw} {replicate}" == self.at:
            self._note("fault")
            self._go_wrong()
            if self.fault == "result of another kind":
                records = super().simulate(scenario, world, evidence, start, settings, seed, draw, replicate)
                return replace(records, facts={ODD: 1.0})
        return super().simulate(scenario, world, evidence, start, settings, seed, draw, replicate)

    def outcomes(self, records: FakeRecords, places: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().outcomes(records, places)
        return {name: (lambda: 0) for name in found} if ODD in records.facts else found

    def _go_wrong(self) -> None:
        match self.fault:
            case "raises":
                raise RuntimeError("the talents went missing")
            case "raises what cannot be pickled":
                raise Unpicklable(1, 2)
            case "sys.exit":
                sys.exit("the model has had enough")
            case "os._exit":
                os._exit(3)
            case "segfault":
                ctypes.string_at(0)
            case "killed":  # as the kernel does when memory is short
                os.kill(os.getpid(), signal.SIGKILL)
            case "stopped":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "sleeps":
                time.sleep(10_000)
            case "hangs and holds the interpreter":
                ctypes.PyDLL(None).sleep(10_000)
            case "removes the driver's folder":
                for path in (self.log.parent / "out").glob(".driver-*"):
                    shutil.rmtree(path)
            case "out of memory":
                _too_large()


def _too_large() -> None:
    """Ask for more memory than the process may have."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, before[1]))
    try:
        np.ones(16 << 27)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)

"""Faults of the driver and of its user: killed or stopped while a worker hangs, a command typed twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.experiments.faults.processes import kill, left_after, start
from tests.experiments.faults.stage import Stage
from tests.experiments.faults.trials import JOB

SIZE = ("3", "3", "1", "2")
MOST_SECONDS = 60.0


def at_work(stage: Stage, fault: str) -> subprocess.Popen[str]:
    """Start the command with a fault, and return when a worker has met it."""
    job = start(JOB, str(stage.out), str(stage.engine.log), *SIZE, fault)
    end = time.monotonic() + MOST_SECONDS
    while not stage.engine.calls("fault"):
        assert time.monotonic() < end, "the fault was never met"
        time.sleep(0.02)
    return job


def finished_after(stage: Stage) -> None:
    """The same command without the fault makes the rest."""
    job = start(JOB, str(stage.out), str(stage.engine.log), *SIZE)
    _, error = job.communicate(timeout=MOST_SECONDS)
    assert job.returncode == 0, error
    assert len(stage.kept()) == 9
    stage.sound()


def killed_while(fault: str) -> Callable[[Stage], str]:
    """The driver is killed while a worker can notice nothing any more: the worker does not outlive it."""

    def case(stage: Stage) -> str:
        job = at_work(stage, fault)
        kill(job.pid)
        job.communicate(timeout=MOST_SECONDS)
        assert left_after(job.pid, 10.0) == []
        finished_after(stage)
        return "nothing, it was killed; no worker was left"

    return case


def stopped_while(fault: str, times: int) -> Callable[[Stage], str]:
    """Ctrl-C while a worker does not listen: it is waited for a moment, at the second Ctrl-C not at all."""

    def case(stage: Stage) -> str:
        job = at_work(stage, fault)
        kept = stage.kept()
        for _ in range(times):
            os.killpg(job.pid, signal.SIGINT)
            time.sleep(0.5)
        _, error = job.communicate(timeout=MOST_SECONDS)
        assert job.returncode == 130, error
        assert "Traceback" not in error
        assert left_after(job.pid, 10.0) == []
        assert kept <= stage.kept()
        stage.sound()
        finished_after(stage)
        return next(line for line in error.splitlines() if line.startswith("Stopped. "))

    return case


def typed_twice(stage: Stage) -> str:
    """The same command in two windows: the second is refused, the first goes on."""
    job = at_work(stage, "sleeps")
    second = start(JOB, str(stage.out), str(stage.engine.log), *SIZE)
    _, error = second.communicate(timeout=MOST_SECONDS)
    assert second.returncode == 2
    assert job.poll() is None
    assert all(path.exists() for path in Path(stage.out).glob(".driver-*/context"))
    for _ in range(2):
        os.killpg(job.pid, signal.SIGINT)
        time.sleep(0.5)
    job.communicate(timeout=MOST_SECONDS)
    finished_after(stage)
    return error.strip()


HANGS = "hangs and holds the interpreter"
CASES: dict[str, tuple[Callable[[Stage], str], bool]] = {
    "driver killed while a worker hangs": (killed_while(HANGS), False),
    "driver killed while a worker is stopped": (killed_while("stopped"), False),
    "Ctrl-C while a worker hangs": (stopped_while(HANGS, 1), False),
    "Ctrl-C twice while a worker hangs": (stopped_while(HANGS, 2), False),
    "the same command in two windows": (typed_twice, False),
}

"""Faults of a run or its worker: it raises, crashes, hangs, is killed, asks for too much memory, leaves nonsense."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sim.experiments.running import driver, pool
from sim.experiments.running.executors import ChunkExecutor, WorkerLost
from sim.experiments.running.loaded_sources import run_chunk
from sim.experiments.running.pool import WorkerPool
from tests.experiments.faults.stage import REFERENCE, Said, Stage, said, small_study

BAD = "eased 1 0"
RUNS = {f"{name} {draw} 0" for name in (REFERENCE, "eased", "other") for draw in range(3)}


def quarantined(stage: Stage, answer: Said, reason: str) -> str:
    """See that one run is in quarantine with all that is needed to repeat it, and all others are kept."""
    assert answer.code == 2
    assert stage.kept() == RUNS - {BAD}
    (file,) = (stage.out / "quarantine").iterdir()
    text = file.read_text(encoding="utf-8")
    assert "run 4: eased, world 1, replicate 0\nseed 7, prior world, draw 1," in text
    assert re.search(r"^repeat it alone: python run_sim.py rerun .* 4$", text, re.MULTILINE)
    assert reason in text, text
    answer.sentence("1 run of 9 failed")
    stage.sound()
    return answer.sentence("Failed: eased, world 1, replicate 0: ")


def in_process(fault: str, reason: str) -> Callable[[Stage], str]:
    """A run that goes wrong without harm to its process."""

    def case(stage: Stage) -> str:
        told = quarantined(stage, stage.command(fault), reason)
        stage.whole()
        return told

    return case


def in_worker(fault: str, reason: str, seconds: float | None = None) -> Callable[[Stage], str]:
    """A run that takes its worker with it, or with which it hangs."""

    def case(stage: Stage) -> str:
        with patch.object(pool, "GRACE_SECONDS", 1.0):
            answer = stage.command(fault, 1, seconds_per_run=seconds, chunk_seconds=20.0)
        told = quarantined(stage, answer, reason)
        stage.whole()
        return told

    return case


class Untold(ChunkExecutor):
    """Workers of which nobody knows which run they had in hand when they died."""

    def __init__(self, inner: ChunkExecutor, deadly: str) -> None:
        self._inner, self._deadly = inner, deadly
        self.sizes: list[int] = []

    def slots(self) -> int:
        return 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is run_chunk:
            names = {f"{task.experiment.run}" for task in args[1].tasks()}
            if self._deadly in names:
                self.sizes.append(len(names))
                lost: Future[Any] = Future()
                lost.set_exception(WorkerLost(None, "The worker process died."))
                return lost
        return self._inner.submit(fn, *args, **kwargs)


def found_by_halving(stage: Stage) -> str:
    from tests.experiments.faults.stage import serial

    made: list[Untold] = []

    def untold(folder: Path) -> Untold:
        made.append(Untold(serial(folder), "4"))
        return made[0]

    with patch.object(driver, "FIRST_RUNS", 9), patch.object(driver.Pace, "largest", 9.0):
        answer = stage.command(executor=untold, chunk_seconds=20.0)
    told = quarantined(stage, answer, "The worker process died.")
    assert made[0].sizes[-2:] == [1, 1]
    assert sorted(made[0].sizes, reverse=True) == made[0].sizes
    stage.whole()
    return told


def workers_die_at_start(stage: Stage) -> str:
    study = small_study(stage.evidence, worlds=20)
    with patch.object(driver, "MOST_LOSSES", 6):
        answer = stage.command("dies at start", 2, study=study)
    assert answer.code == 2
    assert stage.kept() == set()
    assert not (stage.out / "quarantine").exists()  # no run is to blame
    stage.sound()
    told = answer.sentence("6 workers died one after the other before any made a run.")
    stage.whole()
    return told


def cannot_be_imported(stage: Stage) -> str:
    answer = stage.command("cannot be imported", 1)
    assert answer.code == 2
    assert not (stage.out / "quarantine").exists()
    stage.sound()
    told = answer.sentence("No module named 'a_model_that_is_not_installed'")
    answer.sentence("No run was finished")
    stage.whole()
    return told


def stopped_at_start(stage: Stage) -> str:
    """A worker that is stopped before it has begun a run is noticed, too."""
    real = WorkerPool._give
    stopped: list[int] = []

    def give(self: WorkerPool, worker: Any, *rest: Any) -> Any:
        future = real(self, worker, *rest)
        if not stopped:
            stopped.extend(worker.pids())
            os.kill(stopped[0], signal.SIGSTOP)
        return future

    with patch.object(WorkerPool, "_give", give), patch.multiple(pool, START_SECONDS=6.0, GRACE_SECONDS=1.0):
        answer = stage.command("", 1, seconds_per_run=600.0, chunk_seconds=20.0)
    assert stopped
    assert answer.code == 0
    stage.whole()
    return "nothing: it was ended, and another one took its place"


def killed_idle(stage: Stage) -> str:
    """Workers that are killed again and again from outside cost no run."""
    alive = threading.Event()
    found: list[WorkerPool] = []
    real = WorkerPool.submit

    def submit(self: WorkerPool, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        found[:] = [self]
        return real(self, fn, *args, **kwargs)

    def killer() -> None:
        for _ in range(2):
            while not (found and found[0].pids()) and not alive.is_set():
                time.sleep(0.01)
            time.sleep(0.7)
            for pid in found[0].pids():
                os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=killer)
    with patch.object(WorkerPool, "submit", submit):
        thread.start()
        answer = stage.command("", 2)
        alive.set()
        thread.join()
    assert answer.code == 0, answer.text
    stage.whole()
    return "nothing: others took their places"


def rerun_shows_it(stage: Stage) -> str:
    """The line in the quarantine file, typed as it stands, shows the traceback of the run."""
    import shlex

    from sim.cli import main
    from sim.extensions import engine

    stage.out = stage.folder / "résultats d'été (1)"
    quarantined(stage, stage.command("raises"), "RuntimeError: the talents went missing")
    (file,) = (stage.out / "quarantine").iterdir()
    (line,) = (line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("repeat it alone: "))
    words = shlex.split(line.removeprefix("repeat it alone: "))
    assert words[:2] == ["python", "run_sim.py"]
    with patch.object(engine, "ModelEngine", lambda: replace(stage.engine, fault="raises")):
        answer = said(lambda: main(words[2:]))
    assert answer.code == 2
    told = answer.sentence("RuntimeError: the talents went missing")
    stage.engine = replace(stage.engine, log=stage.folder / "log2")  # rerun made runs, and kept none
    stage.engine.log.mkdir()
    stage.whole()
    return told


def only_the_poison(stage: Stage) -> str:
    """Without --retry the run in quarantine is left alone, and said again."""
    quarantined(stage, stage.command("raises"), "the talents went missing")
    calls = len(stage.engine.calls("fault"))
    answer = stage.command("raises", retry=False)
    assert len(stage.engine.calls("fault")) == calls
    told = quarantined(stage, answer, "the talents went missing")
    stage.whole()
    return told


CASES: dict[str, tuple[Callable[[Stage], str], bool]] = {
    "a run raises": (in_process("raises", "RuntimeError: the talents went missing"), False),
    "a run raises what cannot be pickled": (in_process("raises what cannot be pickled", "neither to be sent"), False),
    "a run calls sys.exit": (in_process("sys.exit", "SystemExit: the model has had enough"), True),
    "a result of another kind": (in_process("result of another kind", "TypeError: float() argument"), False),
    "a run asks for too much memory": (in_process("out of memory", "Unable to allocate"), False),
    "a poison run is left alone": (only_the_poison, False),
    "rerun of a poison run, odd folder name": (rerun_shows_it, True),
    "a poison run, the suspect unknown": (found_by_halving, True),
    "a run hangs and holds the interpreter": (
        in_worker("hangs and holds the interpreter", "It took longer than a run (1 seconds)", 1.0), True),
    "a run sleeps for ever": (in_worker("sleeps", "It took longer than a run (1 seconds)", 1.0), False),
    "a worker is stopped (SIGSTOP)": (in_worker("stopped", "The worker process stood still", 1.0), False),
    "a worker is stopped before its first run": (stopped_at_start, False),
    "a run is killed (SIGKILL, as for memory)": (in_worker("killed", "killed (SIGKILL)"), False),
    "a run crashes (SIGSEGV)": (in_worker("segfault", "SIGSEGV"), False),
    "a run ends its process (os._exit)": (in_worker("os._exit", "it ended itself with code 3"), False),
    "workers are killed from outside": (killed_idle, False),
    "all workers die at start": (workers_die_at_start, False),
    "the model cannot be imported": (cannot_be_imported, False),
}  # fmt: skip
